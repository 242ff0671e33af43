import CajalSyntax

/// What the analysis of degrees knows about a datum of a recursive type: what consumers make of it, as it is compiled
/// (LANGUAGE.md, section 8).
final class AbstractDatum {
  /// All that it depends on.
  let powers: Powers
  /// The fold by a consumer.
  let fold: (DatumConsumer) -> AbstractValue
  /// What `case` makes of it: the consumer is given the parts as they are.
  let cases: (DatumConsumer) -> AbstractValue

  init(
    powers: Powers, fold: @escaping (DatumConsumer) -> AbstractValue,
    cases: @escaping (DatumConsumer) -> AbstractValue
  ) {
    self.powers = powers
    self.fold = fold
    self.cases = cases
  }
}

/// The alternatives of a `fold` or a `case`.
final class DatumConsumer {
  let data: DataType
  /// Of the result.
  let type: Type
  /// An alternative on its fields.
  let alternative: (Int, [AbstractValue]) -> AbstractValue
  /// Takes note of the degree in a binder of an alternative, where it is a linear unknown.
  let note: (_ alternative: Int, _ binder: Int, Degree) -> Void

  init(
    _ data: DataType, _ type: Type, note: @escaping (Int, Int, Degree) -> Void = { _, _, _ in },
    _ alternative: @escaping (Int, [AbstractValue]) -> AbstractValue
  ) {
    self.data = data
    self.type = type
    self.note = note
    self.alternative = alternative
  }
}

extension DegreeAnalysis {
  /// The datum that a value of a recursive type is. Of one of which only its variables are known: a table of any size.
  func datum(_ value: AbstractValue) -> AbstractDatum {
    switch value {
    case .datum(let datum): datum
    case .flat, .abstraction, .function, .unknown: table(rows: .max, reify(value).saturated)
    }
  }

  /// A table, whose entries are these variables.
  func table(rows: Int, _ entries: Powers) -> AbstractDatum {
    AbstractDatum(
      powers: entries,
      fold: { [unowned self] consumer in self.counted { self.foldTable(rows, entries, consumer) } },
      cases: { [unowned self] consumer in self.counted { self.casesOfTable(rows, entries, consumer) } })
  }

  /// A constructor applied to all of its fields.
  func node(_ data: DataType, _ index: Int, _ fields: [AbstractValue]) -> AbstractDatum {
    let constructor = data.constructors[index]
    var powers = Powers()
    for field in fields { powers.add(reify(field)) }
    return AbstractDatum(
      powers: powers,
      fold: { [unowned self] consumer in
        self.counted {
          consumer.alternative(
            index,
            zip(constructor.fields, fields).map { field, value in
              field == .recursive ? self.datum(value).fold(consumer) : value
            })
        }
      },
      cases: { [unowned self] consumer in self.counted { consumer.alternative(index, fields) } })
  }

  /// What a consumer has made of a datum already: to any other consumer it is not known.
  func folded(_ value: AbstractValue, by consumer: DatumConsumer) -> AbstractDatum {
    let powers = reify(value)
    let other = table(rows: .max, powers.saturated)
    return AbstractDatum(powers: powers, fold: { $0 === consumer ? value : other.fold($0) }, cases: other.cases)
  }

  /// A datum whose consumers' results are changed.
  func changing(
    _ datum: AbstractDatum, powers: Powers, _ change: @escaping (AbstractValue) -> AbstractValue
  ) -> AbstractValue {
    .datum(AbstractDatum(powers: powers, fold: { change(datum.fold($0)) }, cases: { change(datum.cases($0)) }))
  }

  /// Either of two data.
  func join(_ a: AbstractDatum, _ b: AbstractDatum) -> AbstractValue {
    var powers = a.powers
    powers.join(b.powers)
    return .datum(
      AbstractDatum(
        powers: powers,
        fold: { [unowned self] in self.join(a.fold($0), b.fold($0), $0.type) },
        cases: { [unowned self] in self.join(a.cases($0), b.cases($0), $0.type) }))
  }

  // MARK: Tables

  /// The degrees of the alternatives of one kind, the largest.
  private struct Largest {
    var powers: Powers?
    /// In an entry of the table: once for the weight, and as the binders do.
    var entries = 0
    /// The sum of the degrees in the recursive binders.
    var parts = 0

