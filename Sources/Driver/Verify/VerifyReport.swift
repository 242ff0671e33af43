/// What `cajal2c verify` compared for one program, in the words that it prints.
public struct VerifyReport: Sendable {
  public let program: String
  /// What was compared, with how much of it.
  public private(set) var covered: [String] = []
  /// What was not compared, and why.
  public private(set) var uncovered: [String] = []
  public private(set) var disagreements: [String] = []
  private var disagreementCount = 0

  init(program: String) { self.program = program }

  public var agrees: Bool { disagreementCount == 0 }

  mutating func cover(_ text: String) { covered.append(text) }
  mutating func leaveOut(_ text: String) { uncovered.append(text) }
  mutating func disagree(_ text: String) {
    disagreementCount += 1
    // The first few say where to look; thousands would hide them.
    if disagreementCount <= 5 { disagreements.append(text) }
  }

  /// They take as many arguments as a program has variables, which is not known before the compiler runs.
  private static let never =
    "the functions of the header: they call what was checked, but for definitions that --emit-inline writes there"

  public var text: String {
    var lines = ["\(program): \(agrees ? covered.isEmpty ? "not verified" : "agrees" : "DISAGREES")"]
    lines += covered.map { "  checked      \($0)" }
    lines += (uncovered + [VerifyReport.never]).map { "  not checked  \($0)" }
    lines += disagreements.map { "  differs      \($0)" }
    if disagreementCount > disagreements.count {
      lines.append("  differs      and \(disagreementCount - disagreements.count) more")
    }
    return lines.joined(separator: "\n")
  }
}
