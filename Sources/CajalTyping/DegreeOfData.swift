import CajalSyntax

/// The abstract values of the terms of LANGUAGE.md, section 8.
extension DegreeAnalysis {
  func constructor(_ data: DataType, _ index: Int) -> AbstractValue {
    // What it makes of a type with a dimension is the product of its fields.
    guard data.isRecursive else { return .flat(Powers()) }
    return constructor(data, index, [], data.constructors[index].type(of: data))
  }

  private func constructor(
    _ data: DataType, _ index: Int, _ fields: [AbstractValue], _ type: Type
  ) -> AbstractValue {
    guard fields.count < data.constructors[index].fields.count else { return .datum(node(data, index, fields)) }
    return .function(
      AbstractFunction(plain: nil, resultType: type.result) { argument in
        self.constructor(data, index, fields + [argument], type.result)
      })
  }

  func cases(_ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm) -> AbstractValue {
    guard let data = operand.type.asRecursive else { return vectorCases(operand, alternatives, term) }
    return datum(value(of: operand)).cases(consumer(data, alternatives, term))
  }

  func fold(_ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm) -> AbstractValue {
    guard let data = operand.type.asRecursive else { return .flat(Powers()) }
    let operand = datum(value(of: operand))
    if term.type.asRecursive == nil { return operand.fold(consumer(data, alternatives, term)) }
    return .datum(built(by: alternatives, from: operand, data, restricted(to: term), looks: Self.looksInside))
  }

  /// Each alternative is a linear map of its summand, or is extended to one.
  private func vectorCases(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm
  ) -> AbstractValue {
    let powers = reify(value(of: operand))
    var all: AbstractValue?
    for alternative in alternatives {
      let symbols = alternative.binders.map { _ in fresh() }
      var value = binding(alternative.binders, to: symbols.map { .flat(.of($0)) }) { self.value(of: alternative.body) }
      let degrees = reify(value)
      for (binder, symbol) in zip(alternative.binders, symbols) {
        record(binder, degrees[symbol])
        value = substitute(symbol, Powers(), in: value)
      }
      all = all.map { join($0, value, term.type) } ?? value
    }
    return adding(powers, to: all ?? .flat(Powers()))
  }

  private func consumer(
    _ data: DataType, _ alternatives: [TypedAlternative], _ term: TypedTerm
  ) -> DatumConsumer {
    let scope = restricted(to: term)
    func note(_ index: Int, _ position: Int, _ degree: Degree) {
      record(alternatives[index].binders[position], degree)
    }
    return DatumConsumer(data, term.type, note: note) { [unowned self] index, fields in
      self.with(scope) {
        self.binding(alternatives[index].binders, to: fields) { self.value(of: alternatives[index].body) }
      }
    }
  }

  // MARK: Data that terms build

  /// How often `case` looks into what a fold has built before nothing more is known of it.
  private static let looksInside = 4

  /// What a fold makes of a datum, where that is a datum: each consumer is fused to the alternatives.
  private func built(
    by alternatives: [TypedAlternative], from operand: AbstractDatum, _ data: DataType, _ scope: Environment,
    looks: Int
  ) -> AbstractDatum {
    let powers = dependence(on: scope)
    if looks == 0 { return table(rows: .max, powers) }
    func fused(
      _ consumer: DatumConsumer, part: @escaping (AbstractValue) -> AbstractDatum,
      _ use: @escaping (AbstractDatum) -> AbstractValue
    ) -> DatumConsumer {
      DatumConsumer(data, consumer.type) { [unowned self] index, fields in
        let fields = zip(data.constructors[index].fields, fields).map { field, value in
          field == .recursive ? AbstractValue.datum(part(value)) : value
        }
        let body = alternatives[index]
        return self.with(scope) {
          use(self.datum(self.binding(body.binders, to: fields) { self.value(of: body.body) }))
        }
      }
    }
    return AbstractDatum(
      powers: powers,
      fold: { [unowned self] consumer in
        operand.fold(fused(consumer, part: { self.folded($0, by: consumer) }, { $0.fold(consumer) }))
      },
      cases: { [unowned self] consumer in
        operand.cases(
          fused(
            consumer, part: { self.built(by: alternatives, from: self.datum($0), data, scope, looks: looks - 1) },
            { $0.cases(consumer) }))
      })
  }

  /// An iteration whose state is a datum.
  func iterated(
    _ base: TypedTerm, _ state: Variable, _ step: TypedTerm, _ term: TypedTerm, rounds: Int
  ) -> AbstractValue {
    let scope = restricted(to: term)
    func datum(of term: TypedTerm, _ current: AbstractDatum? = nil) -> AbstractDatum {
      with(scope) {
        guard let current else { return self.datum(value(of: term)) }
        return self.datum(binding(state, to: .datum(current)) { value(of: term) })
      }
    }
    func cases(_ consumer: DatumConsumer) -> AbstractValue {
      counted {
        let powers = dependence(on: scope)
        let next = AbstractDatum(powers: powers, fold: fold, cases: table(rows: .max, powers).cases)
        return join(datum(of: base).cases(consumer), datum(of: step, next).cases(consumer), consumer.type)
      }
    }
    func fold(_ consumer: DatumConsumer) -> AbstractValue {
      counted {
        let start = datum(of: base).fold(consumer)
        let symbol = fresh()
        let once = datum(of: step, folded(.flat(.of(symbol)), by: consumer)).fold(consumer)
        var inStep = reify(once)
        let inState = inStep.remove(symbol)
        guard let powers = start.plain, once.plain != nil else {
          var all = reify(start)
          all.add(inStep)
          return .unknown(all.saturated)
        }
        return .flat(iterate(powers, inState, inStep, rounds: rounds))
      }
    }
    return .datum(AbstractDatum(powers: dependence(on: scope), fold: fold, cases: cases))
  }

  private func dependence(on scope: Environment) -> Powers {
    var powers = Powers()
    for value in scope.values.values { powers.add(reify(value)) }
    return powers.saturated
  }

  private func binding<Result>(
    _ variables: [Variable], to values: [AbstractValue], _ body: () -> Result
  ) -> Result {
    let outer = variables.map { environment[$0.id] }
    for (variable, value) in zip(variables, values) { environment[variable.id] = value }
    defer { for (variable, value) in zip(variables, outer) { environment[variable.id] = value } }
    return body()
  }
}
