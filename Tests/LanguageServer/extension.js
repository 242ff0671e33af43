'use strict';
// extension.js EXTENSION COMPILER FILE: the extension of VS Code with the server, where what belongs to the editor is
// made of paper: what is asked of the extension has to come back from the server in the editor's classes.

const assert = require('assert');
const fs = require('fs');
const path = require('path');
const Module = require('module');

const [folder, compiler, file] = process.argv.slice(2);

/** Classes that keep what they are made of. */
const made = (...fields) => class { constructor(...values) { fields.forEach((name, at) => { this[name] = values[at]; }); } };

class Position { constructor(line, character) { Object.assign(this, { line, character }); } }
class Range { constructor(start, end) { Object.assign(this, { start, end }); } }
class WorkspaceEdit { constructor() { this.files = new Map(); } set(uri, edits) { this.files.set(uri.text, edits); } }

const providers = {};
const listeners = {};
const commands = {};
const published = new Map();
const shown = [];
const register = (name) => (selector, provider) => { providers[name] = provider; return { dispose() {} }; };
const listen = (name) => (listener) => { listeners[name] = listener; return { dispose() {} }; };
const uri = (text) => ({ text, toString: () => text });

function open(text, name) {
  return {
    uri: uri(name), languageId: 'cajal', version: 1, text, getText() { return this.text; },
  };
}

const document = open(fs.readFileSync(file, 'utf8'), 'file:///paper/flip.cajal');
const settings = { compiler };

