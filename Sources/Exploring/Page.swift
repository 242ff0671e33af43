import Foundation

extension PageModel {
  /// The page, which needs no other file.
  public func html() throws -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <link rel="icon" href="data:,">
    <title>\(escaped(file)) · \(escaped(compiler))</title>
    <style>
    \(text(PackageResources.page_css))</style>
    </head>
    <body>
    <noscript>This page needs JavaScript. It loads nothing from elsewhere.</noscript>
    <script type="application/json" id="model">\(try json())</script>
    <script>
    \(Self.script)</script>
    </body>
    </html>

    """
  }

  /// Nothing is loaded, and nothing is sent.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    + "form-action 'none'"

  private static var script: String {
    let parts = [
      PackageResources.interpreter_js, PackageResources.elements_js, PackageResources.layout_js,
      PackageResources.drawing_js, PackageResources.source_js, PackageResources.chart_js, PackageResources.pictures_js,
      PackageResources.training_js, PackageResources.running_js, PackageResources.page_js,
    ]
    return "'use strict';\n" + parts.map { text($0) }.joined(separator: "\n")
  }

  /// Within a script element nothing but `<` can end it or begin a comment.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(self), as: UTF8.self).replacingOccurrences(of: "<", with: "\\u003c")
  }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// As text of an element.
private func escaped(_ text: String) -> String {
  text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    .replacingOccurrences(of: ">", with: "&gt;")
}
