import LinearMaps

/// A procedure before its buffers have their places: what is done for one sample.
struct Draft {
  var buffers: [Buffer]
  var body: [Statement]
  /// The outputs are sums over the batch.
  var accumulatesOutputs = false

  mutating func buffer(_ name: String, size: Int) -> Int {
    buffers.append(Buffer(name: name, size: size, storage: .unplanned))
    return buffers.count - 1
  }

  /// Entry by entry: the target is overwritten, or added to.
  func copy(_ source: Place, to target: Place, size: Int, accumulate: Bool) -> Statement {
    let variable = LoopVariable(id: Draft.copyVariable, name: "i", bound: size)
    let index = Affine(variable)
    let value = Expression.load(source.offset(by: index))
    let entry = target.offset(by: index)
    return .loop(
      CountedLoop(
        variable: variable, lower: 0, upper: size, descending: false,
        body: [accumulate ? .accumulate(entry, value) : .assign(entry, value)]))
  }

  /// No other loop runs inside of such a one, or around it.
  private static let copyVariable = 0
}

/// The buffers of the outside that statements read and write, inside of loops and conditions too. To add to a buffer
/// is to read and to write it; what is done by way of a pointer is done to the buffer too to which it points.
struct Accesses {
  private(set) var reads: Set<Int> = []
  private(set) var writes: Set<Int> = []

  private var declared: Set<Int> = []
  private let buffers: [Buffer]

  init(_ body: [Statement], _ buffers: [Buffer]) {
    self.buffers = buffers
    walk(body)
    reads.subtract(declared)
    writes.subtract(declared)
  }

  private mutating func read(_ buffer: Int) {
    reads.insert(buffer)
    if case .pointer(let start) = buffers[buffer].storage { read(start.buffer) }
  }

  private mutating func write(_ buffer: Int) {
    writes.insert(buffer)
    if case .pointer(let start) = buffers[buffer].storage { write(start.buffer) }
  }

  private mutating func both(_ buffer: Int) {
    read(buffer)
    write(buffer)
  }

  private mutating func walk(_ body: [Statement]) {
    for statement in body {
      switch statement {
      case .note: break
      case .declare(let buffer):
        if case .pointer = buffers[buffer].storage { both(buffer) } else { declared.insert(buffer) }
      case .loop(let loop): walk(loop.body)
      case .assign(let place, let value):
        write(place.buffer)
        value.visit { read($0.buffer) }
      case .accumulate(let place, let value):
        both(place.buffer)
        value.visit { read($0.buffer) }
      case .kernel(_, let operands, let target, let accumulate):
        for operand in operands { read(operand.buffer) }
        if accumulate { read(target.buffer) }
        write(target.buffer)
      case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner): walk(inner)
      case .swap(let a, let b):
        both(a)
        both(b)
      }
    }
  }

  var all: Set<Int> { reads.union(writes) }
}
