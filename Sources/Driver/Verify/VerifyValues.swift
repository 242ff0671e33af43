import CajalEvaluator
import CajalTyping

extension ProgramCheck {
  /// Theorem 2: at points that are values, evaluation and the compiled map agree, where no entry is dropped.
  mutating func checkValues() throws {
    let points = ValuePoints(context: judgement.context, horizon: module.horizon, limit: limit)
    let evaluator = Evaluator(module: module)
    let exhaustive = points.count.map { $0 <= limit } ?? false
    let listed = exhaustive ? points.count! : 0
    let sampled = exhaustive && points.nodeLimit == nil ? 0 : min(limit, 256)
    var compared = (listed: 0, sampled: 0)
    var dropped = 0
    var unsuitable = 0
    for index in 0..<(listed + sampled) {
      let point: ValuePoint
      do {
        let next = try index < listed ? points.point(at: index) : points.sample(seed: seed &+ UInt64(index))
        guard let next else {
          report.leaveOut("evaluation: a variable has a type with no closed values that are known")
          return
        }
        point = next
      } catch is InterpretationError {
        report.leaveOut(
          "evaluation from point \(index) on: the value of a variable is too large to be written as a vector here")
        break
      }
      let value: Value
      do { value = try evaluator.evaluate(judgement, values: point.values) } catch EvaluationError.stepsExhausted {
        report.leaveOut("evaluation from point \(index) on: it takes more than \(Evaluator.defaultStepLimit) steps")
        break
      } catch EvaluationError.unsuitableValue {
        unsuitable += 1
        continue
      }
      let output = try program.run(batch: 1, point.vectors).output
      guard let expected = try evaluator.encoding(of: value, as: judgement.type, horizon: module.horizon) else {
        // A natural at or above the horizon, or a function of functions, has no vector to compare with.
        unsuitable += 1
        continue
      }
      if agree(output, expected, at: point.vectors) {
        if index < listed { compared.listed += 1 } else { compared.sampled += 1 }
      } else if !horizon.drops.isEmpty {
        // The horizon analysis has said that entries may be dropped; the other oracle knows what is left.
        dropped += 1
      } else {
        report.disagree("at values \(describe(point.vectors)): \(describe(output)), evaluation says \(value)")
      }
    }
    cover(points, compared, listed)
    if dropped > 0 { report.leaveOut("evaluation at \(dropped) points at which the horizon drops entries") }
    if unsuitable > 0 {
      report.leaveOut("evaluation at \(unsuitable) points whose result has no vector at this horizon")
    }
  }

  private mutating func cover(_ points: ValuePoints, _ compared: (listed: Int, sampled: Int), _ listed: Int) {
    guard let most = points.nodeLimit else {
      let count = compared.listed + compared.sampled
      if count > 0 {
        report.cover("evaluation at \(coverage(count, of: points.count, "points that are values", seed: seed))")
      }
      return
    }
    if compared.listed > 0 {
      let noun = "points that are values, data of at most \(most) nodes"
      report.cover("evaluation at \(compared.listed == listed ? "all " : "")\(compared.listed) \(noun)")
    }
    if compared.sampled > 0 {
      report.cover(
        "evaluation at \(compared.sampled) points, data of up to \(points.sampledNodes) nodes (a sample with seed \(seed))"
      )
    }
  }

  func describe(_ vectors: [[Double]]) -> String {
    zip(names, vectors).map { "\($0) = \(describe($1))" }.joined(separator: ", ")
  }
}
