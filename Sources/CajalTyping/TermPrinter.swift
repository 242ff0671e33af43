import CajalSyntax
import Diagnostics

extension TypedTerm {
  /// The term in concrete syntax, on one line, as far as possible as it was written: it reads back as the same term.
  public func concreteSyntax(definitions: [Definition], nets: [Net] = []) -> String {
    PrettyPrinter(width: .max).print(Unelaboration(definitions: definitions, nets: nets).term(self))
  }
}

/// Typed terms back to terms as they are written: `let` for a function that meets its argument, `a - b`, and types
/// where elaboration would not find them again.
struct Unelaboration {
  let definitions: [Definition]
  let nets: [Net]

  func term(_ typed: TypedTerm) -> Term { Term(kind(typed), typed.span) }

  private func kind(_ typed: TypedTerm) -> Term.Kind {
    switch typed.kind {
    case .variable(let variable): return .variable(variable.name)
    case .definition(let index): return .variable(definitions[index].name)
    case .bool(let value): return .bool(value)
    case .natural(let value): return .numeral(value)
    case .literal(let entries): return literal(entries, typed)
    case .matrix(let rows): return .matrix(rows)
    case .primitive(let primitive):
      return .ascription(head(primitive, typed.span), expression(typed.type, typed.span))
    case .succ(let inner): return .succ(term(inner))
    case .lambda(let variable, let body):
      let name = Name(variable.name, variable.span)
      return .function(Binder(name: name, type: expression(variable.type, variable.span)), term(body))
    case .apply(let function, let argument): return application(function, argument)
    case .conditional(let condition, let a, let b): return .conditional(term(condition), then: term(a), else: term(b))
    case .iterate(let base, let state, let step, let count):
      return .iterate(
        Iteration(
          base: term(base), state: Name(state.name, state.span), isData: state.isData, step: term(step),
          count: term(count)))
    case .scan(let base, let state, let step, let rounds):
      return .iterate(
        Iteration(
          .all, base: term(base), state: Name(state.name, state.span), isData: state.isData, step: term(step),
          count: Term(.numeral(UInt64(rounds)), typed.span)))
    case .concatenate(let parts): return concatenation(parts, typed)
    case .constructor(let data, let index): return .variable(data.constructors[index].name)
    case .cases(let operand, let alternatives): return .cases(self.alternatives(alternatives, operand), term(operand))
    case .fold(let operand, let alternatives): return .fold(self.alternatives(alternatives, operand), term(operand))
    case .add(let a, let b): return sum(a, b)
    case .scale(-1, let inner): return .negate(term(inner))
    case .scale(let factor, let inner):
      if factor.denominator != 1 { return .divide(term(inner), Term(.decimal(factor.denominator), typed.span)) }
      return factor.numerator < 0
        ? .negate(Term(.scale(-factor.numerator, term(inner)), typed.span)) : .scale(factor.numerator, term(inner))
    case .network(let net, let arguments): return network(nets[net], arguments, typed.span)
    }
  }

  private func alternatives(_ alternatives: [TypedAlternative], _ operand: TypedTerm) -> [Alternative] {
    alternatives.enumerated().map { index, alternative in
      Alternative(
        pattern: alternative.pattern(index, of: operand.type), body: term(alternative.body), span: alternative.span)
    }
  }

  private func network(_ net: Net, _ arguments: [TypedTerm], _ span: Span) -> Term.Kind {
    let head = Term(.variable(net.name.text), span)
    return arguments.reduce(head) { Term(.apply($0, term($1)), span) }.kind
  }

  private func literal(_ entries: [Double], _ typed: TypedTerm) -> Term.Kind {
    guard case .real(let shape) = typed.type, let extent = shape.first else {
      let value = entries[0]
      return value.sign == .minus ? .negate(Term(.decimal(-value), typed.span)) : .decimal(value)
    }
    guard shape.count > 1 else { return .vector(entries) }
    let columns = entries.count / extent
    let rows = (0..<extent).map { Array(entries[$0 * columns..<($0 + 1) * columns]) }
    return .ascription(Term(.matrix(rows), typed.span), expression(typed.type, typed.span))
  }

