import CajalSyntax
import CajalTyping

/// A value for every port of a context, with the vectors that encode them: the same point for the evaluator and for
/// the compiled map.
public struct ValuePoint: Sendable {
  public let values: [Value]
  /// As the caller of the map passes them: before any bound is applied.
  public let vectors: [[Double]]
}

/// The points of a context that are values.
///
/// Enumerated are `Bool`, `Nat` below the horizon, and functions of `Bool`s into these, by their tables. Sampled are
/// the others, from terms that can be written in the language: literals with entries in [-1, 1) for `Real`s, any
/// matrix for functions of tensors into tensors, iterations and conditionals for functions of `Nat`, applications
/// for functions of functions. They never exceed the horizon by themselves.
public struct ValuePoints {
  private let ports: [Type]
  private let horizon: Int
  private let interpreter: VectorInterpreter
  private let evaluator: Evaluator
  /// The number of values of each port; nil where they are not enumerated.
  private let sizes: [Int?]

  public init(context: [Port], horizon: Int) {
    ports = context.map(\.variable.type)
    self.horizon = horizon
    sizes = ports.map { ValueTerms.size(of: $0, horizon: horizon) }
    let module = TypedModule(horizon: horizon, definitions: [], programs: [])
    interpreter = VectorInterpreter(module: module)
    evaluator = Evaluator(module: module)
  }

  /// How many points there are, `Int.max` where at least that many; nil where some port's values are not enumerated.
  public var count: Int? {
    var factors: [Int] = []
    for size in sizes {
      guard let size else { return nil }
      factors.append(size)
    }
    return saturatingProduct(factors)
  }

  /// The ports whose values are not enumerated, by position.
  public var sampledPorts: [Int] { sizes.indices.filter { sizes[$0] == nil } }

  /// The point with this number, below `count`; the last port's value moves fastest. Nil where there is none.
  public func point(at index: Int) throws -> ValuePoint? {
    guard let count, index >= 0, index < count else { return nil }
    var rest = index
    var terms: [TypedTerm] = []
    var source = ValueTerms(horizon: horizon)
    for (type, size) in zip(ports, sizes).reversed() {
      guard let size, let term = source.value(of: type, number: rest % size) else { return nil }
      terms.append(term)
      rest /= size
    }
    return try point(terms.reversed())
  }

  /// A point chosen by the seed; nil where a port has a type that no closed term is known to have, as
  /// `Real -o Bool`.
  public func sample(seed: UInt64) throws -> ValuePoint? {
    var source = ValueTerms(horizon: horizon, random: SplitMix64(seed: seed))
    var terms: [TypedTerm] = []
    for (type, size) in zip(ports, sizes) {
      let number = size.map { source.random.next(below: $0) }
      let term = number.map { source.value(of: type, number: $0) } ?? source.sample(type)
      guard let term else { return nil }
      terms.append(term)
    }
    return try point(terms)
  }

  private func point(_ terms: [TypedTerm]) throws -> ValuePoint {
    var values: [Value] = []
    var vectors: [[Double]] = []
    for term in terms {
      values.append(try evaluator.evaluate(term))
      vectors.append(try interpreter.evaluate(closed: term))
    }
    return ValuePoint(values: values, vectors: vectors)
  }
}
