import CajalSyntax
import Diagnostics

// Untyped terms by hand, without places: they are printed, and get their places when they are read.

extension Term {
  public convenience init(_ kind: Kind) { self.init(kind, Span(0, 0)) }

  public static func named(_ name: String) -> Term { Term(.variable(name)) }

  public static func applied(_ function: Term, _ arguments: Term...) -> Term {
    arguments.reduce(function) { Term(.apply($0, $1)) }
  }

  public static func lambda(_ name: String, _ type: TypeExpression?, _ body: Term) -> Term {
    Term(.function(Binder(name: Name(name), type: type), body))
  }

  public static func binding(_ name: String, to value: Term, in body: Term) -> Term {
    Term(.letIn(Name(name), value, body: body))
  }

  public static func choice(_ condition: Term, _ a: Term, _ b: Term) -> Term {
    Term(.conditional(condition, then: a, else: b))
  }

  public static func iteration(_ base: Term, _ state: String, _ step: Term, _ count: Term) -> Term {
    Term(.iterate(base: base, state: Name(state), step: step, count: count))
  }

  public static func ascribed(_ term: Term, _ type: Type) -> Term { Term(.ascription(term, TypeExpression(type))) }

  /// The number of nodes.
  public var nodeCount: Int { kind.children.reduce(1) { $0 + $1.nodeCount } }
}

extension Name {
  public init(_ text: String) { self.init(text, Span(0, 0)) }
}

extension TypeExpression {
  public init(_ type: Type) {
    let kind: Kind =
      switch type {
      case .bool: .bool
      case .nat: .nat
      case .natBelow(let count): .natBelow(UInt64(count))
      case .data(let data): .name(data.name)
      case .real(let shape): .real(shape)
      case .function(let argument, let result): .function(TypeExpression(argument), TypeExpression(result))
      }
    self.init(kind, Span(0, 0))
  }
}

extension Type {
  /// Sums and multiples of its values exist.
  public var endsInReal: Bool { if case .real = finalResult { true } else { false } }
}
