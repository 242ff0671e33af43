/// The entries of the operand in other places, and zeros.
public enum View: Hashable, Sendable {
  /// Entry i moves to i + by; what leaves the space is dropped, what enters is 0. `succ` shifts by 1.
  case shift(by: Int)
  /// The entries from an offset on, as many as the result has.
  case slice(offset: Int)
  /// The operand's entries from an offset on, zeros elsewhere: the transpose of `slice`.
  case embed(offset: Int)
  /// The same entries in another space of equal dimension.
  case reshape
  /// A rows × columns matrix becomes a columns × rows matrix.
  case transpose(rows: Int, columns: Int)
}

extension View: Family {
  var text: String {
    switch self {
    case .shift(let distance): "shift[\(distance)]"
    case .slice(let offset): "slice[\(offset)]"
    case .embed(let offset): "embed[\(offset)]"
    case .reshape: "reshape"
    case .transpose(let rows, let columns): "transpose[\(rows), \(columns)]"
    }
  }

  var noun: String {
    switch self {
    case .shift: "shifted"
    case .slice: "slice"
    case .embed: "embedded"
    case .reshape: "t"
    case .transpose: "transposed"
    }
  }

  var operandCount: Int { 1 }
  var isCheap: Bool { true }

  static func read(_ text: ComputationText) throws -> Computation? {
    switch text.name {
    case "shift": return .view(.shift(by: try text.whole(0)))
    case "slice": return .view(.slice(offset: try text.whole(0)))
    case "embed": return .view(.embed(offset: try text.whole(0)))
    case "reshape": return .view(.reshape)
    case "transpose":
      try text.checkSize([text.whole(0), text.whole(1)])
      return .view(.transpose(rows: try text.whole(0), columns: try text.whole(1)))
    default: return nil
    }
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let (from, to) = (operands[0].dimension, result.dimension)
    return switch self {
    case .shift: require(operands[0] == result, "leads from \(operands[0]) to \(result)")
    case .slice(let offset): require(offset >= 0 && offset + to <= from, "reads out of range")
    case .embed(let offset): require(offset >= 0 && offset + from <= to, "writes out of range")
    case .reshape: require(from == to, "changes the dimension")
    case .transpose(let rows, let columns):
      require(rows * columns == from && from == to, "is no \(rows) × \(columns) matrix")
    }
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] {
    let source = operands[0]
    switch self {
    case .shift(let distance):
      return source.indices.map { source.indices.contains($0 - distance) ? source[$0 - distance] : 0 }
    case .slice(let offset): return Array(source[offset..<(offset + dimension)])
    case .embed(let offset):
      var result = [Double](repeating: 0, count: dimension)
      result.replaceSubrange(offset..<(offset + source.count), with: source)
      return result
    case .reshape: return source
    case .transpose(let rows, let columns):
      return (0..<(rows * columns)).map { source[($0 % rows) * columns + $0 / rows] }
    }
  }

  func dependence(_ operands: [Dependence]) -> Dependence { operands[0] }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}
