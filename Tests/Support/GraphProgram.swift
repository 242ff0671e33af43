import Adjoint
import LinearMaps
import Passes

/// A program or a model by the graphs that are scheduled.
public struct GraphProgram: Sendable {
  public var name: String
  public var forward: Graph
  public var backward: Graph?
  public let signature: GraphSignature

  /// - Parameter tensors: of a model: so many of its parameters come first.
  public init(_ name: String, _ forward: Graph, _ backward: Graph? = nil, tensors: Int? = nil) {
    self.name = name
    self.forward = forward
    self.backward = backward
    signature = .of(forward, tensors: tensors)
  }

  /// - Parameters:
  ///   - constants: parameters without a gradient.
  ///   - change: of the graph of the result and all gradients.
  public init(
    _ name: String, compiling graph: Graph, tensors: Int? = nil, constants: Set<Int> = [],
    change: (Graph) -> Graph = { $0 }
  ) throws {
    let prepared = try PreparedGraph(graph, constants: constants, change: change)
    self.init(name, prepared.forward, prepared.backward, tensors: tensors)
  }

  /// In reals.
  public var tensorSizes: [Int] { forward.parameters[signature.tensors].map(\.space.dimension) }
  public var inputSizes: [Int] { forward.parameters[signature.ports].map(\.space.dimension) }
  public var outputSize: Int { forward.nodes[forward.results[0]].space.dimension }
}

extension GraphSignature {
  /// - Parameter tensors: how many of the graph's parameters are tensors of a model; nil for a program.
  public static func of(_ forward: Graph, tensors: Int?) -> GraphSignature {
    let inputs = forward.parameters.count
    return tensors.map { .model(tensors: $0, ports: inputs - $0) } ?? .program(ports: inputs)
  }
}
