import Foundation
import TestSupport

/// The command line.
struct Settings: Sendable {
  var programs = 2000
  var seed: UInt64 = 1
  var jobs = 2
  /// Runs one program again.
  var program: Int?
  /// Runs the programs of a file.
  var file: String?
  var publish: String?
  var folder = projectRoot + "/build/campaign"
  /// Begins anew.
  var isFresh = false
  /// Rows whose names hold this; all where it is nil.
  var rowFilter: String?
  var isWorker = false
  /// Only the table of what was done.
  var isReport = false
  /// Those that can be run here.
  var rows: [Row] = Row.table

  static let usage = """
    usage: campaign [--programs N] [--seed S] [--jobs J] [--row TEXT] [--folder FOLDER] [--fresh] [--report]
                    [--publish FILE] [--program P] [--file FILE]
    """

  struct Wrong: Error { let text: String }

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw Wrong(text: "\(option) needs a value") }
        return value
      }
      func number(_ least: Int) throws -> Int {
        let text = try value()
        guard let number = Int(text), number >= least else { throw Wrong(text: "\(option) \(text) is no such number") }
        return number
      }
      switch option {
      case "--programs": programs = try number(1)
      case "--seed": seed = UInt64(try number(0))
      case "--jobs": jobs = try number(1)
      case "--row": rowFilter = try value()
      case "--folder": folder = try value()
      case "--fresh": isFresh = true
      case "--report": isReport = true
      case "--publish": publish = try value()
      case "--program": program = try number(0)
      case "--file": file = try value()
      case "--worker": isWorker = true
      default: throw Wrong(text: "\(option) is no option")
      }
    }
    rows = Row.table.filter { row in row.obstacle == nil && (rowFilter.map { row.name.contains($0) } ?? true) }
    if rows.isEmpty { throw Wrong(text: "no row can be run here") }
  }

  var statePath: String { "\(folder)/state-\(seed)\(rowFilter.map { "-" + $0.filter(\.isLetter) } ?? "").jsonl" }

  /// Where the repository keeps what was done, of all rows.
  static let ranPath = projectRoot + "/Tests/Campaign/ran.json"
  var ran: Ran? { isFresh || rowFilter != nil ? nil : Ran.read(Self.ranPath, seed: seed) }

  func command(again program: Int) -> String {
    "make campaign SEED=\(seed) PROGRAM=\(program)" + (rowFilter.map { " ROW='\($0)'" } ?? "")
  }

  var workerArguments: [String] {
    ["--worker", "--seed", "\(seed)", "--folder", folder] + (rowFilter.map { ["--row", $0] } ?? [])
  }
}
