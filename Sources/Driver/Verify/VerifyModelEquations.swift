import Adjoint
import CajalEvaluator
import CajalTyping
import LinearMaps
import Lowering

/// A model without nets is the equations of its judgement, linked to its inputs and learnt tensors: these are interpreted
/// on dual numbers, without lowering or transposition.
extension ModelCheck {
  mutating func checkEquations() throws {
    guard let ports = equationPorts else { return }
    let interpreter = VectorInterpreter(module: module)
    let adjoint = reverse(model.graph, constants: constants)
    let rounding = RoundingInterpreter(arithmetic: Arithmetic(isDouble: true))
    for point in 0..<points {
      var random = SplitMix64(seed: seed &+ UInt64(point) &* 0x9E37_79B9)
      let arguments = self.arguments(&random)
      let direction = arguments.map { $0.map { _ in random.nextSigned() } }
      let weights = (0..<code.outputSize).map { _ in random.nextSigned() }
      let duals = zip(arguments, direction).map { [Dual]($0, direction: $1) }
      let got: [Dual]
      do { got = try interpreter.evaluate(linked.judgement, environment: ports.map { duals[$0] }) } catch {
        guard let error = error as? InterpretationError else { throw error }
        report.leaveOut("the equations: \(error.message)")
        return
      }
      let expected = rounding.run(adjoint, (arguments + [weights]).map(Approximation.init(exact:)))
      compare(got.values, expected[0], "equations at point \(point)", in: rounding.arithmetic)
      let gradient = model.signature.inputs.map { expected[GraphSignature.result(ofGradientIn: $0)] }
      compare(
        [zip(got.tangents, weights).reduce(0) { $0 + $1.0 * $1.1 }], .sum(of: gradient, times: direction),
        "derivative of the equations at point \(point)", in: rounding.arithmetic)
    }
    report.cover("the equations and their derivative at \(points) random points, by their interpreter")
  }

  /// For each variable of the judgement the graph's parameter that it is linked to; nil where some are not.
  private var equationPorts: [Int]? {
    // A linear map that takes the place of the program is one tensor more.
    guard model.tensors.count == linked.learnt.count, !linked.judgement.term.hasNets,
      linked.inputs.allSatisfy({ $0.bound == nil && $0.rows == nil })
    else {
      return nil
    }
    var places: [Int] = []
    for link in linked.links {
      guard case .variable(let variable) = link.datum.kind,
        let place = model.graph.parameters.firstIndex(where: { $0.name == variable.name })
      else { return nil }
      places.append(place)
    }
    return places
  }
}

extension Approximation {
  /// Σ factor · entry
  fileprivate static func sum(of parts: [Approximation], times factors: [[Double]]) -> Approximation {
    var sum = Approximation.zero(1)
    for (part, factors) in zip(parts, factors) {
      for (index, factor) in factors.enumerated() {
        sum.values[0] += factor * part.values[index]
        sum.magnitudes[0] += abs(factor) * part.magnitudes[index]
        sum.errors[0] += abs(factor) * part.errors[index]
      }
      sum.roundings = max(sum.roundings, part.roundings + Double(factors.count))
    }
    return sum
  }
}

extension TypedTerm {
  fileprivate var hasNets: Bool {
    if case .network = kind { return true }
    return kind.children.contains { $0.hasNets }
  }
}
