import CajalRuntime

/// Runs a model on samples that it does not learn from. Of several processes each does a part of them.
final class Evaluator<Real: TrainingReal>: @unchecked Sendable {
  private let model: Model
  private let samples: Samples<Real>
  private let loss: Loss
  private let workers: Workers
  private let ranks: Ranks
  private let calls: [ModelCall<Real>]
  private let measures: Buffer<SampleMeasures>
  private let statuses: Buffer<Int32>
  private let spread: TargetSpread

  /// Samples in a call: the same whatever a run's batch is, so that evaluations agree in every bit.
  private static var chunk: Int { 64 }

  init(
    _ model: Model, _ samples: Samples<Real>, loss: Loss, workers: Workers, ranks: Ranks = .alone
  ) throws {
    self.model = model
    self.samples = samples
    self.loss = loss
    self.workers = workers
    self.ranks = ranks
    let batches: Set = [min(Self.chunk, samples.count), (samples.count - 1) % Self.chunk + 1]
    calls = try (0..<workers.threads).map { _ in try ModelCall(model, samples, batches: batches, gradients: false) }
    measures = try Buffer(samples.count, for: "measures")
    spread = TargetSpread(samples)
    statuses = try Buffer(chunkCount(of: samples.count, size: Self.chunk), for: "measures")
  }

  /// The measures over all samples: of all processes, which get the same.
  func evaluate(_ parameters: Buffer<Real>) throws -> Measures {
    let size = model.output.size
    let own = ranks.part(of: statuses.count)
    workers.run(own.count) { index, worker in
      let chunk = own.lowerBound + index
      let range = chunk * Self.chunk..<min((chunk + 1) * Self.chunk, samples.count)
      let call = calls[worker]
      call.gather(range.count) { range.lowerBound + $0 }
      statuses[chunk] = forward(call, range.count, parameters)
      if statuses[chunk] != 0 { return }
      for (position, sample) in range.enumerated() {
        let output = UnsafePointer(call.output.base + position * size)
        measures[sample] = SampleMeasures(
          output, samples.target.row(sample), size: size, loss: loss, answer: samples.answer)
      }
    }
    let bounds = ranks.bounds(of: statuses.count)
    ranks.share(statuses, bounds)
    ranks.share(measures, bounds.map { min($0 * Self.chunk, samples.count) })
    for chunk in 0..<statuses.count where statuses[chunk] != 0 {
      throw TrainingError("the model `\(model.name)` refused a batch: \(Model.statusText(statuses[chunk]))")
    }
    return Measures(measures.elements, loss: loss, size: size, answer: samples.answer, spread: spread)
  }

  /// Where a model stops at a NaN or an infinity, its output is all NaN, so that the measures are.
  private func forward(_ call: ModelCall<Real>, _ count: Int, _ parameters: Buffer<Real>) -> Int32 {
    let status = call.forward(count, parameters, keep: false)
    guard status == Int32(CAJAL_NOT_FINITE.rawValue) else { return status }
    call.output.base.update(repeating: .nan, count: count * model.output.size)
    return 0
  }

  /// The outputs of some samples, one after another, by this process alone. The result repeats that of `evaluate`, bit
  /// by bit.
  func outputs(_ parameters: Buffer<Real>, of chosen: [Int]) throws -> [Real] {
    let size = model.output.size
    let result = try Buffer<Real>(chosen.count * size, for: "outputs")
    for chunk in Set(chosen.map { $0 / Self.chunk }).sorted() {
      let range = chunk * Self.chunk..<min((chunk + 1) * Self.chunk, samples.count)
      let call = calls[0]
      call.gather(range.count) { range.lowerBound + $0 }
      let status = forward(call, range.count, parameters)
      guard status == 0 else {
        throw TrainingError("the model `\(model.name)` refused a batch: \(Model.statusText(status))")
      }
      for (position, sample) in chosen.enumerated() where range.contains(sample) {
        (result.base + position * size).update(from: call.output.base + (sample - range.lowerBound) * size, count: size)
      }
    }
    return Array(result.elements)
  }
}
