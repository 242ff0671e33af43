import CajalSyntax
import Diagnostics

/// A variable after name resolution; two variables are the same only if their ids are, whatever their names.
public final class Variable: Hashable, Sendable {
  public let id: Int
  public let name: String
  public let type: Type
  /// The place of its binder.
  public let span: Span
  /// A variable of a model's data zone: it may be used any number of times, or not at all.
  public let isData: Bool

  public init(id: Int, name: String, type: Type, span: Span, isData: Bool = false) {
    self.id = id
    self.name = name
    self.type = type
    self.span = span
    self.isData = isData
  }

  public static func == (a: Variable, b: Variable) -> Bool { a.id == b.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A number that something is multiplied with, as it is written: `2 * x`, or the divisor of `x / 3`.
public struct Factor: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public let numerator: Double
  public let denominator: Double

  public init(_ numerator: Double, over denominator: Double = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }

  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  public var value: Double { numerator / denominator }
}

/// The constants of section 5, resolved to shapes. Applied to their operands one after another.
public enum Primitive: Hashable, Sendable {
  /// Real[kh,kw] -o Real[h,w] -o Real[h,w]
  case conv2d(kernel: [Int], image: [Int])
  /// Real -o τ -o τ
  case scale(Type)
  /// Real[s] -o Real[s] -o Real
  case dot([Int])
  /// Real[m,n] -o Real[n] -o Real[m]
  case apply(rows: Int, columns: Int)
  /// Real[m] -o Real[n] -o Real[m,n]
  case outer(Int, Int)
  /// Real[s] -o Real[s']
  case reshape(from: [Int], to: [Int])
  /// Real[m,n] -o Real[n,m]
  case transpose(rows: Int, columns: Int)
  /// Nat[m] -o Nat[n], m ≤ n; where one of the two is the horizon, it is that of `Nat`.
  case widen(from: Int, to: Int)
  /// Real[s] -o Real[s] -o Real[s], entry by entry
  case times([Int])
  /// Real[n,s] -o Real[s]
  case entry(Int, of: [Int])
  /// Real[n,s] -o Real[upper-lower,s]
  case slice(Int, Int, of: [Int])
  /// Real[s] -> Real[s] on data: the one kind of constant, with `choice`, that is not linear.
  case elementwise(Elementwise, [Int])
  /// Real[s] -> Real[s] -> Real[s] on data
  case choice(Choice, [Int])
}

/// Functions of one real, applied entry by entry to data of a model.
public enum Elementwise: Hashable, Sendable {
  case exp, log, sqrt, sin, cos, tanh, sigmoid, softplus, relu, abs, recip
  case power(Double)
}

/// Functions of two reals, applied entry by entry to data of a model.
public enum Choice: String, Hashable, Sendable, CaseIterable { case min, max }

/// What is made of an operand of one form.
public struct TypedAlternative: Sendable {
  /// One for each field of the constructor; of `succ`, one.
  public let binders: [Variable]
  public let body: TypedTerm
  /// Of the whole, its pattern included.
  public let span: Span
  public init(binders: [Variable], body: TypedTerm, span: Span) {
    self.binders = binders
    self.body = body
    self.span = span
  }
}

/// A well-typed term: one node a rule of section 2 (and 5), every name resolved, every node with its type.
///
/// `let x = a in b` is `apply(lambda(x, b), a)`; `a - b` is `add(a, scale(-1, b))`; a numeral is `natural` or
/// `literal`, as its type says. Matrix literals as maps are `matrix`. `a / 3` is `scale`, and `a / b` is
/// `times a (recip b)`, or `scale (recip b) a` where b is a real.
public final class TypedTerm: Sendable {
  public enum Kind: Sendable {
    case variable(Variable)
    /// A closed definition, or a program called like a closed function; an index into `TypedModule.definitions`.
    case definition(Int)
    case bool(Bool)
    case natural(UInt64)
    case literal([Double])
    /// The linear map Real[c] -o Real[r] of a literal with r rows of c entries.
    case matrix(rows: [[Double]])
    case primitive(Primitive)
    case succ(TypedTerm)
    case lambda(Variable, TypedTerm)
    case apply(TypedTerm, TypedTerm)
    case conditional(TypedTerm, then: TypedTerm, else: TypedTerm)
    case iterate(base: TypedTerm, state: Variable, step: TypedTerm, count: TypedTerm)
    /// The constructor with this number, a curried function of its fields.
    case constructor(DataType, Int)
    /// One alternative for each constructor of the operand's type, in their order; for `Bool`, `true` and `false`; for
    /// a type of naturals, `0` and `succ`.
    case cases(TypedTerm, [TypedAlternative])
    /// The same over a recursive type, where the binders of recursive fields have the type of the result.
    case fold(TypedTerm, [TypedAlternative])
    case add(TypedTerm, TypedTerm)
    case scale(Factor, TypedTerm)
    /// Tensors one after another, or the entries of one.
    case concatenate([TypedTerm])
    /// The states of so many rounds, the base first.
    case scan(base: TypedTerm, state: Variable, step: TypedTerm, rounds: Int)
    /// A net, an index into `TypedModule.nets`, applied to all of its arguments. In a model's judgement it depends
    /// on the state of an iteration; in a link it does not.
    case network(Int, [TypedTerm])
  }

