import Foundation

/// The buffers of one call, each ending at a page that may not be touched. Outputs, workspaces and the padding between
/// samples are NaN before the call. What is kept moves to another workspace before the gradients of each sample.
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
  /// 8 bytes behind a multiple of 64.
  private let movedWork: GuardedBuffer
  private let cotangent: Reals
  let output: Reals
  private let keptOutput: Reals
  let gradients: [Reals]
  let parameterGradient: Reals
  /// Of the last call of `backward_each`: of the inputs and of the parameters, those that were asked for.
  private(set) var eachGradients: [Reals?] = []
  /// What was found besides wrong results.
  private(set) var problems: [String] = []

  init(_ code: LinkedProgram, _ oracle: CallOracle, _ call: PlannedCall) throws {
    self.code = code
    self.oracle = oracle
    self.call = call
    func reals(_ count: Int) throws -> Reals { try Reals(count, isDouble: code.isDouble) }
    func length(_ input: Int) -> Int { (call.batch - 1) * call.strides[input] + code.inputSizes[input] }
    inputs = try code.inputs.indices.map {
      code.inputs[$0].isNodes ? try Reals(length($0), .int32) : try reals(length($0))
    }
    for sample in 0..<call.batch {
      for (input, vector) in oracle.inputs(call.points[sample], shared: call.shared).enumerated() {
        for (index, value) in vector.enumerated() { inputs[input][sample * call.strides[input] + index] = value }
      }
    }
    originals = inputs.map(\.buffer.bytes)
    parameters = try reals(code.parameterCount)
    for (index, value) in oracle.parameters[call.parameters].joined().enumerated() { parameters[index] = value }
    originalParameters = parameters.buffer.bytes
    func workspace(_ keep: LinkedProgram.Keep) throws -> GuardedBuffer {
      let bytes = try code.workspaceSize(call.batch, keep)
      return try GuardedBuffer(count: bytes, alignment: 64, offset: keep == .backwardEach ? 8 : 0)
    }
    work = try workspace(.nothing)
    keptWork = try workspace(.backward)
    movedWork = try workspace(.backwardEach)
    output = try reals(call.batch * code.outputSize)
    keptOutput = try reals(call.batch * code.outputSize)
    cotangent = try reals(call.batch * code.outputSize)
    gradients = try code.inputs.indices.map { try reals(code.inputs[$0].isNodes ? 0 : length($0)) }
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
    let bars = gradients.enumerated().map { input, gradient in
      code.inputs[input].isNodes ? CallBuffers.nowhere : round.wanted[input] ? gradient.buffer.start : nil
    }
    let status = during("backward") {
      code.backward(
        call.batch, parameters.buffer.start, pointers, call.strides, cotangent.buffer.start,
        wantsParameters ? parameterGradient.buffer.start : nil, bars, keptWork.start)
    }
    try code.check(status, "backward")
    checkSurroundings("backward")
    for (input, gradient) in gradients.enumerated() where round.wanted[input] {
      checkPadding(gradient, call.strides[input], code.inputSizes[input], "backward", input)
    }
  }

  /// After `runBackward` with the same round: the same cotangent, by way of what it left of the workspace.
  ///
  /// - Returns: false where the module has no such function.
  func runBackwardEach(_ round: PlannedCall.Round) throws -> Bool {
    guard let function = code.backwardEach else { return false }
    let sizes = code.inputSizes + (code.parameterCount > 0 ? [code.parameterCount] : [])
    eachGradients = try zip(sizes, round.barStrides).map { size, stride in
      try stride.map { try Reals((call.batch - 1) * $0 + size, isDouble: code.isDouble) }
    }
    let bars = eachGradients.enumerated().map { index, gradient in
      code.inputs.indices.contains(index) && code.inputs[index].isNodes ? CallBuffers.nowhere : gradient?.buffer.start
    }
    // A stride that is not to be looked at is none that is allowed.
    let barStrides = zip(sizes, round.barStrides).map { $1 ?? max($0 - 1, 0) }
    movedWork.fillWithNaN()
    memcpy(movedWork.start, keptWork.start, keptWork.count)
    let inputs = code.inputSizes.count
    let status = during("backward_each") {
      function(
        call.batch, parameters.buffer.start, pointers, call.strides, cotangent.buffer.start,
        bars.count > inputs ? bars[inputs] : nil, barStrides.count > inputs ? barStrides[inputs] : 0, bars, barStrides,
        movedWork.start)
    }
    try code.check(status, "backward_each")
    checkSurroundings("backward_each")
    for (index, gradient) in eachGradients.enumerated() {
      if let gradient { checkPadding(gradient, round.barStrides[index]!, sizes[index], "backward_each", index) }
    }
    return true
  }

  private func checkPadding(_ gradient: Reals, _ stride: Int, _ size: Int, _ function: String, _ index: Int) {
    guard stride > size, call.batch > 1 else { return }
    for sample in 0..<(call.batch - 1) {
      for entry in size..<stride where !gradient.isUntouched(sample * stride + entry) {
        problems.append("\(function) writes into the padding behind sample \(sample) of gradient \(index)")
        return
      }
    }
  }

  private var pointers: [UnsafeRawPointer?] {
    zip(inputs, code.inputs).map { input, port in
      // Of a list, no pointer says that all rows count.
      if port.isNodes, let table = port.table, table.isChain, countsAll(input, rows: table.rows) { return nil }
      return UnsafeRawPointer(input.buffer.start)
    }
  }

  private func countsAll(_ counts: Reals, rows: Int) -> Bool {
    let index = inputs.firstIndex { $0.buffer === counts.buffer }!
    return (0..<call.batch).allSatisfy { counts[$0 * call.strides[index]] == Double(rows) }
  }

  /// For the gradient of nodes, which is not looked at.
  private static var nowhere: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

  private func during(_ function: String, _ body: () -> Int32) -> Int32 {
    let strides = call.strides.map(String.init).joined(separator: ", ")
    return CrashNote.during("\(function) of `\(code.name)`, batch \(call.batch), strides \(strides)", body)
  }

  private func checkSurroundings(_ function: String) {
    let buffers =
      (inputs + [parameters, cotangent, output, keptOutput, parameterGradient] + gradients
      + eachGradients.compactMap { $0 }).map(\.buffer)
    if !(buffers + [work, keptWork, movedWork]).allSatisfy(\.isIntact) {
      problems.append("\(function) writes beside a buffer")
    }
    if !zip(inputs, originals).allSatisfy({ $0.buffer.holds($1) }) || !parameters.buffer.holds(originalParameters) {
      problems.append("\(function) changes an input")
    }
  }
}
