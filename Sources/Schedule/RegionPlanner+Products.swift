import LinearMaps

// Products, by what is known of their operands: scalings and tiny products are expressions, unit vectors and sparse
// constants select rows and columns, and what remains is a kernel.

/// A factor of a product as it lies in memory.
private struct Factor {
  let node: Int
  let transposed: Bool
}

extension RegionPlanner {
  func plan(_ product: Product, at index: Int) {
    let node = graph.nodes[index]
    let left = factor(node.operands[0], rows: product.m, columns: product.k, transposed: product.transposeLeft)
    let right = factor(node.operands[1], rows: product.k, columns: product.n, transposed: product.transposeRight)
    if product.k == 0 { return }
    if product.isScaling {
      let scalar = product.m == 1 ? left.node : right.node
      let vector = product.m == 1 ? right.node : left.node
      forms[index] = .multiply(forms[scalar].entry(0), forms[vector])
      return
    }
    if product.isTiny {
      forms[index] = tiny(product, left, right)
      return
    }
    if let form = selection(product, left, right) {
      forms[index] = form
      return
    }
    if let form = sparse(product, left, right) {
      forms[index] = form
      return
    }
    if product.k == 1, planScatter(product, left, right, at: index) { return }
    if product.k == 1, let factor = equalEntries(right.node), isReadable(left.node) {
      add(
        .broadcast(rows: product.m, columns: product.n, factor: factor), [memory(of: left.node)], at: index)
      return
    }
    let kernel = Product(
      m: product.m, k: product.k, n: product.n, transposeLeft: left.transposed, transposeRight: right.transposed)
    add(.kernel(.product(kernel, blas: false)), [memory(of: left.node), memory(of: right.node)], at: index)
  }

  /// Looks through a transpose that was left to its consumer.
  private func factor(_ node: Int, rows: Int, columns: Int, transposed: Bool) -> Factor {
    guard isAbsorbed(node), case .view(.transpose)? = graph.nodes[node].operation.computation else {
      return Factor(node: node, transposed: transposed && rows > 1 && columns > 1)
    }
    return Factor(node: graph.nodes[node].operands[0], transposed: !transposed && rows > 1 && columns > 1)
  }

  /// A transpose whose only consumer is a product that reads the matrix as it is.
  func isAbsorbed(_ node: Int) -> Bool {
    guard case .view(.transpose(let rows, let columns))? = graph.nodes[node].operation.computation, rows * columns > 0,
      let (user, slot) = onlyUser(of: node), case .product(let product)? = graph.nodes[user].operation.computation,
      !product.isScaling, !product.isTiny
    else { return false }
    // The result of the transposition is columns × rows.
    let (r, c, transposed) =
      slot == 0 ? (product.m, product.k, product.transposeLeft) : (product.k, product.n, product.transposeRight)
    return transposed ? (c, r) == (columns, rows) : (r, c) == (columns, rows)
  }

  func planTranspose(_ rows: Int, _ columns: Int, at index: Int) {
    let operand = graph.nodes[index].operands[0]
    if rows == 1 || columns == 1 {
      forms[index] = forms[operand]
    } else if rows * columns <= Threshold.tinyVector {
      forms[index] = .entries((0..<(rows * columns)).map { forms[operand].entry($0 % rows * columns + $0 / rows) })
    } else if isAbsorbed(index) {
      forms[index] = .zero
    } else {
      add(.transpose(rows: rows, columns: columns), at: index)
    }
  }

  private func tiny(_ product: Product, _ left: Factor, _ right: Factor) -> Form {
    let (m, k, n) = (product.m, product.k, product.n)
    func a(_ i: Int, _ l: Int) -> Scalar? { forms[left.node].entry(left.transposed ? l * m + i : i * k + l) }
    func b(_ l: Int, _ j: Int) -> Scalar? { forms[right.node].entry(right.transposed ? j * k + l : l * n + j) }
    return .entries(
      (0..<(m * n)).map { index in
        (0..<k).reduce(nil) { .add($0, .multiply(a(index / n, $1), b($1, index % n))) }
      })
  }

  /// The product where one factor is a unit vector, or a constant with few entries: rows and columns of the other.
  private func selection(_ product: Product, _ left: Factor, _ right: Factor) -> Form? {
    let (m, k, n) = (product.m, product.k, product.n)
    if n == 1, let terms = terms(of: right.node, dimension: k), isReadable(left.node) {
      return sum(terms.map { ($0.factor, column($0.position, of: left, rows: m, columns: k)) })
    }
    if m == 1, let terms = terms(of: left.node, dimension: k), isReadable(right.node) {
      return sum(terms.map { ($0.factor, row($0.position, of: right, rows: k, columns: n)) })
    }
    if let entries = sparseEntries(left.node), isReadable(right.node) {
      return sum(
        entries.map { entry in
          let (i, l) = left.transposed ? (entry.index % m, entry.index / m) : (entry.index / k, entry.index % k)
          let row = row(Affine(l), of: right, rows: k, columns: n)
          return (entry.value, row?.moved(by: i * n, dimension: m * n))
        })
    }
    if m == 1, let entries = sparseEntries(right.node), isReadable(left.node) {
      return sum(
        entries.map { entry in
          let (l, j) = right.transposed ? (entry.index % k, entry.index / k) : (entry.index / n, entry.index % n)
          return (entry.value, forms[left.node].moved(by: -l, dimension: 1).moved(by: j, dimension: n))
        })
    }
    return nil
  }

