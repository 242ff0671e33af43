import SwiftCSV
import TensorFiles

/// A CSV file of samples: a header, and then a sample a row. A column is an entry of a tensor: `x[0]`, `target[3][1]`,
/// or `t` where the tensor is one number or an index.
public struct DataTable {
  let path: String
  private let header: [String]
  private let rows: [Row]
  /// Where the columns are, by their names without white space; `x[3,1]` is another spelling of `x[3][1]`.
  private let places: [String: Int]

  private struct Row {
    let line: Int
    let cells: [String]
  }

  /// The separator is a comma, a semicolon or a tab, as the header says.
  public init(_ bytes: [UInt8], path: String) throws {
    self.path = path
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      throw TrainingError("\(path): is UTF-16, and UTF-8 is read: save it again in that")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    var (header, rows): ([String], [Row]) = ([], [])
    do {
      // The table alone is not read by its initialiser, which would fill rows up that are too short.
      let table = try CSV<Enumerated>(
        string: text, delimiter: Self.separator(of: text), loadColumns: false, rowLimit: 0)
      var line = 1
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { cells in
        if header.allSatisfy(\.isEmpty) {
          header = cells.map(trimmed)
        } else {
          rows.append(Row(line: line, cells: cells))
        }
        // In quotes a cell may go over several.
        line += 1 + cells.reduce(0) { $0 + $1.count(where: \.isNewline) }
      }
    } catch CSVParseError.quotation(let message) {
      throw TrainingError("\(path): is no CSV: \(message)")
    }
    guard text.count(where: { $0 == "\"" }) % 2 == 0 else {
      throw TrainingError("\(path): a quote is not closed: the file is cut, or no CSV")
    }
    while let last = rows.last, last.cells.allSatisfy({ trimmed($0).isEmpty }) { rows.removeLast() }
    guard !header.allSatisfy(\.isEmpty) else { throw TrainingError("\(path) is empty: it has no header") }
    if let number = header.first(where: { Double($0) != nil }) {
      throw TrainingError("\(path): the first line has the columns' names, and `\(number)` is a number")
    }
    if let column = header.firstIndex(of: "") {
      throw TrainingError("\(path): column \(column + 1) has no name")
    }
    var places: [String: Int] = [:]
    for (column, name) in header.enumerated() {
      let plain = name.filter { !$0.isWhitespace }.replacing(",", with: "][")
      guard places.updateValue(column, forKey: plain) == nil else {
        throw TrainingError("\(path): two columns are called `\(name)`")
      }
    }
    for row in rows where row.cells.count != header.count {
      throw TrainingError(
        "\(path), line \(row.line): there are \(row.cells.count) values, and the first line has \(header.count) columns, "
          + "\(Self.listed(header))"
          + (row.cells.count < header.count ? "; a missing value cannot be learnt from: leave the sample out" : ""))
    }
    self.header = header
    self.rows = rows
    self.places = places
  }

  /// The first comma, semicolon or tab of the header that is in no brackets and no quotes.
  private static func separator(of text: String) -> CSVDelimiter {
    var (depth, isQuoted) = (0, false)
    for character in text.drop(while: \.isNewline) {
      switch character {
      case "\"": isQuoted.toggle()
      case "[": depth += 1
      case "]": depth -= 1
      case _ where character.isNewline: return .comma
      case ",", ";", "\t":
        if depth <= 0, !isQuoted { return character == "," ? .comma : character == ";" ? .semicolon : .tab }
      default: break
      }
    }
    return .comma
  }

  /// The file's line of a sample.
  func line(ofSample sample: Int) -> Int { rows[sample].line }

  /// The columns as tensors, by the shapes of the ports. Columns that are no port's are kept too, each as a tensor of its
  /// own, so that whoever reads the tensors names them.
  ///
  /// - Parameter indexed: ports whose index may stand for them, whatever their type.
  public func tensorFile(_ ports: [Port], indexed: Set<String> = []) throws -> TensorFile {
    var tensors: [Tensor] = []
    var left = Set(header.indices)
    for port in ports {
      let whole = places[port.name]
      let names = Self.names(of: port)
      let columns = names.map { places[$0] }
      let choice = port.choice ?? (indexed.contains(port.name) && port.shape.count == 1 ? .index : nil)
      if let column = whole, port.size == 1 || choice != nil {
        if let other = columns.compactMap({ $0 }).first(where: { $0 != column }) {
          throw TrainingError("\(path): there are both a column `\(port.name)` and a column `\(header[other])`")
        }
        left.remove(column)
        tensors.append(try single(port, choice, column))
        continue
      }
      guard columns.contains(where: { $0 != nil }) else {
        guard whole == nil else {
          throw TrainingError(
            "\(path): `\(port.name)` is \(port.type), which takes \(port.size) columns: \(Self.listed(names))"
              + "; an index is taken by a natural or a declared type, and as target by --loss cross-entropy")
        }
        continue
      }
      let missing = zip(names, columns).filter { $0.1 == nil }.map(\.0)
      guard missing.isEmpty else {
        throw TrainingError("\(path): of the tensor `\(port.name)` these columns are missing: \(Self.listed(missing))")
      }
      guard whole == nil else {
        throw TrainingError("\(path): there are both a column `\(port.name)` and columns \(Self.listed(names))")
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
  private func single(_ port: Port, _ choice: Port.Choice?, _ column: Int) throws -> Tensor {
    switch choice {
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
    case .index?: return Tensor(port.name, shape: [rows.count], values: try integers([column], choice: port))
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
        // Swift reads 0x10 too.
        guard !text.contains(where: { "xX".contains($0) }), let value = Double(text) else {
          throw problem(row, column, "is no number")
        }
        guard value.isFinite else { throw problem(row, column, "is not finite") }
        return value
      }
    }
  }

  /// - Parameter choice: the type whose values are counted.
  private func integers(_ columns: [Int], choice: Port? = nil) throws -> [Int64] {
    let what = choice.map { port in
      port.values.isEmpty
        ? "is no index of \(port.type): they are 0 to \(port.size - 1)"
        : "is no value of \(port.type): it has \(Self.listed(port.values))"
    }
    return try rows.flatMap { row in
      try columns.map { column in
        let text = trimmed(row.cells[column])
        if let index = choice?.values.firstIndex(of: text) { return Int64(index) }
        guard let value = Int64(text) else {
          throw problem(row, column, what ?? "is no whole number")
        }
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
        : "\(place): `\(text.prefix(40))` \(what)"
          + (text.contains(",") && Double(text.replacing(",", with: ".")) != nil ? "; its decimal sign is a point" : "")
    )
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
