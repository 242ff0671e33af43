import Foundation

/// A C compiler with its flags: a row of the campaign's table.
struct Row: Sendable {
  let compiler: String
  let flags: [String]
  /// How often its turn comes.
  let weight: Int

  var name: String { ([compiler] + flags).joined(separator: " ") }

  /// The flags of the Makefile stand first, and have at least a sixth of all modules.
  static let table: [Row] = [
    Row(compiler: "gcc", flags: ["-O3", "-march=native"], weight: 6),
    Row(compiler: "gcc", flags: ["-O3", "-march=x86-64-v4"], weight: 1),
    Row(compiler: "gcc", flags: ["-O2", "-march=x86-64-v3"], weight: 1),
    Row(compiler: "gcc", flags: ["-O3"], weight: 1),
    Row(compiler: "gcc", flags: ["-O2"], weight: 2),
    Row(compiler: "gcc", flags: ["-O1"], weight: 2),
    Row(compiler: "gcc", flags: ["-O0"], weight: 2),
    Row(compiler: "gcc-11", flags: ["-O3", "-march=native"], weight: 2),
    Row(compiler: "gcc-11", flags: ["-O2", "-march=x86-64-v4"], weight: 1),
    Row(compiler: "gcc-11", flags: ["-O2"], weight: 1),
    Row(compiler: "gcc-11", flags: ["-O0"], weight: 1),
    Row(compiler: "clang", flags: ["-O3", "-march=native"], weight: 2),
    Row(compiler: "clang", flags: ["-O3", "-march=x86-64-v4"], weight: 1),
    Row(compiler: "clang", flags: ["-O2", "-march=x86-64-v3"], weight: 1),
    Row(compiler: "clang", flags: ["-O2"], weight: 2),
    Row(compiler: "clang", flags: ["-O1"], weight: 1),
    Row(compiler: "clang", flags: ["-O0"], weight: 2),
  ]

  /// Every row as often as its weight says, well mixed: those that this machine can build and run.
  static func cycle(_ rows: [Row]) -> [Row] {
    let total = rows.reduce(0) { $0 + $1.weight }
    let turns = rows.flatMap { row in
      (0..<row.weight).map { (place: (Double($0) + 0.5) * Double(total) / Double(row.weight), row: row) }
    }
    return turns.sorted { ($0.place, $0.row.name) < ($1.place, $1.row.name) }.map(\.row)
  }

  /// Why the row cannot be run here; nil where it can.
  var obstacle: String? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard path.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(compiler)") }) else {
      return "\(compiler) is not installed"
    }
    let needs: [String] =
      flags.contains("-march=x86-64-v4")
      ? ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
      : flags.contains("-march=x86-64-v3") ? ["avx2", "bmi2", "fma"] : []
    let missing = needs.filter { !Self.processorFlags.contains($0) }
    return missing.isEmpty ? nil : "this processor has no \(missing[0])"
  }

  private static let processorFlags: Set<String> = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    return Set(line.split(separator: " ").map(String.init))
  }()
}
