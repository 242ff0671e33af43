import SwiftCSV
import TensorFiles

/// A CSV file of samples: a header, and then a sample a row. A column is an entry of a tensor: `x[0]`, `target[3][1]`,
/// or `t` where the tensor is one number or an index.
public struct DataTable {
  let path: String
  private let header: [String]
  private let rows: [Row]
  /// Where the columns are, by their names without spaces; `x[3,1]` is another spelling of `x[3][1]`.
  private let places: [String: Int]

  private struct Row {
    let line: Int
    let cells: [String]
  }

  /// The separator is a comma, a semicolon or a tab, as the header says.
  public init(_ bytes: [UInt8], path: String) throws {
    self.path = path
    let text = String(decoding: bytes, as: UTF8.self)
    var (header, rows): ([String], [Row]) = ([], [])
    do {
      // The table alone is not read by its initialiser, which would fill rows up that are too short.
      let table = try CSV<Enumerated>(
        string: text, delimiter: .guessed(string: text), loadColumns: false, rowLimit: 0)
      var line = 0
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { cells in
        line += 1
        if line == 1 { header = cells.map(trimmed) } else { rows.append(Row(line: line, cells: cells)) }
      }
    } catch CSVParseError.quotation(let message) {
      throw TrainingError("\(path): is no CSV: \(message)")
    }
    while let last = rows.last, last.cells.allSatisfy({ trimmed($0).isEmpty }) { rows.removeLast() }
    guard !header.allSatisfy(\.isEmpty) else { throw TrainingError("\(path) is empty: it has no header") }
    var places: [String: Int] = [:]
    for (column, name) in header.enumerated() {
      let plain = name.filter { $0 != " " }.replacing(",", with: "][")
      guard places.updateValue(column, forKey: plain) == nil else {
        throw TrainingError("\(path): two columns are called `\(name)`")
      }
    }
    for row in rows where row.cells.count != header.count {
      throw TrainingError(
        "\(path), line \(row.line): there are \(row.cells.count) values and \(header.count) columns"
          + (row.cells.count < header.count ? "; a missing value cannot be learnt from: leave the sample out" : ""))
    }
    self.header = header
    self.rows = rows
    self.places = places
  }

  /// The file's line of a sample.
  func line(ofSample sample: Int) -> Int { rows[sample].line }

  /// The columns as tensors, by the shapes of the ports. Columns that are no port's are kept too, each as a tensor of its
  /// own, so that whoever reads the tensors names them.
  public func tensorFile(_ ports: [Port]) throws -> TensorFile {
    var tensors: [Tensor] = []
    var left = Set(header.indices)
    for port in ports {
      let whole = places[port.name]
      if let column = whole, port.size == 1 || port.choice != nil {
        left.remove(column)
        tensors.append(try single(port, column))
        continue
      }
      let names = Self.names(of: port)
      let columns = names.map { places[$0] }
      guard columns.contains(where: { $0 != nil }) else {
        guard whole == nil else {
          throw TrainingError(
            "\(path): `\(port.name)` is \(port.type), which takes \(port.size) columns: \(Self.listed(names))")
        }
        continue
      }
      let missing = zip(names, columns).filter { $0.1 == nil }.map(\.0)
      guard missing.isEmpty else {
        throw TrainingError("\(path): of the tensor `\(port.name)` these columns are missing: \(Self.listed(missing))")
      }
      let found = columns.compactMap { $0 }
      left.subtract(found)
      tensors.append(
        port.isOfIntegers
          ? Tensor(port.name, shape: [rows.count] + port.shape, values: try integers(found))
          : Tensor(port.name, shape: [rows.count] + port.shape, values: try reals(found)))
    }
    for column in left.sorted() {
      tensors.append(Tensor(header[column], shape: [0], values: [Double]()))
    }
    return TensorFile(tensors: tensors, path: path)
  }

  /// A number a sample; or an index; or the word that a truth value is.
  private func single(_ port: Port, _ column: Int) throws -> Tensor {
    switch port.choice {
    case .truth?:
      return Tensor(
        port.name,
        truths: try rows.map { row in
          switch trimmed(row.cells[column]).lowercased() {
          case "true": true
          case "false": false
          default: throw problem(row, column, "is neither `true` nor `false`")
          }
        })
    case .index?: return Tensor(port.name, shape: [rows.count], values: try integers([column]))
    case nil:
      return port.isOfIntegers
        ? Tensor(port.name, shape: [rows.count] + port.shape, values: try integers([column]))
        : Tensor(port.name, shape: [rows.count] + port.shape, values: try reals([column]))
    }
  }

  private func reals(_ columns: [Int]) throws -> [Double] {
    try rows.flatMap { row in
      try columns.map { column in
        let text = trimmed(row.cells[column])
        guard let value = Double(text) else { throw problem(row, column, "is no number") }
        guard value.isFinite else { throw problem(row, column, "is not finite") }
        return value
      }
    }
  }

  private func integers(_ columns: [Int]) throws -> [Int64] {
    try rows.flatMap { row in
      try columns.map { column in
        guard let value = Int64(trimmed(row.cells[column])) else { throw problem(row, column, "is no whole number") }
        return value
      }
    }
  }

  private static let missing: Set = ["", "na", "n/a", "nan", "null", "none", "?"]

  private func problem(_ row: Row, _ column: Int, _ what: String) -> TrainingError {
    let text = trimmed(row.cells[column])
    let place = "\(path), line \(row.line), column `\(header[column])`"
    return TrainingError(
      Self.missing.contains(text.lowercased())
        ? "\(place): the value is missing, and nothing can be learnt from it: leave the sample out, or fill it in"
        : "\(place): `\(text.prefix(40))` \(what)")
  }

  /// The names of a tensor's columns, row-major.
  public static func names(of port: Port) -> [String] {
    port.shape.reduce([port.name]) { names, dimension in
      names.flatMap { name in (0..<dimension).map { "\(name)[\($0)]" } }
    }
  }

  private static func listed(_ names: [String]) -> String {
    names.count <= 4 ? names.joined(separator: ", ") : "\(names[0]), \(names[1]), …, \(names[names.count - 1])"
  }
}

private func trimmed(_ cell: String) -> String {
  var text = cell[...]
  while text.first?.isWhitespace == true { text.removeFirst() }
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}

extension Port {
  /// The columns of its tensor hold whole numbers.
  var isOfIntegers: Bool {
    switch content {
    case .nodes: true
    case .reals, .table: false
    }
  }

  /// How one value can stand for the port's entries.
  enum Choice {
    /// The number of the entry that is 1.
    case index
    /// `true` is entry 0.
    case truth
  }

  /// Nil where the type is of reals, functions or a table.
  var choice: Choice? {
    guard content == .reals, shape.count == 1 else { return nil }
    if type == "Bool" { return .truth }
    let isName = type.prefixMatch(of: /[A-Za-z_][A-Za-z0-9_']*(\[[0-9]+\])?$/) != nil
    return isName && !type.hasPrefix("Real[") && type != "Real" ? .index : nil
  }
}
