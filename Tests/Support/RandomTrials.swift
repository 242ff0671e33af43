import LinearMaps
import Passes

// Random programs and models, each with a batch.

extension GraphProgram {
  /// A forward graph with residuals, and a backward graph that is any graph of the right shape.
  ///
  /// - Parameters:
  ///   - tensors: it is a model, and at most as many of its parameters are tensors.
  ///   - isSmall: it fits lanes, mostly.
  public static func adversarial(seed: UInt64, tensors: Int? = nil, isSmall: Bool = false) throws -> GraphProgram {
    var random = SplitMix(seed: seed)
    let profile = isSmall ? GraphProfile.small : .adversarial
    let ports = RandomGraph.adversarialParameters(&random, profile, count: random.below(4))
    let sizes = (0...random.below(4)).map { _ in [1, 2, 3, 5, 18, 21][random.below(isSmall ? 4 : 6)] }
    let forward = RandomGraph.adversarial(seed: seed, profile, parameters: ports, results: sizes)
    let residuals = sizes.dropFirst().map { Parameter(name: "kept", space: .real([$0])) }
    let cotangent = Parameter(name: "out_bar", space: .real([sizes[0]]))
    let backward = RandomGraph.adversarial(
      seed: seed ^ 0xBAC, profile, parameters: ports + residuals + [cotangent],
      results: ports.map(\.space.dimension))
    try forward.verify()
    try backward.verify()
    return GraphProgram("p\(seed)", forward, backward, tensors: tensors.map { min($0, ports.count) })
  }
}

extension Trial {
  /// Any graphs, as a program or as a model.
  public static func adversarial(seed: UInt64, asModel: Bool = false) throws -> Trial {
    let program = try GraphProgram.adversarial(seed: seed, tensors: asModel ? Int(seed % 4) : nil)
    return Trial(program, seed: seed, batch: asModel ? [1, 2, 7][Int(seed / 4 % 3)] : 3)
  }

  /// As the compiler makes them: optimised, reversed and split.
  public static func compiled(seed: UInt64, asModel: Bool = false) throws -> Trial {
    let graph = RandomGraph.make(seed: seed)
    let program = try GraphProgram(
      "p\(seed)", compiling: graph, tensors: asModel ? Int(seed) % (graph.parameters.count + 1) : nil)
    return Trial(program, seed: seed, batch: asModel ? [1, 2, 7][Int(seed / 4 % 3)] : 3)
  }

  /// A model of a few layers and nets.
  public static func network(seed: UInt64) throws -> Trial {
    let (graph, tensorCount) = RandomGraph.network(seed: seed)
    // However small, in every other model.
    let pass = Pass.contractFirst(in: .of(graph, tensors: tensorCount), fewestEntries: 1, fewestTerms: 1)
    let program = try GraphProgram("m\(seed)", compiling: graph, tensors: tensorCount) { joint in
      seed % 2 == 0 ? pass.run(joint) ?? joint : joint
    }
    return Trial(program, seed: seed, batch: [1, 2, 7][Int(seed % 3)])
  }

  /// Loops around products with matrices that the batch may share: a program's inputs, a model's tensors.
  public static func iteration(seed: UInt64) throws -> Trial {
    var random = SplitMix(seed: seed ^ 0x17E2)
    let (isModel, count) = (random.below(3) == 0, 1 + random.below(2))
    let graph = RandomGraph.iteration(seed: seed, matrices: count)
    let program = try GraphProgram("i\(seed)", compiling: graph, tensors: isModel ? count : nil)
    var trial = Trial(program, seed: seed, batch: 1 + Int(seed % 5))
    // All matrices, none, or some of them are the same for every sample.
    let kind = random.below(4)
    for port in 0..<count where !isModel && kind < 3 {
      let isShared = kind < 2 || random.below(2) == 0
      let size = program.inputSizes[port]
      trial.strides[port] = isShared ? 0 : size + random.below(3)
      trial.inputs[port] = random.vector(isShared ? size : (trial.batch - 1) * trial.strides[port] + size)
    }
    return trial
  }

  /// A few vectors of one size, one of them perhaps a parameter, each used several times.
  public static func repeatedData(seed: UInt64) throws -> Trial {
    var random = SplitMix(seed: seed)
    let size = [2, 5, 8, 20, 33][random.below(5)]
    let count = 1 + random.below(3)
    let tensors = count > 1 ? random.below(2) : 0
    let g = GraphBuilder()
    let data = (0..<count).map { g.parameter("x\($0)", .real([size])) }
    var values = data
    func pick() -> Value { values[random.below(values.count)] }
    for _ in 0..<(2 + random.below(6)) {
      let (a, b) = (pick(), pick())
      switch random.below(6) {
      case 0, 1: values.append(g.add(a, b))
      case 2: values.append(g.add(a, a))
      case 3: values.append(g.scale([-1, 0.5, 0.25][random.below(3)], a))
      case 4: values.append(g.scaled(a, by: g.scale(0.25, g.dot(b, pick()))))
      default: values.append(g.add(a, g.scaled(b, by: g.scale(0.25, g.dot(b, b)))))
      }
    }
    // Each datum once more, so that its gradient is a sum of several.
    let sum = data.reduce(values[values.count - 1]) { g.add($0, $1) }
    let graph = g.finish(results: [random.below(2) == 0 ? sum : g.dot(sum, pick())])
    let program = try GraphProgram("p\(seed)", compiling: graph, tensors: tensors)
    return Trial(
      program, seed: seed, batch: [1, 2, 3, 9][random.below(4)],
      strides: program.inputSizes.map { [0, 0, $0, $0 + 1][random.below(4)] })
  }
}
