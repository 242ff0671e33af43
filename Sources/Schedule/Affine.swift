/// A counter of a loop in the emitted code.
public struct LoopVariable: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Of a loop of the graph. Emitted code names it by how deep it is.
    case round
    /// Of entries, row by row; of a copy that a pass makes.
    case row, column, copy
    /// Of the terms of a sum.
    case term
  }
  public let kind: Kind
  /// Among those of one draft that are rounds, or that are none.
  public let id: Int
  /// It runs below this.
  public let bound: Int

  /// For readers of the schedule; in emitted code, those of all but rounds.
  public var name: String {
    switch kind {
    case .round: "k"
    case .row, .copy: "i"
    case .column: "j"
    case .term: "l"
    }
  }

  public static let indexNames = ["i", "j", "l"]

  /// Where it stands in an index.
  fileprivate var order: (Int, Int) {
    switch kind {
    case .copy: (0, id)
    case .round: (1, id)
    case .row, .column, .term: (2, id)
    }
  }
}

/// An index: a constant plus multiples of loop variables.
public struct Affine: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public let variable: LoopVariable
    public let coefficient: Int
  }
  public private(set) var constant: Int
  /// Rounds before entries, each in the order in which they were made; no coefficient is 0.
  public private(set) var terms: [Term]

  public init(_ constant: Int) {
    self.constant = constant
    terms = []
  }

  public init(_ variable: LoopVariable, times coefficient: Int = 1) {
    constant = 0
    terms = coefficient == 0 ? [] : [Term(variable: variable, coefficient: coefficient)]
  }

  public var isConstant: Bool { terms.isEmpty }

  /// The values it can take.
  public var range: ClosedRange<Int> {
    var lower = constant
    var upper = constant
    for term in terms {
      let reach = term.coefficient * (term.variable.bound - 1)
      lower += min(reach, 0)
      upper += max(reach, 0)
    }
    return lower...upper
  }

  /// With these variables at these values.
  func fixing(_ values: [LoopVariable: Int]) -> Affine {
    var result = self
    result.terms = terms.filter { values[$0.variable] == nil }
    for term in terms { if let value = values[term.variable] { result.constant += term.coefficient * value } }
    return result
  }

  /// The values it takes in these loops; nil where a variable is of none of them.
  func range(in loops: [CountedLoop]) -> ClosedRange<Int>? {
    var (lower, upper) = (constant, constant)
    for term in terms {
      guard let loop = loops.last(where: { $0.variable == term.variable }) else { return nil }
      let (first, last) = (loop.lower * term.coefficient, (loop.upper - 1) * term.coefficient)
      lower += min(first, last)
      upper += max(first, last)
    }
    return lower...upper
  }

  public static func + (a: Affine, b: Affine) -> Affine {
    if b.terms.isEmpty { return a + b.constant }
    if a.terms.isEmpty { return b + a.constant }
    var coefficients: [LoopVariable: Int] = [:]
    for term in a.terms + b.terms { coefficients[term.variable, default: 0] += term.coefficient }
    var result = Affine(a.constant + b.constant)
    result.terms = coefficients.filter { $0.value != 0 }.map { Term(variable: $0.key, coefficient: $0.value) }
      .sorted { $0.variable.order < $1.variable.order }
    return result
  }

  public static func + (a: Affine, b: Int) -> Affine {
    var result = a
    result.constant += b
    return result
  }

  public static func * (a: Affine, factor: Int) -> Affine {
    var result = Affine(a.constant * factor)
    if factor != 0 {
      result.terms = a.terms.map { Term(variable: $0.variable, coefficient: $0.coefficient * factor) }
    }
    return result
  }

  public static func - (a: Affine, b: Affine) -> Affine { a + b * -1 }
}

extension Affine: CustomStringConvertible {
  public var description: String {
    var text = ""
    for term in terms {
      let magnitude = term.coefficient.magnitude
      let factor = magnitude == 1 ? term.variable.name : "\(magnitude)*\(term.variable.name)"
      let isNegative = term.coefficient < 0
      text += text.isEmpty ? (isNegative ? "-" : "") : (isNegative ? " - " : " + ")
      text += factor
    }
    if text.isEmpty { return "\(constant)" }
    if constant != 0 { text += constant < 0 ? " - \(constant.magnitude)" : " + \(constant)" }
    return text
  }
}
