import Foundation

/// What a campaign has done, as the repository keeps it, so that what one machine began another goes on with: modules
/// below a number, summed for each row, precision, library and state of the sources.
struct Ran: Codable {
  var seed: UInt64
  /// None from here on was run. The two that were at work when this was written are not run again.
  var modules: Int
  var sums: [ModuleReport]

  static func read(_ path: String, seed: UInt64) -> Ran? {
    guard let data = FileManager.default.contents(atPath: path),
      let ran = try? JSONDecoder().decode(Ran.self, from: data), ran.seed == seed
    else { return nil }
    return ran
  }

  /// Modules that failed stay as they are; theirs is the number under which they are run again.
  init(_ state: State, seed: UInt64) {
    self.seed = seed
    let (failed, passed) = (state.all.filter { !$0.failures.isEmpty }, state.all.filter(\.failures.isEmpty))
    let groups = Dictionary(grouping: passed) { "\($0.row) \($0.realBytes) \($0.blas) \($0.code)" }
    // A sum has the number of one of its modules.
    modules = max(state.ran?.modules ?? 0, (state.all.map(\.module).max() ?? -1) + 1)
    sums =
      failed
      + groups.sorted { $0.key < $1.key }.map { _, reports in
        reports.dropFirst().reduce(into: reports[0]) { $0.add($1) }
      }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A line a sum, for those who compare two states.
    let lines = try sums.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    let text = "{\"seed\": \(seed), \"modules\": \(modules), \"sums\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

extension ModuleReport {
  /// The counts of another module of the same row and sources.
  mutating func add(_ other: ModuleReport) {
    let counts = [
      \Self.programs, \.models, \.calls, \.comparisons, \.evaluated, \.equations, \.derivatives, \.otherBits, \.loose,
    ]
    for count in counts { self[keyPath: count] += other[keyPath: count] }
    if other.worst > worst { (worst, worstProgram) = (other.worst, other.worstProgram) }
    discarded.merge(other.discarded, uniquingKeysWith: +)
    kinds.merge(other.kinds, uniquingKeysWith: +)
    seconds.merge(other.seconds, uniquingKeysWith: +)
    failures += other.failures
  }
}
