import LinearMaps

/// A model that applies a tensor to an outer product of its input and of nets' results: Model T in small.
public struct OuterProductModel {
  public indirect enum Factor: Sendable {
    case input
    /// So many entries.
    case net(Int)
    case pair(Factor, Factor)

    fileprivate var nets: [Int] {
      switch self {
      case .input: []
      case .net(let size): [size]
      case .pair(let a, let b): a.nets + b.nets
      }
    }

    fileprivate func size(inputs: Int) -> Int {
      switch self {
      case .input: inputs
      case .net(let size): size
      case .pair(let a, let b): a.size(inputs: inputs) * b.size(inputs: inputs)
      }
    }
  }

  public let graph: Graph
  /// The nets' matrices, then the tensor.
  public let signature: GraphSignature

  /// Every order, and every way to nest it.
  public static let factors: [Factor] = [
    .pair(.input, .net(5)), .pair(.net(5), .input),
    .pair(.pair(.input, .net(3)), .net(5)), .pair(.pair(.net(3), .input), .net(5)),
    .pair(.pair(.net(3), .net(5)), .input), .pair(.input, .pair(.net(3), .net(5))),
    .pair(.net(3), .pair(.input, .net(5))), .pair(.net(3), .pair(.net(5), .input)),
    .pair(.net(2), .pair(.pair(.net(3), .input), .net(5))),
  ]

  /// - Parameter change: what is applied instead of the input, from it and the first net's result.
  public init(
    _ factor: Factor, rows: Int = 6, inputs: Int = 12, change: (GraphBuilder, Value, Value) -> Value = { _, x, _ in x }
  ) {
    let builder = GraphBuilder()
    let sizes = factor.nets
    let weights = sizes.enumerated().map { builder.parameter("f\($0).0.weight", .real([$1, inputs])) }
    let tensor = builder.parameter("t.weight", .real([rows, factor.size(inputs: inputs)]))
    let x = builder.parameter("x", .real([inputs]))
    var nets = zip(weights, sizes).map { weight, size in
      builder.value(.nonlinear(.activation(.tanh)), [builder.apply(weight, x, .real([size]))], .real([size]))
    }
    let data = change(builder, x, nets[0])
    func outer(_ factor: Factor) -> Value {
      switch factor {
      case .input: return data
      case .net: return nets.removeFirst()
      case .pair(let a, let b):
        let (left, right) = (outer(a), outer(b))
        let (m, n) = (left.space.dimension, right.space.dimension)
        return builder.product(Product(m: m, k: 1, n: n), left, right, .real([m * n]))
      }
    }
    graph = builder.finish(results: [builder.apply(tensor, outer(factor), .real([rows]))])
    signature = .of(graph, tensors: sizes.count + 1)
  }
}