  public let kind: Kind
  public let type: Type
  public let span: Span

  public init(_ kind: Kind, _ type: Type, _ span: Span) {
    self.kind = kind
    self.type = type
    self.span = span
  }
}

extension TypedTerm.Kind {
  /// The terms directly under a rule, in the order of the text.
  public var children: [TypedTerm] {
    switch self {
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor: []
    case .succ(let a), .lambda(_, let a), .scale(_, let a): [a]
    case .apply(let a, let b), .add(let a, let b): [a, b]
    case .conditional(let a, let b, let c): [a, b, c]
    case .iterate(let base, _, let step, let count): [base, step, count]
    case .cases(let operand, let alternatives), .fold(let operand, let alternatives):
      alternatives.map(\.body) + [operand]
    case .network(_, let arguments), .concatenate(let arguments): arguments
    case .scan(let base, _, let step, _): [base, step]
    }
  }

  /// The same rule on what is made of the terms directly under it.
  func mapping(_ change: (TypedTerm) -> TypedTerm) -> TypedTerm.Kind {
    func changed(_ alternatives: [TypedAlternative]) -> [TypedAlternative] {
      alternatives.map { TypedAlternative(binders: $0.binders, body: change($0.body), span: $0.span) }
    }
    switch self {
    case .variable, .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor: return self
    case .succ(let a): return .succ(change(a))
    case .lambda(let variable, let a): return .lambda(variable, change(a))
    case .scale(let factor, let a): return .scale(factor, change(a))
    case .apply(let a, let b): return .apply(change(a), change(b))
    case .add(let a, let b): return .add(change(a), change(b))
    case .conditional(let a, let b, let c): return .conditional(change(a), then: change(b), else: change(c))
    case .iterate(let base, let state, let step, let count):
      return .iterate(base: change(base), state: state, step: change(step), count: change(count))
    case .scan(let base, let state, let step, let rounds):
      return .scan(base: change(base), state: state, step: change(step), rounds: rounds)
    case .cases(let operand, let alternatives):
      let parts = changed(alternatives)
      return .cases(change(operand), parts)
    case .fold(let operand, let alternatives):
      let parts = changed(alternatives)
      return .fold(change(operand), parts)
    case .network(let net, let arguments): return .network(net, arguments.map(change))
    case .concatenate(let parts): return .concatenate(parts.map(change))
    }
  }
}

/// How a program depends on a variable (LANGUAGE.md, section 2, Degree).
public struct Degree: Hashable, Sendable {
  /// The map is a polynomial in the variable of at most this degree; `Int.max` where the bound saturated or
  /// where the map is no polynomial (a bounded link).
  public var bound: Int
  /// The map is linear in the variable at every horizon.
  public var isLinear: Bool

