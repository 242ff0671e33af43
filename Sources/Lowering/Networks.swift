import CajalSyntax
import CajalTyping
import LinearMaps

/// A learnt tensor of a model: a parameter of its graph.
public struct Tensor: Sendable {
  /// "kernel.0.weight": the net, the layer's place in it, the tensor's role.
  public let name: String
  public let dims: [Int]
  /// The inputs that an output of its layer sums over; for initialisation, as PyTorch's layers use it.
  public let fanIn: Int
  /// Its entries at first; nil where `fanIn` decides.
  public let initial: [Double]?

  init(name: String, dims: [Int], fanIn: Int, initial: [Double]? = nil) {
    self.name = name
    self.dims = dims
    self.fanIn = fanIn
    self.initial = initial
  }
}

extension Learnt {
  /// It starts as the bias of a layer with so many inputs does, where it has no literal.
  var tensor: Tensor {
    let count = shape.reduce(1, *)
    let initial = initial.map { $0.shape.isEmpty ? [Double](repeating: $0.entries[0], count: count) : $0.entries }
    return Tensor(name: name.text, dims: shape, fanIn: count, initial: initial)
  }
}

extension Layer.Kind {
  /// The names, extents and fan-in of the layer's tensors.
  fileprivate func tensors(_ input: [Int], _ output: [Int]) -> [(role: String, dims: [Int], fanIn: Int)] {
    switch self {
    case .convolution(let channels, let kernel, _, _):
      let dims = [channels, input[0]] + kernel
      let fanIn = dims.dropFirst().reduce(1, *)
      return [("weight", dims, fanIn), ("bias", [channels], fanIn)]
    case .dense:
      let (size, outputs) = (input.reduce(1, *), output.reduce(1, *))
      return [("weight", [outputs, size], size), ("bias", [outputs], size)]
    case .pool, .activation, .within: return []
    }
  }
}

extension Net {
  /// All tensors, in the order of the layers.
  public var tensors: [Tensor] { layers.indices.flatMap { tensors(ofLayer: $0) } }

  func tensors(ofLayer index: Int) -> [Tensor] {
    let layer = layers[index]
    return layer.kind.tensors(layer.input, layer.output).map {
      Tensor(name: "\(name.text).\(index).\($0.role)", dims: $0.dims, fanIn: $0.fanIn)
    }
  }
}

extension Lowering {
  /// A net applied to all of its arguments: the layers one after another on the arguments' entries.
  func network(
    _ index: Int, _ arguments: [TypedTerm], _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    try network(index, arguments.map { try lower($0, environment) }, term)
  }

  func network(_ index: Int, _ arguments: [Meaning], _ term: TypedTerm) throws -> Meaning {
    let net = module.nets[index]
    let values = try arguments.map { try vector($0, .interface) }
    let result = try space(term.type, term.span)
    let output = at(term) {
      var value = builder.joined(values, .real([values.reduce(0) { $0 + $1.space.dimension }]))
      for layer in net.layers.indices { value = self.layer(layer, of: net, value) }
      return builder.reshape(value, result)
    }
    return reflect(output, term.type, term.span)
  }

  private func layer(_ index: Int, of net: Net, _ operand: Value) -> Value {
    let layer = net.layers[index]
    let tensors = net.tensors(ofLayer: index).map { tensor($0) }
    let (input, output) = (Space.real(layer.input), Space.real(layer.output))
    let x = builder.reshape(operand, input)
    switch layer.kind {
    case .convolution(_, let kernel, let stride, let isValid):
      let convolution = Convolution(
        kernel: [layer.output[0], layer.input[0]] + kernel, image: layer.input, stride: stride,
        padding: kernel.map { isValid ? 0 : $0 / 2 }, role: .out)
      let pixels = layer.output[1] * layer.output[2]
      let ones = builder.constant(SparseVector(dense: [Double](repeating: 1, count: pixels)), .real([pixels]))
      let bias = builder.product(Product(m: layer.output[0], k: 1, n: pixels), tensors[1], ones, output)
      return builder.add(builder.value(.conv2d(convolution), [tensors[0], x], output), bias)
    case .dense:
      return builder.add(builder.apply(tensors[0], x, output), builder.reshape(tensors[1], output))
    case .pool(let pool, let size):
      let pooling = Pooling(image: layer.input, size: size)
      switch pool {
      case .maxpool: return builder.value(.nonlinear(.maximumPool(pooling)), [x], output)
      case .avgpool: return builder.value(.averagePool(pooling), [x], output)
      }
    case .activation(let activation): return builder.value(.nonlinear(activation.map), [x], output)
    case .within(let bound): return builder.value(.nonlinear(.bound(Ball(bound))), [x], output)
    }
  }
}

extension Layer.Activation {
  fileprivate var map: Nonlinear {
    switch self {
    case .relu: .activation(.relu)
    case .tanh: .activation(.tanh)
    case .sigmoid: .activation(.sigmoid)
    case .softplus: .activation(.softplus)
    case .softmax: .softmax
    }
  }
}

extension Ball {
  init(_ bound: Bound) {
    let norm: Norm =
      switch bound.norm {
      case .l1: .l1
      case .l2: .l2
      case .linf: .linf
      }
    self.init(norm: norm, radius: bound.radius)
  }
}
