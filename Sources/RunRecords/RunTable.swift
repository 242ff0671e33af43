import SwiftCSV

/// A table of a run, a row for each of some steps.
struct RunTable {
  /// By the columns' names.
  let rows: [[String: String]]
  private let path: String

  /// Of a run that goes on the last row may be half written: what follows the last line's end does not count.
  init(_ bytes: [UInt8], path: String) throws(RunRecordError) {
    self.path = path
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
    var lines: [[String]] = []
    do {
      // Its rows by name would be filled up where they are too short.
      let table = try CSV<Enumerated>(
        string: String(decoding: whole, as: UTF8.self), delimiter: .comma, loadColumns: false, rowLimit: 0)
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { lines.append($0) }
    } catch { throw RunRecordError("\(path) is damaged: it is no CSV") }
    guard let header = lines.first, header.contains("step"), Set(header).count == header.count else {
      throw RunRecordError("\(path) is damaged: its first line does not name its columns, `step` among them")
    }
    for (index, line) in lines.enumerated() where line.count != header.count {
      throw RunRecordError(
        "\(path) is damaged: line \(index + 1) has \(line.count) values, and there are \(header.count) columns")
    }
    rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    var last = -1
    for (index, row) in rows.enumerated() {
      guard let step = Int(row["step"]!), step > last else {
        throw RunRecordError("\(path) is damaged: line \(index + 2) is of step `\(row["step"]!)`, after step \(last)")
      }
      last = step
    }
  }

  /// A column in which every row has a number, NaN and infinities among them.
  func points(of column: String) throws(RunRecordError) -> [(step: Int, loss: Double)] {
    var points: [(step: Int, loss: Double)] = []
    for (index, row) in rows.enumerated() {
      guard let text = row[column], let number = Double(text) else {
        throw RunRecordError("\(path) is damaged: line \(index + 2) has no number as its \(column)")
      }
      points.append((Int(row["step"]!)!, number))
    }
    return points
  }
}
