/// What the client has said that it can take.
struct ClientCapabilities {
  var markdown = false
  var relatedInformation = false
  var codeDescription = false
  var documentChanges = false
  var codeActionLiterals = false
  var hierarchicalSymbols = false
  var showDocument = false
  var prepareRename = false

  init() {}

  init(_ params: JSON) {
    let text = params.at("capabilities", "textDocument")
    let formats = text?.at("hover", "contentFormat")?.array ?? []
    markdown = formats.contains("markdown")
    relatedInformation = text?.at("publishDiagnostics", "relatedInformation")?.bool ?? false
    codeDescription = text?.at("publishDiagnostics", "codeDescriptionSupport")?.bool ?? false
    documentChanges = params.at("capabilities", "workspace", "workspaceEdit", "documentChanges")?.bool ?? false
    codeActionLiterals = text?.at("codeAction", "codeActionLiteralSupport") != nil
    hierarchicalSymbols = text?.at("documentSymbol", "hierarchicalDocumentSymbolSupport")?.bool ?? false
    showDocument = params.at("capabilities", "window", "showDocument", "support")?.bool ?? false
    prepareRename = text?.at("rename", "prepareSupport")?.bool ?? false
  }
}

/// What the user has chosen.
struct Settings {
  /// Behind each layer, the shape that it gives.
  var layerShapes = false
  /// Behind each parameter, its degree.
  var degrees = false

  init(_ json: JSON?) {
    let hints = json?["inlayHints"]
    layerShapes = hints?["layerShapes"]?.bool ?? hints?.bool ?? false
    degrees = hints?["degrees"]?.bool ?? hints?.bool ?? false
  }
}
