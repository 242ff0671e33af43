import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import LinearMaps
import Lowering
import TestSupport

/// A program or a model of the campaign that the language lets be compiled.
struct Subject {
  /// In the campaign.
  let number: Int
  let program: RandomProgram
  /// Of a program: its own file, for the evaluator and the equations.
  let checked: CheckedProgram?

  /// More operations of one sample than that are not tried: the interpreters would take seconds.
  private static let largestWork = 400_000.0
  private static let mostNodes = 1500
  private static let mostParameters = 20_000

  /// The text is wrong, which no generated text should be.
  struct Rejected: Error { let reason: String }

  /// Throws `Discarded` for what cannot be compiled or is too large, and `Rejected`.
  init(number: Int, _ program: RandomProgram, typePreserving: TypePreserving?) throws {
    self.number = number
    self.program = program
    if program.isModel {
      checked = nil
      try Self.admit(program, typePreserving)
      return
    }
    let checked: CheckedProgram
    do { checked = try CheckedProgram(program) } catch let rejected as CheckedProgram.Rejected {
      throw Rejected(reason: "\(rejected)")
    }
    try Self.admit(checked.graph())
    // Those that it calls are exported with it, and may need a matrix that it does not.
    var diagnostics = Diagnostics()
    for called in checked.module.programs.dropLast() {
      guard let graph = lower(called, in: checked.module, source: checked.source, diagnostics: &diagnostics) else {
        throw Discarded("a called program has no matrix")
      }
      try Self.admit(graph)
    }
    self.checked = checked
  }

  private static func admit(_ graph: Graph) throws {
    if graph.size > mostNodes { throw Discarded("more than \(mostNodes) nodes") }
    if graph.work > largestWork { throw Discarded("more than \(Int(largestWork)) operations") }
  }

  private static func admit(_ program: RandomProgram, _ typePreserving: TypePreserving?) throws {
    var diagnostics = Diagnostics()
    let source = Source(name: "random.cajal", text: program.text)
    let tree = parse(source, diagnostics: &diagnostics)
    guard !diagnostics.hasErrors, let module = check(tree, diagnostics: &diagnostics) else {
      throw rejected(diagnostics)
    }
    for called in module.programs {
      guard let graph = lower(called, in: module, source: source, diagnostics: &diagnostics) else {
        throw Discarded("a called program has no matrix")
      }
      try admit(graph)
    }
    guard
      let model = lower(
        module.models[0], in: module, source: source, typePreserving: typePreserving, diagnostics: &diagnostics)
    else {
      let codes = Set(diagnostics.items.filter { $0.severity == .error }.map(\.code))
      if codes.isSubset(of: [.noMatrix, .unfoldsTooFar, .typeTooLarge]) {
        throw Discarded(codes.map(\.rawValue).sorted().joined(separator: " "))
      }
      throw rejected(diagnostics)
    }
    if model.parameterCount > mostParameters { throw Discarded("more than \(mostParameters) parameters") }
    try admit(model.graph)
  }

  private static func rejected(_ diagnostics: Diagnostics) -> Rejected {
    let errors = diagnostics.items.filter { $0.severity == .error }
    return Rejected(reason: errors.map { "\($0.code.rawValue) \($0.message)" }.joined(separator: "; "))
  }
}

/// The text of a file with all of these in it.
func fileText(_ subjects: [Subject], horizon: Int) -> String {
  var declarations = [Declaration(.horizon(UInt64(horizon)), Span(0, 0))]
  for (index, subject) in subjects.enumerated() {
    declarations += subject.program.renamed(suffix: "\(index)").tree.declarations.dropFirst()
  }
  return PrettyPrinter().print(SyntaxTree(declarations: declarations))
}
