import CajalRuntime
import TrainingKernels

/// The state of training, and one step of it.
///
/// A batch is split into a fixed number of pieces whose gradients are added in their order, and loops over the
/// parameters into fixed chunks, so that the bits do not depend on the number of threads.
final class Trainer<Real: TrainingReal>: @unchecked Sendable {
  struct Settings: Sendable {
    var loss: Loss
    var batch: Int
    var learningRate: Double
    var seed: UInt64
    /// The largest global norm of the gradient; nil: no limit.
    var clip: Double?
    var pieces: Int
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
  /// Adam's moments.
  let first, second: Buffer<Real>
  /// Steps that were done.
  var step = 0
  /// Where not nil, told how long each part of a step takes.
  var times: StepTimes?

  private let samples: Samples<Real>
  private let workers: Workers
  private let adam: Adam
  private let pieces: [ModelCall<Real>]
  private let pieceLosses: Buffer<Double>
  private let pieceStatuses: Buffer<Int32>
  private let chunkSquares: Buffer<Double>
  private let chunkNotFinite: Buffer<Int>
  private var shuffle: Shuffle

  /// Reals in a chunk of a loop over the parameters: four arrays of it fit into a core's second cache.
  private static var chunk: Int { 1 << 14 }

  init(_ model: Model, _ samples: Samples<Real>, _ settings: Settings, workers: Workers) throws {
    guard model.hasAdjoint else {
      throw TrainingError("the model `\(model.name)` was compiled without its adjoint: compile it with --emit-grad")
    }
    self.model = model
    self.samples = samples
    self.settings = settings
    self.workers = workers
    adam = Adam(learningRate: settings.learningRate)
    parameters = try Buffer(model.parameterCount, for: "parameters")
    first = try Buffer(model.parameterCount, for: "parameters")
    second = try Buffer(model.parameterCount, for: "parameters")
    let chunks = chunkCount(of: model.parameterCount, size: Self.chunk)
    chunkSquares = try Buffer(chunks, for: "norms")
    chunkNotFinite = try Buffer(chunks, for: "norms")
    pieceLosses = try Buffer(settings.pieces, for: "losses")
    pieceStatuses = try Buffer(settings.pieces, for: "losses")
    shuffle = try Shuffle(count: samples.count, seed: settings.seed)
    let lastBatch = (samples.count - 1) % settings.batch + 1
    pieces = try (0..<settings.pieces).map { piece in
      let batches = [min(settings.batch, samples.count), lastBatch].map {
        Self.range(of: piece, in: $0, settings.pieces).count
      }
      return try ModelCall(model, samples, batches: Set(batches).subtracting([0]), gradients: true)
    }
  }

  var stepsPerEpoch: Int { chunkCount(of: samples.count, size: settings.batch) }

  /// The part of a batch that a piece takes.
  private static func range(of piece: Int, in batch: Int, _ pieces: Int) -> Range<Int> {
    batch * piece / pieces..<batch * (piece + 1) / pieces
  }

  /// Does one step.
  ///
  /// Throws a `NotFiniteError`, before anything was changed unless it is the parameters that it names.
  func doStep() throws -> StepResult {
    shuffle.enter(step / stepsPerEpoch)
    let batchStart = step % stepsPerEpoch * settings.batch
    let batch = min(settings.batch, samples.count - batchStart)
    let loss = try gradients(of: batch, from: batchStart)
    let (gradient, norm) = try timed(.reduction) { try sumGradients(batch) }
    let step = step + 1
    let numbers = adam.numbers(step: step, scale: clippingScale(norm: norm, limit: settings.clip))
    timed(.adam) {
      workers.runChunks(of: model.parameterCount, size: Self.chunk) { chunk, range in
        let at = range.lowerBound
        chunkNotFinite[chunk] = Real.adam(
          numbers, range.count, parameters: parameters.base + at, gradient: gradient.base + at, first: first.base + at,
          second: second.base + at)
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
    let (loss, size) = (settings.loss, model.output.size)
    let divisor = loss.divisor(samples: batch, size: size)
    let order = shuffle.order
    workers.run(settings.pieces) { index, _ in
      let range = Self.range(of: index, in: batch, settings.pieces)
      (pieceLosses[index], pieceStatuses[index]) = (0, 0)
      if range.isEmpty { return }
      let piece = pieces[index]
      let first = batchStart + range.lowerBound
      timed(.gather, index) { piece.gather(range.count) { Int(order[first + $0]) } }
      pieceStatuses[index] = timed(.forward, index) { piece.forward(range.count, parameters, keep: true) }
      if pieceStatuses[index] != 0 { return }
      timed(.loss, index) {
        for position in 0..<range.count {
          pieceLosses[index] += loss.sample(
            piece.output.base + position * size, samples.target.row(Int(order[first + position])), size: size,
            divisor: divisor, outputBar: piece.outputBar!.base + position * size)
        }
      }
      pieceStatuses[index] = timed(.backward, index) { piece.backward(range.count, parameters) }
    }
    var total = 0.0
    for index in 0..<settings.pieces {
      try check(pieceStatuses[index])
      total += pieceLosses[index]
    }
    total /= Double(divisor)
    if total.isFinite { return total }
    let resultIsFinite = (0..<settings.pieces).allSatisfy { index in
      let count = Self.range(of: index, in: batch, settings.pieces).count * size
      return count == 0 || isFinite(pieces[index].output, 0..<count)
    }
    throw NotFiniteError(
      step: step + 1, place: resultIsFinite ? .lossAlone : .loss, loss: total, gradientNorm: .nan)
  }

  /// Adds the gradients of the pieces, where that of the first is; returns their sum and its norm.
  private func sumGradients(_ batch: Int) throws -> (gradient: Buffer<Real>, norm: Double) {
    let parts = pieces.indices.filter { !Self.range(of: $0, in: batch, settings.pieces).isEmpty }
      .map { pieces[$0].parametersBar! }
    let gradient = parts[0]
    workers.runChunks(of: model.parameterCount, size: Self.chunk) { chunk, range in
      let to = gradient.base + range.lowerBound
      for part in parts.dropFirst() { Real.add(range.count, part.base + range.lowerBound, to: to) }
      chunkSquares[chunk] = Real.sumOfSquares(range.count, to)
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
