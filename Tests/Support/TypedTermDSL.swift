import CajalSyntax
import CajalTyping
import Diagnostics
import Synchronization

/// Typed terms by hand, for tests of the stages after the checker. Every node has a span of its own, so that places
/// can be told apart.
public enum Typed {
  private static let counter = Atomic<Int>(1)

  private static func next() -> Int { counter.add(1, ordering: .relaxed).oldValue }

  public static func span() -> Span {
    let start = next()
    return Span(start, start + 1)
  }

  public static func variable(_ name: String, _ type: Type) -> Variable {
    Variable(id: next(), name: name, type: type, span: span())
  }

  static func make(_ kind: TypedTerm.Kind, _ type: Type) -> TypedTerm { TypedTerm(kind, type, span()) }

  public static let yes = make(.bool(true), .bool)
  public static let no = make(.bool(false), .bool)
  public static func nat(_ value: UInt64) -> TypedTerm { make(.natural(value), .nat) }
  public static func real(_ value: Double) -> TypedTerm { make(.literal([value]), .real([])) }
  public static func vector(_ entries: [Double]) -> TypedTerm { make(.literal(entries), .real([entries.count])) }
  public static func tensor(_ shape: [Int], _ entries: [Double]) -> TypedTerm { make(.literal(entries), .real(shape)) }
  public static func matrix(_ rows: [[Double]]) -> TypedTerm {
    make(.matrix(rows: rows), .function(.real([rows[0].count]), .real([rows.count])))
  }
  public static func use(_ variable: Variable) -> TypedTerm { make(.variable(variable), variable.type) }
  public static func definition(_ index: Int, _ type: Type) -> TypedTerm { make(.definition(index), type) }

  public static func succ(_ operand: TypedTerm, times: Int = 1) -> TypedTerm {
    (0..<times).reduce(operand) { term, _ in make(.succ(term), .nat) }
  }

  public static func fun(_ name: String, _ type: Type, _ body: (TypedTerm) -> TypedTerm) -> TypedTerm {
    let variable = variable(name, type)
    let body = body(use(variable))
    return make(.lambda(variable, body), .function(type, body.type))
  }

  public static func bind(_ value: TypedTerm, _ body: (TypedTerm) -> TypedTerm) -> TypedTerm {
    apply(fun("x", value.type, body), value)
  }

  public static func apply(_ function: TypedTerm, _ arguments: TypedTerm...) -> TypedTerm {
    arguments.reduce(function) { term, argument in
      guard case .function(_, let result) = term.type else { preconditionFailure("not a function: \(term.type)") }
      return make(.apply(term, argument), result)
    }
  }

  public static func choose(_ condition: TypedTerm, _ a: TypedTerm, _ b: TypedTerm) -> TypedTerm {
    make(.conditional(condition, then: a, else: b), a.type)
  }

  public static func not(_ operand: TypedTerm) -> TypedTerm { choose(operand, no, yes) }

  public static func iterate(
    _ base: TypedTerm, _ count: TypedTerm, _ step: (TypedTerm) -> TypedTerm
  ) -> TypedTerm {
    let state = variable("y", base.type)
    return make(.iterate(base: base, state: state, step: step(use(state)), count: count), base.type)
  }

  public static func add(_ a: TypedTerm, _ b: TypedTerm) -> TypedTerm { make(.add(a, b), a.type) }
  public static func scale(_ factor: Double, _ a: TypedTerm) -> TypedTerm { make(.scale(Factor(factor), a), a.type) }

  /// A constant of section 5 with its type: the types of its operands, then that of its result.
  public static func primitive(_ primitive: Primitive, _ types: Type...) -> TypedTerm {
    make(.primitive(primitive), types.dropLast().reversed().reduce(types[types.count - 1]) { .function($1, $0) })
  }

  /// A judgement; its degrees are not computed.
  public static func program(
    _ name: String, _ context: [(String, Type)], bounds: [Bound?] = [], _ body: ([TypedTerm]) -> TypedTerm
  ) -> Judgement {
    let variables = context.map { variable($0.0, $0.1) }
    let ports = variables.enumerated().map { index, variable in
      Port(variable: variable, bound: index < bounds.count ? bounds[index] : nil)
    }
    let degrees = context.map { _ in Degree(bound: 1, isLinear: true) }
    return Judgement(name: Name(name, span()), context: ports, term: body(variables.map(use)), degrees: degrees)
  }

  public static func module(
    horizon: Int = 10, definitions: [TypedTerm] = [], _ programs: Judgement...
  ) -> TypedModule {
    let named = definitions.enumerated().map { Definition(name: "d\($0)", term: $1, span: $1.span) }
    return TypedModule(horizon: horizon, definitions: named, programs: programs)
  }
}

extension Type {
  /// The type of functions.
  public static func --> (argument: Type, result: Type) -> Type { .function(argument, result) }
}

infix operator --> : TypedArrow
precedencegroup TypedArrow {
  associativity: right
  higherThan: ComparisonPrecedence
}
