import LinearMaps

// What there is to know of a statement for those who do not care which one it is: what is inside of it, and what it
// does to buffers.

/// What a statement does, apart from what is inside of it.
public enum Effect {
  /// So many entries from a place on are read, overwritten, or added to, which is to read and to write them.
  case reads(Place, count: Int)
  case writes(Place, count: Int)
  case adds(Place, count: Int)
  case declares(Int)
  /// Two pointers are exchanged.
  case swaps(Int, Int)
  /// An index decides what is done, or what a value is.
  case compares(Affine)
}

extension Statement {
  /// The statements inside of it; nil where it is none that has some.
  public var body: [Statement]? {
    switch self {
    case .note, .declare, .assign, .accumulate, .kernel, .swap: nil
    case .loop(let loop): loop.body
    case .whenKept(let body), .whenInside(_, _, let body), .whenWanted(_, let body): body
    }
  }

  /// With other statements inside of it.
  func mapBodies(_ change: ([Statement]) throws -> [Statement]) rethrows -> Statement {
    switch self {
    case .note, .declare, .assign, .accumulate, .kernel, .swap: self
    case .loop(let loop): .loop(loop.with(body: try change(loop.body)))
    case .whenKept(let body): .whenKept(try change(body))
    case .whenInside(let index, let count, let body): .whenInside(index, count: count, try change(body))
    case .whenWanted(let wanted, let body): .whenWanted(wanted, try change(body))
    }
  }

  /// What it does itself, in that order.
  public func effects(_ visit: (Effect) throws -> Void) rethrows {
    switch self {
    case .note, .loop, .whenKept, .whenWanted: break
    case .declare(let buffer): try visit(.declares(buffer))
    case .assign(let place, let value):
      try value.effects(visit)
      try visit(.writes(place, count: 1))
    case .accumulate(let place, let value):
      try value.effects(visit)
      try visit(.adds(place, count: 1))
    case .kernel(let kernel, let operands, let target, let accumulate):
      let facts = kernel.facts
      for (operand, size) in zip(operands, facts.operands) { try visit(.reads(operand, count: size)) }
      try visit(accumulate ? .adds(target, count: facts.target) : .writes(target, count: facts.target))
    case .whenInside(let index, _, _): try visit(.compares(index))
    case .swap(let a, let b): try visit(.swaps(a, b))
    }
  }

  /// The same with other places; what is declared and exchanged stays.
  func mapPlaces(_ change: (Place) -> Place) -> Statement {
    switch self {
    case .note, .declare, .swap: self
    case .assign(let target, let value): .assign(change(target), value.mapPlaces(change))
    case .accumulate(let target, let value): .accumulate(change(target), value.mapPlaces(change))
    case .kernel(let kernel, let operands, let target, let accumulate):
      .kernel(kernel, operands: operands.map(change), target: change(target), accumulate: accumulate)
    case .loop, .whenKept, .whenInside, .whenWanted: mapBodies { $0.map { $0.mapPlaces(change) } }
    }
  }

  /// What it writes or adds to.
  var target: Place? {
    var target: Place?
    effects { effect in
      switch effect {
      case .writes(let place, _), .adds(let place, _): target = place
      case .reads, .declares, .swaps, .compares: break
      }
    }
    return target
  }

  /// Whether nothing is left of what was inside of it.
  var isEmptied: Bool { body?.isEmpty ?? false }
}

extension Sequence<Statement> {
  /// All of them, each before what is inside of it.
  public func visitAll(_ visit: (Statement) throws -> Void) rethrows {
    for statement in self {
      try visit(statement)
      try statement.body?.visitAll(visit)
    }
  }

  /// The kernels that are called in any case: in loops too, but under no condition.
  var unconditionalKernels: [(kernel: Kernel, operands: [Place])] {
    var result: [(kernel: Kernel, operands: [Place])] = []
    for statement in self {
      if case .kernel(let kernel, let operands, _, _) = statement { result.append((kernel, operands)) }
      if case .loop(let loop) = statement { result += loop.body.unconditionalKernels }
    }
    return result
  }