  /// A constant matrix of few entries times a vector, entry by entry.
  private func sparse(_ product: Product, _ left: Factor, _ right: Factor) -> Form? {
    let (m, k, n) = (product.m, product.k, product.n)
    guard m == 1 || n == 1 else { return nil }
    let (matrix, vector) = n == 1 ? (left, right) : (right, left)
    guard case .constant(let constant) = graph.nodes[matrix.node].operation, isReadable(vector.node),
      max(m, n) <= Threshold.sparseEntries, constant.entries.count <= Threshold.sparseEntries,
      2 * constant.entries.count <= max(m, n) * k
    else { return nil }
    // As it lies in memory, a row of the matrix belongs to an entry of the result or of the vector.
    let rowsAreResults = (n == 1) != matrix.transposed
    let columns = rowsAreResults ? k : max(m, n)
    var entries = [Scalar?](repeating: nil, count: max(m, n))
    for entry in constant.entries {
      let (row, column) = (entry.index / columns, entry.index % columns)
      let (result, source) = rowsAreResults ? (row, column) : (column, row)
      entries[result] = .add(entries[result], forms[vector.node].entry(source).map { .multiply(entry.value, $0) })
    }
    return .entries(entries)
  }

  private func sum(_ terms: [(factor: Double, form: Form?)]) -> Form? {
    var result = Form.zero
    for term in terms {
      guard let form = term.form else { return nil }
      result = .add(result, .multiply(term.factor, form))
    }
    return result
  }

  private func isReadable(_ node: Int) -> Bool { forms[node].isFree && pending[node].isEmpty }

  /// A vector as a short combination of unit vectors.
  private func terms(of node: Int, dimension: Int) -> [(factor: Double, position: Affine)]? {
    if case .atom(let atom) = forms[node], case .unit(let position) = atom.kind {
      let inside = position.range.lowerBound >= atom.lower && position.range.upperBound < atom.upper
      return inside ? [(1, position)] : nil
    }
    return sparseEntries(node).map { $0.map { ($0.value, Affine($0.index)) } }
  }

  private func sparseEntries(_ node: Int) -> [SparseVector.Entry]? {
    guard case .atom(let atom) = forms[node], case .constant(let runs, _) = atom.kind,
      runs.vector.entries.count <= Threshold.constantRuns
    else { return nil }
    return forms[node].constantVector?.entries
  }

  private func column(_ position: Affine, of factor: Factor, rows: Int, columns: Int) -> Form? {
    factor.transposed
      ? line(of: factor, count: rows, start: position * rows, stride: 1)
      : line(of: factor, count: rows, start: position, stride: columns)
  }

  private func row(_ position: Affine, of factor: Factor, rows: Int, columns: Int) -> Form? {
    factor.transposed
      ? line(of: factor, count: columns, start: position, stride: rows)
      : line(of: factor, count: columns, start: position * columns, stride: 1)
  }

  /// The entries start, start + stride, … of a value.
  private func line(of factor: Factor, count: Int, start: Affine, stride: Int) -> Form? {
    let dimension = graph.nodes[factor.node].space.dimension
    if let memory = forms[factor.node].memory(dimension: dimension) {
      return .atom(
        Atom(
          kind: .cell(memory.cell, base: memory.base + start, stride: count == 1 ? 1 : stride), lower: 0, upper: count))
    }
    // Other values are read where the line is contiguous and at a known place.
    guard start.isConstant, stride == 1 || count == 1 else { return nil }
    return forms[factor.node].moved(by: -start.constant, dimension: count)
  }

  /// The value of all entries of a constant, where they are equal.
  private func equalEntries(_ node: Int) -> Double? {
    guard case .atom(let atom) = forms[node], case .constant(let runs, let offset) = atom.kind, atom.lower == 0,
      atom.upper == graph.nodes[node].space.dimension,
      let run = runs.runs.first(where: { $0.lower <= offset && $0.upper >= offset + atom.upper })
    else { return nil }
    return run.value
  }

  /// An outer product with a unit vector has one row or one column.
  private func planScatter(_ product: Product, _ left: Factor, _ right: Factor, at index: Int) -> Bool {
    func position(_ node: Int) -> Affine? {
      guard let terms = terms(of: node, dimension: graph.nodes[node].space.dimension), terms.count == 1,
        terms[0].factor == 1
      else { return nil }
      return terms[0].position
    }
    if let row = position(left.node) {
      let kind = PlannedKernel.Kind.scatter(count: product.n, stride: 1, offset: row * product.n)
      add(kind, [memory(of: right.node)], at: index)
      return true
    }
    if let column = position(right.node) {
      let kind = PlannedKernel.Kind.scatter(count: product.m, stride: product.n, offset: column)
      add(kind, [memory(of: left.node)], at: index)
      return true
    }
    return false
  }
}
