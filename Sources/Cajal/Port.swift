import CajalRuntime

extension Function {
  /// An input, or the result.
  public struct Port: Sendable {
    public let name: String
    /// `Nat`, `Bool -o Bool`, `Real[28,28]`, `Word[6]`.
    public let type: String
    /// In reals.
    public let size: Int
    /// The map is a polynomial in it of at most this degree; 0 for a result and for data.
    public let degree: Int
    public let isLinear: Bool
    /// Of lists and trees.
    public let table: Table?
  }
}

/// The rows of a table and their nodes.
public struct Table: Sendable {
  /// N, the most that there may be.
  public let rows: Int
  /// The children of a row; 1 of a list.
  public let arity: Int
  /// In reals.
  public let rowSize: Int
  /// Where a row has the weight of a constructor, `Letter`, and its fields that are not recursive, `Letter.1`.
  public let parts: [String: Range<Int>]

  var isList: Bool { arity == 1 }
  /// The numbers of a sample's nodes.
  var nodesSize: Int { isList ? 1 : rows * arity }
}

extension Function.Port {
  /// What a program takes; of a table the port of its nodes, which is behind that of its rows, is not a port of its own.
  static func inputs(_ ports: UnsafePointer<UnsafePointer<cajal_port>?>?, _ count: Int) -> [Self] {
    let ports = (0..<count).map { ports![$0]! }
    return ports.enumerated().filter { !isNodes($0.element) }.map { index, port in
      Self(port, nodes: index + 1 < count && isNodes(ports[index + 1]) ? ports[index + 1] : nil)
    }
  }

  init(_ port: UnsafePointer<cajal_port>, nodes: UnsafePointer<cajal_port>? = nil) {
    // Field by field: that of an older module is shorter.
    self.init(
      name: String(cString: port.pointee.name), type: String(cString: port.pointee.type), size: port.pointee.size,
      degree: port.pointee.degree, isLinear: port.pointee.linear != 0,
      table: nodes.map { Table(port, nodes: $0) })
  }
}

/// A module of before there were tables does not have the field.
private func isNodes(_ port: UnsafePointer<cajal_port>) -> Bool {
  port.pointee.struct_size > MemoryLayout<cajal_port>.offset(of: \.element)! && port.pointee.element == 1
}

extension Table {
  fileprivate init(_ port: UnsafePointer<cajal_port>, nodes: UnsafePointer<cajal_port>) {
    rows = nodes.pointee.nodes
    arity = nodes.pointee.arity
    rowSize = port.pointee.size / rows
    let list = (0..<port.pointee.part_count).map { port.pointee.parts[$0]!.pointee }
    parts = Dictionary(
      uniqueKeysWithValues: list.map { (String(cString: $0.name), $0.offset..<$0.offset + $0.size) })
  }
}
