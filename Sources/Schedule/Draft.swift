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
/// is to read and to write it.
struct Accesses {
  private(set) var reads: Set<Int> = []
  private(set) var writes: Set<Int> = []

  private var declared: Set<Int> = []

  init(_ body: [Statement], _ buffers: [Buffer]) {
    walk(body, buffers)
    reads.subtract(declared)
    writes.subtract(declared)
  }

  private mutating func walk(_ body: [Statement], _ buffers: [Buffer]) {
    for statement in body {
      switch statement {
      case .note: break
      case .declare(let buffer):
        if case .pointer(let start) = buffers[buffer].storage {
          // Its buffer is read and written by way of the pointer.
          reads.formUnion([buffer, start.buffer])
          writes.formUnion([buffer, start.buffer])
        } else {
          declared.insert(buffer)
        }
      case .loop(let loop): walk(loop.body, buffers)
      case .assign(let place, let value):
        writes.insert(place.buffer)
        value.visit { reads.insert($0.buffer) }
      case .accumulate(let place, let value):
        reads.insert(place.buffer)
        writes.insert(place.buffer)
        value.visit { reads.insert($0.buffer) }
      case .kernel(_, let operands, let target, let accumulate):
        for operand in operands { reads.insert(operand.buffer) }
        if accumulate { reads.insert(target.buffer) }
        writes.insert(target.buffer)
      case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner): walk(inner, buffers)
      case .swap(let a, let b):
        reads.formUnion([a, b])
        writes.formUnion([a, b])
      }
    }
  }

  var all: Set<Int> { reads.union(writes) }
}
