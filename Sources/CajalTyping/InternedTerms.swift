import CajalSyntax

/// Terms of which equal ones are one object, those that bind variables apart: each of these is only equal to itself.
struct InternedTerms {
  private struct Key: Hashable {
    let head: Head
    let type: Type
    let children: [ObjectIdentifier]
  }

  private enum Head: Hashable {
    case variable(Int)
    case definition(Int)
    case bool(Bool)
    case natural(UInt64)
    case literal([UInt64])
    case matrix([[UInt64]])
    case primitive(Primitive)
    case constructor(DataType, Int)
    case scale(Factor)
    case network(Int)
    case succ, apply, conditional, add, concatenate
  }

  private var known: [Key: TypedTerm] = [:]
  private var depths: [ObjectIdentifier: Int] = [:]

  /// The height of a term that was interned.
  func depth(of term: TypedTerm) -> Int { depths[ObjectIdentifier(term)] ?? 1 }

  /// The object for a term whose children are interned.
  mutating func intern(_ term: TypedTerm) -> TypedTerm {
    if depths[ObjectIdentifier(term)] != nil { return term }
    let depth = 1 + (term.kind.children.map { self.depth(of: $0) }.max() ?? 0)
    guard let head = Self.head(of: term.kind) else {
      depths[ObjectIdentifier(term)] = depth
      retained.append(term)
      return term
    }
    let key = Key(head: head, type: term.type, children: term.kind.children.map { ObjectIdentifier($0) })
    if let other = known[key] { return other }
    known[key] = term
    depths[ObjectIdentifier(term)] = depth
    return term
  }

  /// An identity must not pass to another term.
  private var retained: [TypedTerm] = []

  private static func head(of kind: TypedTerm.Kind) -> Head? {
    switch kind {
    case .variable(let variable): .variable(variable.id)
    case .definition(let index): .definition(index)
    case .bool(let value): .bool(value)
    case .natural(let value): .natural(value)
    case .literal(let entries): .literal(entries.map(\.bitPattern))
    case .matrix(let rows): .matrix(rows.map { $0.map(\.bitPattern) })
    case .primitive(let primitive): .primitive(primitive)
    case .constructor(let data, let index): .constructor(data, index)
    case .scale(let factor, _): .scale(factor)
    case .network(let net, _): .network(net)
    case .succ: .succ
    case .apply: .apply
    case .conditional: .conditional
    case .add: .add
    case .concatenate: .concatenate
    case .lambda, .iterate, .cases, .fold, .scan: nil
    }
  }
}
