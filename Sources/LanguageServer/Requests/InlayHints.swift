import CajalSyntax
import CajalTyping
import Diagnostics

extension LanguageServer {
  /// Nothing, unless the settings ask for it.
  func inlayHints(_ document: Document, _ params: JSON) throws -> JSON {
    guard settings.degrees || settings.layerShapes, let module = document.analysis.sound?.module else { return [] }
    let wanted = span(document, params)
    var hints: [(offset: Int, text: String)] = []
    if settings.layerShapes {
      for layer in module.nets.flatMap(\.layers) { hints.append((layer.span.end, shape(layer.output))) }
    }
    if settings.degrees {
      for judgement in module.programs {
        for (port, degree) in zip(judgement.context, judgement.degrees) {
          hints.append((port.variable.span.end, text(of: degree)))
        }
      }
    }
    return .array(
      hints.filter { hint in wanted.map { $0.start <= hint.offset && hint.offset <= $0.end } ?? true }
        .sorted { $0.offset < $1.offset }.map { hint in
          [
            "position": document.buffer.json(document.buffer.position(of: hint.offset)), "label": .string(hint.text),
            "paddingLeft": true,
          ]
        })
  }
}
