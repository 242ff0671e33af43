import CajalRuntime
import SharedObjects

/// An input or the output of a model.
public struct Port: Sendable {
  public let name: String
  public let type: String
  /// In elements.
  public let size: Int
  public let shape: [Int]
  public let content: Content
  /// Of a result: it is a distribution where what nets give, and the inputs, are.
  public let isDistribution: Bool
  /// Of a declared type whose constructors have no fields: their names, in the order of the entries.
  public let values: [String]

  public enum Content: Equatable, Sendable {
    case reals
    /// The rows of a table, of reals.
    case table(Table)
    /// Of the table before it: how many rows count, or the children of each.
    case nodes(Table.Nodes)
  }

  public init(
    name: String, type: String, size: Int, shape: [Int], content: Content = .reals, isDistribution: Bool = false,
    values: [String] = []
  ) {
    self.name = name
    self.type = type
    self.size = size
    self.shape = shape
    self.content = content
    self.isDistribution = isDistribution
    self.values = values
  }
}

/// How the rows of a table are laid out.
public struct Table: Equatable, Sendable {
  /// A constructor's weight, `Letter`, or one of its fields, `Letter.1`.
  public struct Part: Equatable, Sendable {
    public let name: String
    /// In a row.
    public let range: Range<Int>
  }

  public struct Nodes: Equatable, Sendable {
    public let rows: Int
    /// Children of a row.
    public let arity: Int

    /// Whether the table is a list: its nodes are one number, how many rows count.
    public var isList: Bool { arity == 1 }
    public var size: Int { isList ? 1 : rows * arity }
  }

  public let nodes: Nodes
  public let rowSize: Int
  public let parts: [Part]
}

extension Port {
  init(_ pointer: UnsafePointer<cajal_port>, _ damaged: (String) -> TrainingError) throws {
    // Modules of before there were tables have nothing behind `dims`.
    let required = MemoryLayout<cajal_port>.offset(of: \.element)!
    guard let raw = structure(pointer, size: pointer.pointee.struct_size, required: required) else {
      throw damaged("a port's structure is too short")
    }
    guard let rawName = raw.name, let type = raw.type else { throw damaged("a port has no name") }
    let name = String(cString: rawName)
    guard let shape = checkedShape(raw.rank, raw.dims, count: raw.size), raw.size > 0 else {
      throw damaged("the shape of the port `\(name)` does not agree with its size")
    }
    guard let content = Content(raw) else { throw damaged("the port `\(name)` describes no table that could be") }
    guard raw.value_count == 0 || raw.value_count == raw.size else {
      throw damaged("the port `\(name)` has \(raw.value_count) values and \(raw.size) entries")
    }
    let values = try (0..<raw.value_count).map { index in
      guard let value = raw.values?[index] else { throw damaged("a value of the port `\(name)` has no name") }
      return String(cString: value)
    }
    self.init(
      name: name, type: String(cString: type), size: raw.size, shape: shape, content: content,
      isDistribution: raw.distribution == 1, values: values)
  }

  /// Throws where an input of nodes does not follow its table, or a table has none.
  static func checkTables(_ inputs: [Port], _ damaged: (String) -> TrainingError) throws {
    var expected: (name: String, nodes: Table.Nodes)?
    for port in inputs {
      switch port.content {
      case .nodes(let nodes):
        guard let table = expected, table.name == port.name, table.nodes == nodes else {
          throw damaged("the input `\(port.name)` does not follow its table")
        }
        expected = nil
      case .reals, .table:
        if let expected { throw damaged("the input `\(expected.name)` is missing") }
        if case .table(let table) = port.content { expected = ("\(port.name).nodes", table.nodes) }
      }
    }
    if let expected { throw damaged("the input `\(expected.name)` is missing") }
  }
}

extension Port.Content {
  /// Nil where the fields do not agree.
  fileprivate init?(_ raw: cajal_port) {
    if raw.element == 0, raw.nodes == 0 {
      self = .reals
      return
    }
    // Children and counts are of int32_t.
    guard (1...Int(Int32.max)).contains(raw.nodes), raw.arity > 0, raw.element <= 1,
      !raw.nodes.multipliedReportingOverflow(by: raw.arity).overflow
    else { return nil }
    let nodes = Table.Nodes(rows: raw.nodes, arity: raw.arity)
    if raw.element == 1 {
      guard raw.size == nodes.size else { return nil }
      self = .nodes(nodes)
      return
    }
    guard raw.size % raw.nodes == 0, raw.part_count > 0 else { return nil }
    let rowSize = raw.size / raw.nodes
    var parts: [Table.Part] = []
    for index in 0..<raw.part_count {
      guard let part = raw.parts?[index]?.pointee, part.struct_size >= MemoryLayout<cajal_part>.size,
        let name = part.name, (0...rowSize).contains(part.offset), (0...rowSize - part.offset).contains(part.size)
      else { return nil }
      parts.append(Table.Part(name: String(cString: name), range: part.offset..<part.offset + part.size))
    }
    self = .table(Table(nodes: nodes, rowSize: rowSize, parts: parts))
  }
}

/// The dimensions where their product is `count`.
func checkedShape(_ rank: Int, _ dims: (Int, Int, Int, Int), count: Int) -> [Int]? {
  guard (0...4).contains(rank) else { return nil }
  let shape = Array([dims.0, dims.1, dims.2, dims.3].prefix(rank))
  var product = 1
  for dimension in shape {
    let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
    guard dimension >= 0, !overflow else { return nil }
    product = next
  }
  return product == count ? shape : nil
}
