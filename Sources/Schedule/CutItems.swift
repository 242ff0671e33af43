import LinearMaps

// Before a procedure is cut into phases its products with matrices that the batch shares become products for the batch,
// of rows that are equally far apart.
//
//   y[0] = product 50x50 50x1 (w[0], x[0])       for every sample
//                                                  for i in 0 ..< 50
//                                           →        rows[i] = x[i]
//                                                for the batch
//                                                  y[0] = product batchx50 50x50^T (rows[0], w[0])

/// A statement of a procedure's outermost level or of a loop that is cut, or a product for the whole batch, with what
/// it depends on: what a procedure is cut into phases by.
struct CutItem {
  enum Content {
    case statements([Statement])
    case batch(BatchProduct)
    case rounds(CutLoop)
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

  /// Run for all samples together: a product, or a loop that has such products.
  var isForBatch: Bool {
    if case .statements = content { false } else { true }
  }
}

/// A loop with products for the whole batch: all samples go through a round together.
struct CutLoop {
  /// Without its body.
  let loop: CountedLoop
  /// Declared before it, and swapped at the end of a round.
  let pointers: [Int]
  let swaps: [PointerSwap]
  var items: [CutItem]
  /// Buffers that hold nothing at the start of a round.
  let own: Set<Int>
}

extension Draft {
  /// The outermost statements, large products with matrices that the batch shares as products for the batch.
  ///
  /// - Parameter shared: the inputs that are the same for every sample.
  mutating func items(shared: Set<Int>, options: ScheduleOptions) -> [CutItem] {
    var builder = CutItemBuilder(draft: self, shared: shared, options: options)
    for statement in body { builder.add(statement) }
    self = builder.draft
    return builder.items
  }
}

private struct CutItemBuilder {
  var draft: Draft
  let shared: Set<Int>
  let options: ScheduleOptions
  private(set) var items: [CutItem] = []
  private var origin: Origin?
  /// Pointers whose loop is still to come.
  private var pointers: [Statement] = []
  /// Copies of what does not change.
  private var copies: [Place: Place] = [:]
  /// Of a loop's body: what can be done before the loop, and buffers that begin anew in every round.
  private var before: [CutItem] = []
  private var own: Set<Int> = []
  private let isInLoop: Bool

  init(draft: Draft, shared: Set<Int>, options: ScheduleOptions) {
    self.draft = draft
    self.shared = shared
    self.options = options
    isInLoop = false
  }

  private init(inside builder: CutItemBuilder) {
    draft = builder.draft
    shared = builder.shared
    options = builder.options
    copies = builder.copies
    origin = builder.origin
    isInLoop = true
  }

  mutating func add(_ statement: Statement) {
    switch statement {
    case .note(let origin): self.origin = origin
    case .declare(let buffer):
      // Other buffers are declared again where they are used.
      if case .pointer = draft.buffers[buffer].storage { pointers.append(statement) } else { own.insert(buffer) }
    case .loop(let loop):
      let used = Accesses([statement], draft.buffers).all
      let mine = pointers.compactMap {
        if case .declare(let buffer) = $0, used.contains(buffer) { buffer } else { nil }
      }
      pointers.removeAll { if case .declare(let buffer) = $0 { mine.contains(buffer) } else { false } }
      if !addRounds(loop, pointers: mine) { append(mine.map { .declare($0) } + [statement]) }
    case .kernel(.product(let product, _), let operands, let target, let accumulate):
      if !addBatchProduct(product, operands, target, accumulate) { append([statement]) }
    case .kernel(.middleProduct(let product), let operands, let target, _):
      if !addBatchProduct(product, operands, target) { append([statement]) }
    case .assign, .accumulate, .kernel, .whenKept, .whenInside, .whenWanted, .swap: append([statement])
    }
  }

  private mutating func append(_ statements: [Statement]) { items.append(item(statements)) }

  private func item(_ statements: [Statement]) -> CutItem {
    let accesses = Accesses(statements, draft.buffers)
    return CutItem(content: .statements(statements), origin: origin, reads: accesses.reads, writes: accesses.writes)
  }

  private mutating func append(_ product: BatchProduct) {
    var reads: Set = [product.left.buffer, product.right.buffer]
    if product.accumulate { reads.insert(product.target.buffer) }
    items.append(
      CutItem(content: .batch(product), origin: origin, reads: reads, writes: [product.target.buffer]))
  }

  private mutating func temporary(size: Int) -> Place {
    let buffer = draft.buffer("rows", size: size)
    own.insert(buffer)
    return Place(buffer: buffer, index: Affine(0))
  }

  // MARK: Loops

