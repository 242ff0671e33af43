import CajalSyntax

/// The abstract value of a term, by the rules of LANGUAGE.md, section 2, Degree.
extension DegreeAnalysis {
  func value(of term: TypedTerm) -> AbstractValue {
    if environment.countNotPlain == 0, !captures.contains(term) { return plainValue(of: term) }
    return counted { structure(of: term) }
  }

  /// By the rule at the root of the term.
  private func structure(of term: TypedTerm) -> AbstractValue {
    switch term.kind {
    case .variable(let variable): return environment[variable.id] ?? .flat(Powers())
    case .definition(let index): return value(ofDefinition: index)
    case .bool, .natural, .literal, .matrix, .primitive: return .flat(Powers())
    case .succ(let inner), .scale(_, let inner): return value(of: inner)
    case .add(let a, let b): return join(value(of: a), value(of: b), term.type)
    case .conditional(let condition, let a, let b):
      let powers = reify(value(of: condition))
      return adding(powers, to: join(value(of: a), value(of: b), term.type))
    case .lambda(let variable, let body): return closure(variable, body, term)
    case .apply(let function, let argument): return application(function, argument)
    case .iterate(let base, let state, let step, let count):
      let powers = reify(value(of: count))
      let rounds = count.type.dimension(horizon: horizon) ?? horizon
      return adding(powers, to: iteration(base, state, step, term, rounds: rounds))
    case .constructor(let data, let index): return constructor(data, index)
    case .cases(let operand, let alternatives): return cases(operand, alternatives, term)
    case .fold(let operand, let alternatives): return fold(operand, alternatives, term)
    case .concatenate(let parts):
      var powers = reify(value(of: parts[0]))
      for part in parts.dropFirst() { powers.join(reify(value(of: part))) }
      return .flat(powers)
    case .scan(let base, let state, let step, let rounds):
      return iteration(base, state, step, term, rounds: rounds + 1)
    case .network(_, let arguments):
      // Depends on its arguments, and not as a polynomial does.
      var powers = Powers()
      for argument in arguments { powers.add(reify(value(of: argument))) }
      return .flat(powers.saturated)
    }
  }

  // MARK: Plain terms

  /// A term that captures nothing in a step, where everything in scope is plain: linear in all that it uses.
  private func plainValue(of term: TypedTerm) -> AbstractValue {
    let scope = restricted(to: term)
    var powers = Powers()
    for value in scope.values.values { if let plain = value.plain { powers.add(plain) } }
    if term.type.isFirstOrder { return .flat(powers) }
    return .function(put(off: term, scope, powers))
  }

  /// What the plain term is as a function is found out only when it meets an argument that is not plain.
  private func put(off term: TypedTerm, _ scope: Environment, _ powers: Powers) -> AbstractFunction {
    var known: AbstractValue?
    return AbstractFunction(plain: powers, resultType: term.type.result) { argument in
      let function = known ?? self.with(scope) { self.counted { self.structure(of: term) } }
      if !self.isExhausted { known = function }
      return self.apply(function, argument)
    }
  }

  /// The part of the environment that a term uses.
  func restricted(to term: TypedTerm) -> Environment {
    var result = Environment()
    func collect(_ term: TypedTerm) {
      if case .variable(let variable) = term.kind {
        if result[variable.id] == nil, let value = environment[variable.id] { result[variable.id] = value }
        return
      }
      for child in term.kind.children { collect(child) }
    }
    if !environment.values.isEmpty { collect(term) }
    return result
  }

  // MARK: Functions

  private func closure(_ variable: Variable, _ body: TypedTerm, _ term: TypedTerm) -> AbstractValue {
    if variable.type.isFunction || variable.type.asRecursive != nil {
      return .function(closureOfFunctions(variable, body, term))
    }
    let argument = fresh()
    let result = binding(variable, to: .flat(.of(argument))) { value(of: body) }
    record(variable, reify(result)[argument])
    // A function that is a matrix in all its arguments is one.
    if case .flat(let powers) = result, powers[argument] == .one { return .flat(powers.without(argument)) }
    return .abstraction(argument, result)
  }

  private func closureOfFunctions(_ variable: Variable, _ body: TypedTerm, _ term: TypedTerm) -> AbstractFunction {
    let scope = restricted(to: term)
    let isPlain = scope.countNotPlain == 0 && !captures.contains(term)
    var powers = Powers()
    for value in scope.values.values { if let plain = value.plain { powers.add(plain) } }
    let function = AbstractFunction(plain: isPlain ? powers : nil, resultType: body.type) { argument in
      self.with(scope) { self.binding(variable, to: argument) { self.value(of: body) } }
    }
    if !isPlain { judgeLater(variable, function) }
    return function
  }

  private func application(_ function: TypedTerm, _ argument: TypedTerm) -> AbstractValue {
    if case .primitive(let primitive) = function.spineHead.kind, !primitive.isMultilinear {
      // Depends on its operands, and not as a polynomial does.
      var powers = reify(value(of: argument)).saturated
      if case .apply = function.kind { powers.add(reify(value(of: function))) }
      return .flat(powers)
    }
    guard case .lambda(let variable, let body) = function.kind else {
      let f = value(of: function)
      return apply(f, value(of: argument))
    }
    // A binder that meets its argument, as `let` does: the body is evaluated once for both.
    // A use of it counts as what it stands for: in operands of a sum the largest counts, not all of them.
    let bound = value(of: argument)
    let symbol = fresh()
    let result = binding(variable, to: adding(.of(symbol), to: bound)) { value(of: body) }
    record(variable, reify(result)[symbol])
    return substitute(symbol, Powers(), in: result)
  }

