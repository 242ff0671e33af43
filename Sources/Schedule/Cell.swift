import LinearMaps

/// A value that is kept in memory, while a program is planned: which buffer it gets is decided later, and several
/// cells may share one (the states of a loop that is computed in place above all).
final class Cell {
  enum Kind: Equatable {
    case own
    /// Storage that is there already: ports, results, what is kept, tables.
    case fixed(Storage)
    /// A pointer of a loop whose state alternates between two buffers.
    case pointer
  }
  let id: Int
  let size: Int
  let name: String
  var kind: Kind
  /// The region whose tasks write it; -1 where none does.
  let region: Int
  let demand: Demand
  /// Set where the cell is a part of another one.
  private(set) var alias: (cell: Cell, offset: Affine)?
  /// Its storage is decided: it may not be moved elsewhere.
  var isPlaced = false
  /// A loop's state, which is overwritten while the body runs.
  var isState = false

  init(id: Int, size: Int, name: String, kind: Kind, region: Int, demand: Demand) {
    self.id = id
    self.size = size
    self.name = name
    self.kind = kind
    self.region = region
    self.demand = demand
  }

  func place(in cell: Cell, at offset: Affine = Affine(0)) {
    alias = (cell, offset)
    isPlaced = true
  }

  /// Its memory is that of a state: it holds the state's old value until it is written.
  var overwritesState: Bool {
    var cell = self
    while let next = cell.alias?.cell {
      if next.isState { return true }
      cell = next
    }
    return false
  }

  /// The cell that has the memory.
  var root: Cell {
    var cell = self
    while let next = cell.alias?.cell { cell = next }
    return cell
  }
}

extension Cell: Hashable {
  static func == (a: Cell, b: Cell) -> Bool { a === b }
  func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// An entry of a value, while a program is planned.
indirect enum Scalar: Hashable {
  case literal(Double)
  case load(Cell, Affine)
  case sum(Scalar, Scalar)
  case difference(Scalar, Scalar)
  case product(Scalar, Scalar)
  case negation(Scalar)
  case indicator(Affine)

  /// Costs no arithmetic.
  var isLeaf: Bool {
    switch self {
    case .literal, .load, .indicator: true
    case .sum, .difference, .product, .negation: false
    }
  }

  // A structural zero is nil: an entry that is 0 by construction. It drops out of sums and products; a variable that
  // happens to be 0 never does.

  static func add(_ a: Scalar?, _ b: Scalar?) -> Scalar? {
    guard let a else { return b }
    guard let b else { return a }
    if case .negation(let c) = b { return .difference(a, c) }
    if case .negation(let c) = a { return .difference(b, c) }
    if case .product(.literal(let factor), let c) = b, factor < 0 { return .difference(a, multiply(-factor, c)) }
    return .sum(a, b)
  }

  static func multiply(_ factor: Double, _ a: Scalar) -> Scalar {
    if factor == 1 { return a }
    if case .literal(let value) = a { return .literal(factor * value) }
    if factor == -1 { return .negation(a) }
    return .product(.literal(factor), a)
  }

  static func multiply(_ a: Scalar?, _ b: Scalar?) -> Scalar? {
    guard let a, let b else { return nil }
    if case .literal(let factor) = a { return multiply(factor, b) }
    if case .literal(let factor) = b { return multiply(factor, a) }
    if case .negation(let c) = a { return multiply(c, b).map { .negation($0) } }
    if case .negation(let c) = b { return multiply(a, c).map { .negation($0) } }
    return .product(a, b)
  }

  func visit(_ visitor: (Cell, Affine) -> Void) {
    switch self {
    case .literal, .indicator: break
    case .load(let cell, let index): visitor(cell, index)
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      a.visit(visitor)
      b.visit(visitor)
    case .negation(let a): a.visit(visitor)
    }
  }
}
