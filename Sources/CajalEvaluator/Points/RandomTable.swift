import CajalSyntax

/// Makes tables that encode no value: any weights and fields, rows with several parents, parts that are missing.
public struct RandomTable: Sendable {
  let rows: Int
  let rowSize: Int
  let arity: Int
  let isChain: Bool
  /// Of each constructor, where its fields are in a row.
  let fields: [Range<Int>]

  /// - Parameter fields: of each constructor, behind the weights and without gaps.
  public init(rows: Int, arity: Int, isChain: Bool, fields: [Range<Int>]) {
    self.rows = rows
    self.arity = arity
    self.isChain = isChain
    self.fields = fields
    rowSize = fields.reduce(fields.count) { max($0, $1.upperBound) }
  }

  /// Nil where there is no such table.
  public init?(_ data: DataType, rows: Int, horizon: Int) {
    guard let layout = TableLayout(data, horizon: horizon) else { return nil }
    var start = data.constructors.count
    let fields = layout.parts.map { parts in
      let end = parts.last?.upperBound ?? start
      defer { start = end }
      return start..<end
    }
    self.init(rows: rows, arity: data.arity, isChain: data.isChain, fields: fields)
  }

  /// Of rows and nodes.
  public var size: Int? {
    let (entries, overflow) = rows.multipliedReportingOverflow(by: rowSize)
    return overflow ? nil : entries
  }

  /// Numbers with few digits, of magnitude at most 1; in every other row or so one weight alone, and that 1.
  public func entries(_ random: inout SplitMix64, areNegative: Bool = true) -> [Double] {
    func number(_ scale: Double) -> Double {
      let value = scale * (random.nextSigned() * 64).rounded() / 64
      return areNegative ? value : abs(value)
    }
    var entries: [Double] = []
    entries.reserveCapacity(rows * rowSize)
    for _ in 0..<rows {
      let only = random.next(below: 2) == 0 ? random.next(below: fields.count) : nil
      for weight in fields.indices { entries.append(only.map { $0 == weight ? 1 : 0 } ?? number(1)) }
      for field in fields {
        // Of many entries the sum does not grow.
        let scale = field.count <= 16 ? 1 : 4 / Double(field.count).squareRoot()
        for _ in field { entries.append((number(1) * scale * 1024).rounded() / 1024) }
      }
    }
    return entries
  }

  /// Children, or how many rows count. Trees are mostly as flat as a heap.
  public func nodes(_ random: inout SplitMix64) -> [Double] {
    guard !isChain else { return [Double(random.next(below: 2) == 0 ? rows : random.next(below: rows + 1))] }
    return (0..<rows).flatMap { row -> [Double] in
      let isNear = random.next(below: 8) == 0
      return (0..<arity).map { _ in
        let first = isNear ? row + 1 : arity * row + 1
        guard first < rows, random.next(below: 8) > 0 else { return -1 }
        return Double(min(rows - 1, first + random.next(below: 2 * arity)))
      }
    }
  }

  /// The rows that count.
  func counted(_ nodes: [Double]) -> [Bool] {
    guard !isChain else { return (0..<rows).map { Double($0) < nodes[0] } }
    var counted = [Bool](repeating: false, count: rows)
    counted[0] = true
    for row in 0..<rows where counted[row] {
      for child in nodes[row * arity..<(row + 1) * arity] where child >= 0 { counted[Int(child)] = true }
    }
    return counted
  }

  /// Rows and nodes, as compiled code takes them; what does not count is no number.
  public func inputs(_ random: inout SplitMix64) -> [[Double]] {
    var entries = entries(&random)
    let nodes = nodes(&random)
    for (row, counts) in counted(nodes).enumerated() where !counts {
      for index in row * rowSize..<(row + 1) * rowSize { entries[index] = .nan }
    }
    return [entries, nodes]
  }
}
