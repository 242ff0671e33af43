import LinearMaps

/// What statements cost, in the model of docs/performance.md.
public struct Cost: Hashable, Sendable {
  /// Additions and multiplications, one each; of a convolution those with entries inside of the image. Activations,
  /// softmax, maximum pooling and bounds count one an entry.
  public var operations = 0.0
  /// Reals that are read, wherever they lie: in a cache or beyond. A kernel reads each operand once.
  public var loads = 0.0
  /// Reals that are written.
  public var stores = 0.0

  public init(operations: Double = 0, loads: Double = 0, stores: Double = 0) {
    self.operations = operations
    self.loads = loads
    self.stores = stores
  }

  static func + (a: Cost, b: Cost) -> Cost {
    Cost(operations: a.operations + b.operations, loads: a.loads + b.loads, stores: a.stores + b.stores)
  }
  static func * (a: Cost, factor: Double) -> Cost {
    Cost(operations: a.operations * factor, loads: a.loads * factor, stores: a.stores * factor)
  }

  /// Of so many results, which are added to what is there or take its place.
  static func results(_ count: Double, accumulate: Bool) -> Cost {
    Cost(loads: accumulate ? count : 0, stores: count)
  }
}

/// What a procedure costs where every gradient is wanted, nothing is kept, and every condition on an index holds.
public struct ProcedureCost: Hashable, Sendable {
  /// For every sample.
  public var sample = Cost()
  /// Once a batch: what does not depend on the sample, and the tensors of products for the whole batch.
  public var batch = Cost()
}

extension Procedure {
  public var cost: ProcedureCost {
    CostCounter(buffers: buffers).cost(of: steps)
  }
}

private struct CostCounter {
  let buffers: [Buffer]

  func cost(of steps: [Step]) -> ProcedureCost {
    steps.reduce(into: ProcedureCost()) { total, step in
      switch step {
      case .once(let body): total.batch = total.batch + cost(of: body)
      case .samples(let body): total.sample = total.sample + cost(of: body)
      case .batch(let product, _):
        let (sample, batch) = cost(of: product)
        total.sample = total.sample + sample
        total.batch = total.batch + batch
      case .rounds(let rounds):
        let count = Double(rounds.loop.upper - rounds.loop.lower)
        let round = cost(of: rounds.body)
        total.sample = total.sample + round.sample * count
        total.batch = total.batch + round.batch * count
      }
    }
  }

  private func cost(of body: [Statement]) -> Cost { body.reduce(Cost()) { $0 + cost(of: $1) } }

  private func cost(of statement: Statement) -> Cost {
    switch statement {
    case .note, .declare, .swap, .whenKept: return Cost()
    case .loop(let loop): return cost(of: loop.body) * Double(loop.upper - loop.lower)
    case .assign(let place, let value):
      return cost(of: value) + .results(reals(place), accumulate: false)
    case .accumulate(let place, let value):
      return cost(of: value) + Cost(operations: 1) + .results(reals(place), accumulate: true)
    case .kernel(let kernel, _, _, let accumulate): return cost(of: kernel, accumulate: accumulate)
    case .whenInside(_, _, let body), .whenWanted(_, let body): return cost(of: body)
    }
  }

  /// A variable is in a register.
  private func reals(_ place: Place) -> Double { buffers[place.buffer].size == 1 ? 0 : 1 }

  private func cost(of value: Expression) -> Cost {
    switch value {
    case .literal, .indicator: return Cost()
    case .load(let place): return Cost(loads: reals(place))
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      return cost(of: a) + cost(of: b) + Cost(operations: 1)
    case .negation(let a): return cost(of: a)
    }
  }

  private func cost(of kernel: Kernel, accumulate: Bool) -> Cost {
    let facts = kernel.facts
    let read = facts.operands.reduce(0.0) { $0 + Double($1) }
    return Cost(operations: facts.operations, loads: read) + .results(Double(facts.target), accumulate: accumulate)
  }

  private func cost(of product: BatchProduct) -> (sample: Cost, batch: Cost) {
    let rows = Double(product.rows)
    switch product.role {
    case .apply(let k, let n, _):
      let (k, n) = (Double(k), Double(n))
      return (
        Cost(operations: 2 * rows * k * n, loads: rows * k) + .results(rows * n, accumulate: product.accumulate),
        Cost(loads: k * n)
      )
    case .sum(let m, let n):
      let (m, n) = (Double(m), Double(n))
      return (
        Cost(operations: 2 * rows * m * n, loads: rows * (m + n)),
        .results(m * n, accumulate: product.accumulate)
      )
    case .middle(let p):
      return (
        Cost(operations: 2 * p.products, loads: Double(p.inner)) + .results(p.results, accumulate: false),
        Cost(loads: p.products)
      )
    }
  }
}
