'use strict';
// Between what the protocol has and what the editor has.

const vscode = require('vscode');

const position = (json) => new vscode.Position(json.line, json.character);
const range = (json) => new vscode.Range(position(json.start), position(json.end));
const toPosition = (place) => ({ line: place.line, character: place.character });
const toRange = (stretch) => ({ start: toPosition(stretch.start), end: toPosition(stretch.end) });
const location = (json) => new vscode.Location(vscode.Uri.parse(json.uri), range(json.range));

function diagnostic(json) {
  // The protocol's severities and kinds count from 1, the editor's from 0.
  const result = new vscode.Diagnostic(range(json.range), json.message, json.severity - 1);
  result.source = json.source;
  result.code = json.codeDescription
    ? { value: json.code, target: vscode.Uri.parse(json.codeDescription.href) }
    : json.code;
  result.tags = json.tags;
  result.relatedInformation = (json.relatedInformation || []).map(
    (one) => new vscode.DiagnosticRelatedInformation(location(one.location), one.message));
  return result;
}

function edit(json) {
  const result = new vscode.WorkspaceEdit();
  for (const { textDocument, edits } of json.documentChanges || []) {
    result.set(vscode.Uri.parse(textDocument.uri), edits.map(textEdit));
  }
  return result;
}

const textEdit = (json) => new vscode.TextEdit(range(json.range), json.newText);

function symbol(json) {
  const result = new vscode.DocumentSymbol(
    json.name, json.detail, json.kind - 1, range(json.range), range(json.selectionRange));
  result.children = json.children.map(symbol);
  return result;
}

module.exports = { position, range, toPosition, toRange, location, diagnostic, edit, textEdit, symbol };
