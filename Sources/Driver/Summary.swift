import CajalSyntax
import CajalTyping
import Lowering

extension Compilation {
  /// What `cajal2c check` prints: each judgement, the degree of every variable, and the bounds that the horizon
  /// analysis found. Nil where there were errors.
  public var summary: String? {
    guard let module, let horizons else { return nil }
    let printer = JudgementPrinter(module)
    var text = ""
    for (judgement, horizon) in zip(module.programs, horizons) {
      text += "\(text.isEmpty ? "" : "\n")program \(judgement.signature)\n"
      for line in printer.describeDegrees(judgement) { text += "  \(line)\n" }
      for line in horizon.summary { text += "  \(line)\n" }
    }
    return text.isEmpty ? "no programs; \(module.definitions.count) definitions are well typed\n" : text
  }
}

extension ProgramHorizon {
  /// The bound of the result, and whether the horizon suffices.
  fileprivate var summary: [String] {
    var lines: [String] = []
    if let resultBound {
      lines.append("result at most \(resultBound == Int.max ? "unbounded" : "\(resultBound)"), horizon \(horizon)")
    }
    let places = drops.count == 1 ? "1 place" : "\(drops.count) places"
    if drops.isEmpty { return lines + ["nothing is dropped at horizon \(horizon)"] }
    let least = drops.map(\.leastHorizon)
    if least.contains(where: { $0 == nil }) {
      lines.append("entries may be dropped at \(places); no horizon suffices")
    } else {
      lines.append("entries may be dropped at \(places); horizon \(least.compactMap { $0 }.max()!) suffices")
    }
    return lines
  }
}