  func apply(_ function: AbstractValue, _ argument: AbstractValue) -> AbstractValue {
    counted {
      switch function {
      case .flat(var powers):
        if argument.plain == nil { matricesMade += 1 }
        powers.add(reify(argument))
        return .flat(powers)
      case .abstraction(let symbol, let body): return substitute(symbol, reify(argument), in: body)
      case .function(let function): return apply(function, argument)
      case .unknown(var powers):
        powers.add(reify(argument).saturated)
        return .unknown(powers)
      case .datum: return function
      }
    }
  }

  private func apply(_ function: AbstractFunction, _ argument: AbstractValue) -> AbstractValue {
    if var powers = function.plain, let plain = argument.plain {
      powers.add(plain)
      if function.resultType.isFirstOrder { return .flat(powers) }
      var known: AbstractValue?
      return .function(
        AbstractFunction(plain: powers, resultType: function.resultType.result) { next in
          let result = known ?? function.apply(argument)
          if !self.isExhausted { known = result }
          return self.apply(result, next)
        })
    }
    guard let key = argument.firstOrder else { return function.apply(argument) }
    let known = result(of: function, on: key.arguments)
    return substitute(known.symbol, key.powers, in: known.result)
  }

  /// A function's result on a function of ground arguments with the given degrees, which depends on a symbol; of no
  /// arguments, on a linear unknown.
  func result(of function: AbstractFunction, on degrees: [Degree]) -> AbstractFunction.Known {
    if let known = function.results[degrees] {
      if known.madeMatrix { matricesMade += 1 }
      return known
    }
    let symbol = fresh()
    var powers = Powers.of(symbol)
    var symbols: [Symbol] = []
    for degree in degrees {
      let argument = fresh()
      symbols.append(argument)
      powers.add(Powers.of(argument).map { _ in degree })
    }
    let argument = symbols.reversed().reduce(AbstractValue.flat(powers)) { .abstraction($1, $0) }
    let before = matricesMade
    let result = function.apply(argument)
    let known = AbstractFunction.Known(symbol: symbol, result: result, madeMatrix: matricesMade > before)
    if !isExhausted { function.results[degrees] = known }
    return known
  }

  /// What a value depends on where it is a matrix, or is applied to linear unknowns.
  func reify(_ value: AbstractValue) -> Powers {
    switch value {
    case .flat(let powers), .unknown(let powers): return powers
    case .abstraction(let symbol, let body): return reify(body).without(symbol)
    case .function(let function):
      if let plain = function.plain { return plain }
      return reify(apply(value, .flat(Powers())))
    case .datum(let datum): return datum.powers
    }
  }

  // MARK: Operations on values

  /// The value where it depends on further variables.
  func adding(_ powers: Powers, to value: AbstractValue) -> AbstractValue {
    if powers.degrees.isEmpty { return value }
    switch value {
    case .flat(var all):
      all.add(powers)
      return .flat(all)
    case .abstraction(let symbol, let body): return .abstraction(symbol, adding(powers, to: body))
    case .function(let function):
      var plain = function.plain
      plain?.add(powers)
      return .function(
        AbstractFunction(plain: plain, resultType: function.resultType) {
          self.adding(powers, to: self.apply(.function(function), $0))
        })
    case .unknown(var all):
      all.add(powers)
      return .unknown(all)
    case .datum(let datum):
      var all = datum.powers
      all.add(powers)
      return changing(datum, powers: all) { self.adding(powers, to: $0) }
    }
  }

  func substitute(_ symbol: Symbol, _ powers: Powers, in value: AbstractValue) -> AbstractValue {
    switch value {
    case .flat(let all): return .flat(all.substituting(symbol, powers))
    case .abstraction(let argument, let body): return .abstraction(argument, substitute(symbol, powers, in: body))
    case .function(let function):
      return .function(
        AbstractFunction(plain: function.plain?.substituting(symbol, powers), resultType: function.resultType) {
          self.substitute(symbol, powers, in: self.apply(.function(function), $0))
        })
    case .unknown(let all): return .unknown(all.substituting(symbol, powers.saturated))
    case .datum(let datum):
      return changing(datum, powers: datum.powers.substituting(symbol, powers)) {
        self.substitute(symbol, powers, in: $0)
      }
    }
  }

  /// Either of two values of a type.
  func join(_ a: AbstractValue, _ b: AbstractValue, _ type: Type) -> AbstractValue {
    switch (a, b) {
    case (.datum, _), (_, .datum): return join(datum(a), datum(b))
    case (.flat(var powers), .flat(let others)):
      powers.join(others)
      return .flat(powers)
    case (.unknown, _), (_, .unknown):
      var powers = reify(a)
      powers.join(reify(b))
      return .unknown(powers.saturated)
    case (.abstraction, _), (_, .abstraction):
      let symbol = fresh()
      let argument = AbstractValue.flat(.of(symbol))
      return .abstraction(symbol, join(apply(a, argument), apply(b, argument), type.result))
    case (.function, _), (_, .function):
      var plain = a.plain
      if let other = b.plain { plain?.join(other) } else { plain = nil }
      return .function(
        AbstractFunction(plain: plain, resultType: type.result) {
          self.join(self.apply(a, $0), self.apply(b, $0), type.result)
        })
    }
  }
}

extension TypedTerm {
  /// What is applied, in the end.
  var spineHead: TypedTerm {
    var head = self
    while case .apply(let function, _) = head.kind { head = function }
    return head
  }
}

extension Type {
  /// Of a function: what it returns.
  var result: Type { if case .function(_, let result) = self { result } else { self } }
}
