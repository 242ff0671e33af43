import LinearMaps

/// A vector that is not computed yet: an expression for each of its entries.
///
/// Slices, embeddings and shifts are no nodes: they move the windows of the atoms below.
indirect enum Form {
  case zero
  case atom(Atom)
  case sum(Form, Form)
  case scale(Double, Form)
  case scaled(Scalar, Form)
  /// Entry by entry.
  case entrywise(Form, Form)
}

/// A vector by its entries in `lower ..< upper`, zero elsewhere.
struct Atom {
  enum Kind {
    /// Entry i lies in the cell at base + stride · i.
    case cell(Cell, base: Affine, stride: Int)
    /// Entry i is the constant's entry i + offset.
    case constant(ConstantRuns, offset: Int)
    /// 1 at the position and 0 elsewhere. The position may lie outside of the window.
    case unit(position: Affine)
    /// Entry i is the list's entry i + offset; nil is a structural zero.
    case entries([Scalar?], offset: Int)
  }
  var kind: Kind
  var lower: Int
  var upper: Int

  static func whole(_ cell: Cell, at base: Affine = Affine(0)) -> Atom {
    Atom(kind: .cell(cell, base: base, stride: 1), lower: 0, upper: cell.size)
  }
}

extension Form {
  static func whole(_ cell: Cell) -> Form { cell.size == 0 ? .zero : .atom(.whole(cell)) }

  static func entries(_ entries: [Scalar?]) -> Form {
    if entries.allSatisfy({ $0 == nil }) { return .zero }
    return .atom(Atom(kind: .entries(entries, offset: 0), lower: 0, upper: entries.count))
  }

  static func add(_ a: Form, _ b: Form) -> Form {
    if case .zero = a { return b }
    if case .zero = b { return a }
    return .sum(a, b)
  }

  static func multiply(_ factor: Double, _ a: Form) -> Form {
    if case .zero = a { return a }
    return factor == 1 ? a : .scale(factor, a)
  }

  static func times(_ a: Form, _ b: Form) -> Form {
    if case .zero = a { return a }
    if case .zero = b { return b }
    return .entrywise(a, b)
  }

  static func multiply(_ factor: Scalar?, _ a: Form) -> Form {
    guard let factor else { return .zero }
    if case .literal(let value) = factor { return multiply(value, a) }
    if case .zero = a { return a }
    return .scaled(factor, a)
  }

  /// Entry i moves to i + distance, in a space of the given dimension; what leaves it is dropped.
  func moved(by distance: Int, dimension: Int) -> Form {
    switch self {
    case .zero: return .zero
    case .atom(var atom):
      atom.lower = max(atom.lower + distance, 0)
      atom.upper = min(atom.upper + distance, dimension)
      if atom.lower >= atom.upper { return .zero }
      switch atom.kind {
      case .cell(let cell, let base, let stride):
        atom.kind = .cell(cell, base: base + -stride * distance, stride: stride)
      case .constant(let runs, let offset):
        if runs.isZero(from: atom.lower + offset - distance, to: atom.upper + offset - distance) { return .zero }
        atom.kind = .constant(runs, offset: offset - distance)
      case .unit(let position): atom.kind = .unit(position: position + distance)
      case .entries(let entries, let offset):
        if (atom.lower..<atom.upper).allSatisfy({ entries[$0 + offset - distance] == nil }) { return .zero }
        atom.kind = .entries(entries, offset: offset - distance)
      }
      return .atom(atom)
    case .sum(let a, let b):
      return .add(a.moved(by: distance, dimension: dimension), b.moved(by: distance, dimension: dimension))
    case .scale(let factor, let a): return .multiply(factor, a.moved(by: distance, dimension: dimension))
    case .scaled(let factor, let a): return .multiply(factor, a.moved(by: distance, dimension: dimension))
    case .entrywise(let a, let b):
      return .times(a.moved(by: distance, dimension: dimension), b.moved(by: distance, dimension: dimension))
    }
  }

  /// Reading it twice costs no more than reading memory twice.
  var isFree: Bool {
    switch self {
    case .zero: true
    case .atom(let atom):
      if case .entries(let entries, _) = atom.kind { entries.allSatisfy { $0?.isLeaf ?? true } } else { true }
    case .sum, .scale, .scaled, .entrywise: false
    }
  }

