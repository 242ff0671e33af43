import Diagnostics

/// A place where a `Nat` can reach the horizon, so that its entry there is dropped.
public struct Drop: Hashable, Sendable {
  public let span: Span
  /// The place is a numeral; otherwise it is a `succ`.
  public let isNumeral: Bool
  /// The largest index that would be reached there; `Int.max` where that is too large to tell.
  public let largestIndex: Int
  /// The least horizon at which nothing is dropped here; nil where there is none.
  public let leastHorizon: Int?
  /// Of a place of type `Nat[n]`: n, which no horizon changes.
  public let count: Int?

  public init(span: Span, isNumeral: Bool, largestIndex: Int, leastHorizon: Int?, count: Int? = nil) {
    self.span = span
    self.isNumeral = isNumeral
    self.largestIndex = largestIndex
    self.leastHorizon = leastHorizon
    self.count = count
  }
}

/// What the analysis found out about a program.
public struct ProgramHorizon: Sendable {
  public let name: String
  public let horizon: Int
  /// The largest index at which the result can have an entry; nil where it is no `Nat`.
  public let resultBound: Int?
  /// In the order of their places.
  public let drops: [Drop]
  /// The program was too large to follow: every place that could drop an entry is named, and no least horizon.
  public let isConservative: Bool
}

/// Whether an entry that may be dropped is a warning or an error.
public enum OverflowPolicy: String, Sendable, CaseIterable { case warn, error }

/// LANGUAGE.md, section 4, The horizon: bounds every `Nat` of a program, taking 0 … H−1 for what comes from outside,
/// and finds the places where an entry can be dropped.
public struct HorizonAnalysis {
  /// No horizon above this is proposed.
  public static let largestHorizon = maximumHorizon

  private let module: TypedModule
  private let counting: [Bool]
  private let actual: BoundInterpreter
  /// By horizon, the interpreters that do not cut.
  private var hypothetical: [Int: BoundInterpreter] = [:]

  /// How often a horizon is raised to where the last one fell short before there is said to be none. A bound is a
  /// maximum of constants and of what grows with the horizon; once the constants are covered, another round settles it.
  private static let attempts = 4
  /// Horizons that are tried for one program.
  private static let trials = 32

  private init(module: TypedModule) {
    self.module = module
    counting = HorizonPlaces.definitions(thatCountIn: module)
    actual = BoundInterpreter(module: module, counting: counting, horizon: module.horizon, cuts: true)
  }

  /// One for each program, in order, then one for each model: what nets give may have any entry.
  public static func analyse(_ module: TypedModule) -> [ProgramHorizon] {
    var analysis = HorizonAnalysis(module: module)
    return (module.programs + module.models.map(\.judgement)).map { analysis.analyse($0) }
  }

  private mutating func analyse(_ program: Judgement) -> ProgramHorizon {
    guard let findings = actual.run(program) else { return conservative(program) }
    let reached = findings.reached
    let below = findings.below.filter { $0.value.index >= $0.value.count }
    let places = reached.filter { $0.value >= module.horizon }.keys.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    var drops: [Drop] = []
    let numerals = places.isEmpty && below.isEmpty ? [] : HorizonPlaces(module, program.term).numerals
    for (place, found) in below {
      drops.append(
        Drop(
          span: place, isNumeral: numerals.contains(place), largestIndex: found.index, leastHorizon: nil,
          count: found.count))
    }
    if !places.isEmpty {
      var search = Search()
      let uncut = indices(program, module.horizon, &search) ?? reached
      let high = places.compactMap { uncut[$0] }.filter { $0 < HorizonAnalysis.largestHorizon }.max() ?? 0
      search.highest = (high + 1, indices(program, high + 1, &search) ?? [:])
      for place in places {
        let largest = uncut[place] ?? module.horizon
        let least = leastHorizon(program, place, from: largest, &search)
        drops.append(
          Drop(span: place, isNumeral: numerals.contains(place), largestIndex: largest, leastHorizon: least))
      }
    }
    return ProgramHorizon(
      name: program.name.text, horizon: module.horizon, resultBound: findings.result,
      drops: drops.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }, isConservative: false)
  }

  /// The indices of one program at the horizons that were tried.
  private struct Search {
    var tried: [Int: [Span: Int]] = [:]
    /// A horizon above every index that is not out of reach: what does not grow up to there has its answer.
    var highest: (horizon: Int, indices: [Span: Int]) = (0, [:])
  }

  private mutating func indices(_ program: Judgement, _ horizon: Int, _ search: inout Search) -> [Span: Int]? {
    if let known = search.tried[horizon] { return known }
    guard search.tried.count < HorizonAnalysis.trials else { return nil }
    let interpreter =
      hypothetical[horizon] ?? BoundInterpreter(module: module, counting: counting, horizon: horizon, cuts: false)
    hypothetical[horizon] = interpreter
    guard let reached = interpreter.run(program)?.reached else { return nil }
    search.tried[horizon] = reached
    return reached
  }

  /// The least h with (largest index at horizon h) < h: from below, for the largest index is monotone in h.
  private mutating func leastHorizon(
    _ program: Judgement, _ place: Span, from index: Int, _ search: inout Search
  ) -> Int? {
    var index = index
    for _ in 0..<HorizonAnalysis.attempts {
      guard index < HorizonAnalysis.largestHorizon else { return nil }
      let horizon = index + 1
      let high = search.highest
      if high.indices[place] == index, horizon <= high.horizon { return horizon }
      guard let next = indices(program, horizon, &search)?[place] else {
        // Too many trials: what is known to be enough.
        return high.indices[place].flatMap { $0 < high.horizon ? high.horizon : nil }
      }
      if next < horizon { return horizon }
      index = next
    }
    return nil
  }

  private func conservative(_ program: Judgement) -> ProgramHorizon {
    let places = HorizonPlaces(module, program.term)
    let numerals = places.numerals.filter {
      places.value[$0, default: 0] >= UInt64(places.counts[$0] ?? module.horizon)
    }
    let drops = (Array(numerals) + Array(places.successors)).map { span in
      Drop(
        span: span, isNumeral: places.numerals.contains(span), largestIndex: Int.max, leastHorizon: nil,
        count: places.counts[span])
    }
    return ProgramHorizon(
      name: program.name.text, horizon: module.horizon,
      resultBound: program.type.isNatural ? program.type.dimension(horizon: module.horizon).map { $0 - 1 } : nil,
      drops: drops.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }, isConservative: true)
  }
}
