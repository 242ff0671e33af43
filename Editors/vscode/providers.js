'use strict';
// What the editor asks for, each handed on to the server.

const vscode = require('vscode');
const convert = require('./convert');

/** The providers, to be disposed of. `ask(method, params, token)` gives the server's answer, or null. */
function register(selector, legend, ask) {
  const about = (document, more) => ({ textDocument: { uri: document.uri.toString() }, ...more });
  const at = (document, place, more) => about(document, { position: convert.toPosition(place), ...more });
  const all = (answer, make) => (answer || []).map(make);
  const languages = vscode.languages;
  const tokens = (answer) => answer && new vscode.SemanticTokens(new Uint32Array(answer.data));
  const tokenLegend = new vscode.SemanticTokensLegend(legend.tokenTypes, legend.tokenModifiers);

  return [
    languages.registerHoverProvider(selector, {
      async provideHover(document, place, token) {
        const answer = await ask('textDocument/hover', at(document, place), token);
        return answer && new vscode.Hover(new vscode.MarkdownString(answer.contents.value), convert.range(answer.range));
      },
    }),
    languages.registerDefinitionProvider(selector, {
      async provideDefinition(document, place, token) {
        const answer = await ask('textDocument/definition', at(document, place), token);
        return answer && convert.location(answer);
      },
    }),
    languages.registerReferenceProvider(selector, {
      async provideReferences(document, place, context, token) {
        const answer = await ask('textDocument/references', at(document, place, { context }), token);
        return all(answer, convert.location);
      },
    }),
    languages.registerDocumentHighlightProvider(selector, {
      async provideDocumentHighlights(document, place, token) {
        const answer = await ask('textDocument/documentHighlight', at(document, place), token);
        return all(answer, (one) => new vscode.DocumentHighlight(convert.range(one.range), one.kind - 1));
      },
    }),
    languages.registerRenameProvider(selector, {
      async prepareRename(document, place, token) {
        const answer = await ask('textDocument/prepareRename', at(document, place), token);
        if (!answer) throw new Error('there is no name here that the file gives');
        return { range: convert.range(answer.range), placeholder: answer.placeholder };
      },
      async provideRenameEdits(document, place, newName, token) {
        const answer = await ask('textDocument/rename', at(document, place, { newName }), token);
        return answer && convert.edit(answer);
      },
    }),
    languages.registerDocumentSymbolProvider(selector, {
      async provideDocumentSymbols(document, token) {
        return all(await ask('textDocument/documentSymbol', about(document), token), convert.symbol);
      },
    }),
    languages.registerFoldingRangeProvider(selector, {
      async provideFoldingRanges(document, _, token) {
        const answer = await ask('textDocument/foldingRange', about(document), token);
        return all(answer, (one) => new vscode.FoldingRange(
          one.startLine, one.endLine, one.kind === 'comment' ? vscode.FoldingRangeKind.Comment : undefined));
      },
    }),
    languages.registerSignatureHelpProvider(selector, {
      async provideSignatureHelp(document, place, token) {
        const answer = await ask('textDocument/signatureHelp', at(document, place), token);
        if (!answer) return null;
        const help = new vscode.SignatureHelp();
        help.signatures = answer.signatures.map((one) => {
          const signature = new vscode.SignatureInformation(one.label);
          signature.parameters = one.parameters.map((each) => new vscode.ParameterInformation(each.label));
          return signature;
        });
        help.activeSignature = answer.activeSignature;
        help.activeParameter = answer.activeParameter;
        return help;
      },
    }, ' ', '('),
    languages.registerCompletionItemProvider(selector, {
      async provideCompletionItems(document, place, token) {
        const answer = await ask('textDocument/completion', at(document, place), token);
        return all(answer && answer.items, (one) => {
          const item = new vscode.CompletionItem(one.label, one.kind - 1);
          item.detail = one.detail;
          item.filterText = one.filterText;
          item.sortText = one.sortText;
          item.range = convert.range(one.textEdit.range);
          item.insertText = one.textEdit.newText;
          return item;
        });
      },
    }, '\\'),
    languages.registerCodeActionsProvider(selector, {
      async provideCodeActions(document, stretch, context, token) {
        const params = about(document, { range: convert.toRange(stretch), context: { diagnostics: [] } });
        return all(await ask('textDocument/codeAction', params, token), (one) => {
          const action = new vscode.CodeAction(one.title, vscode.CodeActionKind.QuickFix);
          action.edit = convert.edit(one.edit);
          action.diagnostics = one.diagnostics.map(convert.diagnostic);
          action.isPreferred = one.isPreferred;
          return action;
        });
      },
    }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }),
    languages.registerDocumentSemanticTokensProvider(selector, {
      async provideDocumentSemanticTokens(document, token) {
        return tokens(await ask('textDocument/semanticTokens/full', about(document), token));
      },
    }, tokenLegend),
    languages.registerInlayHintsProvider(selector, {
      async provideInlayHints(document, stretch, token) {
        const params = about(document, { range: convert.toRange(stretch) });
        return all(await ask('textDocument/inlayHint', params, token), (one) => {
          const hint = new vscode.InlayHint(convert.position(one.position), one.label);
          hint.paddingLeft = one.paddingLeft;
          return hint;
        });
      },
    }),
    languages.registerCodeLensProvider(selector, {
      async provideCodeLenses(document, token) {
        return all(await ask('textDocument/codeLens', about(document), token),
          (one) => new vscode.CodeLens(convert.range(one.range), one.command));
      },
    }),
    languages.registerDocumentFormattingEditProvider(selector, {
      async provideDocumentFormattingEdits(document, options, token) {
        return all(await ask('textDocument/formatting', about(document, { options }), token), convert.textEdit);
      },
    }),
  ];
}

module.exports = { register };