    mutating func join(_ other: Powers, entries: Int, parts: Int) {
      if powers == nil { powers = other } else { powers?.join(other) }
      self.entries = max(self.entries, entries)
      self.parts = max(self.parts, parts)
    }
  }

  /// LANGUAGE.md, section 8, Degree. Where the result is a function, it is its matrix.
  private func foldTable(_ rows: Int, _ entries: Powers, _ consumer: DatumConsumer) -> AbstractValue {
    var leaves = Largest()
    var steps = Largest()
    var isLinear = consumer.data.isChain
    for (index, constructor) in consumer.data.constructors.enumerated() {
      let symbols = constructor.fields.map { _ in fresh() }
      var powers = reify(consumer.alternative(index, symbols.map { .flat(.of($0)) }))
      var inEntries = 1
      var inParts = 0
      for (position, (field, symbol)) in zip(constructor.fields, symbols).enumerated() {
        let degree = powers.remove(symbol)
        consumer.note(index, position, degree)
        if field == .recursive {
          inParts = saturatingSum(inParts, degree.bound)
          isLinear = isLinear && degree.isLinear
        } else {
          inEntries = saturatingSum(inEntries, degree.bound)
        }
      }
      if constructor.arity > 0 {
        steps.join(powers, entries: inEntries, parts: inParts)
      } else {
        leaves.join(powers, entries: inEntries, parts: 0)
      }
    }
    guard consumer.type.recursiveType == nil else {
      // A function of data: it has no matrix, and what becomes of it is seen where it is unfolded.
      var all = entries
      all.add(leaves.powers ?? Powers())
      all.add(steps.powers ?? Powers())
      return .unknown(all.saturated)
    }
    var result = folded(rows, leaves.powers ?? Powers(), steps.powers ?? Powers(), steps.parts, isLinear: isLinear)
    let inTable = foldedBound(parts: steps.parts, step: steps.entries, leaf: leaves.entries, rows: rows)
    result.add(entries.map { $0 * Degree(bound: inTable, isLinear: false) })
    return .flat(result)
  }

  private func folded(_ rows: Int, _ leaves: Powers, _ steps: Powers, _ parts: Int, isLinear: Bool) -> Powers {
    var result: [Symbol: Degree] = [:]
    for symbol in Set(leaves.degrees.keys).union(steps.degrees.keys) {
      let bound = foldedBound(parts: parts, step: steps[symbol].bound, leaf: leaves[symbol].bound, rows: rows)
      result[symbol] = Degree(
        bound: bound, isLinear: isLinear && steps.degrees[symbol] == nil && leaves[symbol].isLinear)
    }
    return Powers(degrees: result)
  }

  /// The weights of the root, its fields and what hangs below it.
  private func casesOfTable(_ rows: Int, _ entries: Powers, _ consumer: DatumConsumer) -> AbstractValue {
    let below = table(rows: rows == .max ? rows : max(rows - 1, 1), entries)
    var all: AbstractValue?
    for (index, constructor) in consumer.data.constructors.enumerated() {
      var symbols: [Symbol?] = []
      var fields: [AbstractValue] = []
      for field in constructor.fields {
        let symbol = field == .recursive ? nil : fresh()
        symbols.append(symbol)
        fields.append(symbol.map { .flat(.of($0)) } ?? .datum(below))
      }
      var value = consumer.alternative(index, fields)
      for case let symbol? in symbols { value = substitute(symbol, entries, in: value) }
      all = all.map { join($0, value, consumer.type) } ?? value
    }
    return adding(entries, to: all ?? .flat(Powers()))
  }
}

/// The largest d_N of d₁ = r, d_{k+1} = max(r, P·d_k + q) (LANGUAGE.md, section 8, Degree).
func foldedBound(parts p: Int, step q: Int, leaf r: Int, rows: Int) -> Int {
  if p <= 1 || rows == 1 { return max(r, iteratedBound(state: p, step: q, base: r, horizon: rows)) }
  // d is 0, or at least doubles: this saturates within 64 rounds.
  var d = r
  for _ in 1..<rows {
    if d == .max || (d == 0 && q == 0) { break }
    d = max(r, saturatingSum(saturatingProduct(p, d), q))
  }
  return d
}
