import Driver

extension LanguageServer {
  /// The answer to `initialize`.
  static let introduction: JSON = [
    "serverInfo": ["name": "cajal2c", "version": .string(compilerVersion)],
    "capabilities": [
      "positionEncoding": "utf-16",
      "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
      "hoverProvider": true,
      "definitionProvider": true,
      "referencesProvider": true,
      "documentHighlightProvider": true,
      "renameProvider": ["prepareProvider": true],
      "documentSymbolProvider": true,
      "foldingRangeProvider": true,
      "signatureHelpProvider": ["triggerCharacters": [" ", "("]],
      "completionProvider": ["triggerCharacters": ["\\"]],
      "codeActionProvider": ["codeActionKinds": ["quickfix"]],
      "semanticTokensProvider": [
        "legend": [
          "tokenTypes": .array(SemanticToken.Kind.allCases.map { .string($0.rawValue) }),
          "tokenModifiers": .array(SemanticToken.modifierNames.map { .string($0) }),
        ], "full": true, "range": true,
      ],
      "inlayHintProvider": true,
      "codeLensProvider": ["resolveProvider": false],
      "documentFormattingProvider": true,
      "executeCommandProvider": ["commands": .array(Command.allCases.map { .string($0.rawValue) })],
    ],
  ]
}
