import LinearMaps

/// A vector with what is known of its rounding, entry by entry.
public struct BoundedVector: Sendable {
  public var value: [Double]
  /// Σ|terms|: what the entry would be if nothing cancelled, since the last operation that is not multilinear.
  public var magnitude: [Double]
  /// Of the rounding error, in units of the roundoff u.
  public var error: [Double]
  /// How many terms the entries are sums of, at most: so many additions may be put in another order.
  var terms: Double

  /// Numbers that are given exactly.
  public init(exact value: [Double]) {
    self.value = value
    magnitude = value.map(abs)
    error = value.map { _ in 0 }
    terms = 1
  }

  init(value: [Double], magnitude: [Double], error: [Double], terms: Double) {
    self.value = value
    self.magnitude = magnitude
    self.error = error
    self.terms = min(terms, 1e4)
  }
}

/// Runs a graph as `Interpreter` does, and bounds what rounding can change of each entry of its results, in whatever
/// order an implementation computes them.
///
/// The analysis is the running one (Higham, Accuracy and Stability of Numerical Algorithms, section 3.3), with two
/// changes that make it hold for every order that the ring laws allow, not for one program:
/// - An operation adds u · m for every rounding, where m = Σ|terms| takes the place of the absolute value of what was
///   computed: by distributivity an implementation may round each of the terms. Every entry is a polynomial of what
///   goes in, and no rewriting that is allowed makes Σ|monomials| larger.
/// - An addition counts as many roundings as its result has terms, and what stands in a loop as many times as the loop
///   has rounds: in another order a term takes part in at most so many additions.
///
/// So an error of first order e·u satisfies, where r roundings are made of an entry,
///
///     sum        e = e_a + e_b + r·(m_a + m_b)          product    e = Σ (e_a·m_b + m_a·e_b) + r·Σ m_a·m_b
///     f(a)       e = L·e_a + c·|f(a)|                   with L the slope of f, c the error of its implementation
///
/// and where f has a kink within the error of its operand, the slopes of both sides differ by a whole summand, which
/// is added. Terms of second order are covered by the tenth that `bound` adds.
public struct BoundingInterpreter {
  /// Units of roundoff that an implementation of exp, log1p, tanh or expm1 is away from the exact value.
  static let elementary = 8.0

  /// The largest magnitude of any node, in loops too: what overflows is not compared.
  public private(set) var largest = 0.0

  /// Of the implementation, half the distance from 1 to the next number, and of this one.
  private let unit: Double
  private let underflow: Double

  /// - Parameter realBytes: of the implementation, 4 or 8.
  public init(realBytes: Int) {
    unit = (realBytes == 4 ? 0x1p-24 : 0x1p-53) + 0x1p-53
    underflow = realBytes == 4 ? 1e-32 : 1e-290
  }

  /// What an implementation may be away from what this computes in double precision.
  ///
  /// - Parameter error: as `BoundedVector` has it.
  public func bound(_ error: Double) -> Double {
    // The last summand is for underflow, which no factor of 1 + δ describes.
    1.1 * error * unit + underflow
  }

