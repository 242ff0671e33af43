import LinearMaps

/// A program or a model with a batch on which it is run.
public struct Trial: Sendable {
  public var program: GraphProgram
  /// Of a model.
  public var parameters: [Double]
  /// Of each input: 0, or its distance from sample to sample.
  public var strides: [Int]
  /// As they lie in memory.
  public var inputs: [[Double]]
  public var batch: Int
  public var cotangent: [Double]

  /// - Parameter strides: of the inputs; at random where there are none.
  public init(_ program: GraphProgram, seed: UInt64, batch: Int = 3, strides: [Int]? = nil) {
    var random = SplitMix(seed: seed ^ 0x5EED)
    self.program = program
    self.batch = batch
    self.strides = strides ?? program.inputSizes.map { random.below(3) == 0 ? 0 : $0 + random.below(3) }
    inputs = zip(program.inputSizes, self.strides).map { random.vector($1 == 0 ? $0 : (batch - 1) * $1 + $0) }
    parameters = random.vector(program.tensorSizes.reduce(0, +))
    cotangent = random.vector(batch * program.outputSize)
  }

  /// The parameters of the model's tensors, one after another.
  public var tensors: [[Double]] {
    var rest = parameters[...]
    return program.tensorSizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }

  public func sample(_ input: Int, _ b: Int) -> [Double] {
    Array(inputs[input][(strides[input] * b)..<(strides[input] * b + program.inputSizes[input])])
  }

  /// What the graph interpreter says.
  public var expected: Answer {
    let (tensors, sizes) = (tensors, program.inputSizes)
    var answer = Answer(
      output: [], parameterGradient: [Double](repeating: 0, count: parameters.count),
      gradients: inputs.map { [Double](repeating: Answer.untouched, count: $0.count) })
    answer.each = inputs.map { _ in [] } + [[]]
    answer.sums = (sizes + [parameters.count]).map { [Double](repeating: 0, count: $0) }
    for b in 0..<batch {
      let point = tensors + sizes.indices.map { sample($0, b) }
      let results = Interpreter().run(program.forward, point)
      answer.output += results[0]
      guard let backward = program.backward else { continue }
      let size = program.outputSize
      let bars = Interpreter().run(
        backward, point + results.dropFirst() + [Array(cotangent[(b * size)..<((b + 1) * size)])])
      for (index, value) in bars.prefix(tensors.count).flatMap({ $0 }).enumerated() {
        answer.parameterGradient[index] += value
      }
      for (index, bar) in (bars.dropFirst(tensors.count) + [Array(bars.prefix(tensors.count).joined())]).enumerated() {
        answer.each[index] += bar
        answer.sums[index] = zip(answer.sums[index], bar).map(+)
      }
      for (port, bar) in bars.dropFirst(tensors.count).enumerated() {
        let start = b * strides[port]
        for (index, value) in bar.enumerated() {
          let isSum = strides[port] == 0 && b > 0
          answer.gradients[port][start + index] = value + (isSum ? answer.gradients[port][index] : 0)
        }
      }
    }
    return answer
  }
}

/// What an implementation answers for a trial.
public struct Answer: Sendable {
  public static let untouched = 12345.0

  public var output: [Double]
  /// Of a model, of its parameter vector.
  public var parameterGradient: [Double]
  /// As they lie in memory; untouched entries hold `untouched`.
  public var gradients: [[Double]]
  /// For each input, and then for the parameters: the gradients of the samples, one after another; and their sums.
  public var each: [[Double]] = []
  public var sums: [[Double]] = []

  public init(output: [Double], parameterGradient: [Double], gradients: [[Double]]) {
    self.output = output
    self.parameterGradient = parameterGradient
    self.gradients = gradients
  }
}
