import CajalRuntime
import TrainingKernels

/// The state of training, and one step of it.
///
/// A batch is split into a fixed number of pieces whose gradients are added in their order, and loops over the
/// parameters into fixed chunks, so that the bits do not depend on the number of threads. Nor do they on the number of
/// processes, of which each has pieces of its own, and all of the parameters.
final class Trainer<Real: TrainingReal>: @unchecked Sendable {
  struct Settings: Sendable {
    var loss: Loss
    var batch: Int
    var optimizer: Optimizer
    var schedule: RateSchedule
    /// Of the run, over which the schedule goes.
    var totalSteps: Int
    var seed: UInt64
    /// The largest global norm of the gradient; nil: no limit.
    var clip: Double?
    var pieces: Int

    init(_ run: RunSettings, totalSteps: Int) {
      (loss, batch, seed, clip, pieces) = (run.loss, run.batch, run.seed, run.clip, run.pieces)
      (optimizer, schedule, self.totalSteps) = (run.optimizer, run.schedule, totalSteps)
    }
  }

  /// What a step found before it changed the parameters.
  struct StepResult: Sendable {
    let loss: Double
    /// Before clipping.
    let gradientNorm: Double
  }

  let model: Model
  let settings: Settings
  let parameters: Buffer<Real>
  /// Adam's moments; of gradient descent the first is the velocity.
  let first, second: Buffer<Real>
  /// Steps that were done.
  var step = 0
  /// Where not nil, told how long each part of a step takes.
  var times: StepTimes?

  private let samples: Samples<Real>
  private let workers: Workers
  private let ranks: Ranks
  /// The pieces of this process.
  private let own: Range<Int>
  private let calls: [ModelCall<Real>]
  /// Of all pieces.
  private let results: Buffer<PieceResult>
  private let chain: GradientChain<Real>
  private let chunkSquares: Buffer<Double>
  private let chunkNotFinite: Buffer<Int>
  private var shuffle: Shuffle

  private struct PieceResult: BitwiseCopyable {
    var status: Int32 = 0
    /// Whether no entry of the piece's result is a NaN or an infinity; found where a loss is one.
    var isFinite = true
    /// Its part of the batch's sum.
    var loss = 0.0
  }

  /// Reals in a chunk of a loop over the parameters: four arrays of it fit into a core's second cache.
  private static var chunk: Int { 1 << 14 }

  init(
    _ model: Model, _ samples: Samples<Real>, _ settings: Settings, workers: Workers, ranks: Ranks = .alone
  ) throws {
    guard model.hasAdjoint else {
      throw TrainingError("the model `\(model.name)` was compiled without its adjoint: compile it with --emit-grad")
    }
    guard settings.pieces >= ranks.count else {
      throw TrainingError(
        "of \(ranks.count) processes only \(settings.pieces) would have a piece of a batch to do: start fewer, or more "
          + "pieces (--pieces), on which the rounding depends")
    }
    self.model = model
    self.samples = samples
    self.settings = settings
    self.workers = workers
    self.ranks = ranks
    parameters = try Buffer(model.parameterCount, for: "parameters")
    first = try Buffer(model.parameterCount, for: "parameters")
    second = try Buffer(model.parameterCount, for: "parameters")
    let chunks = chunkCount(of: model.parameterCount, size: Self.chunk)
    chunkSquares = try Buffer(chunks, for: "norms")
    chunkNotFinite = try Buffer(chunks, for: "norms")
    results = try Buffer(settings.pieces, for: "losses")
    chain = try GradientChain(ranks, workers, count: model.parameterCount, chunk: Self.chunk)
    shuffle = try Shuffle(count: samples.count, seed: settings.seed)
    let lastBatch = (samples.count - 1) % settings.batch + 1
    own = ranks.part(of: settings.pieces)
    calls = try own.map { piece in
      let batches = [min(settings.batch, samples.count), lastBatch].map {
        Self.range(of: piece, in: $0, settings.pieces).count
      }
      return try ModelCall(model, samples, batches: Set(batches).subtracting([0]), gradients: true)
    }
  }

