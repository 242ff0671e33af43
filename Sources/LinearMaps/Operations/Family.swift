/// What is to be known of a computation where it is not told from others. A family of computations answers in a file of
/// this folder.
protocol Family: Sendable {
  /// Its name, with settings in brackets: what `read` takes.
  var text: String { get }
  /// A name for what it computes, in emitted code.
  var noun: String { get }
  var operandCount: Int { get }
  /// As cheap to compute again as to read: a view, or one pass over entries.
  var isCheap: Bool { get }

  /// Nil where the name is none of the family's.
  static func read(_ text: ComputationText) throws -> Computation?
  /// What is wrong with so many operands of these spaces and that result; nil where nothing is.
  func violation(_ operands: [Space], _ result: Space) -> String?
  func run(_ operands: [[Double]], _ dimension: Int) -> [Double]
  func dependence(_ operands: [Dependence]) -> Dependence
  /// The entries, or pairs of them, that `run` visits, about.
  func work(_ dimension: Int) -> Double
}

extension Computation {
  /// A name for what it computes, in emitted code.
  public var noun: String { family.noun }

  /// As cheap to compute again as to read: a view, or one pass over entries.
  public var isCheap: Bool { family.isCheap }

  /// The entries, or pairs of them, that the interpreter visits, about; `dimension` is the result's.
  public func work(_ dimension: Int) -> Double { family.work(dimension) }

  /// Whether it is 0 where these operands are.
  public func vanishes(where isZero: [Bool]) -> Bool {
    family.dependence(isZero.map { $0 ? .zero : .constant }) == .zero
  }
}

/// A computation's name in a graph's text, and what stands in brackets behind it.
struct ComputationText {
  let name: String
  let settings: [String]
  let line: Int

  func fail(_ reason: String) -> UnreadableGraph { UnreadableGraph(line: line, reason: reason) }

  /// Whole numbers whose sums cannot overflow.
  func whole(_ index: Int) throws -> Int {
    guard index < settings.count, let value = Int.small(settings[index]) else {
      throw fail("`\(name)` wants whole numbers")
    }
    return value
  }

  /// Refuses extents below 0, and those whose product is no `Int`.
  func checkSize(_ extents: [Int]) throws {
    guard extents.isSize else { throw fail("\(extents) is no size") }
  }
}

extension Int {
  /// Of numbers whose sums cannot overflow.
  static func small(_ text: String) -> Int? {
    guard let value = Int(text), value.magnitude < 1 << 60 else { return nil }
    return value
  }
}

extension [Int] {
  /// Whether extents are 0 or more and their product is a number whose sums cannot overflow.
  var isSize: Bool { checkedProduct.map { $0 < 1 << 60 } ?? false }
}

/// The reason, where a condition does not hold.
func require(_ condition: Bool, _ reason: @autoclosure () -> String) -> String? { condition ? nil : reason() }
