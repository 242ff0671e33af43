'use strict';
// Starts `cajal2c lsp` and hands what it says to the editor.

const vscode = require('vscode');
const { Connection } = require('./connection');
const convert = require('./convert');
const { register } = require('./providers');

let connection;
let diagnostics;
let output;
let legend;

const selector = { language: 'cajal' };

function settings() {
  const all = vscode.workspace.getConfiguration('cajal');
  return {
    inlayHints: {
      layerShapes: all.get('inlayHints.layerShapes', false),
      degrees: all.get('inlayHints.degrees', false),
    },
  };
}

const capabilities = {
  general: { positionEncodings: ['utf-16'] },
  window: { showDocument: { support: false } },
  workspace: { workspaceEdit: { documentChanges: true } },
  textDocument: {
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    rename: { prepareSupport: true },
  },
};

function isCajal(document) {
  return document.languageId === 'cajal';
}

function open(document) {
  if (!isCajal(document) || !connection) return;
  connection.notify('textDocument/didOpen', {
    textDocument: {
      uri: document.uri.toString(), languageId: 'cajal', version: document.version, text: document.getText(),
    },
  });
}

function change(event) {
  if (!isCajal(event.document) || !connection) return;
  connection.notify('textDocument/didChange', {
    textDocument: { uri: event.document.uri.toString(), version: event.document.version },
    // Each is placed in the text that was there before all of them: from the end they do not move each other.
    contentChanges: [...event.contentChanges]
      .sort((a, b) => b.rangeOffset - a.rangeOffset)
      .map((one) => ({ range: convert.toRange(one.range), text: one.text })),
  });
}

function tell(method) {
  return (document) => {
    if (isCajal(document) && connection) {
      connection.notify(method, { textDocument: { uri: document.uri.toString() } });
    }
  };
}

async function start() {
  const compiler = vscode.workspace.getConfiguration('cajal').get('compiler', 'cajal2c');
  let isStarting = true;
  const mine = new Connection(compiler, ['lsp'], {
    onLog: (text) => output.append(text),
    onRequest: () => null,
    onNotification(method, params) {
      if (method === 'textDocument/publishDiagnostics') {
        diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(convert.diagnostic));
      } else if (method === 'window/showMessage') {
        vscode.window.showInformationMessage(params.message);
      } else if (method === 'window/logMessage') {
        output.appendLine(params.message);
      }
    },
    onEnd(why) {
      // Not where it was stopped.
      if (connection !== mine && !isStarting) return;
      isStarting = false;
      connection = undefined;
      diagnostics.clear();
      vscode.window.showWarningMessage(`The Cajal language server (${compiler} lsp) is not running: ${why}.`);
    },
  });
  try {
    const introduction = await mine.request('initialize', {
      processId: process.pid, rootUri: null, capabilities, initializationOptions: settings(),
    });
    legend = introduction.capabilities.semanticTokensProvider.legend;
  } catch (error) {
    output.appendLine(`the server did not start: ${error.message}`);
    return;
  }
  isStarting = false;
  connection = mine;
  mine.notify('initialized', {});
  vscode.workspace.textDocuments.forEach(open);
}

async function stop() {
  const old = connection;
  connection = undefined;
  diagnostics.clear();
  if (old) await old.stop();
}

/** The answer to a request about a document; null where there is none. */
async function ask(method, params, token) {
  if (!connection) return null;
  try {
    return await connection.request(method, params, token);
  } catch (error) {
    // A rename that cannot be made says why.
    if (method === 'textDocument/rename' || method === 'workspace/executeCommand') throw error;
    if (error.code !== -32800) output.appendLine(`${method}: ${error.message}`);
    return null;
  }
}

async function run(command, [uri, name, values]) {
  let chosen = values || [];
  if (command === 'cajal.eval' && chosen.length > 0) {
    const text = await vscode.window.showInputBox({ prompt: `Values for ${name}`, value: chosen.join('; ') });
    if (text === undefined) return;
    chosen = text.split(';').map((part) => part.trim()).filter((part) => part);
  }
  try {
    const result = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `${command.slice(6)} ${name}`, cancellable: true },
      (_, token) => ask('workspace/executeCommand', { command, arguments: [uri, name, chosen] }, token));
    if (command === 'cajal.showC' && result !== null) {
      const document = await vscode.workspace.openTextDocument({ language: 'c', content: result });
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    }
  } catch (error) {
    if (error.code === -32800) return;
    output.appendLine(error.message);
    output.show(true);
  }
}

async function activate(context) {
  output = vscode.window.createOutputChannel('Cajal');
  diagnostics = vscode.languages.createDiagnosticCollection('cajal');
  context.subscriptions.push(
    output, diagnostics,
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidChangeTextDocument(change),
    vscode.workspace.onDidSaveTextDocument(tell('textDocument/didSave')),
    vscode.workspace.onDidCloseTextDocument(tell('textDocument/didClose')),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('cajal') && connection) {
        connection.notify('workspace/didChangeConfiguration', { settings: { cajal: settings() } });
      }
    }),
    vscode.commands.registerCommand('cajal.restart', async () => {
      await stop();
      await start();
    }),
    ...['cajal.eval', 'cajal.verify', 'cajal.showC'].map((name) =>
      vscode.commands.registerCommand(name, (...values) => run(name, values))));
  await start();
  if (legend) context.subscriptions.push(...register(selector, legend, ask));
}

module.exports = { activate, deactivate: stop };
