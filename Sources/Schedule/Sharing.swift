import LinearMaps

// Which matrices a batch shares: a model's tensors always; a program's inputs where the caller says so; literals.

extension Draft {
  /// Whether the place is in an output that is the gradient of a shared input.
  func isSharedGradient(_ place: Place, _ shared: Set<Int>) -> Bool {
    guard accumulatesOutputs, case .output(let output) = buffers[place.buffer].storage else { return false }
    return shared.contains(output)
  }

  /// What is, as large matrices, applied to vectors: the inputs that a program's callers can share to advantage, and
  /// whether there are literals.
  func matrices(options: ScheduleOptions) -> (inputs: Set<Int>, areLiterals: Bool) {
    var inputs = Set<Int>()
    var areLiterals = false
    func visit(_ body: [Statement]) {
      for statement in body {
        switch statement {
        case .kernel(.product(let p, _), let operands, _, _):
          for (operand, (rows, columns)) in zip(operands, [(p.m, p.k), (p.k, p.n)]) {
            guard rows > 1, columns > 1, options.isLarge(rows, columns) else { continue }
            switch buffers[operand.buffer].storage {
            case .input(let input): if p.m == 1 || p.n == 1 { inputs.insert(input) }
            case .table: areLiterals = true
            case .output, .kept, .workspace, .rows, .keptRows, .local, .pointer, .rowPointer, .unplanned: break
            }
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
    return (inputs, areLiterals)
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
}
