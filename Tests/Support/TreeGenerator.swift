import CajalSyntax
import Diagnostics

/// Syntax trees at random, well typed or not; equal seeds give equal trees.
public struct TreeGenerator {
  private var random: SplitMix

  public init(seed: UInt64) { random = SplitMix(seed: seed) }

  private mutating func next() -> UInt64 { random.next() }
  private mutating func below(_ bound: Int) -> Int { random.below(bound) }
  private mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  private static let nowhere = Span(0, 0)

  private mutating func name() -> String {
    pick([
      "x", "y", "f", "o", "net", "model", "within", "l1", "Bool", "x'", "_", "größe", "x₁",
      "a_long_name_for_a_variable",
    ])
  }

  private mutating func named() -> Name { Name(name(), Self.nowhere) }

  private mutating func magnitude() -> Double {
    switch below(6) {
    case 0: 0
    case 1: Double(below(100))
    case 2: Double(below(1_000)) / 8
    case 3: 1 / Double(below(1_000) + 1)
    case 4: Double(bitPattern: next() & 0x7FEF_FFFF_FFFF_FFFF)
    default: Double(next())
    }
  }

  private mutating func signed() -> Double { below(2) == 0 ? magnitude() : -magnitude() }

  public mutating func type(_ depth: Int) -> TypeExpression {
    let kind: TypeExpression.Kind =
      switch below(depth > 0 ? 7 : 5) {
      case 0: .bool
      case 1: .nat
      case 2: .real([])
      case 3: .real((0...below(3)).map { _ in below(30) + 1 })
      case 4: .name("Image")
      default: .function(type(depth - 1), type(depth - 1))
      }
    return TypeExpression(kind, Self.nowhere)
  }

  private mutating func leaf() -> Term.Kind {
    switch below(8) {
    case 0: return .bool(below(2) == 0)
    case 1: return .numeral(below(2) == 0 ? UInt64(below(20)) : next())
    case 2: return .decimal(magnitude())
    case 3: return .vector((0...below(12)).map { _ in signed() })
    case 4:
      let columns = below(4)
      return .matrix((0...below(3)).map { _ in (0...columns).map { _ in signed() } })
    default: return .variable(name())
    }
  }

  public mutating func term(_ depth: Int) -> Term {
    let kind: Term.Kind =
      switch depth > 0 ? below(17) : 0 {
      case 0: leaf()
      case 1: .succ(term(depth - 1))
      case 2: .function(Binder(name: named(), type: below(2) == 0 ? type(2) : nil), term(depth - 1))
      case 3, 4: .apply(term(depth - 1), term(depth - 1))
      case 5: .conditional(term(depth - 1), then: term(depth - 1), else: term(depth - 1))
      case 6: .letIn(named(), term(depth - 1), body: term(depth - 1))
      case 7: .iterate(base: term(depth - 1), state: named(), step: term(depth - 1), count: term(depth - 1))
      case 12: .iterate(iteration(depth))
      case 13: .divide(term(depth - 1), term(depth - 1))
      case 14: .power(term(depth - 1), signed())
      case 15: .list([Term(.variable(name()), Self.nowhere)] + (0..<below(4)).map { _ in entry(depth - 1) })
      case 8: .add(term(depth - 1), term(depth - 1))
      case 9: .subtract(term(depth - 1), term(depth - 1))
      case 10: .negate(term(depth - 1))
      case 11: .scale(magnitude(), term(depth - 1))
      default: .ascription(term(depth - 1), type(3))
      }
    return Term(kind, Self.nowhere)
  }

  /// Not in brackets: a row stands among rows only.
  private mutating func entry(_ depth: Int) -> Term {
    let term = term(depth)
    switch term.kind {
    case .vector, .list: return Term(.negate(term), Self.nowhere)
    default: return term
    }
  }

  private mutating func iteration(_ depth: Int) -> Iteration {
    Iteration(
      below(2) == 0 ? .all : .last, base: term(depth - 1), state: named(), isData: below(2) == 0,
      step: term(depth - 1),
      claims: (0..<below(3)).map { _ in
        Claim(below(2) == 0 ? .nonnegative : .conserves(numbers()), Self.nowhere)
      }, count: term(depth - 1))
  }

  private mutating func numbers() -> Numbers {
    switch below(3) {
    case 0: .number(signed())
    case 1: .vector((0...below(4)).map { _ in signed() })
    default: .matrix([[signed(), signed()], [signed(), signed()]])
    }
  }

  private mutating func parameter() -> Parameter {
    let bound = below(3) == 0 ? Bound(norm: pick(Norm.allCases), radius: magnitude() + 0.5) : nil
    return Parameter(name: named(), type: type(3), bound: bound)
  }

  private mutating func layer() -> Layer {
    let kind: Layer.Kind =
      switch below(6) {
      case 0:
        .convolution(
          channels: below(40) + 1, kernel: [below(9) + 1, below(9) + 1], stride: below(3) + 1, isValid: below(2) == 0)
      case 1: .dense(below(2) == 0 ? nil : below(500) + 1)
      case 2: .pool(pick(Layer.Pool.allCases), size: below(4) + 1)
      case 3, 4: .activation(pick(Layer.Activation.allCases))
      default: .within(Bound(norm: pick(Norm.allCases), radius: magnitude() + 0.5))
      }
    return Layer(kind, Self.nowhere)
  }

  public mutating func declaration() -> Declaration {
    let kind: Declaration.Kind =
      switch below(9) {
      case 8: .learnt(named(), type(3), below(2) == 0 ? numbers() : nil)
      case 0: .horizon(next() >> UInt64(below(63)) | 1)
      case 1: .type(Name("Image", Self.nowhere), type(5))
      case 2, 3: .definition(named(), below(2) == 0 ? type(4) : nil, term(below(6)))
      case 4: .net(named(), (0..<below(4)).map { _ in parameter() }, type(3), (0...below(8)).map { _ in layer() })
      case 5: .model(named(), (0..<below(5)).map { _ in parameter() }, type(3), term(below(6)))
      default: .program(named(), (0..<below(5)).map { _ in parameter() }, type(3), term(below(6)))
      }
    return Declaration(kind, Self.nowhere)
  }

  public mutating func tree() -> SyntaxTree { SyntaxTree(declarations: (0...below(4)).map { _ in declaration() }) }
}
