import LinearMaps

// Which matrices a batch shares: a model's tensors always; a program's inputs where the caller says so; literals.

extension Draft {
  /// Whether the place is in an output that is the gradient of a shared input.
  func isSharedGradient(_ place: Place, _ shared: Set<Int>) -> Bool {
    guard accumulatesOutputs, case .output(let output) = buffers[place.buffer].storage else { return false }
    return shared.contains(output)
  }

  /// The inputs that are, as large matrices, applied to vectors: those that a program's callers can share to advantage.
  func matrices(options: ScheduleOptions) -> Set<Int> {
    var inputs = Set<Int>()
    func visit(_ body: [Statement]) {
      for statement in body {
        switch statement {
        case .kernel(.product(let p, _), let operands, _, _):
          for (operand, (rows, columns)) in zip(operands, [(p.m, p.k), (p.k, p.n)]) {
            guard rows > 1, columns > 1, options.isLarge(rows, columns) else { continue }
            if case .input(let input) = buffers[operand.buffer].storage, p.m == 1 || p.n == 1 { inputs.insert(input) }
          }
        case .kernel(.middleProduct(let p), let operands, _, _):
          guard options.isLarge(p.outer * p.columns, p.inner) else { continue }
          if case .input(let input) = buffers[operands[0].buffer].storage { inputs.insert(input) }
        case .loop(let loop): visit(loop.body)
        case .note, .declare, .assign, .accumulate, .kernel, .whenKept, .whenInside, .whenWanted, .swap: break
        }
      }
    }
    visit(body)
    return inputs
  }
}

extension [Step] {
  var hasBatchProducts: Bool {
    contains { step in
      switch step {
      case .once, .samples: false
      case .batch: true
      case .rounds(let rounds): rounds.body.hasBatchProducts
      }
    }
  }

  /// Whether there are calls of the runtime in loops that not every caller needs. Outside of loops nothing is saved: there
  /// a gradient is written once, and here it is cleared and added to.
  var hasWantedKernels: Bool {
    contains { step in
      switch step {
      case .once(let body), .samples(let body): body.contains { $0.hasWantedKernel(isWanted: false, isInLoop: false) }
      case .batch: false
      case .rounds(let rounds): rounds.body.hasWantedKernels
      }
    }
  }
}

extension Statement {
  fileprivate func hasWantedKernel(isWanted: Bool, isInLoop: Bool) -> Bool {
    func any(_ body: [Statement], isWanted: Bool = isWanted, isInLoop: Bool = isInLoop) -> Bool {
      body.contains { $0.hasWantedKernel(isWanted: isWanted, isInLoop: isInLoop) }
    }
    return switch self {
    case .note, .declare, .assign, .accumulate, .swap: false
    case .kernel: isWanted && isInLoop
    case .loop(let loop): any(loop.body, isInLoop: true)
    case .whenKept(let body), .whenInside(_, _, let body): any(body)
    case .whenWanted(_, let body): any(body, isWanted: true)
    }
  }
}
