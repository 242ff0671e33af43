import Diagnostics

/// A name with its place.
public struct Name: Sendable {
  public let text: String
  public let span: Span
  public init(_ text: String, _ span: Span) {
    self.text = text
    self.span = span
  }
}

/// `x` or `(x : type)` after `fun`.
public struct Binder: Sendable {
  public let name: Name
  public let type: TypeExpression?
  public init(name: Name, type: TypeExpression?) {
    self.name = name
    self.type = type
  }
}

/// `pattern => body`
public struct Alternative: Sendable {
  public let pattern: Pattern
  public let body: Term
  public let span: Span
  public init(pattern: Pattern, body: Term, span: Span) {
    self.pattern = pattern
    self.body = body
    self.span = span
  }
}

public struct Pattern: Sendable {
  public enum Kind: Sendable {
    case constructor(Name, [Name])
    case bool(Bool)
    case zero
    case successor(Name)
  }
  public let kind: Kind
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public var binders: [Name] {
    switch kind {
    case .constructor(_, let binders): binders
    case .bool, .zero: []
    case .successor(let binder): [binder]
    }
  }

  /// What stands before the binders.
  public var head: String {
    switch kind {
    case .constructor(let name, _): name.text
    case .bool(let value): value ? "true" : "false"
    case .zero: "0"
    case .successor: "succ"
    }
  }
}

/// `iter { base | state => step | claim … } (count)`, or `scan` likewise.
public struct Iteration: Sendable {
  public enum Form: String, Sendable {
    /// The state after the rounds that are counted.
    case last = "iter"
    /// The states of all rounds, the base first.
    case all = "scan"
  }
  public let form: Form
  public let base: Term
  public let state: Name
  /// `!state`: the state is data in the step.
  public let isData: Bool
  public let step: Term
  public let claims: [Claim]
  public let count: Term
  public init(
    _ form: Form = .last, base: Term, state: Name, isData: Bool = false, step: Term, claims: [Claim] = [], count: Term
  ) {
    self.form = form
    self.base = base
    self.state = state
    self.isData = isData
    self.step = step
    self.claims = claims
    self.count = count
  }

  public func with(base: Term, step: Term, count: Term) -> Iteration {
    Iteration(form, base: base, state: state, isData: isData, step: step, claims: claims, count: count)
  }

  public func with(state: Name) -> Iteration {
    Iteration(form, base: base, state: state, isData: isData, step: step, claims: claims, count: count)
  }
}

/// What is said of the states of an iteration, and proved while compiling.
public struct Claim: Sendable {
  public enum Kind: Hashable, Sendable {
    /// The sum of the state's entries with these weights, in their order, stays the same.
    case conserves(Numbers)
    /// No entry of the state is ever below 0 where none of the base is.
    case nonnegative
  }
  public let kind: Kind
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A literal of reals.
public enum Numbers: Hashable, Sendable {
  case number(Double)
  case vector([Double])
  case matrix([[Double]])

  public var shape: [Int] {
    switch self {
    case .number: []
    case .vector(let entries): [entries.count]
    case .matrix(let rows): [rows.count, rows.first?.count ?? 0]
    }
  }

  /// Row-major.
  public var entries: [Double] {
    switch self {
    case .number(let value): [value]
    case .vector(let entries): entries
    case .matrix(let rows): rows.flatMap { $0 }
    }
  }
}

/// An expression as it was written (LANGUAGE.md, section 1).
public final class Term: Sendable {
  public enum Kind: Sendable {
    case variable(String)
    case bool(Bool)
    /// A number without a point: `Nat` or `Real`, as the expected type says.
    case numeral(UInt64)
    /// A number with a point: `Real`.
    case decimal(Double)
    case succ(Term)
    /// One binder; `fun x y => e` is two of these.
    case function(Binder, Term)
    case apply(Term, Term)
    case conditional(Term, then: Term, else: Term)
    case letIn(Name, Term, body: Term)
    /// `iter` or `scan`
    case iterate(Iteration)
    /// `case { alternatives } (term)`
    case cases([Alternative], Term)
    /// `fold { alternatives } (term)`
    case fold([Alternative], Term)
    case add(Term, Term)
    case subtract(Term, Term)
    case negate(Term)
    case scale(Double, Term)
    case divide(Term, Term)
    /// To a number as it is written, which may be below 0.
    case power(Term, Double)
    case ascription(Term, TypeExpression)
    case vector([Double])
    case matrix([[Double]])
    /// `[e, …]`, not all of them numbers; the rows of a matrix are `list`s or `vector`s.
    case list([Term])
    /// What the parser could not read; a diagnostic has been given.
    case error
  }

  public let kind: Kind
  public let span: Span
  /// The height of this tree. The parser refuses trees above `Term.maximumDepth`, so that every later stage
  /// may recurse over terms.
  public let depth: Int

  public static let maximumDepth = 10_000

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
    depth = 1 + (kind.children.map(\.depth).max() ?? 0)
  }
}

extension Term.Kind {
  public var children: [Term] {
    switch self {
    case .variable, .bool, .numeral, .decimal, .vector, .matrix, .error: []
    case .succ(let a), .function(_, let a), .negate(let a), .scale(_, let a), .power(let a, _), .ascription(let a, _):
      [a]
    case .apply(let a, let b), .letIn(_, let a, let b), .add(let a, let b), .subtract(let a, let b),
      .divide(let a, let b):
      [a, b]
    case .conditional(let a, let b, let c): [a, b, c]
    case .iterate(let iteration): [iteration.base, iteration.step, iteration.count]
    case .list(let entries): entries
    case .cases(let alternatives, let operand), .fold(let alternatives, let operand):
      alternatives.map(\.body) + [operand]
    }
  }
}

extension Term.Kind {
  /// `iter { base | state => step } (count)`
  public static func iterate(base: Term, state: Name, step: Term, count: Term) -> Term.Kind {
    .iterate(Iteration(base: base, state: state, step: step, count: count))
  }
}
