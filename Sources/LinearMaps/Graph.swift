/// Where a node comes from in the source, for comments and dumps. No part of a graph's meaning.
public struct Origin: Hashable, Sendable {
  public let line: Int
  public let column: Int
  /// A short description, such as the source text of the construct.
  public let text: String

  public init(line: Int, column: Int, text: String) {
    self.line = line
    self.column = column
    self.text = text
  }
}

public struct Node: Sendable {
  public var operation: Operation
  /// Indices of earlier nodes.
  public var operands: [Int]
  public var space: Space
  public var origin: Origin?

  public init(_ operation: Operation, _ operands: [Int], _ space: Space, origin: Origin? = nil) {
    self.operation = operation
    self.operands = operands
    self.space = space
    self.origin = origin
  }
}

extension Node: Hashable {
  // Origins do not count: equal computations from two places are one computation.
  public static func == (a: Node, b: Node) -> Bool {
    a.operands == b.operands && a.space == b.space && a.operation == b.operation
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(operation)
    hasher.combine(operands)
    hasher.combine(space)
  }
}

public struct Parameter: Hashable, Sendable {
  /// A name for readers; need not be unique.
  public var name: String
  public var space: Space
  public init(name: String, space: Space) {
    self.name = name
    self.space = space
  }
}

/// A map from its parameters to its results: nodes in an order in which each uses only earlier ones. Node i is
/// parameter i, for every parameter.
public struct Graph: Hashable, Sendable {
  public var parameters: [Parameter]
  public var nodes: [Node]
  /// Indices of nodes.
  public var results: [Int]

  public init(parameters: [Parameter], nodes: [Node], results: [Int]) {
    self.parameters = parameters
    self.nodes = nodes
    self.results = results
  }

  /// The number of nodes, those of loop bodies included.
  public var size: Int {
    nodes.reduce(0) { total, node in
      if case .loop(let loop) = node.operation { total + 1 + loop.body.size } else { total + 1 }
    }
  }

  /// The entries, or pairs of them, that the interpreter visits in one run, about.
  public var work: Double {
    nodes.reduce(0) { total, node in
      switch node.operation {
      case .parameter, .constant, .output: total + Double(node.space.dimension)
      case .loop(let loop): total + Double(loop.trips) * loop.body.work
      case .compute(let computation): total + computation.work(node.space.dimension)
      }
    }
  }
}
