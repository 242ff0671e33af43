/// Where the time of training steps goes: seconds of each part, summed over the steps.
///
/// Pieces run at the same time and keep times of their own, so a part of theirs is summed over the pieces: on one
/// thread that is what passes, on several more.
final class StepTimes: @unchecked Sendable {
  enum Part: Int, CaseIterable {
    /// A batch's samples to where the model reads them.
    case gather
    case forward, loss, backward
    /// The sum of the pieces' gradients, and its norm.
    case reduction
    case adam
  }

  private let seconds: Buffer<Double>

  init(pieces: Int) throws { seconds = try Buffer(pieces * Part.allCases.count, for: "times") }

  /// Runs `work`, which belongs to a piece if pieces do such a part.
  func measure<Result>(_ part: Part, piece: Int = 0, _ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[piece * Part.allCases.count + part.rawValue] += (ContinuousClock.now - start) / .seconds(1) }
    return try work()
  }

  func sum(of part: Part) -> Double {
    stride(from: part.rawValue, to: seconds.count, by: Part.allCases.count).reduce(0) { $0 + seconds[$1] }
  }
}
