import Adjoint
import CajalEvaluator
import CajalTyping
import EmitC
import LinearMaps
import Lowering

/// Compares the machine code of a model with the interpreter of its graph, as it is before any pass, and its gradients
/// with the interpreted adjoint and with differences of the interpreted map.
///
/// The interpreter shares the lowering of the model; the differences do not share transposition. Where no net is in the
/// way, the equations share neither.
struct ModelCheck {
  let linked: LinkedModel
  let module: TypedModule
  let model: LoweredModel
  let code: LinkedProgram
  let points: Int
  let limit: Int
  let seed: UInt64
  var report: VerifyReport

  init(
    linked: LinkedModel, module: TypedModule, model: LoweredModel, code: LinkedProgram, limit: Int, seed: UInt64
  ) {
    self.linked = linked
    self.module = module
    self.model = model
    self.code = code
    // A point of a model costs what thousands of a program's do.
    points = min(limit, 8)
    self.limit = limit
    self.seed = seed
    report = VerifyReport(program: linked.name.text)
  }

  mutating func run() throws -> VerifyReport {
    if code.inputs.contains(where: \.isNodes), model.graph.interpretedWork > ProgramCheck.mostWork {
      report.leaveOut(ProgramCheck.tooManyRows(model.graph))
      return report
    }
    var directions = 0
    let hasGradients = try code.hasGradients()
    let adjoint = reverse(model.graph, constants: constants)
    let rounding = RoundingInterpreter(arithmetic: Arithmetic(isDouble: code.isDouble))
    for point in 0..<points {
      var random = SplitMix64(seed: seed &+ UInt64(point) &* 0x9E37_79B9)
      let arguments = self.arguments(&random)
      let parameters = arguments[model.signature.tensors].flatMap { $0 }
      let inputs = Array(arguments[model.signature.ports])
      let weights = (0..<code.outputSize).map { _ in random.nextSigned() }
      let expected = rounding.run(adjoint, (arguments + [weights]).map(Approximation.init(rounded:)))
      let got = try code.run(
        batch: 1, inputs, parameters: parameters, outputBar: hasGradients ? weights : nil)
      compare(got.output, expected[0], "result at point \(point)")
      let gradient = model.signature.inputs.map { expected[GraphSignature.result(ofGradientIn: $0)] }
      if hasGradients {
        var offset = 0
        for (tensor, want) in zip(model.tensors, gradient) {
          let part = got.parameterGradient[offset..<(offset + want.values.count)]
          compare(Array(part), want, "gradient in \(tensor.name) at point \(point)")
          offset += want.values.count
        }
        for (index, want) in gradient[model.signature.ports].enumerated() where !code.inputs[index].isNodes {
          compare(got.gradients[index], want, "gradient in \(names[index]) at point \(point)")
        }
      }
      if differs(arguments, weights, gradient.map(\.values), &random) { directions += 1 }
    }
    report.cover(
      "results \(hasGradients ? "and gradients " : "")at \(points) random points, by the interpreter of the graph"
        + (hasGradients ? " and its adjoint" : ""))
    if !hasGradients { report.leaveOut("gradients of the machine code: compiled without --emit-grad") }
    report.cover("the interpreted gradient in \(directions) of \(points) random directions, by differences")
    if directions < points {
      report.leaveOut("\(points - directions) directions: a kink of the model is too near for differences")
    }
    try checkEquations()
    try checkCalls(hasGradients: hasGradients)
    return report
  }

  private var names: [String] { code.inputs.map(\.name) }

  /// Of the graph, without a gradient: frozen tensors, and the nodes of tables.
  var constants: Set<Int> {
    model.frozen.union(code.inputs.indices.filter { code.inputs[$0].isNodes }.map(model.signature.number(ofPort:)))
  }

  /// The input that is a parameter of the graph, if it belongs to a table.
  private func tableInput(_ parameter: Int) -> PortDescription? {
    guard model.signature.ports.contains(parameter) else { return nil }
    let port = code.inputs[parameter - model.signature.ports.lowerBound]
    return port.table == nil ? nil : port
  }

  /// With positive parameters, and with the weights of the module or others.
  private mutating func checkCalls(hasGradients: Bool) throws {
    let offsets = model.tensors.reduce(into: [0]) { $0.append($0.last! + $1.dims.reduce(1, *)) }
    var report = report
    let calls = CallCheck(
      code: code, inputNames: names, graph: model.graph, signature: model.signature, frozen: constants,
      hasGradients: hasGradients, limit: limit, seed: seed, report: &report
    ) { parameter, choice, random in
      if let port = tableInput(parameter), let table = port.table { return table.input(port, choice, &random) }
      var values = argument(parameter, &random)
      if model.signature.tensors.contains(parameter) {
        switch choice {
        case .positive:
          let bound = 1 / Double(max(model.tensors[parameter].fanIn, 1)).squareRoot()
          values = values.map { bound * abs($0) }
        case .signed:
          if let weights = code.weights { values = Array(weights[offsets[parameter]..<offsets[parameter + 1]]) }
        }
      }
      return code.isDouble ? values : values.map { Double(Float($0)) }
    }
    self.report = report
    if var calls { self.report = try calls.run() }
  }

  func arguments(_ random: inout SplitMix64) -> [[Double]] {
    model.graph.parameters.indices.map { argument($0, &random) }
  }

  /// Parameters as they are initialised, and inputs in [0, 1].
  private func argument(_ index: Int, _ random: inout SplitMix64) -> [Double] {
    if let port = tableInput(index), let table = port.table { return table.input(port, .positive, &random) }
    let isTensor = model.signature.tensors.contains(index)
    let bound = isTensor ? 1 / Double(max(model.tensors[index].fanIn, 1)).squareRoot() : 1
    return (0..<model.graph.parameters[index].space.dimension).map { _ in
      let value = random.nextSigned()
      return isTensor ? bound * value : abs(value)
    }
  }

  private mutating func compare(_ got: [Double], _ want: Approximation, _ what: String) {
    compare(got, want, what, in: Arithmetic(isDouble: code.isDouble))
  }

  mutating func compare(_ got: [Double], _ want: Approximation, _ what: String, in arithmetic: Arithmetic) {
    for (index, bound) in want.bounds(arithmetic.unit).enumerated()
    where !arithmetic.allows(got[index], want.values[index], magnitude: want.magnitudes[index], bound: bound) {
      report.disagree("\(what), entry \(index): \(got[index]), expected \(want.values[index])")
    }
  }

  /// The derivative in one direction against central differences of two steps; false where these disagree with each
  /// other, as they do across a kink.
  private mutating func differs(
    _ arguments: [[Double]], _ weights: [Double], _ gradient: [[Double]], _ random: inout SplitMix64
  ) -> Bool {
    let direction = arguments.enumerated().map { index, vector in
      vector.map { _ in constants.contains(index) ? 0 : random.nextSigned() }
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
    // A kink at the point itself is the same for both steps; curvature is twice as much for the larger one.
    let middle = objective(0)
    func bend(_ step: Double) -> Double { (objective(step) + objective(-step) - 2 * middle) / (2 * step) }
    guard abs(bend(2e-6) - 2 * bend(1e-6)) <= 5e-5 * scale else { return false }
    if abs(fine - slope) > 1e-4 * scale {
      report.disagree("derivative in a direction: \(slope), by differences \(fine)")
    }
    return true
  }
}
