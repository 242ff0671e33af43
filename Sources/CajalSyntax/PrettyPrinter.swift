/// Prints trees in concrete syntax, with the fewest parentheses, broken into lines where they are too long.
///
/// What is printed reads back as the same tree, up to spans. Trees that hold an `error` print `<error>` in its place,
/// which does not.
public struct PrettyPrinter: Sendable {
  public var width: Int

  public init(width: Int = 100) { self.width = width }

  /// One declaration after another; those that take several lines stand apart.
  public func print(_ tree: SyntaxTree) -> String {
    var output = ""
    var wasLong = false
    for (index, declaration) in tree.declarations.enumerated() {
      let text = print(declaration)
      let isLong = text.utf8.contains(0x0A)
      if index > 0, isLong || wasLong { output += "\n" }
      output += text + "\n"
      wasLong = isLong
    }
    return output
  }

  public func print(_ declaration: Declaration) -> String { layout(declaration).rendered(width: width) }
  public func print(_ term: Term) -> String { layout(term, .expression).rendered(width: width) }
  public func print(_ type: TypeExpression) -> String { layout(type).rendered(width: width) }

  // MARK: Declarations

  private func layout(_ declaration: Declaration) -> Layout {
    switch declaration.kind {
    case .horizon(let horizon): return .text("horizon \(horizon)")
    case .type(let name, let type):
      return .group(.sequence([.text("type \(name.text) ="), .indented(.sequence([.space, layout(type)]))]))
    case .data(let name, let constructors): return data(name, constructors)
    case .definition(let name, let type, let body):
      let head = type.map { Layout.sequence([.text("def \(name.text) : "), layout($0)]) } ?? .text("def \(name.text)")
      return .group(.sequence([.group(head), .text(" ="), .indented(.sequence([.space, layout(body, .expression)]))]))
    case .program(let name, let parameters, let type, let body):
      return judgement("program", name, parameters, type, layout(body, .expression))
    case .model(let name, let parameters, let type, let body):
      return judgement("model", name, parameters, type, layout(body, .expression))
    case .learnt(let name, let type, let start):
      let value = start.map { [Layout.text(" ="), .indented(.sequence([.space, layout($0)]))] } ?? []
      return .group(.sequence([.text("param \(name.text) : "), layout(type)] + value))
    case .net(let name, let parameters, let type, let layers):
      var parts: [Layout] = []
      for (index, layer) in layers.enumerated() {
        if index > 0 { parts += [.space, .text("| ")] }
        parts.append(.text("\(layer.kind)"))
      }
      return judgement("net", name, parameters, type, .sequence(parts))
    }
  }

  private func data(_ name: Name, _ constructors: [ConstructorDeclaration]) -> Layout {
    var parts: [Layout] = []
    for (index, constructor) in constructors.enumerated() {
      parts += [.space, .text(index > 0 ? "| " : ""), .text(constructor.name.text)]
      for field in constructor.fields { parts += [.text(" "), layoutArgument(field)] }
    }
    return .group(.sequence([.text("data \(name.text) ="), .indented(.sequence(parts))]))
  }

  private func judgement(
    _ word: String, _ name: Name, _ parameters: [Parameter], _ type: TypeExpression, _ body: Layout
  ) -> Layout {
    let head = Layout.sequence([
      .text("\(word) \(name.text) "), layout(parameters), .text(" : "), layout(type), .text(" ="),
    ])
    return .group(.sequence([.group(head), .indented(.sequence([.space, body]))]))
  }

  private func layout(_ parameters: [Parameter]) -> Layout {
    guard !parameters.isEmpty else { return .text("( )") }
    var parts: [Layout] = [.soft]
    for (index, parameter) in parameters.enumerated() {
      if index > 0 { parts += [.text(","), .space] }
      parts += [.text("\(parameter.name.text) : "), layout(parameter.type)]
      if let rows = parameter.rows { parts.append(.text("[\(rows.count)]")) }
      if let bound = parameter.bound {
        parts.append(.text(" \(bound)"))
      }
    }
    return .group(.sequence([.text("("), .indented(.sequence(parts)), .soft, .text(")")]))
  }

  // MARK: Types

  func layout(_ type: TypeExpression) -> Layout {
    var parts: [Layout] = []
    var rest = type
    while case .function(let argument, let result) = rest.kind {
      parts += [layoutArgument(argument), .text(" -o"), .space]
      rest = result
    }
    let last = layoutArgument(rest)
    return parts.isEmpty ? last : .group(.indented(.sequence(parts + [last])))
  }

  private func layoutArgument(_ type: TypeExpression) -> Layout {
    switch type.kind {
    case .bool: .text("Bool")
    case .nat: .text("Nat")
    case .natBelow(let count): .text("Nat[\(count)]")
    case .real(let shape): .text("\(Type.real(shape))")
    case .name(let name): .text(name)
    case .function: .sequence([.text("("), layout(type), .text(")")])
    case .error: .text("<error>")
    }
  }

  // MARK: Numbers

  /// A non-negative number where both `2` and `2.0` would do.
  static func number(_ value: Double) -> String {
    if let integer = UInt64(exactly: value), integer < 1 << 53 { return "\(integer)" }
    return "\(value)"
  }

  /// An entry of a literal: the sign of zero is kept.
  static func signed(_ value: Double) -> String {
    value.sign == .minus ? "-" + number(value.magnitude) : number(value)
  }
}