  /// What all of them do, and what is done inside of them.
  public func allEffects(_ visit: (Effect) throws -> Void) rethrows {
    try visitAll { try $0.effects(visit) }
  }
}

extension [Step] {
  /// In order, with the steps of a round in place of the rounds.
  public var innermost: [Step] {
    flatMap { if case .rounds(let rounds) = $0 { rounds.body.innermost } else { [$0] } }
  }

  /// The statements of each step that has some.
  public var bodies: [[Statement]] {
    innermost.compactMap { step in
      switch step {
      case .once(let body), .samples(let body): body
      case .batch, .rounds: nil
      }
    }
  }

  var products: [BatchProduct] { innermost.compactMap { if case .batch(let product, _) = $0 { product } else { nil } } }
}

extension Expression {
  /// What it reads and compares.
  func effects(_ visit: (Effect) throws -> Void) rethrows {
    switch self {
    case .literal: break
    case .load(let place): try visit(.reads(place, count: 1))
    case .indicator(let index): try visit(.compares(index))
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b):
      try a.effects(visit)
      try b.effects(visit)
    case .negation(let a): try a.effects(visit)
    }
  }

  fileprivate func mapPlaces(_ change: (Place) -> Place) -> Expression {
    switch self {
    case .literal, .indicator: self
    case .load(let place): .load(change(place))
    case .sum(let a, let b): .sum(a.mapPlaces(change), b.mapPlaces(change))
    case .difference(let a, let b): .difference(a.mapPlaces(change), b.mapPlaces(change))
    case .product(let a, let b): .product(a.mapPlaces(change), b.mapPlaces(change))
    case .negation(let a): .negation(a.mapPlaces(change))
    }
  }
}

extension BatchProduct {
  /// What it does for one sample.
  public func effects(_ visit: (Effect) throws -> Void) rethrows {
    let sizes =
      switch role {
      case .apply(let k, let n, _): (left: rows * k, right: k * n, target: rows * n)
      case .sum(let m, let n): (left: rows * m, right: rows * n, target: m * n)
      case .middle(let p): (left: p.inner, right: p.outer * p.inner * p.columns, target: p.outer * p.columns)
      }
    try visit(.reads(left, count: sizes.left))
    try visit(.reads(right, count: sizes.right))
    try visit(accumulate ? .adds(target, count: sizes.target) : .writes(target, count: sizes.target))
  }
}

/// The buffers of the outside that statements read and write, inside of loops and conditions too. To add to a buffer
/// is to read and to write it; what is done by way of a pointer is done to the buffer too to which it points.
struct Accesses {
  private(set) var reads: Set<Int> = []
  private(set) var writes: Set<Int> = []
  var all: Set<Int> { reads.union(writes) }

  init(_ body: some Sequence<Statement>, _ buffers: [Buffer]) {
    var declared = Set<Int>()
    body.allEffects { effect in
      switch effect {
      case .reads(let place, _): add(place.buffer, isWritten: false, buffers)
      case .writes(let place, _): add(place.buffer, isRead: false, buffers)
      case .adds(let place, _): add(place.buffer, buffers)
      case .declares(let buffer):
        if case .pointer = buffers[buffer].storage { add(buffer, buffers) } else { declared.insert(buffer) }
      case .swaps(let a, let b):
        add(a, buffers)
        add(b, buffers)
      case .compares: break
      }
    }
    reads.subtract(declared)
    writes.subtract(declared)
  }

  private mutating func add(_ buffer: Int, isRead: Bool = true, isWritten: Bool = true, _ buffers: [Buffer]) {
    if isRead { reads.insert(buffer) }
    if isWritten { writes.insert(buffer) }
    if case .pointer(let start) = buffers[buffer].storage {
      add(start.buffer, isRead: isRead, isWritten: isWritten, buffers)
    }
  }
}
