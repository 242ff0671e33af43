import Adjoint
import EmitC
import LinearMaps
import Passes
import TestSupport

/// Random models as they are written: nets of a few layers, applied to data, to each other's results, twice to
/// different values and inside of loops, with a program on top. Most products are large enough to be kernels.
struct NetworkGraph {
  private var random: SplitMix
  private let builder = GraphBuilder()
  private var tensors: [Value] = []
  private var nextTensor = 0

  /// The forward graph and the number of its tensors, which come first.
  static func make(seed: UInt64) -> (graph: Graph, tensorCount: Int) {
    // The tensors are the first parameters, and how many there are is known at the end.
    var first = NetworkGraph(random: SplitMix(seed: seed))
    _ = first.build(tensors: nil)
    let spaces = first.tensors.map(\.space)
    var second = NetworkGraph(random: SplitMix(seed: seed))
    let result = second.build(tensors: spaces)
    return (second.builder.finish(results: [result]), spaces.count)
  }

  /// The model, optimised, with its adjoint.
  static func trial(seed: UInt64) throws -> Trial {
    let (graph, tensorCount) = make(seed: seed)
    let optimised = try Pipeline.standard.run(graph)
    var joint = try Pipeline.standard.run(reverse(optimised))
    // However small, in every other model.
    let pass = Pass.contractFirst(tensorCount: tensorCount, fewestEntries: 1, fewestTerms: 1)
    if seed % 2 == 0, let contracted = pass.run(joint) { joint = contracted }
    let halves = split(joint, portCount: graph.parameters.count)
    let unit = Harness.unit(
      "m\(seed)", try Pipeline.cleanUp.run(halves.forward), try Pipeline.cleanUp.run(halves.backward),
      tensors: tensorCount)
    return Harness.trial(unit, seed: seed, batch: [1, 2, 7][Int(seed % 3)])
  }

  private init(random: SplitMix) { self.random = random }

  /// - Parameter tensors: nil in the first run, in which they are found.
  private mutating func build(tensors spaces: [Space]?) -> Value {
    if let spaces {
      tensors = spaces.enumerated().map { builder.parameter("f.\($0).\($0 % 2 == 0 ? "weight" : "bias")", $1) }
    }
    isKnown = spaces != nil
    var pool = (0..<(1 + random.below(2))).map { builder.parameter("x\($0)", .real([[12, 17, 36][random.below(3)]])) }
    for _ in 0..<(2 + random.below(4)) { pool.append(piece(pool)) }
    let last = pool[pool.count - 1]
    return random.below(2) == 0 ? last : builder.add(last, fit(pool[random.below(pool.count)], last.space.dimension))
  }

  private var isKnown = false

  private mutating func tensor(_ extents: [Int]) -> Value {
    defer { nextTensor += 1 }
    if isKnown { return tensors[nextTensor] }
    tensors.append(builder.parameter("w", .real(extents)))
    return tensors[nextTensor]
  }

  private func fit(_ value: Value, _ dimension: Int) -> Value {
    let builder = value.builder
    if value.space.dimension == dimension { return builder.reshape(value, .real([dimension])) }
    return value.space.dimension > dimension
      ? builder.slice(offset: value.space.dimension - dimension, value, .real([dimension]))
      : builder.embed(offset: 0, value, .real([dimension]))
  }

  private mutating func piece(_ pool: [Value]) -> Value {
    let (a, b) = (pool[random.below(pool.count)], pool[max(0, pool.count - 1 - random.below(2))])
    switch random.below(12) {
    case 0, 1, 2: return dense(a)
    case 3: return convolution(b)
    case 4:
      // One net for two values.
      let (weight, bias) = (tensor([11, 9]), tensor([11]))
      return builder.add(dense(a, weight, bias), dense(b, weight, bias))
    case 5:
      // Rows, each of them times a matrix; its transpose on the other side.
      let matrix = tensor([7, 9])
      let product = builder.product(Product(m: 3, k: 7, n: 9), fit(a, 21), matrix, .real([27]))
      return builder.product(Product(m: 3, k: 9, n: 7, transposeRight: true), product, matrix, .real([21]))
    case 6:
      return builder.apply(
        builder.transpose(tensor([9, 12]), rows: 9, columns: 12, .real([12, 9])), fit(a, 9), .real([12]))
    case 7:
      // Of tensors alone.
      let square = builder.product(Product(m: 9, k: 8, n: 9), tensor([9, 8]), tensor([8, 9]), .real([81]))
      return builder.apply(square, fit(b, 9), .real([9]))
    case 8: return loop(a, b)
    case 9:
      return builder.value(
        .nonlinear([.activation(.tanh), .softmax, .activation(.softplus)][random.below(3)]), [a], a.space)
    case 10:
      let x = fit(b, 10)
      let outer = builder.product(Product(m: 10, k: 1, n: 8), x, fit(a, 8), .real([80]))
      return builder.apply(tensor([9, 80]), outer, .real([9]))
    default:
      return builder.add(
        builder.embed(offset: 3, a, .real([a.space.dimension + 5])), fit(dense(b), a.space.dimension + 5))
    }
  }