  /// A loop in which, at any depth, there is a product for the batch.
  private mutating func addRounds(_ loop: CountedLoop, pointers: [Int]) -> Bool {
    guard let (body, swaps) = loop.bodyAndSwaps, loop.body.hasProducts else { return false }
    var inner = CutItemBuilder(inside: self)
    var (copiesIn, copiesOut): ([Statement], [Statement]) = ([], [])
    for pointer in pointers {
      guard case .pointer(let start) = draft.buffers[pointer].storage,
        let swap = swaps.first(where: { $0.first == pointer || $0.second == pointer })
      else { return false }
      let size = draft.buffers[pointer].size
      if draft.buffers[start.buffer].size == size, hasRows(start, rows: 1, columns: size) {
        inner.draft.buffers[pointer].storage = .rowPointer(start)
        continue
      }
      // Rows of one pointer must be as far apart as those of the other.
      let rows = Place(buffer: inner.draft.buffer(draft.buffers[pointer].name, size: size), index: Affine(0))
      inner.draft.buffers[pointer].storage = .rowPointer(rows)
      if swap.first == pointer { copiesIn.append(draft.copy(start, to: rows, size: size, accumulate: false)) }
      let isLast = (loop.upper - loop.lower).isMultiple(of: 2) == (swap.first == pointer)
      if isLast { copiesOut.append(draft.copy(rows, to: start, size: size, accumulate: false)) }
    }
    for statement in body { inner.add(statement) }
    guard inner.items.contains(where: \.isForBatch) else { return false }
    draft = inner.draft
    // Copies of this round are gone with it.
    copies = inner.copies.filter { !inner.own.contains($0.value.buffer) }
    if isInLoop { before += inner.before } else { items += inner.before }
    for copy in copiesIn { append([copy]) }
    let rounds = CutLoop(
      loop: loop.with(body: []), pointers: pointers, swaps: swaps, items: inner.items, own: inner.own)
    let starts = pointers.map { pointer -> Int in
      guard case .rowPointer(let start) = draft.buffers[pointer].storage else { preconditionFailure() }
      return start.buffer
    }
    let both = Set(pointers + starts)
    items.append(
      CutItem(
        content: .rounds(rounds), origin: origin,
        reads: inner.items.reduce(both) { $0.union($1.reads) }.subtracting(inner.own),
        writes: inner.items.reduce(both) { $0.union($1.writes) }.subtracting(inner.own)))
    for copy in copiesOut { append([copy]) }
    return true
  }

  // MARK: Products for the batch

  /// A matrix that every sample has: a tensor, an input that is shared, a literal.
  private func isMatrix(_ place: Place, _ rows: Int, _ columns: Int) -> Bool {
    switch draft.buffers[place.buffer].storage {
    case .input(let input): shared.contains(input)
    case .table: rows > 1 && columns > 1
    case .output, .kept, .workspace, .rows, .keptRows, .local, .pointer, .rowPointer, .unplanned: false
    }
  }

  private func isGradientOfMatrix(_ place: Place) -> Bool {
    draft.isSharedGradient(place, shared) && place.index.isConstant
  }

  private mutating func addBatchProduct(
    _ p: Product, _ operands: [Place], _ target: Place, _ accumulate: Bool
  ) -> Bool {
    let (left, right) = (operands[0], operands[1])
    switch (isMatrix(left, p.m, p.k), isMatrix(right, p.k, p.n)) {
    case (true, false):
      guard p.n == 1, isLarge(p.m, p.k) else { return false }
      addApply(
        rows: 1, k: p.k, n: p.m, transposed: !p.transposeLeft, vector: right, matrix: left, target, accumulate)
    case (false, true):
      // In a loop, a sample's own matrix would have to be there for every sample, to gain little.
      guard !p.transposeLeft, isLarge(p.k, p.n), !isInLoop || p.m < Threshold.manyRows else { return false }
      addApply(
        rows: p.m, k: p.k, n: p.n, transposed: p.transposeRight, vector: left, matrix: right, target, accumulate)
    case (false, false):
      // The rows of both operands are those of the sum.
      guard isGradientOfMatrix(target), p.transposeLeft || p.m == 1 || p.k == 1, !p.transposeRight, isLarge(p.m, p.n)
      else { return false }
      let (a, b) = (inRows(left, rows: p.k, columns: p.m), inRows(right, rows: p.k, columns: p.n))
      append(
        BatchProduct(
          role: .sum(m: p.m, n: p.n), rows: p.k, blas: options.blas, left: a, right: b, target: target,
          accumulate: accumulate))
    case (true, true): return false
    }
    return true
  }