const vscode = {
  Position, Range, WorkspaceEdit,
  Location: made('uri', 'range'), Hover: made('contents', 'range'), MarkdownString: made('value'),
  Diagnostic: made('range', 'message', 'severity'), DiagnosticRelatedInformation: made('location', 'message'),
  DocumentHighlight: made('range', 'kind'), DocumentSymbol: made('name', 'detail', 'kind', 'range', 'selectionRange'),
  FoldingRange: made('start', 'end', 'kind'), FoldingRangeKind: { Comment: 1 }, SignatureHelp: made(),
  SignatureInformation: made('label'), ParameterInformation: made('label'), CompletionItem: made('label', 'kind'),
  CodeAction: made('title', 'kind'), CodeActionKind: { QuickFix: 'quickfix' }, SemanticTokens: made('data'),
  SemanticTokensLegend: made('types', 'modifiers'), InlayHint: made('position', 'label'),
  CodeLens: made('range', 'command'), TextEdit: made('range', 'newText'),
  Uri: { parse: uri }, ProgressLocation: { Notification: 15 }, ViewColumn: { Beside: -2 },
  commands: { registerCommand: (name, run) => { commands[name] = run; return { dispose() {} }; } },
  languages: {
    createDiagnosticCollection: () => ({
      set: (place, all) => published.set(place.text, all), clear: () => published.clear(), dispose() {},
    }),
    registerHoverProvider: register('hover'), registerDefinitionProvider: register('definition'),
    registerReferenceProvider: register('references'), registerDocumentHighlightProvider: register('highlights'),
    registerRenameProvider: register('rename'), registerDocumentSymbolProvider: register('symbols'),
    registerFoldingRangeProvider: register('folding'), registerSignatureHelpProvider: register('signature'),
    registerCompletionItemProvider: register('completion'), registerCodeActionsProvider: register('actions'),
    registerDocumentSemanticTokensProvider: register('tokens'), registerInlayHintsProvider: register('hints'),
    registerCodeLensProvider: register('lenses'), registerDocumentFormattingEditProvider: register('formatting'),
  },
  window: {
    createOutputChannel: () => ({ append() {}, appendLine(text) { shown.push(text); }, show() {}, dispose() {} }),
    showInformationMessage: (text) => shown.push(text), showWarningMessage: (text) => shown.push(text),
    showInputBox: async (options) => options.value, showTextDocument: async (other) => shown.push(other.content),
    withProgress: (options, run) => run(null, { onCancellationRequested() {} }),
  },
  workspace: {
    textDocuments: [document],
    getConfiguration: () => ({ get: (name, usual) => (name in settings ? settings[name] : usual) }),
    openTextDocument: async (options) => options,
    onDidOpenTextDocument: listen('open'), onDidChangeTextDocument: listen('change'),
    onDidSaveTextDocument: listen('save'), onDidCloseTextDocument: listen('close'),
    onDidChangeConfiguration: listen('configuration'),
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

async function until(condition) {
  for (let left = 400; left > 0 && !condition(); left -= 1) await new Promise((resolve) => setTimeout(resolve, 25));
  assert(condition());
}

/** The place of a word in the document. */
function at(word) {
  const lines = document.text.slice(0, document.text.indexOf(word)).split('\n');
  return new Position(lines.length - 1, lines[lines.length - 1].length);
}

async function main() {
  const extension = require(path.resolve(folder, 'extension.js'));
  await extension.activate({ subscriptions: [] });
  await until(() => published.has(document.uri.text));
  assert.deepStrictEqual(published.get(document.uri.text), []);

  const hover = await providers.hover.provideHover(document, at('not y'));
  assert(hover.contents.value.includes('def not : Bool -o Bool'), hover.contents.value);
  assert.strictEqual((await providers.definition.provideDefinition(document, at('not y'))).range.start.character, 4);
  assert.strictEqual((await providers.references.provideReferences(document, at('not y'), { includeDeclaration: true })).length, 3);
  assert.strictEqual((await providers.highlights.provideDocumentHighlights(document, at('not y'))).length, 3);
  assert.strictEqual((await providers.rename.prepareRename(document, at('not y'))).placeholder, 'not');
  const renamed = await providers.rename.provideRenameEdits(document, at('not y'), 'negate');
  assert.strictEqual(renamed.files.get(document.uri.text).length, 3);
  await assert.rejects(providers.rename.provideRenameEdits(document, at('not y'), 'if'), /word of the language/);
  const symbols = await providers.symbols.provideDocumentSymbols(document);
  assert.deepStrictEqual(symbols.map((one) => one.name), ['not', 'flip', 'flip_from']);
  assert((await providers.folding.provideFoldingRanges(document, {})).length > 0);
  const help = await providers.signature.provideSignatureHelp(document, at('y }'));
  assert.strictEqual(help.signatures[0].label, 'not : Bool -o Bool');
  const items = await providers.completion.provideCompletionItems(document, at('y }'));
  assert(items.some((one) => one.label === 'flip' && one.insertText === 'flip'));
  assert((await providers.tokens.provideDocumentSemanticTokens(document)).data.length % 5 === 0);
  const all = new Range(new Position(0, 0), new Position(99, 0));
  assert.deepStrictEqual(await providers.hints.provideInlayHints(document, all), []);
  settings['inlayHints.degrees'] = true;
  listeners.configuration({ affectsConfiguration: () => true });
  assert.strictEqual((await providers.hints.provideInlayHints(document, all)).length, 3);
  assert.deepStrictEqual(await providers.formatting.provideDocumentFormattingEdits(document, {}), []);

  const lenses = await providers.lenses.provideCodeLenses(document);
  const evaluation = lenses.find((one) => one.command.command === 'cajal.eval').command;
  await commands[evaluation.command](...evaluation.arguments);
  assert(shown.some((text) => text === 'false'), String(shown));
  const showC = lenses.find((one) => one.command.command === 'cajal.showC').command;
  await commands[showC.command](...showC.arguments);
  assert(shown.some((text) => text.includes('_flip_forward')));

  // Two changes at once, from the first place to the last.
  const place = at('true | y');
  const [from, to] = [document.text.indexOf('true | y'), document.text.lastIndexOf('not y')];
  const last = document.text.slice(0, to).split('\n');
  document.text = `${document.text.slice(0, from)}tru${document.text.slice(from + 4, to)}nott${document.text.slice(to + 3)}`;
  document.version = 2;
  const stretch = (line, start, end) => new Range(new Position(line, start), new Position(line, end));
  listeners.change({
    document,
    contentChanges: [
      { range: stretch(place.line, place.character, place.character + 4), rangeOffset: from, text: 'tru' },
      { range: stretch(last.length - 1, last[last.length - 1].length, last[last.length - 1].length + 3), rangeOffset: to, text: 'nott' },
    ],
  });
  await until(() => published.get(document.uri.text).length === 2);
  const [first] = published.get(document.uri.text);
  assert(first.severity === 0 && first.code.value === 'E0301', JSON.stringify(first));
  const actions = await providers.actions.provideCodeActions(document, first.range);
  assert(actions.some((one) => one.edit.files.get(document.uri.text)[0].newText === 'true'));

  await commands['cajal.restart']();
  await until(() => published.has(document.uri.text) && published.get(document.uri.text).length === 2);
  listeners.close(document);
  await until(() => published.get(document.uri.text).length === 0);
  await extension.deactivate();
  console.log('1 passed, 0 failed');
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
