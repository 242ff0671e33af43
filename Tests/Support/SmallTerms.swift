import CajalEvaluator
import CajalSyntax
import CajalTyping

/// Random well-typed kernel terms: every variable that is handed in is used exactly once on every path.
public struct SmallTerms {
  public var random: SplitMix64
  /// Numerals are below this.
  public let numerals: Int

  public init(seed: UInt64, numerals: Int = 3) {
    random = SplitMix64(seed: seed)
    self.numerals = numerals
  }

  /// A judgement of some of these types in its context, and of a result of one of them.
  public mutating func program(_ types: [Type], results: [Type], ports: Int = 3, depth: Int = 4) -> Judgement {
    let count = random.next(below: ports + 1)
    let context = (0..<count).map { index in ("x\(index)", types[random.next(below: types.count)]) }
    let result = results[random.next(below: results.count)]
    return Typed.program("p", context) { term(result, $0, depth) }
  }

  public mutating func type(_ depth: Int = 1) -> Type {
    switch random.next(below: depth > 0 ? 5 : 2) {
    case 0: .bool
    case 1: .nat
    case 2: .bool --> type(depth - 1)
    case 3: .nat --> type(depth - 1)
    default: type(depth - 1) --> type(depth - 1)
    }
  }

  /// A term of the type that uses these terms once each.
  public mutating func term(_ type: Type, _ uses: [TypedTerm], _ depth: Int) -> TypedTerm {
    if uses.count == 1, uses[0].type == type, random.next(below: 3) == 0 { return uses[0] }
    if depth <= 0 { return finish(type, uses) }
    switch random.next(below: 6) {
    case 0, 1: return introduce(type, uses, depth)
    case 2:
      let (a, b) = split(uses)
      let condition = term(.bool, a, depth - 1)
      return Typed.choose(condition, term(type, b, depth - 1), term(type, b, depth - 1))
    case 3:
      let (a, rest) = split(uses)
      let (b, c) = split(rest)
      let base = term(type, a, depth - 1)
      return Typed.iterate(base, term(.nat, c, depth - 1)) { term(type, b + [$0], depth - 1) }
    case 4:
      let (a, b) = split(uses)
      let value = term(self.type(), a, depth - 1)
      return Typed.bind(value) { term(type, b + [$0], depth - 1) }
    default:
      guard let index = uses.firstIndex(where: \.type.isFunction), case .function(let argument, _) = uses[index].type
      else { return introduce(type, uses, depth) }
      var others = uses
      let function = others.remove(at: index)
      let (a, b) = split(others)
      return term(type, b + [Typed.apply(function, term(argument, a, depth - 1))], depth - 1)
    }
  }

  private mutating func introduce(_ type: Type, _ uses: [TypedTerm], _ depth: Int) -> TypedTerm {
    switch type {
    case .bool: return uses.isEmpty ? finish(type, uses) : consume(type, uses, depth)
    case .nat: return Typed.succ(term(.nat, uses, depth - 1))
    case .real: return finish(type, uses)
    case .function(let argument, let result): return Typed.fun("x", argument) { term(result, uses + [$0], depth - 1) }
    }
  }

  private mutating func finish(_ type: Type, _ uses: [TypedTerm]) -> TypedTerm {
    guard uses.isEmpty else { return consume(type, uses, 0) }
    switch type {
    case .bool: return random.next(below: 2) == 0 ? Typed.yes : Typed.no
    case .nat: return Typed.nat(UInt64(random.next(below: numerals)))
    case .real(let shape):
      return Typed.tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextSigned() })
    case .function(let argument, let result): return Typed.fun("x", argument) { finish(result, [$0]) }
    }
  }

  /// Uses the first term up by its type's own means.
  private mutating func consume(_ type: Type, _ uses: [TypedTerm], _ depth: Int) -> TypedTerm {
    let first = uses[0]
    let rest = Array(uses.dropFirst())
    switch first.type {
    case .bool: return Typed.choose(first, term(type, rest, depth - 1), term(type, rest, depth - 1))
    case .nat: return Typed.iterate(term(type, rest, depth - 1), first) { $0 }
    case .real: preconditionFailure("no kernel term uses a tensor up")
    case .function(let argument, _): return term(type, rest + [Typed.apply(first, finish(argument, []))], depth - 1)
    }
  }

  private mutating func split(_ uses: [TypedTerm]) -> ([TypedTerm], [TypedTerm]) {
    var parts: ([TypedTerm], [TypedTerm]) = ([], [])
    for use in uses { if random.next(below: 2) == 0 { parts.0.append(use) } else { parts.1.append(use) } }
    return parts
  }
}
