import Foundation

/// The buffers of one call, each ending at a page that may not be touched. Outputs, workspaces and the padding between
/// samples are NaN before the call.
final class CallBuffers {
  private let code: LinkedProgram
  private let oracle: CallOracle
  private let call: PlannedCall
  private let inputs: [Reals]
  private let originals: [[UInt8]]
  private let parameters: Reals
  private let originalParameters: [UInt8]
  private let work: GuardedBuffer
  private let keptWork: GuardedBuffer
  private let cotangent: Reals
  let output: Reals
  private let keptOutput: Reals
  let gradients: [Reals]
  let parameterGradient: Reals
  /// What was found besides wrong results.
  private(set) var problems: [String] = []

  init(_ code: LinkedProgram, _ oracle: CallOracle, _ call: PlannedCall) throws {
    self.code = code
    self.oracle = oracle
    self.call = call
    func reals(_ count: Int) throws -> Reals { try Reals(count, isDouble: code.isDouble) }
    func length(_ input: Int) -> Int { (call.batch - 1) * call.strides[input] + code.inputSizes[input] }
    inputs = try code.inputSizes.indices.map { try reals(length($0)) }
    for sample in 0..<call.batch {
      for (input, vector) in oracle.inputs(call.points[sample], shared: call.shared).enumerated() {
        for (index, value) in vector.enumerated() { inputs[input][sample * call.strides[input] + index] = value }
      }
    }
    originals = inputs.map(\.buffer.bytes)
    parameters = try reals(code.parameterCount)
    for (index, value) in oracle.parameters[call.parameters].joined().enumerated() { parameters[index] = value }
    originalParameters = parameters.buffer.bytes
    func workspace(keep: Bool) throws -> GuardedBuffer {
      guard let bytes = code.workspaceBytes(call.batch, keep) else {
        throw LinkedModule.Failure(
          description: "`\(code.name)` asks for a workspace that is too large for a batch of \(call.batch)")
      }
      return try GuardedBuffer(count: bytes, alignment: 64)
    }
    work = try workspace(keep: false)
    keptWork = try workspace(keep: true)
    output = try reals(call.batch * code.outputSize)
    keptOutput = try reals(call.batch * code.outputSize)
    cotangent = try reals(call.batch * code.outputSize)
    gradients = try code.inputSizes.indices.map { try reals(length($0)) }
    parameterGradient = try reals(code.parameterCount)
  }

  /// - Parameter keep: whether `forward_keep` is called too.
  func runForward(keep: Bool) throws {
    for (keep, output, work) in [(false, output, work)] + (keep ? [(true, keptOutput, keptWork)] : []) {
      let name = keep ? "forward_keep" : "forward"
      let status = during(name) {
        code.forward(keep, call.batch, parameters.buffer.start, pointers, call.strides, output.buffer.start, work.start)
      }
      try code.check(status, name)
      checkSurroundings(name)
    }
    if keep, !output.buffer.hasSameBytes(keptOutput.buffer) {
      problems.append("forward and forward_keep do not give the same bits")
    }
  }

  func runBackward(_ round: PlannedCall.Round) throws {
    for sample in 0..<call.batch {
      let vector = oracle.cotangents[call.points[sample]]
      for (index, value) in vector.enumerated() {
        cotangent[sample * code.outputSize + index] = round.factors[sample] * value
      }
    }
    for gradient in gradients + [parameterGradient] { gradient.buffer.fillWithNaN() }
    let wantsParameters = round.wanted.count > gradients.count && round.wanted[gradients.count]
    let bars = gradients.enumerated().map { round.wanted[$0] ? $1.buffer.start : nil }
    let status = during("backward") {
      code.backward(
        call.batch, parameters.buffer.start, pointers, call.strides, cotangent.buffer.start,
        wantsParameters ? parameterGradient.buffer.start : nil, bars, keptWork.start)
    }
    try code.check(status, "backward")
    checkSurroundings("backward")
    for (input, gradient) in gradients.enumerated() where round.wanted[input] && call.strides[input] != 0 {
      let (stride, size) = (call.strides[input], code.inputSizes[input])
      guard stride > size, call.batch > 1 else { continue }
      for sample in 0..<(call.batch - 1) {
        for index in size..<stride where !gradient.isUntouched(sample * stride + index) {
          problems.append("backward writes into the padding behind sample \(sample) of gradient \(input)")
          return
        }
      }
    }
  }

  private var pointers: [UnsafeRawPointer?] { inputs.map { UnsafeRawPointer($0.buffer.start) } }

  private func during(_ function: String, _ body: () -> Int32) -> Int32 {
    let strides = call.strides.map(String.init).joined(separator: ", ")
    return CrashNote.during("\(function) of `\(code.name)`, batch \(call.batch), strides \(strides)", body)
  }

  private func checkSurroundings(_ function: String) {
    let buffers = (inputs + [parameters, cotangent, output, keptOutput, parameterGradient] + gradients).map(\.buffer)
    if !(buffers + [work, keptWork]).allSatisfy(\.isIntact) { problems.append("\(function) writes beside a buffer") }
    if !zip(inputs, originals).allSatisfy({ $0.buffer.holds($1) }) || !parameters.buffer.holds(originalParameters) {
      problems.append("\(function) changes an input")
    }
  }
}