  private mutating func dense(_ x: Value) -> Value {
    let (rows, columns) = ([5, 9, 16][random.below(3)], x.space.dimension)
    // The bias may be left out, or be a result on its own.
    let weight = tensor([rows, columns])
    if random.below(4) == 0 { return builder.apply(weight, x, .real([rows])) }
    let sum = dense(x, weight, tensor([rows]))
    return random.below(2) == 0 ? sum : builder.value(.nonlinear(.activation(.relu)), [sum], sum.space)
  }

  private func dense(_ x: Value, _ weight: Value, _ bias: Value) -> Value {
    let rows = bias.space.dimension
    let builder = x.builder
    return builder.add(builder.apply(weight, fit(x, weight.space.dimension / rows), .real([rows])), builder.use(bias))
  }

  private mutating func convolution(_ x: Value) -> Value {
    let c = Convolution(kernel: [2, 1, 3, 3], image: [1, 6, 6], stride: 1, padding: [1, 1], role: .out)
    let ones = builder.constant(SparseVector(dense: [Double](repeating: 1, count: 36)), .real([36]))
    let bias = builder.product(Product(m: 2, k: 1, n: 36), tensor([2]), ones, .real([72]))
    let sum = builder.add(builder.value(.conv2d(c), [tensor([2, 1, 3, 3]), fit(x, 36)], .real([72])), bias)
    func rectified(_ value: Value) -> Value { builder.value(.nonlinear(.activation(.relu)), [value], value.space) }
    func maximum(_ value: Value, _ pooling: Pooling) -> Value {
      builder.value(.nonlinear(.maximumPool(pooling)), [value], .real([pooling.out.reduce(1, *)]))
    }
    let pooling = Pooling(image: [2, 6, 6], size: 2 + random.below(2))
    switch random.below(4) {
    case 0: return maximum(sum, pooling)
    case 1: return builder.value(.averagePool(pooling), [rectified(sum)], .real([pooling.out.reduce(1, *)]))
    case 2: return maximum(rectified(sum), pooling)
    default:
      // A second layer, with or without a stride.
      let stride = 1 + random.below(2)
      let second = Convolution(kernel: [3, 2, 3, 3], image: [2, 6, 6], stride: stride, padding: [1, 1], role: .out)
      let (size, plane) = (second.out.reduce(1, *), second.out[1] * second.out[2])
      let ones = builder.constant(SparseVector(dense: [Double](repeating: 1, count: plane)), .real([plane]))
      let bias = builder.product(Product(m: 3, k: 1, n: plane), tensor([3]), ones, .real([size]))
      let hidden = builder.value(.conv2d(second), [tensor([3, 2, 3, 3]), rectified(sum)], .real([size]))
      return maximum(rectified(builder.add(hidden, bias)), Pooling(image: second.out, size: 2))
    }
  }

  /// A net on the state, or a net's result in every round; in more rounds than are written out.
  private mutating func loop(_ a: Value, _ b: Value) -> Value {
    let (weight, bias) = (tensor([9, 9]), tensor([9]))
    let isInside = random.below(2) == 0
    let known = dense(b, weight, bias)
    let result = builder.loop(
      trips: 6, descending: random.below(2) == 0, states: [("s", fit(a, 9))], sequences: [("n", fit(b, 6), .scalar)]
    ) { body, given in
      let next = isInside ? dense(given.states[0], weight, bias) : body.add(given.states[0], body.use(known))
      return ([body.scale(0.5, body.add(next, body.scaled(given.states[0], by: given.slices[0])))], [])
    }
    return result.states[0]
  }
}
