import Adjoint
import CajalEvaluator
import LinearMaps
import Lowering

/// Compares the machine code of a model with the interpreter of its graph, as it is before any pass, and its gradients
/// with the interpreted adjoint and with differences of the interpreted map.
///
/// The interpreter shares the lowering of the model; the differences do not share transposition.
struct ModelCheck {
  let model: LoweredModel
  let code: LinkedProgram
  let points: Int
  let seed: UInt64
  private(set) var report: VerifyReport

  init(name: String, model: LoweredModel, code: LinkedProgram, points: Int, seed: UInt64) {
    self.model = model
    self.code = code
    self.points = points
    self.seed = seed
    report = VerifyReport(program: name)
  }

  mutating func run() throws -> VerifyReport {
    var directions = 0
    let adjoint = reverse(model.graph, constants: model.frozen)
    for point in 0..<points {
      var random = SplitMix64(seed: seed &+ UInt64(point) &* 0x9E37_79B9)
      let arguments = self.arguments(&random)
      let parameters = arguments.prefix(model.tensors.count).flatMap { $0 }
      let inputs = Array(arguments.dropFirst(model.tensors.count))
      let weights = (0..<code.outputSize).map { _ in random.nextSigned() }
      let expected = Interpreter().run(adjoint, arguments + [weights])
      let got = try code.run(batch: 1, inputs, parameters: parameters, outputBar: weights)
      compare(got.output, expected[0], "result at point \(point)")
      let gradient = Array(expected.dropFirst())
      compare(
        got.parameterGradient, gradient.prefix(model.tensors.count).flatMap { $0 }, "gradient of parameters at \(point)"
      )
      for (index, want) in gradient.dropFirst(model.tensors.count).enumerated() {
        compare(got.gradients[index], want, "gradient of input \(index) at point \(point)")
      }
      if differs(arguments, weights, gradient, &random) { directions += 1 }
    }
    report.cover("results and gradients at \(points) random points, by the interpreter of the graph and its adjoint")
    report.cover("the interpreted gradient in \(directions) of \(points) random directions, by differences")
    if directions < points {
      report.leaveOut("\(points - directions) directions: a kink of the model is too near for differences")
    }
    return report
  }

  /// Parameters as they are initialised, and inputs in [0, 1].
  private func arguments(_ random: inout SplitMix64) -> [[Double]] {
    model.graph.parameters.enumerated().map { index, parameter in
      let bound = index < model.tensors.count ? 1 / Double(max(model.tensors[index].fanIn, 1)).squareRoot() : 1
      return (0..<parameter.space.dimension).map { _ in
        let value = random.nextSigned()
        return index < model.tensors.count ? bound * value : abs(value)
      }
    }
  }

  private mutating func compare(_ got: [Double], _ want: [Double], _ what: String) {
    let scale = want.reduce(1e-3) { max($0, abs($1)) }
    let tolerance = code.isDouble ? 1e-9 : 1e-3
    for (index, (a, b)) in zip(got, want).enumerated()
    where !(a == b || a.isNaN && b.isNaN || abs(a - b) <= tolerance * scale) {
      report.disagree("\(what), entry \(index): \(a), expected \(b)")
    }
  }

  /// The derivative in one direction against central differences of two steps; false where these disagree with each
  /// other, as they do across a kink.
  private mutating func differs(
    _ arguments: [[Double]], _ weights: [Double], _ gradient: [[Double]], _ random: inout SplitMix64
  ) -> Bool {
    let direction = arguments.enumerated().map { index, vector in
      vector.map { _ in model.frozen.contains(index) ? 0 : random.nextSigned() }
    }
    func objective(_ step: Double) -> Double {
      let moved = zip(arguments, direction).map { zip($0, $1).map { $0 + step * $1 } }
      return zip(Interpreter().run(model.graph, moved)[0], weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    func difference(_ step: Double) -> Double { (objective(step) - objective(-step)) / (2 * step) }
    let slope = zip(gradient, direction).reduce(0.0) { sum, pair in zip(pair.0, pair.1).reduce(sum) { $0 + $1.0 * $1.1 }
    }
    let (coarse, fine) = (difference(2e-6), difference(1e-6))
    let scale = max(1e-3, abs(slope), abs(fine))
    guard abs(coarse - fine) <= 1e-5 * scale else { return false }
    if abs(fine - slope) > 1e-4 * scale {
      report.disagree("derivative in a direction: \(slope), by differences \(fine)")
    }
    return true
  }
}
