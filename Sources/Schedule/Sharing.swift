import LinearMaps

// Which matrices a batch shares: a model's tensors always; a program's inputs where the caller says so; literals.

extension Draft {
  /// Whether the place is in an output that is the gradient of a shared input.
  func isSharedGradient(_ place: Place, _ shared: Set<Int>) -> Bool {
    guard accumulatesOutputs, case .output(let output) = buffers[place.buffer].storage else { return false }
    return shared.contains(GraphSignature.input(ofGradient: output))
  }

  /// The inputs that are, as large matrices, applied to vectors: those that a program's callers can share to advantage.
  func matrices(options: ScheduleOptions) -> Set<Int> {
    var inputs = Set<Int>()
    func add(_ place: Place, _ rows: Int, _ columns: Int) {
      guard case .input(let input) = buffers[place.buffer].storage, options.isLarge(rows, columns) else { return }
      inputs.insert(input)
    }
    for (kernel, operands) in body.unconditionalKernels {
      if case .product(let p, _) = kernel, p.k > 1 {
        if p.n == 1, p.m > 1 { add(operands[0], p.m, p.k) }
        if p.m == 1, p.n > 1 { add(operands[1], p.k, p.n) }
      } else if case .middleProduct(let p) = kernel {
        add(operands[0], p.outer * p.columns, p.inner)
      }
    }
    return inputs
  }
}

extension [Step] {
  /// Whether there are calls of the runtime in loops that not every caller needs. Outside of loops nothing is saved:
  /// there a gradient is written once, and here it is cleared and added to.
  var hasWantedKernels: Bool { bodies.joined().contains { $0.hasWantedKernel(isWanted: false, isInLoop: false) } }
}

extension Statement {
  fileprivate func hasWantedKernel(isWanted: Bool, isInLoop: Bool) -> Bool {
    if case .kernel = self { return isWanted && isInLoop }
    let isWanted = if case .whenWanted = self { true } else { isWanted }
    let isInLoop = if case .loop = self { true } else { isInLoop }
    return body?.contains { $0.hasWantedKernel(isWanted: isWanted, isInLoop: isInLoop) } ?? false
  }
}
