/// A value of a graph under construction.
public struct Value {
  public let builder: GraphBuilder
  /// The index of its node in `builder`.
  public let id: Int
  public var space: Space { builder.nodes[id].space }
  public var operands: [Value] { builder.nodes[id].operands.map { Value(builder: builder, id: $0) } }
  /// The operation that computes the value.
  public var operation: Operation { builder.nodes[id].operation }
}

/// Builds a graph, or the body of a loop in one.
///
/// Equal nodes are shared. A value of an enclosing graph may be used inside a body: it becomes an invariant parameter
/// of the body, and of all bodies between.
public final class GraphBuilder {
  public let parent: GraphBuilder?
  /// How many loops this graph is inside of.
  public let depth: Int
  public private(set) var nodes: [Node] = []
  private var parameters: [Parameter] = []
  private var known: [Node: Int] = [:]
  /// The parent's values that became invariants, in order, and the parameters that they became.
  public private(set) var captured: [Value] = []
  private var capturedParameters: [Int: Int] = [:]
  /// Origin of the nodes that follow.
  public var origin: Origin?

  public init(parent: GraphBuilder? = nil) {
    self.parent = parent
    depth = parent.map { $0.depth + 1 } ?? 0
  }

  public func parameter(_ name: String, _ space: Space) -> Value {
    parameters.append(Parameter(name: name, space: space))
    return append(Node(.parameter(parameters.count - 1), [], space))
  }

  /// The given value as one of this graph.
  public func use(_ value: Value) -> Value {
    if value.builder === self { return value }
    guard let parent else { preconditionFailure("a value is used outside of the graph that holds it") }
    let outer = parent.use(value)
    if let known = capturedParameters[outer.id] { return Value(builder: self, id: known) }
    let parameter = parameter(outer.nameHint, outer.space)
    captured.append(outer)
    capturedParameters[outer.id] = parameter.id
    return parameter
  }

  /// The value of an operation; an equal one that exists already is returned instead.
  public func value(_ operation: Operation, _ operands: [Value], _ space: Space) -> Value {
    let node = Node(operation, operands.map { use($0).id }, space, origin: origin)
    if let id = known[node] { return Value(builder: self, id: id) }
    let value = append(node)
    known[node] = value.id
    return value
  }

  public func value(_ computation: Computation, _ operands: [Value], _ space: Space) -> Value {
    value(.compute(computation), operands, space)
  }

  public func value(_ view: View, _ operand: Value, _ space: Space) -> Value { value(.view(view), [operand], space) }

  private func append(_ node: Node) -> Value {
    nodes.append(node)
    return Value(builder: self, id: nodes.count - 1)
  }

  /// Builds a loop. `body` receives the body's builder, its states, slices and basis vector, and gives the next states
  /// and what is stacked. Returns the last states and the stacks.
  public func loop(
    trips: Int, descending: Bool, states: [(name: String, initial: Value)] = [],
    sequences: [(name: String, value: Value, slice: Space)] = [], basis: Space? = nil,
    body: (GraphBuilder, LoopParameters) throws -> (states: [Value], stacks: [Value])
  ) rethrows -> (states: [Value], stacks: [Value]) {
    let inner = GraphBuilder(parent: self)
    inner.origin = origin
    let initials = states.map { use($0.initial) }
    let operands = sequences.map { use($0.value) }
    let parameters = LoopParameters(
      states: states.map { inner.parameter($0.name, $0.initial.space) },
      slices: sequences.map { inner.parameter($0.name, $0.slice) },
      basis: basis.map { inner.parameter("e", $0) })
    let results = try body(inner, parameters)
    precondition(results.states.count == states.count)
    let graph = inner.finish(results: results.states + results.stacks)
    let loop = Loop(
      trips: trips, descending: descending, stateCount: states.count, sequenceCount: sequences.count, basis: basis,
      body: graph)
    return append(loop, operands: initials + operands + inner.captured)
  }

  /// Appends a loop whose body is built already.
  public func append(_ loop: Loop, operands: [Value]) -> (states: [Value], stacks: [Value]) {
    let space = loop.resultSpace
    guard case .tuple(let spaces) = space else { preconditionFailure() }
    let node = value(.loop(loop), operands, space)
    let outputs = spaces.enumerated().map { index, space in value(.output(index), [node], space) }
    return (Array(outputs.prefix(loop.stateCount)), Array(outputs.dropFirst(loop.stateCount)))
  }

  /// The graph of everything built so far, parameters first.
  public func finish(results: [Value]) -> Graph {
    let used = results.map { use($0).id }
    var order = [Int](repeating: -1, count: nodes.count)
    var position = parameters.count
    for (id, node) in nodes.enumerated() {
      if case .parameter(let index) = node.operation {
        order[id] = index
      } else {
        order[id] = position
        position += 1
      }
    }
    var ordered = parameters.enumerated().map { Node(.parameter($0), [], $1.space) }
    for node in nodes {
      if case .parameter = node.operation { continue }
      ordered.append(Node(node.operation, node.operands.map { order[$0] }, node.space, origin: node.origin))
    }
    return Graph(parameters: parameters, nodes: ordered, results: used.map { order[$0] })
  }

  /// Copies a graph's nodes here, its parameters replaced by the arguments. Returns the value of every node.
  public func inline(_ graph: Graph, _ arguments: [Value]) -> [Value] {
    precondition(arguments.count == graph.parameters.count)
    var values: [Value] = []
    values.reserveCapacity(graph.nodes.count)
    for node in graph.nodes {
      if case .parameter(let index) = node.operation {
        values.append(use(arguments[index]))
        continue
      }
      let outer = origin
      origin = node.origin ?? outer
      values.append(value(node.operation, node.operands.map { values[$0] }, node.space))
      origin = outer
    }
    return values
  }
}

/// What a loop's body receives.
public struct LoopParameters {
  public let states: [Value]
  public let slices: [Value]
  public let basis: Value?
}

extension Value {
  /// A parameter keeps its name in the bodies that capture it.
  fileprivate var nameHint: String {
    if case .parameter(let index) = builder.nodes[id].operation { return builder.parameterName(index) }
    return "t"
  }
}

extension GraphBuilder {
  func parameterName(_ index: Int) -> String { parameters[index].name }
}
