import LinearMaps

// The gradient of a shared matrix is a sum over samples and, in a loop, over rounds. Where one factor of the sum lies
// there for all rounds, as the kept states do, the other is gathered too, and the sum is one product after the loop:
// the gradient is written once, and not in every round. Where there are so many rounds that it would take much memory,
// the products of the rounds are large enough.
//
//   for k in 0 ..< 9 descending                                    new s_bar_rounds
//     …                                                            for k in 0 ..< 9 descending
//     w_bar[0] += product 50x1 1x50 (s_bar[0], kept[50*k])    →      …
//                                                                    for i in 0 ..< 50
//                                                                      s_bar_rounds[50*k + i] = s_bar[i]
//                                                                  w_bar[0] += product 50x9^T 9x50
//                                                                    (s_bar_rounds[0], kept[0])

extension SchedulePass {
  /// - Parameter shared: the inputs that are the same for every sample.
  static func gatherSums(shared: Set<Int>, options: ScheduleOptions) -> SchedulePass {
    SchedulePass("gather-sums") { $0.body = $0.gatheringSums($0.body, shared, options) }
  }
}

extension Draft {
  fileprivate mutating func gatheringSums(
    _ body: [Statement], _ shared: Set<Int>, _ options: ScheduleOptions
  ) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      guard case .loop(let loop) = statement else {
        result.append(statement)
        continue
      }
      var products: [Statement] = []
      var rounds: [Statement] = []
      let body = gatheringSums(loop.body, shared, options)
      for (index, inner) in body.enumerated() {
        if let gathered = gathered(inner, in: loop, before: body[..<index], after: body[index...], shared, options) {
          result += gathered.declarations
          rounds += gathered.rounds
          products.append(gathered.product)
        } else {
          rounds.append(inner)
        }
      }
      result.append(.loop(loop.with(body: rounds)))
      result += products
    }
    return result
  }

  /// What to do in a round and after the loop instead of the statement; nil where it is no such sum.
  private mutating func gathered(
    _ statement: Statement, in loop: CountedLoop, before: ArraySlice<Statement>, after: ArraySlice<Statement>,
    _ shared: Set<Int>, _ options: ScheduleOptions
  ) -> (declarations: [Statement], rounds: [Statement], product: Statement)? {
    let trips = loop.upper
    guard case .kernel(.product(let p, _), let operands, let target, true) = statement, loop.lower == 0, trips > 1,
      p.k == 1, options.isLarge(p.m, p.n), isSharedGradient(target, shared), target.index.isConstant
    else { return nil }
    let sizes = [p.m, p.n]
    let isThere = zip(operands, sizes).map { operand, size in
      isSlice(operand, of: loop, size: size)
        && before.allSatisfy { $0.writes(to: operand.buffer, onlyFrom: operand.index, size: size) }
        && !Accesses(after, buffers).writes.contains(operand.buffer)
    }
    guard isThere.contains(true) else { return nil }
    var declarations: [Statement] = []
    var rounds: [Statement] = []
    var factors: [Place] = []
    for (index, operand) in operands.enumerated() {
      if isThere[index] {
        factors.append(Place(buffer: operand.buffer, index: Affine(0)))
        continue
      }
      let (total, overflow) = sizes[index].multipliedReportingOverflow(by: trips)
      if overflow || total > Threshold.gatheredReals { return nil }
      let all = Place(buffer: buffer("\(buffers[operand.buffer].name)_rounds", size: total), index: Affine(0))
      declarations.append(.declare(all.buffer))
      let slice = all.offset(by: Affine(loop.variable, times: sizes[index]))
      rounds.append(copy(operand, to: slice, size: sizes[index], accumulate: false))
      factors.append(all)
    }
    let product = Product(m: p.m, k: trips, n: p.n, transposeLeft: true)
    return (
      declarations, rounds,
      .kernel(.product(product, blas: options.blas), operands: factors, target: target, accumulate: true)
    )
  }

  /// Whether the place is the round's part of a buffer that has one for every round, and nothing else.
  private func isSlice(_ place: Place, of loop: CountedLoop, size: Int) -> Bool {
    guard place.index == Affine(loop.variable, times: size), buffers[place.buffer].size == loop.upper * size else {
      return false
    }
    switch buffers[place.buffer].storage {
    case .kept, .unplanned: return true
    case .input, .output, .table, .workspace, .rows, .keptRows, .local, .pointer, .rowPointer: return false
    }
  }
}

extension Statement {
  /// Whether all that it writes to the buffer are entries of the slice: those of other rounds stay as they are.
  fileprivate func writes(to buffer: Int, onlyFrom start: Affine, size: Int) -> Bool {
    var result = true
    [self].visitAll { statement in
      if case .swap(let a, let b) = statement, a == buffer || b == buffer { result = false }
      guard let target = statement.target, target.buffer == buffer else { return }
      if case .kernel = statement {
        result = result && target.index == start
      } else {
        let range = (target.index - start).range
        result = result && range.lowerBound >= 0 && range.upperBound < size
      }
    }
    return result
  }
}
