import Adjoint
import CajalEvaluator
import Foundation
import LinearMaps

/// Calls the machine code as its users may: batches, shared inputs, strides with padding, some of the gradients only,
/// and nothing around the buffers that may be touched. Compared are the results and gradients of every sample with
/// the interpreter of the graph.
struct CallCheck {
  /// Entries at a point, and of parameters. Where all are positive, and so small that sums of them do not grow, hardly
  /// anything cancels and a bound of rounding is near to the result; where they are not, kinks are met from both sides.
  enum Choice: CaseIterable { case positive, signed }

  let code: LinkedProgram
  let inputNames: [String]
  let oracle: CallOracle
  let plan: CallPlan
  let arithmetic: Arithmetic
  let hasGradients: Bool
  var report: VerifyReport
  /// Entries whose bound of rounding says nothing.
  private var loose = 0
  private var compared = 0

  /// Nil where one sample takes too long in the interpreter; the report says so.
  ///
  /// - Parameters:
  ///   - graph: forward, as the signature says.
  ///   - frozen: parameters of the graph without a gradient.
  ///   - vectors: makes the vector of a parameter of the graph for the first choice of parameters, at points of even
  ///     number, or for the second.
  init?(
    code: LinkedProgram, inputNames: [String], graph: Graph, signature: GraphSignature, frozen: Set<Int> = [],
    hasGradients: Bool, limit: Int, seed: UInt64, report: inout VerifyReport,
    vector: (_ parameter: Int, _ choice: Choice, _ random: inout SplitMix64) -> [Double]
  ) {
    let whole = hasGradients ? reverse(graph, constants: frozen) : graph
    let operations = whole.operations
    guard operations <= min(5e8, Double(limit) * 2e5) else {
      report.leaveOut(
        "batches, shared inputs and strides: a sample takes \(String(format: "%.0e", operations)) operations here"
          + (operations <= 5e8 ? "; a larger --limit allows it" : ""))
      return nil
    }
    var random = SplitMix64(seed: seed ^ 0x5EED_CA11)
    let sizes = code.inputSizes
    // What is interpreted, three times over for values, magnitudes and errors, and what is called and compared.
    let (toInterpret, toCall) = (Double(limit) * 2e4, Double(limit) * 1e4)
    let choices = CallPlan.subsets(of: sizes.count, first: false, &random).count
    let count = max(2, min(7, Int(toInterpret / max(1, operations * Double(choices)))))
    let reals = sizes.reduce(code.outputSize + code.parameterCount) { $0 + $1 }
    let gradientSizes =
      code.inputs.map { $0.isNodes ? nil : $0.size } + (code.parameterCount > 0 ? [code.parameterCount] : [])
    let sets = !signature.tensors.isEmpty && code.parameterCount < 1 << 20 ? Choice.allCases : [.positive]
    plan = CallPlan(
      sizes: sizes,
      gradientSizes: hasGradients ? gradientSizes : [], points: count,
      parameterSets: sets.count, work: operations / 8 + 4 * Double(reals), allowed: toCall,
      most: max(3, (1 << 23) / max(1, reals)), &random)
    let parameters = sets.map { choice in signature.tensors.map { vector($0, choice, &random) } }
    func choice(_ point: Int) -> Choice { point % 2 == 0 ? .positive : .signed }
    oracle = CallOracle(
      graph: whole, signature: signature, parameters: parameters,
      points: (0..<count).map { point in signature.ports.map { vector($0, choice(point), &random) } },
      cotangents: hasGradients
        ? (0..<count).map { CallCheck.coarse(code.outputSize, choice($0), &random) } : [],
      arithmetic: Arithmetic(isDouble: code.isDouble))
    arithmetic = Arithmetic(isDouble: code.isDouble)
    self.code = code
    self.inputNames = inputNames
    self.hasGradients = hasGradients
    self.report = report
  }

