import LinearMaps

/// A statement of the outermost level, or a product for the whole batch, with what it depends on: what a procedure is
/// cut into phases by.
struct Item {
  enum Content {
    case statements([Statement])
    case batch(BatchProduct)
  }
  var content: Content
  let origin: Origin?
  let reads: Set<Int>
  let writes: Set<Int>
  /// The gradients that it contributes to.
  var wanted: Set<Wanted> = []

  var buffers: Set<Int> { reads.union(writes) }

  var batchProduct: BatchProduct? {
    if case .batch(let product) = content { product } else { nil }
  }
}

extension Draft {
  /// The outermost statements, large products with tensors as products for the batch.
  ///
  /// - Parameter tensorCount: so many of the inputs are shared by the batch.
  mutating func items(tensorCount: Int, options: ScheduleOptions) -> [Item] {
    var builder = ItemBuilder(draft: self, tensorCount: tensorCount, options: options)
    for statement in body { builder.add(statement) }
    self = builder.draft
    return builder.items
  }
}

private struct ItemBuilder {
  var draft: Draft
  let tensorCount: Int
  let options: ScheduleOptions
  private(set) var items: [Item] = []
  private var origin: Origin?
  /// Pointers whose loop is still to come.
  private var pointers: [Statement] = []

  init(draft: Draft, tensorCount: Int, options: ScheduleOptions) {
    self.draft = draft
    self.tensorCount = tensorCount
    self.options = options
  }

  mutating func add(_ statement: Statement) {
    switch statement {
    case .note(let origin): self.origin = origin
    case .declare(let buffer):
      // Other buffers are declared again where they are used.
      if case .pointer = draft.buffers[buffer].storage { pointers.append(statement) }
    case .loop:
      let used = Accesses([statement], draft.buffers).all
      let own = pointers.filter { if case .declare(let buffer) = $0 { used.contains(buffer) } else { false } }
      pointers.removeAll { own.contains($0) }
      append(own + [statement])
    case .kernel(.product(let product, _), let operands, let target, let accumulate):
      if !addBatchProduct(product, operands, target, accumulate) { append([statement]) }
    case .assign, .accumulate, .kernel, .whenKept, .whenInside, .whenWanted, .swap: append([statement])
    }
  }

  private mutating func append(_ statements: [Statement]) {
    let accesses = Accesses(statements, draft.buffers)
    items.append(
      Item(content: .statements(statements), origin: origin, reads: accesses.reads, writes: accesses.writes))
  }

  private mutating func append(_ product: BatchProduct) {
    var reads: Set = [product.left.buffer, product.right.buffer]
    if product.accumulate { reads.insert(product.target.buffer) }
    items.append(
      Item(content: .batch(product), origin: origin, reads: reads, writes: [product.target.buffer]))
  }

  // MARK: Products for the batch

  private func isTensor(_ place: Place) -> Bool {
    guard case .input(let input) = draft.buffers[place.buffer].storage else { return false }
    return input < tensorCount
  }

  private func isTensorGradient(_ place: Place) -> Bool {
    guard case .output(let output) = draft.buffers[place.buffer].storage, output < tensorCount else { return false }
    return tensorCount > 0 && draft.accumulatesOutputs
  }

  private mutating func addBatchProduct(
    _ p: Product, _ operands: [Place], _ target: Place, _ accumulate: Bool
  ) -> Bool {
    let (left, right) = (operands[0], operands[1])
    switch (isTensor(left), isTensor(right)) {
    case (true, false):
      guard p.n == 1, isLarge(p.m, p.k) else { return false }
      addApply(
        rows: 1, k: p.k, n: p.m, transposed: !p.transposeLeft, vector: right, tensor: left, target, accumulate)
    case (false, true):
      guard !p.transposeLeft, isLarge(p.k, p.n) else { return false }
      addApply(
        rows: p.m, k: p.k, n: p.n, transposed: p.transposeRight, vector: left, tensor: right, target, accumulate)
    case (false, false):
      // The rows of both operands are those of the sum.
      guard isTensorGradient(target), p.transposeLeft || p.m == 1 || p.k == 1, !p.transposeRight, isLarge(p.m, p.n)
      else { return false }
      let (a, b) = (inRows(left, size: p.k * p.m), inRows(right, size: p.k * p.n))
      append(
        BatchProduct(
          role: .sum(m: p.m, n: p.n), rows: p.k, blas: options.blas, left: a, right: b, target: target,
          accumulate: accumulate))
    case (true, true): return false
    }
    return true
  }

  private func isLarge(_ m: Int, _ n: Int) -> Bool {
    let (size, overflow) = m.multipliedReportingOverflow(by: n)
    return overflow || size >= options.batchThreshold
  }

  private mutating func addApply(
    rows: Int, k: Int, n: Int, transposed: Bool, vector: Place, tensor: Place, _ target: Place, _ accumulate: Bool
  ) {
    let left = inRows(vector, size: rows * k)
    let isDirect = hasRows(target, size: rows * n)
    let result = isDirect ? target : Place(buffer: draft.buffer("rows", size: rows * n), index: Affine(0))
    append(
      BatchProduct(
        role: .apply(k: k, n: n, transposed: transposed), rows: rows, blas: options.blas, left: left, right: tensor,
        target: result, accumulate: isDirect && accumulate))
    if !isDirect { append([draft.copy(result, to: target, size: rows * n, accumulate: accumulate)]) }
  }

  /// The operand as a row for every sample, copied where it is none.
  private mutating func inRows(_ place: Place, size: Int) -> Place {
    if hasRows(place, size: size) { return place }
    let copy = Place(buffer: draft.buffer("rows", size: size), index: Affine(0))
    append([draft.copy(place, to: copy, size: size, accumulate: false)])
    return copy
  }

  /// Whether the place is a buffer of its own, or one that has a row for every sample anyway.
  private func hasRows(_ place: Place, size: Int) -> Bool {
    guard place.index == Affine(0), draft.buffers[place.buffer].size == size else { return false }
    switch draft.buffers[place.buffer].storage {
    case .unplanned, .kept: return true
    case .output: return !draft.accumulatesOutputs
    case .input, .table, .workspace, .rows, .keptRows, .local, .pointer: return false
    }
  }
}
