import LinearMaps

enum Direction: String { case forward, adjoint }

/// A procedure before its buffers have their places: what is done for one sample.
struct Draft {
  let direction: Direction
  var buffers: [Buffer]
  var body: [Statement]
  /// The outputs are sums over the batch, and 0 at first.
  var accumulatesOutputs = false

  /// That goes sample by sample.
  var procedure: Procedure {
    Procedure(
      buffers: buffers, steps: [.samples(body)], workspaceSize: 0, rowsSize: 0,
      clearedOutputs: accumulatesOutputs ? buffers.compactMap(\.storage.output) : [])
  }

  mutating func buffer(_ name: String, size: Int) -> Int {
    buffers.append(Buffer(name: name, size: size, storage: .unplanned))
    return buffers.count - 1
  }

  /// Entry by entry: the target is overwritten, or added to. No copy is made inside of another.
  func copy(_ source: Place, to target: Place, size: Int, accumulate: Bool) -> Statement {
    let variable = LoopVariable(kind: .copy, id: 0, bound: size)
    let index = Affine(variable)
    let value = Expression.load(source.offset(by: index))
    let entry = target.offset(by: index)
    return .loop(
      CountedLoop(
        variable: variable, lower: 0, upper: size, descending: false,
        body: [accumulate ? .accumulate(entry, value) : .assign(entry, value)]))
  }
}