  /// The number of atoms.
  var weight: Int {
    switch self {
    case .zero, .atom: 1
    case .sum(let a, let b), .entrywise(let a, let b): a.weight + b.weight
    case .scale(_, let a), .scaled(_, let a): a.weight
    }
  }

  /// The cell of that size that it is, all of it and nothing else.
  func wholeCell(size: Int) -> Cell? {
    guard let memory = memory(dimension: size), memory.cell.size == size, memory.base == Affine(0) else { return nil }
    return memory.cell
  }

  /// The contiguous memory that it is.
  func memory(dimension: Int) -> Memory? {
    guard case .atom(let atom) = self, case .cell(let cell, let base, let stride) = atom.kind,
      stride == 1 || dimension == 1, atom.lower == 0, atom.upper == dimension
    else { return nil }
    return Memory(cell: cell, base: base)
  }

  /// The entry at an index; nil is a structural zero. A variable index must not cross an edge; `probe` is one of its
  /// values.
  func entry(at index: Affine, probe: Int) -> Scalar? {
    switch self {
    case .zero: return nil
    case .atom(let atom): return atom.entry(at: index, probe: probe)
    case .sum(let a, let b): return .add(a.entry(at: index, probe: probe), b.entry(at: index, probe: probe))
    case .scale(let factor, let a): return a.entry(at: index, probe: probe).map { .multiply(factor, $0) }
    case .scaled(let factor, let a): return .multiply(factor, a.entry(at: index, probe: probe))
    case .entrywise(let a, let b): return .multiply(a.entry(at: index, probe: probe), b.entry(at: index, probe: probe))
    }
  }

  func entry(_ index: Int) -> Scalar? { entry(at: Affine(index), probe: index) }

  /// Where the expression of an entry changes from one index to the next, in 0 ..< dimension.
  func edges(into edges: inout Set<Int>) {
    switch self {
    case .zero: break
    case .atom(let atom): atom.edges(into: &edges)
    case .sum(let a, let b), .entrywise(let a, let b):
      a.edges(into: &edges)
      b.edges(into: &edges)
    case .scale(_, let a), .scaled(_, let a): a.edges(into: &edges)
    }
  }

  /// Every read of a cell, with whether entry i reads only entry i.
  func visit(_ visitor: (Cell, _ sameIndex: Bool) -> Void) {
    switch self {
    case .zero: break
    case .atom(let atom): atom.visit(visitor)
    case .sum(let a, let b), .entrywise(let a, let b):
      a.visit(visitor)
      b.visit(visitor)
    case .scale(_, let a): a.visit(visitor)
    case .scaled(let factor, let a):
      factor.visit { cell, _ in visitor(cell, cell.size == 1) }
      a.visit(visitor)
    }
  }
}

extension Atom {
  func entry(at index: Affine, probe: Int) -> Scalar? {
    guard probe >= lower, probe < upper else { return nil }
    switch kind {
    case .cell(let cell, let base, let stride): return .load(cell, base + index * stride)
    case .constant(let runs, let offset):
      let value = runs.value(at: probe + offset)
      return value == 0 ? nil : .literal(value)
    case .unit(let position):
      let distance = position - index
      if distance.isConstant { return distance.constant == 0 ? .literal(1) : nil }
      return .indicator(distance)
    case .entries(let entries, let offset): return entries[probe + offset]
    }
  }

  func edges(into edges: inout Set<Int>) {
    edges.insert(lower)
    edges.insert(upper)
    switch kind {
    case .cell, .unit: break
    case .constant(let runs, let offset):
      for run in runs.runs where run.lower - offset > lower && run.lower - offset < upper {
        edges.insert(run.lower - offset)
      }
    case .entries: edges.formUnion(lower..<upper)
    }
  }

  func visit(_ visitor: (Cell, _ sameIndex: Bool) -> Void) {
    switch kind {
    case .cell(let cell, let base, let stride): visitor(cell, base == Affine(0) && (stride == 1 || cell.size == 1))
    case .constant, .unit: break
    case .entries(let entries, let offset):
      for index in lower..<upper {
        entries[index + offset]?.visit { cell, place in visitor(cell, place == Affine(index)) }
      }
    }
  }
}

/// Reals in a row.
struct Memory {
  let cell: Cell
  let base: Affine
}