  /// The results of a graph; `rounds` is how often it is run, as the body of a loop.
  public mutating func run(_ graph: Graph, _ arguments: [BoundedVector], rounds: Double = 1) -> [BoundedVector] {
    precondition(arguments.count == graph.parameters.count)
    var values: [[BoundedVector]] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      switch node.operation {
      case .parameter(let index): values.append([arguments[index]])
      case .loop(let loop): values.append(run(loop, node.operands.map { values[$0][0] }, rounds: rounds))
      case .output(let index): values.append([values[node.operands[0]][index]])
      case .constant(let vector):
        var result = BoundedVector(exact: vector.dense(node.space.dimension))
        // A number of the source that is none of single precision.
        result.error = result.value.map { Double(Float($0)) == $0 ? 0 : abs($0) }
        note(result)
        values.append([result])
      case .compute(let computation):
        let result = apply(
          computation, node.operands.map { values[$0][0] }, node.space.dimension, rounds: rounds)
        note(result)
        values.append([result])
      }
    }
    return graph.results.map { values[$0][0] }
  }

  private mutating func note(_ result: BoundedVector) {
    largest = result.magnitude.reduce(largest) { $0 < $1 || $1.isNaN ? $1 : $0 }
  }

  private mutating func run(_ loop: Loop, _ operands: [BoundedVector], rounds: Double) -> [BoundedVector] {
    var states = Array(operands.prefix(loop.stateCount))
    let sequences = operands[loop.stateCount..<(loop.stateCount + loop.sequenceCount)]
    let invariants = Array(operands.dropFirst(loop.stateCount + loop.sequenceCount))
    let slices = loop.body.parameters[loop.stateCount..<(loop.stateCount + loop.sequenceCount)].map(\.space.dimension)
    let stackDimensions = loop.body.results.dropFirst(loop.stateCount).map { loop.body.nodes[$0].space.dimension }
    var stacks = stackDimensions.map { BoundedVector(exact: [Double](repeating: 0, count: $0 * loop.trips)) }
    for round in 0..<loop.trips {
      let k = loop.descending ? loop.trips - 1 - round : round
      var arguments = states
      for (sequence, slice) in zip(sequences, slices) {
        arguments.append(sequence.part((k * slice)..<((k + 1) * slice)))
      }
      if let basis = loop.basis { arguments.append(BoundedVector(exact: SparseVector.unit(k).dense(basis.dimension))) }
      arguments.append(contentsOf: invariants)
      let results = run(loop.body, arguments, rounds: rounds * Double(loop.trips))
      states = Array(results.prefix(loop.stateCount))
      for (index, row) in results.dropFirst(loop.stateCount).enumerated() {
        stacks[index].replace((k * row.value.count)..<((k + 1) * row.value.count), with: row)
      }
    }
    return states + stacks
  }

  private func apply(
    _ computation: Computation, _ operands: [BoundedVector], _ dimension: Int, rounds: Double
  ) -> BoundedVector {
    let interpreter = Interpreter()
    func plain(_ vectors: [Double]...) -> [Double] { interpreter.apply(computation, vectors, dimension) }
    /// The computation, which is linear and never makes a term negative, applied to each part.
    func moved(roundings: Double) -> BoundedVector {
      let a = operands[0]
      let magnitude = plain(a.magnitude)
      return BoundedVector(
        value: plain(a.value), magnitude: magnitude,
        error: zip(plain(a.error), magnitude).map { $0 + roundings * $1 }, terms: a.terms)
    }
    func bilinear(terms: Int) -> BoundedVector {
      let (a, b) = (operands[0], operands[1])
      let magnitude = plain(a.magnitude, b.magnitude)
      let (left, right) = (plain(a.error, b.magnitude), plain(a.magnitude, b.error))
      let roundings = Double(terms) * rounds
      return BoundedVector(
        value: plain(a.value, b.value), magnitude: magnitude,
        error: magnitude.indices.map { left[$0] + right[$0] + roundings * magnitude[$0] }, terms: Double(terms))
    }
    switch computation {
    case .add:
      let (a, b) = (operands[0], operands[1])
      let roundings = (a.terms + b.terms - 1) * rounds
      return BoundedVector(
        value: plain(a.value, b.value), magnitude: plain(a.magnitude, b.magnitude),
        error: a.value.indices.map { a.error[$0] + b.error[$0] + roundings * (a.magnitude[$0] + b.magnitude[$0]) },
        terms: a.terms + b.terms)
    case .scale(let factor):
      let a = operands[0]
      let size = abs(factor)
      return BoundedVector(
        value: plain(a.value), magnitude: a.magnitude.map { size * $0 },
        error: a.value.indices.map { size * (a.error[$0] + 2 * a.magnitude[$0]) }, terms: a.terms)
    case .times: return bilinear(terms: 1)
    case .product(let product): return bilinear(terms: product.k)
    case .middleProduct(let product): return bilinear(terms: product.inner)
    case .conv2d(let convolution): return bilinear(terms: Int(convolution.work) / max(1, dimension) + 1)
    case .view: return moved(roundings: 0)
    case .averagePool(let pooling): return moved(roundings: rounds * Double(pooling.size * pooling.size + 1))
    case .averageUnpool: return moved(roundings: 2)
    case .counted, .gatherRow, .scatterRow:
      // Entries of the first operand, where the second says, which is exact.
      let (a, index) = (operands[0], operands[1].value)
      return BoundedVector(
        value: plain(a.value, index), magnitude: plain(a.magnitude, index), error: plain(a.error, index),
        terms: a.terms)
    case .nonlinear(let map): return map.bounded(operands[0], plain(operands[0].value), unit: unit)
    case .nonlinearAdjoint(let map):
      return map.boundedAdjoint(
        operands[0], operands[1], plain(operands[0].value, operands[1].value), rounds: rounds, unit: unit)
    }
  }
}

extension BoundedVector {
  func part(_ range: Range<Int>) -> BoundedVector {
    BoundedVector(
      value: Array(value[range]), magnitude: Array(magnitude[range]), error: Array(error[range]), terms: terms)
  }

  mutating func replace(_ range: Range<Int>, with other: BoundedVector) {
    value.replaceSubrange(range, with: other.value)
    magnitude.replaceSubrange(range, with: other.magnitude)
    error.replaceSubrange(range, with: other.error)
    terms = max(terms, other.terms)
  }
}
