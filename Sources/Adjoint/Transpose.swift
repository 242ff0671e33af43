import LinearMaps

extension GraphBuilder {
  /// The transpose of a computation in one of its operands: what the cotangent of its result contributes to the
  /// cotangent of the operand, the other operands being as they are.
  ///
  /// - Parameters:
  ///   - operands: the computation's operands.
  ///   - result: what it computed.
  ///   - cotangent: the cotangent of its result.
  ///   - index: the operand whose cotangent is wanted.
  func transposed(
    _ computation: Computation, _ operands: [Value], _ result: Value, _ cotangent: Value, in index: Int
  ) -> Value {
    let space = operands[index].space
    switch computation {
    case .nonlinearAdjoint: preconditionFailure("an adjoint is not differentiated again")
    case .add: return cotangent
    case .times: return times(cotangent, operands[1 - index])
    case .scale(let factor): return scale(factor, cotangent)
    case .product(let product): return transposed(product, operands, cotangent, in: index)
    case .middleProduct(let product): return transposed(product, operands, cotangent, in: index)
    case .view(let view): return transposed(view, cotangent, space)
    case .conv2d(let convolution): return transposed(convolution, operands, cotangent, in: index)
    case .averagePool(let pooling): return value(.averageUnpool(pooling), [cotangent], space)
    case .averageUnpool(let pooling): return value(.averagePool(pooling), [cotangent], space)
    // In the index there is no gradient.
    case .counted(let layout, _): return value(.counted(layout, isCotangent: true), [cotangent, operands[1]], space)
    case .gatherRow(let access): return value(.scatterRow(access), [cotangent, operands[1]], space)
    case .scatterRow(let access): return value(.gatherRow(access), [cotangent, operands[1]], space)
    case .nonlinear(let map):
      let known =
        switch map.adjointReads {
        case .operand: operands[0]
        case .result: result
        }
      return value(.nonlinearAdjoint(map), [known, cotangent], space)
    }
  }

  private func transposed(_ view: View, _ cotangent: Value, _ space: Space) -> Value {
    switch view {
    case .shift(let distance): shift(by: -distance, cotangent)
    case .slice(let offset): embed(offset: offset, cotangent, space)
    case .embed(let offset): slice(offset: offset, cotangent, space)
    case .reshape: reshape(cotangent, space)
    case .transpose(let rows, let columns): transpose(cotangent, rows: columns, columns: rows, space)
    }
  }

  /// C = op(A)·op(B): Ā = C̄·op(B)ᵀ and B̄ = op(A)ᵀ·C̄, transposed again where the operand is stored transposed.
  private func transposed(_ p: Product, _ operands: [Value], _ cotangent: Value, in index: Int) -> Value {
    let space = operands[index].space
    if index == 0 {
      return p.transposeLeft
        ? product(
          Product(m: p.k, k: p.n, n: p.m, transposeLeft: p.transposeRight, transposeRight: true),
          operands[1], cotangent, space)
        : product(Product(m: p.m, k: p.n, n: p.k, transposeRight: !p.transposeRight), cotangent, operands[1], space)
    }
    return p.transposeRight
      ? product(
        Product(m: p.n, k: p.m, n: p.k, transposeLeft: true, transposeRight: p.transposeLeft),
        cotangent, operands[0], space)
      : product(Product(m: p.k, k: p.m, n: p.n, transposeLeft: !p.transposeLeft), operands[0], cotangent, space)
  }

  /// Matrix by matrix: the tensor's is the outer product of the vector and a row of the cotangent, and the vector's the
  /// sum of all matrices, each applied to its row.
  private func transposed(_ p: MiddleProduct, _ operands: [Value], _ cotangent: Value, in index: Int) -> Value {
    let space = operands[index].space
    let row = (name: "row", value: cotangent, slice: Space.real([p.columns]))
    let matrix = Space.real([p.inner, p.columns])
    if index == 0 {
      let stack = loop(trips: p.outer, descending: false, sequences: [row]) { body, given in
        let outer = Product(m: p.inner, k: 1, n: p.columns)
        return (states: [], stacks: [body.product(outer, operands[1], given.slices[0], matrix)])
      }.stacks[0]
      return reshape(stack, space)
    }
    return loop(
      trips: p.outer, descending: false, states: [("sum", zero(space))],
      sequences: [("matrix", operands[0], matrix), row]
    ) { body, given in
      (states: [body.add(given.states[0], body.apply(given.slices[0], given.slices[1], space))], stacks: [])
    }.states[0]
  }

  /// The trilinear form is symmetric in its three roles: the transpose solves it for the operand's role.
  private func transposed(_ c: Convolution, _ operands: [Value], _ cotangent: Value, in index: Int) -> Value {
    let space = operands[index].space
    func solve(_ role: Convolution.Role, _ first: Value, _ second: Value) -> Value {
      value(.conv2d(c.with(role: role)), [first, second], space)
    }
    switch (c.role, index) {
    case (.out, 0): return solve(.kernel, operands[1], cotangent)
    case (.out, _): return solve(.image, operands[0], cotangent)
    case (.image, 0): return solve(.kernel, cotangent, operands[1])
    case (.image, _): return solve(.out, operands[0], cotangent)
    case (.kernel, 0): return solve(.image, cotangent, operands[1])
    case (.kernel, _): return solve(.out, cotangent, operands[0])
    }
  }
}
