/// Compares implementations at random points of a program: values and gradients of a batch, with some of the ports
/// shared by all samples.
public struct Comparison {
  public let reference: any Implementation
  /// What the arithmetic of the implementations may differ by, relative to the size of the numbers.
  public let precision: Double

  public init(reference: any Implementation, precision: Double = 1e-9) {
    self.reference = reference
    self.precision = precision
  }

  /// - Parameter prepared: what the implementation made of the program.
  public func check(
    _ prepared: PreparedProgram?, _ name: String, on program: CheckedProgram, _ random: inout SplitMix
  ) throws {
    guard let expected = try reference.prepare([program])[0], let prepared else { throw Discarded("refused") }
    for batch in [1, 3] {
      let shared = program.dimensions.map { _ in batch > 1 && random.below(2) == 0 }
      let samples = (0..<batch).map { _ in program.randomPoint(&random) }
      let inputs = shared.indices.map { port in
        shared[port] ? samples[0][port] : samples.flatMap { $0[port] }
      }
      let weights = CheckedProgram.randomVector(batch * program.resultDimension, &random)
      let tolerance = try samples.reduce(0) { largest, sample in
        let point = shared.indices.map { shared[$0] ? samples[0][$0] : sample[$0] }
        return max(largest, try program.tolerance(point, try program.denotation(point)))
      }
      let scaled = tolerance * (precision / 1e-9)
      let (output, gradients) = try prepared.run(batch: batch, inputs, shared: shared, outputBar: weights)
      let (wanted, wantedGradients) = try expected.run(batch: batch, inputs, shared: shared, outputBar: weights)
      try require(
        agree(output, wanted, within: scaled), "value",
        "a batch of \(batch) at \(inputs), shared \(shared): \(name) computes \(output), \(reference.name) \(wanted)")
      for (port, (gradient, other)) in zip(gradients, wantedGradients).enumerated() {
        let size = other.reduce(1) { max($0, abs($1)) }
        try require(
          agree(gradient, other, within: precision * size + 1e3 * scaled), "gradient",
          "a batch of \(batch) at \(inputs), shared \(shared), weights \(weights), port \(port): "
            + "\(name) computes \(gradient), \(reference.name) \(other)")
      }
    }
  }
}