  /// Numbers of magnitude at most 1, and 4/√count, with few digits: exact in single precision, and so are their products
  /// with a call's factors.
  static func coarse(_ count: Int, _ choice: Choice, _ random: inout SplitMix64) -> [Double] {
    let scale = count <= 16 ? 1 : exp2((2 - log2(Double(count)) / 2).rounded(.down))
    return (0..<count).map { _ in
      let value = scale * (random.nextSigned() * 1024).rounded() / 1024
      return choice == .positive ? abs(value) : value
    }
  }

  mutating func run() throws -> VerifyReport {
    for call in plan.calls { try check(call) }
    let batches = Set(plan.calls.map(\.batch)).sorted().map(String.init).joined(separator: ", ")
    let shared = choices(Set(plan.calls.map(\.shared)).count, of: plan.choicesOfShared)
    report.cover("\(plan.calls.count) calls with batches of \(batches)")
    report.cover(
      "in these: " + (inputNames.isEmpty ? "" : "\(shared) of shared inputs, strides with padding")
        + (hasGradients ? "\(inputNames.isEmpty ? "" : ", ")forward and forward_keep bit for bit" : ""))
    let rounds = plan.calls.flatMap(\.rounds)
    if !rounds.isEmpty {
      let wanted = choices(Set(rounds.map(\.wanted)).count, of: plan.choicesOfWanted)
      report.cover("\(rounds.count) calls of backward, two after each forward_keep: \(wanted) of wanted gradients")
      if code.backwardEach == nil {
        report.leaveOut("backward_each, which the object does not have: it was compiled before there was one")
      } else {
        let layouts = choices(
          Set(rounds.map { $0.barStrides.map { $0.map { min($0, 1) } } }).count, of: plan.choicesOfLayouts)
        report.cover(
          "as many of backward_each, the workspace moved: \(layouts) of each sample's, summed or no gradients")
      }
    }
    report.cover("in all of them: that nothing around a buffer is touched")
    if loose > 0 {
      report.leaveOut("\(loose) of \(compared) entries of these calls: rounding may change them by more than 1 %")
    }
    return report
  }

  private func choices(_ some: Int, of all: Int) -> String {
    if some == all { return all == 1 ? "the one choice" : "all \(all) choices" }
    return "\(some) of \(all == .max ? "more than 2^62" : "\(all)") choices"
  }

  private mutating func check(_ call: PlannedCall) throws {
    let buffers = try CallBuffers(code, oracle, call)
    try buffers.runForward(keep: hasGradients)
    compareOutputs(buffers, call)
    for round in call.rounds {
      try buffers.runBackward(round)
      compareGradients(buffers, call, round)
      // After a changed input, say, nothing can be right.
      guard buffers.problems.isEmpty else { break }
      if try buffers.runBackwardEach(round) { compareEachGradient(buffers, call, round) }
    }
    for problem in buffers.problems { report.disagree("\(problem); \(describe(call))") }
  }

  private mutating func compareOutputs(_ buffers: CallBuffers, _ call: PlannedCall) {
    for sample in 0..<call.batch {
      let expected = oracle.answer(call.points[sample], call)[GraphSignature.result]
      compare(buffers.output, at: sample * code.outputSize, expected, "result of sample \(sample)", call)
    }
  }

  private func result(ofGradientIn port: Int) -> Int {
    GraphSignature.result(ofGradientIn: oracle.signature.number(ofPort: port))
  }

  private mutating func compareGradients(_ buffers: CallBuffers, _ call: PlannedCall, _ round: PlannedCall.Round) {
    let count = code.inputSizes.count
    for input in 0..<count where round.wanted[input] {
      let gradients = buffers.gradients[input]
      if call.shared[input] {
        let sum = summed(result(ofGradientIn: input), call, round)
        compare(gradients, at: 0, sum, "gradient in \(inputNames[input])", call)
      } else {
        for sample in 0..<call.batch {
          compare(
            gradients, at: sample * call.strides[input], single(result(ofGradientIn: input), sample, call, round),
            "gradient in \(inputNames[input]) of sample \(sample)", call)
        }
      }
    }
    guard round.wanted.count > count, round.wanted[count] else { return }
    var offset = 0
    for tensor in oracle.signature.tensors {
      let sum = summed(GraphSignature.result(ofGradientIn: tensor), call, round)
      compare(buffers.parameterGradient, at: offset, sum, "gradient in \(code.tensors[tensor].name)", call)
      offset += sum.values.count
    }
  }