  public init(bound: Int, isLinear: Bool) {
    self.bound = bound
    self.isLinear = isLinear
  }
}

/// One port of a judgement.
public struct Port: Sendable {
  public let variable: Variable
  public let bound: Bound?
  /// Of a table, how many it has at most.
  public let rows: Int?
  public init(variable: Variable, bound: Bound?, rows: Int? = nil) {
    self.variable = variable
    self.bound = bound
    self.rows = rows
  }

  /// The type as it is declared: of a table with its rows.
  public var typeText: String { "\(variable.type)" + (rows.map { "[\($0)]" } ?? "") }
}

/// `x1:t1, …, xk:tk ⊢ e : t`, the meaning of a `program` declaration.
public struct Judgement: Sendable {
  public let name: Name
  public let context: [Port]
  public let term: TypedTerm
  /// One for each port, in order.
  public var degrees: [Degree]

  public init(name: Name, context: [Port], term: TypedTerm, degrees: [Degree]) {
    self.name = name
    self.context = context
    self.term = term
    self.degrees = degrees
  }

  public var type: Type { term.type }

  /// `program flip (x : Bool, n : Nat) : Bool`, without the body.
  public var signature: String {
    let ports = context.map { port in
      let within = port.bound.map { " within \($0.norm.rawValue) \($0.radius)" } ?? ""
      return "\(port.variable.name) : \(port.typeText)\(within)"
    }
    return "\(name.text) (\(ports.joined(separator: ", "))) : \(type)"
  }
}

/// A closed definition: shared by all who use it, never copied.
public struct Definition: Sendable {
  public let name: String
  public let term: TypedTerm
  public let span: Span
  public init(name: String, term: TypedTerm, span: Span) {
    self.name = name
    self.term = term
    self.span = span
  }
}

/// A checked file.
public struct TypedModule: Sendable {
  /// The dimension of `Nat`, after the file's declaration and the command line.
  public let horizon: Int
  /// In an order in which each uses only earlier ones. A program that is called is here too, as a closed function
  /// of its parameters.
  public let definitions: [Definition]
  /// In the order of the file.
  public internal(set) var programs: [Judgement]
  /// In the order of the file.
  public let nets: [Net]
  /// In the order of the file.
  public internal(set) var models: [LinkedModel]
  /// The file's `type` declarations, written out.
  public let typeAliases: [String: Type]
  /// In the order of the file.
  public let dataTypes: [DataType]
  /// In the order of the file.
  public let learnt: [Learnt]
  /// What is said of the states of iterations, by the places of these.
  let claims: [Span: [Claim]]
  /// Every variable of the module has an id below this.
  public let variableCount: Int
  /// The degrees of the variables that terms bind, by id, where they differ from 1 and linear. A binder is judged
  /// as a linear unknown; the variables around it as what they are bound to, where that is known.
  public internal(set) var binderDegrees: [Int: Degree] = [:]

  public init(
    horizon: Int, definitions: [Definition], programs: [Judgement], nets: [Net] = [], models: [LinkedModel] = [],
    typeAliases: [String: Type] = [:], dataTypes: [DataType] = [], learnt: [Learnt] = [],
    claims: [Span: [Claim]] = [:], variableCount: Int = 0
  ) {
    self.horizon = horizon
    self.definitions = definitions
    self.programs = programs
    self.nets = nets
    self.models = models
    self.typeAliases = typeAliases
    self.dataTypes = dataTypes
    self.learnt = learnt
    self.claims = claims
    self.variableCount = variableCount
  }

  /// The degree of a variable that a term of the module binds (`fun`, `let`, the state of `iter`).
  public func degree(ofBinder variable: Variable) -> Degree {
    binderDegrees[variable.id] ?? Degree(bound: 1, isLinear: true)
  }
}
