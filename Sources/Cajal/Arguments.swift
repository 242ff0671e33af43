import CajalRuntime

/// The inputs of a batch, as the C functions take them: behind the rows of a table its nodes.
struct Arguments<Real: CajalReal> {
  let values: [Held<Real>]
  let pointers: [UnsafeRawPointer?]
  let strides: [Int]
  private let nodes: [Held<Int32>?]  // of each input
  private let ports: [Function<Real>.Port]

  init(_ given: [Input<Real>], of function: Function<Real>, batch: Int) throws {
    guard batch > 0 else { throw function.refusal("a batch of \(batch) samples") }
    ports = function.inputs
    guard given.count == ports.count else {
      throw function.refusal("it takes \(ports.count) inputs, not \(given.count)")
    }
    for (input, port) in zip(given, ports) {
      guard (input.nodes == nil) == (port.table == nil) else {
        let wrong = port.table == nil ? "is no table" : "is a table: give its rows and nodes, by `.table`"
        throw function.refusal("input `\(port.name)` \(wrong)")
      }
      let fits = "where a batch of \(batch) needs"
      let needed = try Self.needed(port.size, input.isShared ? 1 : batch, function)
      guard input.reals.count == needed else {
        throw function.refusal("input `\(port.name)` has \(input.reals.count) reals, \(fits) \(needed)")
      }
      guard let table = port.table else { continue }
      switch input.nodes {
      case .packed(let numbers), .shared(let numbers):
        let needed = try Self.needed(table.nodesSize, input.nodes!.isShared ? 1 : batch, function)
        guard numbers.count == needed else {
          throw function.refusal("the nodes of `\(port.name)` are \(numbers.count) numbers, \(fits) \(needed)")
        }
      case .all, nil:
        guard table.isList else {
          throw function.refusal("the nodes of `\(port.name)` are missing: only of a list may all rows count")
        }
      }
    }
    values = given.map { Held($0.reals) }
    nodes = given.map { $0.nodes?.numbers.map(Held.init) }
    pointers = function.spread(
      zip(values, nodes).map { rows, nodes in
        (UnsafeRawPointer(rows.pointer), nodes: nodes.map { UnsafeRawPointer($0.pointer) })
      })
    strides = function.spread(
      zip(given, ports).map { input, port in
        (input.isShared ? 0 : port.size, nodes: input.nodes?.isShared == false ? port.table!.nodesSize : 0)
      })
  }

  private static func needed(_ size: Int, _ samples: Int, _ function: Function<Real>) throws -> Int {
    let (needed, overflow) = size.multipliedReportingOverflow(by: samples)
    guard !overflow else { throw function.refusal("too large a batch") }
    return needed
  }

  /// Which count or child is the first that is out of its range, in words.
  var misplacedNode: String? {
    for (port, nodes) in zip(ports, nodes) {
      guard let table = port.table, let nodes else { continue }
      let samples = nodes.count / table.nodesSize
      for sample in 0..<samples {
        let numbers = nodes.pointer + sample * table.nodesSize
        let place = cajal_misplaced_node(table.rows, table.arity, numbers)
        guard place >= 0 else { continue }  // SIZE_MAX: none
        let (row, child) = place.quotientAndRemainder(dividingBy: table.arity)
        let said =
          table.isList
          ? " says that \(numbers[place]) rows count, and there are \(table.rows)"
          : ": child \(child) of row \(row) is \(numbers[place]); "
            + "it has to be -1, or above \(row) and below \(table.rows)"
        return "bad argument: \(port.name).nodes\(said)" + (samples > 1 ? " (sample \(sample))" : "")
      }
    }
    return nil
  }
}

extension Function {
  /// What each input has, with something for the nodes of those that are tables, as the C functions take it.
  func spread<Value>(_ each: [(Value, nodes: Value)]) -> [Value] {
    zip(each, inputs).flatMap { value, port in port.table == nil ? [value.0] : [value.0, value.nodes] }
  }
}

extension Nodes {
  /// nil where all rows count.
  var numbers: [Int32]? {
    switch self {
    case .packed(let numbers), .shared(let numbers): numbers
    case .all: nil
    }
  }

  var isShared: Bool {
    switch self {
    case .packed: false
    case .shared, .all: true
    }
  }
}
