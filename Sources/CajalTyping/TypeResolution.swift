import CajalSyntax
import Diagnostics

extension Checker {
  /// The type that an expression names; nil where an error has been reported, here or at the alias.
  func resolve(_ expression: TypeExpression) -> Type? { resolveSized(expression)?.type }

  func resolveSized(_ expression: TypeExpression) -> SizedType? {
    switch expression.kind {
    case .bool: return SizedType(type: .bool, nodes: 1)
    case .nat: return SizedType(type: .nat, nodes: 1)
    case .natBelow(let count):
      guard let count = checkedCount(count) else {
        reportBadNatural(expression.span)
        return nil
      }
      return SizedType(type: Type.natBelow(count).resolved(horizon), nodes: 1)
    case .real(let shape): return tensor(shape, expression.span)
    case .name(let name): return alias(name, expression.span)
    case .function(let argument, let result): return arrow(argument, result, expression.span)
    case .error: return nil
    }
  }

  /// A number of naturals or of rows; nil where it is out of range.
  func checkedCount(_ count: UInt64) -> Int? {
    (1...UInt64(maximumHorizon)).contains(count) ? Int(count) : nil
  }

  private func arrow(_ argument: TypeExpression, _ result: TypeExpression, _ span: Span) -> SizedType? {
    let a = resolveSized(argument)
    let r = resolveSized(result)
    guard let a, let r else { return nil }
    let nodes = a.nodes + r.nodes + 1
    guard nodes <= Type.maximumNodes else {
      reportTooManyNodes(span)
      return nil
    }
    return SizedType(type: .function(a.type, r.type), nodes: nodes)
  }

  func reportTooManyNodes(_ span: Span) {
    report(
      Diagnostic(
        .typeTooLarge, "this type is too large", at: Label(span, "more than \(Type.maximumNodes) types in one"),
        notes: ["with its aliases written out, a type may have \(Type.maximumNodes) nodes"],
        help: "use a smaller type: every further arrow multiplies the size of the matrices"))
  }

  private func tensor(_ shape: [Int], _ span: Span) -> SizedType? {
    if let extent = shape.first(where: { $0 < 1 }) {
      report(
        Diagnostic(
          .typeTooLarge, "a tensor has extents of at least 1", at: Label(span, "the extent \(extent) is below 1")))
      return nil
    }
    return checkSize(.real(shape), span) ? SizedType(type: .real(shape), nodes: 1) : nil
  }

  /// Whether a tensor type is small enough; reports if not.
  func checkSize(_ type: Type, _ span: Span) -> Bool {
    guard case .real = type else { return true }
    if let size = type.dimension(horizon: 1), size <= Type.maximumExtent { return true }
    report(
      Diagnostic(
        .typeTooLarge, "`\(type)` is too large", at: Label(span, "more than 2^31 reals"),
        notes: ["a tensor may hold up to \(Type.maximumExtent) reals"]))
    return false
  }

  private func alias(_ name: String, _ span: Span) -> SizedType? {
    if let known = globals.aliases[name] { return known.sized }
    reportUnknownType(name, span)
    return nil
  }

  private func reportUnknownType(_ name: String, _ span: Span) {
    let usual: [String: String] = [
      "Float": "Real", "Double": "Real", "float": "Real", "double": "Real", "Number": "Real", "Int": "Nat",
      "Integer": "Nat", "int": "Nat", "Boolean": "Bool",
    ]
    let similar = usual[name] ?? suggest(for: name, among: Array(globals.aliases.keys) + ["Bool", "Nat", "Real"])
    report(
      Diagnostic(
        .unknownType, "there is no type `\(name)`", at: Label(span, "not declared"),
        help: similar.map { "did you mean `\($0)`?" } ?? "declare it: `type \(name) = …`",
        fixes: similar.map { [.replace(span, by: $0)] } ?? []))
  }

  private func reportBadNatural(_ span: Span) {
    report(
      Diagnostic(
        .badNatural, "`Nat[n]` has an n of 1 to 2^24", at: Label(span, "no such type"),
        notes: ["`Nat[n]` are the naturals below n, and n is the dimension of the type"],
        help: "write a number in this range; `Nat` alone is `Nat[\(horizon)]` in this file"))
  }
}