  var stepsPerEpoch: Int { Self.stepsPerEpoch(samples, batch: settings.batch) }

  static func stepsPerEpoch(_ samples: Samples<Real>, batch: Int) -> Int { chunkCount(of: samples.count, size: batch) }

  /// The part of a batch that a piece takes.
  private static func range(of piece: Int, in batch: Int, _ pieces: Int) -> Range<Int> {
    batch * piece / pieces..<batch * (piece + 1) / pieces
  }

  /// Does one step.
  ///
  /// Throws a `NotFiniteError`, before anything was changed unless it is the parameters that it names. Of several
  /// processes all throw the same.
  func doStep() throws -> StepResult {
    shuffle.enter(step / stepsPerEpoch)
    let batchStart = step % stepsPerEpoch * settings.batch
    let batch = min(settings.batch, samples.count - batchStart)
    let loss = try gradients(of: batch, from: batchStart)
    let (gradient, norm) = try timed(.reduction) { try sumGradients(batch) }
    let step = step + 1
    let (optimizer, scale) = (settings.optimizer, clippingScale(norm: norm, limit: settings.clip))
    let rate = settings.schedule.rate(step: step, totalSteps: settings.totalSteps)
    timed(.adam) {
      workers.runChunks(of: model.parameterCount, size: Self.chunk) { chunk, range in
        let at = range.lowerBound
        chunkNotFinite[chunk] = optimizer.update(
          step: step, rate: rate, scale: scale, range.count, parameters: parameters.base + at,
          gradient: gradient.base + at, first: first.base + at, second: second.base + at)
      }
    }
    self.step = step
    if chunkNotFinite.elements.contains(where: { $0 > 0 }) {
      let found = model.tensors.first { !isFinite(parameters, $0.range) || !isFinite(second, $0.range) }
      throw NotFiniteError(step: step, place: .parameters(found?.name ?? "parameters"), loss: loss, gradientNorm: norm)
    }
    return StepResult(loss: loss, gradientNorm: norm)
  }

  /// Computes the gradients of each piece; returns the batch's loss.
  private func gradients(of batch: Int, from batchStart: Int) throws -> Double {
    let (loss, size, choices) = (settings.loss, model.output.size, samples.answer.choices)
    let divisor = loss.divisor(samples: batch, size: size, choices: choices)
    let order = shuffle.order
    workers.run(own.count) { index, _ in
      let piece = own.lowerBound + index
      var result = PieceResult()
      defer { results[piece] = result }
      let range = Self.range(of: piece, in: batch, settings.pieces)
      if range.isEmpty { return }
      let call = calls[index]
      let first = batchStart + range.lowerBound
      timed(.gather, piece) { call.gather(range.count) { Int(order[first + $0]) } }
      result.status = timed(.forward, piece) { call.forward(range.count, parameters, keep: true) }
      if result.status != 0 { return }
      timed(.loss, piece) {
        for position in 0..<range.count {
          result.loss += loss.sample(
            call.output.base + position * size, samples.target.row(Int(order[first + position])), size: size,
            choices: choices, divisor: divisor, outputBar: call.outputBar!.base + position * size)
        }
      }
      result.status = timed(.backward, piece) { call.backward(range.count, parameters) }
    }
    let bounds = ranks.bounds(of: settings.pieces)
    ranks.share(results, bounds)
    var total = 0.0
    for piece in results.elements {
      try check(piece.status)
      total += piece.loss
    }
    total /= Double(divisor)
    if total.isFinite { return total }
    for (piece, call) in zip(own, calls) {
      let count = Self.range(of: piece, in: batch, settings.pieces).count * size
      results[piece].isFinite = isFinite(call.output, 0..<count)
    }
    ranks.share(results, bounds)
    let resultIsFinite = results.elements.allSatisfy { $0.isFinite }
    throw NotFiniteError(
      step: step + 1, place: resultIsFinite ? .lossAlone : .loss, loss: total, gradientNorm: .nan)
  }

