import LinearMaps

extension Emission {
  func statements(
    of kernel: PlannedKernel, _ operands: [Place], _ target: Place, accumulate: Bool
  ) -> [Statement] {
    switch kernel.kind {
    case .kernel(.product(let product, _)): return multiply(product, operands[0], operands[1], target, accumulate)
    case .kernel(let kernel): return [.kernel(kernel, operands: operands, target: target, accumulate: accumulate)]
    case .transpose(let rows, let columns):
      return nest([(.row, rows), (.column, columns)]) { index in
        let value = Expression.load(operands[0].offset(by: index[0] * columns + index[1]))
        return write(value, to: target.offset(by: index[1] * rows + index[0]), accumulate)
      }
    case .broadcast(let rows, let columns, let factor):
      return nest([(.row, rows), (.column, columns)]) { index in
        let entry = Expression.load(operands[0].offset(by: index[0]))
        let value = factor == 1 ? entry : .product(.literal(factor), entry)
        return write(value, to: target.offset(by: index[0] * columns + index[1]), accumulate)
      }
    case .scatter(let count, let stride, let offset):
      return nest([(.row, count)]) { index in
        write(.load(operands[0].offset(by: index[0])), to: target.offset(by: index[0] * stride + offset), accumulate)
      }
    }
  }

  private func write(_ value: Expression, to place: Place, _ accumulate: Bool) -> [Statement] {
    [accumulate ? .accumulate(place, value) : .assign(place, value)]
  }

  /// Loops over all indices, the first outermost; extents of 1 need none.
  private func nest(
    _ extents: [(kind: LoopVariable.Kind, extent: Int)], _ body: ([Affine]) -> [Statement]
  ) -> [Statement] {
    let variables = extents.map { $0.extent == 1 ? nil : variable($0.kind, bound: $0.extent) }
    var result = body(variables.map { $0.map { Affine($0) } ?? Affine(0) })
    for case let variable? in variables.reversed() {
      result = [
        .loop(
          CountedLoop(variable: variable, lower: 0, upper: variable.bound, descending: false, body: result))
      ]
    }
    return result
  }

  private func multiply(
    _ product: Product, _ a: Place, _ b: Place, _ target: Place, _ accumulate: Bool
  ) -> [Statement] {
    let (m, k, n) = (product.m, product.k, product.n)
    let work = Double(m) * Double(k) * Double(n)
    if work > Double(options.writtenOutProduct) {
      return [
        .kernel(
          .product(product, blas: options.blas && gainsFromBlas(product, work)), operands: [a, b], target: target,
          accumulate: accumulate)
      ]
    }
    func factors(_ i: Affine, _ j: Affine, _ l: Affine) -> Expression {
      .product(
        .load(a.offset(by: product.transposeLeft ? l * m + i : i * k + l)),
        .load(b.offset(by: product.transposeRight ? j * k + l : l * n + j)))
    }
    if k <= Threshold.tinyVector {
      return nest([(.row, m), (.column, n)]) { index in
        let terms = (0..<k).map { factors(index[0], index[1], Affine($0)) }
        let sum = terms.dropFirst().reduce(terms[0]) { .sum($0, $1) }
        return write(sum, to: target.offset(by: index[0] * n + index[1]), accumulate)
      }
    }
    let sum = Place(buffer: scalar("total"), index: Affine(0))
    let inner = variable(.term, bound: k)
    return nest([(.row, m), (.column, n)]) { index in
      let step = Statement.accumulate(sum, factors(index[0], index[1], Affine(inner)))
      let loop = CountedLoop(variable: inner, lower: 0, upper: k, descending: false, body: [step])
      return [.declare(sum.buffer), .assign(sum, .literal(0)), .loop(loop)]
        + write(.load(sum), to: target.offset(by: index[0] * n + index[1]), accumulate)
    }
  }

  /// Where a call of OpenBLAS costs less than it saves.
  private func gainsFromBlas(_ product: Product, _ work: Double) -> Bool {
    product.m > 1 && product.k > 1 && product.n > 1 && work >= Threshold.blasProduct
  }
}
