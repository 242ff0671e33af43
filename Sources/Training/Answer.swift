/// When an output is right.
enum Answer: Equatable, Sendable {
  /// So many distributions, each as large: the largest entry of each is where the target's is. Of equal entries the
  /// first counts; an output with a NaN has no largest one.
  case choices(Int)
  /// A number, right within this part of the target; of a target that is 0, within as much of 0.
  case number(within: Double)

  /// How many choices a sample has, over which losses of distributions are averaged.
  var choices: Int {
    switch self {
    case .choices(let count): count
    case .number: 1
    }
  }

  func isRight<Real: TrainingReal>(
    _ output: UnsafePointer<Real>, _ target: UnsafePointer<Real>, size: Int
  ) -> Bool {
    switch self {
    case .choices(let count):
      let part = size / count
      return (0..<count).allSatisfy { choice in
        let (y, t) = (output + choice * part, target + choice * part)
        var (outputAt, targetAt, hasNaN) = (0, 0, false)
        for i in 0..<part {
          if y[i] > y[outputAt] { outputAt = i }
          if t[i] > t[targetAt] { targetAt = i }
          hasNaN = hasNaN || y[i].isNaN
        }
        return !hasNaN && outputAt == targetAt
      }
    case .number(let tolerance):
      return (0..<size).allSatisfy { i in
        let (y, t) = (Double(output[i]), Double(target[i]))
        return abs(y - t) <= tolerance * (t == 0 ? 1 : abs(t))
      }
    }
  }
}