  /// Adds the gradients of the pieces; returns their sum and its norm.
  private func sumGradients(_ batch: Int) throws -> (gradient: Buffer<Real>, norm: Double) {
    // A batch that is smaller than the number of pieces leaves some without a sample, and processes without a part.
    let filled = (0..<settings.pieces).filter { !Self.range(of: $0, in: batch, settings.pieces).isEmpty }
    let parts = filled.filter(own.contains).map { calls[$0 - own.lowerBound].parametersBar! }
    let bounds = ranks.bounds(of: settings.pieces)
    let owners = (0..<ranks.count).filter { rank in filled.contains { bounds[rank]..<bounds[rank + 1] ~= $0 } }
    let gradient = parts.first ?? calls[0].parametersBar!
    chain.sum(into: gradient, parts, owners: owners) { chunk, range in
      chunkSquares[chunk] = Real.sumOfSquares(range.count, gradient.base + range.lowerBound)
    }
    var squares = 0.0
    for chunk in 0..<chunkSquares.count { squares += chunkSquares[chunk] }
    let norm = squares.squareRoot()
    guard norm.isFinite else {
      let found = model.tensors.first { !isFinite(gradient, $0.range) }
      throw NotFiniteError(step: step + 1, place: .gradient(found?.name), loss: .nan, gradientNorm: norm)
    }
    return (gradient, norm)
  }

  /// Of all processes: takes the first one's state, as after a checkpoint that only that has read.
  func takeStateOfFirst() {
    step = ranks.ofFirst(step)
    for buffer in [parameters, first, second] { ranks.broadcast(buffer, 0..<buffer.count, from: 0) }
  }

  /// Of all processes: throws where their parameters are not the same in every bit, as processors whose mathematical
  /// functions differ could make them.
  func checkParametersAgree() throws {
    guard ranks.count > 1 else { return }
    let hashes = ranks.gather(parametersHash)
    guard let other = hashes.firstIndex(where: { $0 != hashes[0] }) else { return }
    throw TrainingError(
      "step \(step): process \(other) has come to other parameters than process 0: all have to run on processors of "
        + "the same kind, with the same trainer and C library")
  }

  var parametersHash: UInt64 { fnv1a(UnsafeRawBufferPointer(parameters.elements)) }

  private func timed<Result>(_ part: StepTimes.Part, _ piece: Int = 0, _ work: () throws -> Result) rethrows -> Result {
    guard let times else { return try work() }
    return try times.measure(part, piece: piece, work)
  }

  private func check(_ status: Int32) throws {
    if status == Int32(CAJAL_OK.rawValue) { return }
    if status == Int32(CAJAL_NOT_FINITE.rawValue) {
      throw NotFiniteError(step: step + 1, place: .model, loss: .nan, gradientNorm: .nan)
    }
    throw TrainingError("the model `\(model.name)` refused a batch: \(Model.statusText(status))")
  }

  private func isFinite(_ buffer: Buffer<Real>, _ range: Range<Int>) -> Bool {
    range.allSatisfy { buffer[$0].isFinite }
  }
}

/// A NaN or an infinity, which stops a run.
struct NotFiniteError: Error, CustomStringConvertible {
  enum Place: Equatable {
    case model
    case loss
    /// All entries of the result are finite, and only the loss is not.
    case lossAlone
    /// The tensor; nil where every entry is finite and only the norm is not.
    case gradient(String?)
    case parameters(String)
  }

  let step: Int
  let place: Place
  /// As far as they were computed.
  let loss, gradientNorm: Double

  var description: String {
    let what =
      switch place {
      case .model: "the model found a NaN or an infinity in its inputs or its result"
      case .loss: "the loss is \(loss): the model's result holds a NaN or an infinity"
      case .lossAlone: "the model's result is finite, but its loss is too large for a number"
      case .gradient(let tensor?): "the gradient of the tensor `\(tensor)` holds a NaN or an infinity"
      case .gradient(nil): "the norm of the gradient is too large for a number"
      case .parameters(let tensor): "the update made the tensor `\(tensor)` or its moments infinite or NaN"
      }
    return """
      step \(step): \(what)
      To try: limit the gradient's norm (--clip 1), a lower learning rate (--lr), or bound what the networks hand to \
      the program (`within l1 1` on a port or after a net's last layer).
      """
  }
}
