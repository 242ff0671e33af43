import CajalSyntax
import CajalTyping
import EmitC
import Lowering

extension Compilation {
  /// What `cajal2c check` prints: each judgement, the degree of every variable, and the bounds that the horizon
  /// analysis found; each net with its shapes; each model with its links. Nil where there were errors.
  ///
  /// - Parameter costs: of the programs, then of the models, to be printed as well; empty for none.
  public func summary(costs: [ProgramCost] = []) -> String? {
    guard let module, let blocks = blocks(costs: costs, isWanted: { _ in true }) else { return nil }
    let text = blocks.joined(separator: "\n")
    return text.isEmpty ? "no programs; \(module.definitions.count) definitions are well typed\n" : text
  }

  /// The same of one program, net or model; nil where there is none of this name.
  public func summary(named name: String) -> String? { blocks(costs: []) { $0 == name }?.first }

  /// The same of each program, then of each net, then of each model; nil where there were errors.
  public func summaries() -> [String]? { blocks(costs: []) { _ in true } }

  private func blocks(costs: [ProgramCost], isWanted: (String) -> Bool) -> [String]? {
    guard let module, let horizons else { return nil }
    let printer = JudgementPrinter(module)
    let distributions = DistributionAnalysis(module)
    var blocks: [String] = []
    var costs = costs[...]
    func cost() -> [String] { costs.popFirst()?.summary(realBytes: options.realBytes) ?? [] }
    for (judgement, horizon) in zip(module.programs, horizons) where isWanted(judgement.name.text) {
      let norms = norms(module.outputBound(of: judgement), judgement.context.map(\.variable.name))
      blocks.append(
        block(
          "program \(judgement.signature)",
          printer.describeDegrees(judgement) + horizon.summary
            + (distributions.result(of: judgement, horizon).map { [printer.describe($0)] } ?? []) + norms
            + module.invariants(of: judgement) + cost()))
    }
    for net in module.nets where isWanted(net.name.text) { blocks.append(printer.print(net)) }
    for (model, horizon) in zip(module.models, horizons.dropFirst(module.programs.count))
    where isWanted(model.name.text) {
      let norms = norms(module.outputBound(of: model), model.links.map { printer.text(of: $0.datum) })
      blocks.append(
        block(
          "model \(model.signature)",
          printer.describe(model) + horizon.summary + norms + module.invariants(of: model) + cost()))
    }
    return blocks
  }

  /// The bound of the norm of a result, or what it would take.
  private func norms(_ output: OutputBound?, _ ports: [String]) -> [String] {
    guard let output else { return [] }
    if output.bound.isKnown { return ["norm of the result at most \(output.bound.summary), in exact arithmetic"] }
    let missing = output.missing.map { "`\(ports[$0])`" }.joined(separator: ", ")
    return ["no bound on the norm of the result follows" + (missing.isEmpty ? "" : ": there is none for \(missing)")]
  }

  private func block(_ head: String, _ lines: [String]) -> String {
    ([head] + lines.map { "  \($0)" }).joined(separator: "\n") + "\n"
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
