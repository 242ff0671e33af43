import CajalSyntax
import CajalTyping
import EmitC
import Passes
import Schedule

/// The stages that `--emit` prints; `single` is the C with all that it includes.
public enum Stage: String, CaseIterable, Sendable {
  case ast, judgement, graph, adjoint, schedule, c, header, manifest, single

  /// The stage's text; nil where there were errors.
  public func text(of compilation: Compilation) throws -> String? {
    switch self {
    case .ast:
      let tree = compilation.syntaxTree
      return compilation.diagnostics.hasErrors ? nil : SyntaxTreeDump.dump(tree, source: compilation.source)
    case .judgement: return compilation.module.map { JudgementPrinter($0).print() }
    case .graph:
      return try compilation.optimised()?.map { $0.forward.printed(name: $0.judgement.name.text) }.joined(
        separator: "\n")
    case .adjoint:
      return try compilation.optimised()?.map { program in
        program.backward!.printed(name: program.judgement.name.text + "_adjoint")
      }.joined(separator: "\n")
    case .schedule:
      return try compilation.moduleUnit().map { try scheduleText($0, observe: compilation.observeSchedule) }
    case .c: return try compilation.emitted()?.c
    case .header: return try compilation.emitted()?.header
    case .single: return try compilation.singleFile()?.c
    case .manifest: return try compilation.moduleUnit().map { try EmitC.manifest($0) }
    }
  }
}

/// What `--dump-after` knows: passes over graphs, and over the schedules that are made of them.
public let passNames = graphPassNames + schedulePassNames

public let schedulePassNames = SchedulePipeline.names

private let graphPassNames: [String] = {
  var names: [String] = []
  for pass in Pipeline.adjoint(of: .program(ports: 0)).passes + Pipeline.segmented.passes + Pipeline.cleanUp.passes
  where !names.contains(pass.name) {
    names.append(pass.name)
  }
  return names
}()