  private mutating func addBatchProduct(_ p: MiddleProduct, _ operands: [Place], _ target: Place) -> Bool {
    let (tensor, vector) = (operands[0], operands[1])
    let rows = p.outer * p.columns
    guard isMatrix(tensor, rows, p.inner), !isMatrix(vector, 1, p.inner), isLarge(rows, p.inner) else { return false }
    add(
      .middle(p), rows: 1, blas: false, left: inRows(vector, rows: 1, columns: p.inner), right: tensor, target,
      columns: rows, false)
    return true
  }

  private func isLarge(_ m: Int, _ n: Int) -> Bool { options.isLarge(m, n) }

  private mutating func addApply(
    rows: Int, k: Int, n: Int, transposed: Bool, vector: Place, matrix: Place, _ target: Place, _ accumulate: Bool
  ) {
    add(
      .apply(k: k, n: n, transposed: transposed), rows: rows, blas: options.blas,
      left: inRows(vector, rows: rows, columns: k), right: matrix, target, columns: n, accumulate)
  }

  /// A product whose result is written to the target, or copied there where that has no rows.
  private mutating func add(
    _ role: BatchProduct.Role, rows: Int, blas: Bool, left: Place, right: Place, _ target: Place, columns: Int,
    _ accumulate: Bool
  ) {
    let isDirect = hasRows(target, rows: rows, columns: columns)
    let result = isDirect ? target : temporary(size: rows * columns)
    append(
      BatchProduct(
        role: role, rows: rows, blas: blas, left: left, right: right, target: result,
        accumulate: isDirect && accumulate))
    if !isDirect { append([draft.copy(result, to: target, size: rows * columns, accumulate: accumulate)]) }
  }

  /// The operand as rows of every sample, copied where it is none.
  private mutating func inRows(_ place: Place, rows: Int, columns: Int) -> Place {
    let size = rows * columns
    if hasRows(place, rows: rows, columns: columns) { return place }
    if let copy = copies[place], draft.buffers[copy.buffer].size == size { return copy }
    guard case .input = draft.buffers[place.buffer].storage else {
      let copy = temporary(size: size)
      append([draft.copy(place, to: copy, size: size, accumulate: false)])
      return copy
    }
    // Inputs do not change from round to round.
    let isHoisted = isInLoop && place.index.isConstant
    let copy = isHoisted ? Place(buffer: draft.buffer("rows", size: size), index: Affine(0)) : temporary(size: size)
    copies[place] = copy
    let statement = draft.copy(place, to: copy, size: size, accumulate: false)
    if isHoisted { before.append(item([statement])) } else { append([statement]) }
    return copy
  }

  /// Whether the place is, in every sample, a matrix whose rows are equally far apart over the whole batch: all of a
  /// buffer that has a row for every sample, or a part of a row.
  private func hasRows(_ place: Place, rows: Int, columns: Int) -> Bool {
    let isAll = place.index == Affine(0) && draft.buffers[place.buffer].size == rows * columns
    if rows > 1, !isAll { return false }
    switch draft.buffers[place.buffer].storage {
    case .kept, .rowPointer: return true
    // A large buffer is not to have rows only because a part of it is wanted.
    case .unplanned: return isAll || isInLoop
    case .output: return !draft.accumulatesOutputs
    case .input, .table, .workspace, .rows, .keptRows, .local, .pointer: return false
    }
  }
}

extension CountedLoop {
  /// The body apart from the swaps of pointers at its end; nil where they are not at its end.
  fileprivate var bodyAndSwaps: (body: [Statement], swaps: [PointerSwap])? {
    var rest: [Statement] = []
    var swaps: [PointerSwap] = []
    for statement in body {
      if case .swap(let a, let b) = statement {
        swaps.append(PointerSwap(first: a, second: b))
      } else {
        let swapped = Set(swaps.flatMap { [$0.first, $0.second] })
        if !swapped.isEmpty, statement.mentions(swapped) { return nil }
        rest.append(statement)
      }
    }
    return (rest, swaps)
  }
}

extension [Statement] {
  /// Whether there is a product, other than under a condition.
  fileprivate var hasProducts: Bool {
    unconditionalKernels.contains { kernel, _ in
      if case .product = kernel { return true }
      if case .middleProduct = kernel { return true }
      return false
    }
  }
}

extension Statement {
  fileprivate func mentions(_ buffers: Set<Int>) -> Bool {
    var result = false
    [self].allEffects { effect in
      switch effect {
      case .reads(let place, _), .writes(let place, _), .adds(let place, _):
        if buffers.contains(place.buffer) { result = true }
      case .declares(let buffer): if buffers.contains(buffer) { result = true }
      case .swaps(let a, let b): if buffers.contains(a) || buffers.contains(b) { result = true }
      case .compares: break
      }
    }
    return result
  }
}
