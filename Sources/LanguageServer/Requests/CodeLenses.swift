import CajalSyntax
import CajalTyping
import Diagnostics

extension LanguageServer {
  /// What can be done with programs and models: with a program without errors, also where the file has others.
  func codeLenses(_ document: Document, _ params: JSON) throws -> JSON {
    guard let module = document.analysis.sound?.module else { return [] }
    var lenses: [JSON] = []
    func add(_ name: Name, _ title: String, _ command: Command, _ settings: [JSON] = []) {
      lenses.append([
        "range": document.buffer.range(name.span),
        "command": [
          "title": .string(title), "command": .string(command.rawValue),
          "arguments": [.string(document.uri), .string(name.text), .array(settings)],
        ],
      ])
    }
    for program in module.programs {
      let settings = program.context.compactMap { port in
        firstValue(port, module.horizon).map { "\(port.variable.name)=\($0)" }
      }
      if settings.count == program.context.count {
        add(program.name, (["eval"] + settings).joined(separator: " "), .eval, settings.map { .string($0) })
      }
    }
    // These take the file as a whole.
    if !document.analysis.diagnostics.contains(where: { $0.severity == .error }) {
      for name in module.programs.map(\.name) + module.models.map(\.name) {
        add(name, "verify", .verify)
        add(name, "show C", .showC)
      }
    }
    return .array(lenses)
  }

  /// A value to begin with; nil where a type has none that is short.
  private func firstValue(_ port: Port, _ horizon: Int) -> String? {
    guard port.rows == nil else { return nil }
    switch port.variable.type {
    case .bool: return "true"
    case .nat: return "\(min(3, horizon - 1))"
    case .natBelow(let count): return "\(min(3, count - 1))"
    case .real(let shape):
      guard shape.reduce(1, *) <= 16, shape.count <= 2 else { return nil }
      return tensor(shape[...])
    case .function(let argument, let result): return argument == result ? "fun x => x" : nil
    case .data(let data): return data.constructors.first { $0.fields.isEmpty }?.name
    }
  }

  private func tensor(_ shape: ArraySlice<Int>) -> String {
    guard let count = shape.first else { return "1" }
    return "[" + [String](repeating: tensor(shape.dropFirst()), count: count).joined(separator: ",") + "]"
  }
}