  private func sum(_ a: TypedTerm, _ b: TypedTerm) -> Term.Kind {
    if case .scale(-1, let subtracted) = b.kind { return .subtract(term(a), term(subtracted)) }
    return .add(term(a), term(b))
  }

  private func application(_ function: TypedTerm, _ argument: TypedTerm) -> Term.Kind {
    if case .lambda(let variable, let body) = function.kind {
      return .letIn(Name(variable.name, variable.span), term(argument), body: term(body))
    }
    var head = function
    var spine = [argument]
    while case .apply(let inner, let earlier) = head.kind {
      if case .lambda = inner.kind { break }
      spine.append(earlier)
      head = inner
    }
    var result = term(head)
    if case .primitive(let primitive) = head.kind, primitive.constant != .reshape, primitive.constant != .widen,
      spine.count >= primitive.operands.count
    {
      if case .elementwise(.power(let exponent), _) = primitive { return .power(term(spine[0]), exponent) }
      result = self.head(primitive, head.span)
    }
    for argument in spine.dropFirst().reversed() {
      result = Term(.apply(result, term(argument)), result.span.union(argument.span))
    }
    return .apply(result, term(spine[0]))
  }

  /// A constant with its numerals.
  private func head(_ primitive: Primitive, _ span: Span) -> Term {
    func applied(_ name: String, _ numerals: [Int]) -> Term {
      numerals.reduce(Term(.variable(name), span)) { Term(.apply($0, Term(.numeral(UInt64($1)), span)), span) }
    }
    switch primitive {
    case .entry(let index, _): return applied("entry", [index])
    case .slice(let lower, let upper, _): return applied("slice", [lower, upper])
    case .conv2d, .scale, .dot, .apply, .outer, .reshape, .transpose, .widen, .times, .elementwise, .choice:
      return applied(primitive.name, [])
    }
  }

  /// Entries in brackets, or tensors joined one to the next.
  private func concatenation(_ parts: [TypedTerm], _ whole: TypedTerm) -> Term.Kind {
    if parts.allSatisfy({ $0.type == .real([]) }), case .real(let shape) = whole.type {
      let entries = parts.map { term($0) }
      guard shape.count == 2 else { return .list(entries) }
      let rows = (0..<shape[0]).map { Term(.list(Array(entries[$0 * shape[1]..<($0 + 1) * shape[1]])), whole.span) }
      return .ascription(Term(.list(rows), whole.span), expression(whole.type, whole.span))
    }
    let joined = parts.dropFirst().reduce(term(parts[0])) { left, part in
      Term(.apply(Term(.apply(Term(.variable("concat"), whole.span), left), whole.span), term(part)), whole.span)
    }
    return joined.kind
  }

  private func expression(_ type: Type, _ span: Span) -> TypeExpression {
    switch type {
    case .bool: TypeExpression(.bool, span)
    case .nat: TypeExpression(.nat, span)
    case .natBelow(let count): TypeExpression(.natBelow(UInt64(count)), span)
    case .data(let data): TypeExpression(.name(data.name), span)
    case .real(let shape): TypeExpression(.real(shape), span)
    case .function(let a, let b): TypeExpression(.function(expression(a, span), expression(b, span)), span)
    }
  }
}

extension TypedAlternative {
  /// Its pattern, where it is the one with this number of an operand of the type.
  func pattern(_ index: Int, of type: Type) -> Pattern {
    let names = binders.map { Name($0.name, $0.span) }
    switch type {
    case .data(let data):
      return Pattern(.constructor(Name(data.constructors[index].name, span), names), span)
    case .nat, .natBelow: return Pattern(names.first.map { .successor($0) } ?? .zero, span)
    case .bool, .real, .function: return Pattern(.bool(index == 0), span)
    }
  }
}
