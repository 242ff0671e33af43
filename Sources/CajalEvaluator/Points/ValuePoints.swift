import CajalSyntax
import CajalTyping

/// A value for every port of a context, with the vectors that encode them: the same point for the evaluator and for
/// the compiled map.
public struct ValuePoint: Sendable {
  public let values: [Value]
  /// As the caller of the map passes them: before any bound is applied. A table is two, its rows and its nodes.
  public let vectors: [[Double]]
}

/// The points of a context that are values.
///
/// Enumerated are `Bool`, `Nat` below the horizon, and functions of `Bool`s into these, by their tables. Sampled are
/// the others, from terms that can be written in the language: literals with entries in [-1, 1) for `Real`s, any
/// matrix for functions of tensors into tensors, iterations and conditionals for functions of `Nat`, applications
/// for functions of functions. They never exceed the horizon by themselves.
///
/// Of a table those values are enumerated that have few nodes; others are sampled.
public struct ValuePoints {
  private let ports: [Port]
  private let horizon: Int
  private let interpreter: VectorInterpreter
  private let evaluator: Evaluator
  /// The number of values of each port; nil where they are not enumerated.
  private let sizes: [Int?]
  /// Of tables.
  private let recursive: [RecursiveValues?]
  /// The most nodes of the values of tables that are enumerated; nil where these are all.
  public let nodeLimit: Int?

  /// The most nodes of a sampled value.
  public let sampledNodes: Int

  /// - Parameter limit: tables have no more values enumerated than make so many points.
  public init(context: [Port], horizon: Int, limit: Int = 2000) {
    ports = context
    self.horizon = horizon
    var recursive = context.map { port in
      port.rows == nil ? nil : port.variable.type.asRecursive.flatMap { RecursiveValues($0, horizon: horizon) }
    }
    func sizes(_ nodes: Int) -> [Int?] {
      context.indices.map { index in
        guard let rows = context[index].rows else {
          return ValueTerms.size(of: context[index].variable.type, horizon: horizon)
        }
        return recursive[index]?.count(nodes: min(nodes, rows))
      }
    }
    let rows = context.compactMap(\.rows).max() ?? 0
    var nodes = min(rows, 1)
    while nodes < min(rows, 24), saturatingProduct(sizes(nodes + 1).map { $0 ?? 1 }) <= limit { nodes += 1 }
    self.sizes = sizes(nodes)
    self.recursive = recursive
    nodeLimit = nodes < rows ? nodes : nil
    sampledNodes = min(rows, 100)
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
    for port in ports.indices.reversed() {
      guard let size = sizes[port], let term = value(port, number: rest % size, &source) else { return nil }
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
    for port in ports.indices {
      guard let term = sample(port, &source) else { return nil }
      terms.append(term)
    }
    return try point(terms)
  }

  private func value(_ port: Int, number: Int, _ source: inout ValueTerms) -> TypedTerm? {
    let type = ports[port].variable.type
    guard let values = recursive[port] else { return source.value(of: type, number: number) }
    return values.node(number: number).flatMap { source.value(of: values.data, $0) }
  }

  private func sample(_ port: Int, _ source: inout ValueTerms) -> TypedTerm? {
    let type = ports[port].variable.type
    if let rows = ports[port].rows, let data = type.asRecursive {
      let nodes = 1 + source.random.next(below: min(rows, source.random.next(below: 2) == 0 ? 8 : sampledNodes))
      return source.sample(data, nodes: nodes)
    }
    guard let size = sizes[port] else { return source.sample(type) }
    return source.value(of: type, number: source.random.next(below: size))
  }

  private func point(_ terms: [TypedTerm]) throws -> ValuePoint? {
    var values: [Value] = []
    var vectors: [[Double]] = []
    for (port, term) in zip(ports, terms) {
      let value = try evaluator.evaluate(term)
      values.append(value)
      if let rows = port.rows {
        guard let table = try evaluator.table(of: value, rows: rows, horizon: horizon) else { return nil }
        vectors += VectorInterpreter.Link.table(table).inputs
      } else {
        vectors.append(try interpreter.evaluate(closed: term))
      }
    }
    return ValuePoint(values: values, vectors: vectors)
  }
}