  private mutating func compareEachGradient(_ buffers: CallBuffers, _ call: PlannedCall, _ round: PlannedCall.Round) {
    for (index, stride) in round.barStrides.enumerated() {
      guard let stride else { continue }
      let gradient = buffers.eachGradients[index]!
      // Of the parameters, tensor by tensor.
      let isInput = index < code.inputSizes.count
      let inputs = isInput ? [oracle.signature.number(ofPort: index)] : Array(oracle.signature.tensors)
      var offset = 0
      for input in inputs {
        let result = GraphSignature.result(ofGradientIn: input)
        let name = isInput ? inputNames[index] : code.tensors[input].name
        var size = 0
        // Of millions of entries some samples.
        let step = 1 + call.batch * stride >> 20
        for sample in Swift.stride(from: 0, to: stride == 0 ? 1 : call.batch, by: step) {
          let expected = stride == 0 ? summed(result, call, round) : single(result, sample, call, round)
          size = expected.values.count
          compare(
            gradient, at: sample * stride + offset, expected,
            "gradient in \(name) \(stride == 0 ? "summed" : "of sample \(sample)") by backward_each", call)
        }
        offset += size
      }
    }
  }

  /// The gradient of one sample.
  private func single(_ result: Int, _ sample: Int, _ call: PlannedCall, _ round: PlannedCall.Round) -> Approximation {
    let answer = oracle.answer(call.points[sample], call)[result]
    var expected = Approximation.zero(answer.values.count)
    let factor = round.factors[sample]
    expected.add(answer, times: factor, weight: abs(factor), count: 1)
    return expected
  }

  /// The gradient of what all samples share.
  private func summed(_ result: Int, _ call: PlannedCall, _ round: PlannedCall.Round) -> Approximation {
    var sum: Approximation?
    let samplesAt = Dictionary(grouping: 0..<call.batch, by: { call.points[$0] })
    for (point, samples) in samplesAt.sorted(by: { $0.key < $1.key }) {
      let answer = oracle.answer(point, call)[result]
      let factors = samples.map { round.factors[$0] }
      var total = sum ?? .zero(answer.values.count)
      total.add(
        answer, times: factors.reduce(0, +), weight: factors.reduce(0) { $0 + abs($1) }, count: samples.count)
      sum = total
    }
    return sum!
  }

  private mutating func compare(
    _ got: Reals, at offset: Int, _ want: Approximation, _ what: String, _ call: PlannedCall
  ) {
    let bounds = want.bounds(arithmetic.unit)
    // Of a vector that is 0 the bound says something where it is far below what has cancelled.
    let cancelled = want.magnitudes.reduce(0, max) * arithmetic.unit.squareRoot()
    let largest = want.values.reduce(cancelled) { max($0, abs($1)) }
    compared += bounds.count
    for (index, bound) in bounds.enumerated() {
      if !(arithmetic.slack * bound <= 0.01 * largest || bound == 0) { loose += 1 }
      let value = got[offset + index]
      if !arithmetic.allows(value, want.values[index], magnitude: want.magnitudes[index], bound: bound) {
        report.disagree("\(what), entry \(index): \(value), expected \(want.values[index]); \(describe(call))")
      }
    }
  }

  private func describe(_ call: PlannedCall) -> String {
    let inputs = zip(inputNames, call.strides).map { $1 == 0 ? "\($0) shared" : "\($0) with stride \($1)" }
    return (["batch \(call.batch)"] + inputs).joined(separator: ", ")
  }
}
