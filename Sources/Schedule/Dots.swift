import LinearMaps

// A dot product that is written out as a loop adds one product after the other, since the compiler of C may not change
// the order of a sum. The runtime's adds vectors.
//
//   new total                               y[0] = product 1x100 100x1 (a[0], x[0])
//   total[0] = 0.0
//   for l in 0 ..< 100                 →
//     total[0] += a[l] * x[l]
//   y[0] = total[0]

extension SchedulePass {
  /// For what is not computed in lanes: there a loop is all vectors, and nothing of the runtime can be called.
  static let callDots = SchedulePass("call-dots") { $0.body = $0.callingDots($0.body) }
}

extension Draft {
  fileprivate func callingDots(_ list: [Statement]) -> [Statement] {
    var result: [Statement] = []
    var index = list.startIndex
    while index < list.endIndex {
      if let dot = dot(list[index...].prefix(4)), isDead(list[index], in: list.dropFirst(index + 4)) {
        result.append(dot)
        index += 4
      } else {
        result.append(list[index].mapBodies(callingDots))
        index += 1
      }
    }
    return result
  }

  /// Whether what the statement declares is not used by these.
  private func isDead(_ declaration: Statement, in rest: ArraySlice<Statement>) -> Bool {
    guard case .declare(let buffer) = declaration else { return false }
    return !Accesses(rest, buffers).all.contains(buffer)
  }

  /// The call that does the same as these: a sum is declared, is set to 0, is added to in a loop, and is put or added to
  /// where it belongs, which is its only use.
  private func dot(_ list: ArraySlice<Statement>) -> Statement? {
    let list = Array(list)
    guard list.count == 4, case .declare(let sum) = list[0],
      list[1] == .assign(Place(buffer: sum, index: Affine(0)), .literal(0)), case .loop(let loop) = list[2],
      loop.lower == 0, loop.upper >= Threshold.shortestDot, loop.body.count == 1,
      case .accumulate(Place(buffer: sum, index: Affine(0)), .product(.load(let a), .load(let b))) = loop.body[0],
      let left = a.start(of: loop.variable), let right = b.start(of: loop.variable)
    else { return nil }
    let kernel = Kernel.product(Product(m: 1, k: loop.upper, n: 1), blas: false)
    let total = Expression.load(Place(buffer: sum, index: Affine(0)))
    if case .assign(let target, total) = list[3] {
      return .kernel(kernel, operands: [left, right], target: target, accumulate: false)
    }
    if case .accumulate(let target, total) = list[3] {
      return .kernel(kernel, operands: [left, right], target: target, accumulate: true)
    }
    return nil
  }
}

extension Place {
  /// Where a loop over the variable begins that goes from entry to entry; nil where it goes otherwise.
  fileprivate func start(of variable: LoopVariable) -> Place? {
    let first = index - Affine(variable)
    return first.terms.contains { $0.variable == variable } ? nil : Place(buffer: buffer, index: first)
  }
}
