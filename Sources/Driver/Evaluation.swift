import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics

/// Something is wrong with the value of a `--set`; its text is a source of its own.
public struct SettingProblem: Error {
  public let source: Source
  public let diagnostics: Diagnostics
}

extension Compilation {
  /// The program of that name, or the file's only one. Adds a diagnostic and gives nil where there is none.
  public func findProgram(_ name: String?) throws -> Judgement? {
    guard let module else { return nil }
    let names = module.programs.map(\.name.text)
    if let name {
      if let found = module.programs.first(where: { $0.name.text == name }) { return found }
      if let model = module.models.first(where: { $0.name.text == name }) {
        reportModel(model.name)
        return nil
      }
      reportUnknown(name, among: names, "program")
      return nil
    }
    if names.count == 1 { return module.programs[0] }
    if names.isEmpty, let model = module.models.first {
      reportModel(model.name)
      return nil
    }
    add(
      Diagnostic(
        .noSuchProgram, names.isEmpty ? "the file declares no program" : "the file declares \(names.count) programs",
        at: nil,
        help: names.isEmpty
          ? "declare one with `program`"
          : "choose one with `--program`: \(names.prefix(20).joined(separator: ", "))"))
    return nil
  }

  /// Adds a diagnostic for a name that the file does not declare; `kind` says what it would have to be.
  public func reportUnknown(_ name: String, among names: [String], _ kind: String) {
    let similar = suggestion(for: name, among: names)
    add(
      Diagnostic(
        .noSuchProgram, "there is no \(kind) called `\(name)`", at: nil,
        help: names.isEmpty
          ? "the file declares none"
          : (similar.map { "did you mean `\($0)`? " } ?? "")
            + "the file has \(names.prefix(20).joined(separator: ", "))"))
  }

  private func reportModel(_ name: Name) {
    add(
      Diagnostic(
        .noSuchProgram, "`\(name.text)` is a model, and has no value of its own",
        at: Label(name.span, "a model, not a program"),
        notes: ["what a model computes depends on its trained weights, which are not here"],
        help: "`cajal2c run` computes it, with `--weights` where it has parameters; or name a `program`"))
  }

  /// The value of a program, its variables set to closed expressions; nil where there were errors.
  ///
  /// - Parameter checksHorizon: says, as `check` does, where the compiled programs of the file drop entries. Evaluation
  ///   itself drops none.
  public func evaluate(
    program name: String?, settings: [(name: String, value: String)], steps: Int, checksHorizon: Bool
  ) throws -> Value? {
    guard let judgement = try findProgram(name), let module, !checksHorizon || horizons != nil else { return nil }
    let evaluator = Evaluator(module: module, stepLimit: steps)
    do {
      guard let values = try values(of: judgement, settings, module, evaluator) else { return nil }
      return try evaluator.evaluate(judgement, values: values)
    } catch let error as EvaluationError {
      add(error.diagnostic)
      return nil
    }
  }

  private func values(
    of judgement: Judgement, _ settings: [(name: String, value: String)], _ module: TypedModule, _ evaluator: Evaluator
  ) throws -> [Value]? {
    let ports = judgement.context.map(\.variable)
    guard let given = try values(of: ports, in: judgement.name, settings, module, evaluator) else { return nil }
    for variable in ports where given[variable.name] == nil {
      add(EvaluationError.missingValue(name: variable.name, variable.span).diagnostic)
    }
    return diagnostics.hasErrors ? nil : ports.map { given[$0.name]! }
  }

  /// The values that are set, by name; nil where there were errors.
  func values(
    of ports: [Variable], in program: Name, _ settings: [(name: String, value: String)], _ module: TypedModule,
    _ evaluator: Evaluator
  ) throws -> [String: Value]? {
    var given: [String: Value] = [:]
    for (name, text) in settings {
      guard let variable = ports.first(where: { $0.name == name }) else {
        let known = ports.isEmpty ? "it has no variables" : "it has \(ports.map(\.name).joined(separator: ", "))"
        add(Diagnostic(.missingValue, "`\(program.text)` has no variable `\(name)`", at: nil, help: known))
        return nil
      }
      if given[name] != nil {
        add(Diagnostic(.missingValue, "`\(name)` is set twice", at: nil, help: "give each variable one value"))
        return nil
      }
      given[name] = try value(of: variable, text, module, evaluator)
    }
    return given
  }

  private func value(
    of variable: Variable, _ text: String, _ module: TypedModule, _ evaluator: Evaluator
  ) throws -> Value {
    let source = Source(name: "--set \(variable.name)", text: text)
    var problems = Diagnostics()
    guard let term = parseTerm(source, diagnostics: &problems),
      let typed = checkClosedTerm(term, against: variable.type, in: module, diagnostics: &problems)
    else { throw SettingProblem(source: source, diagnostics: problems) }
    do { return try evaluator.evaluate(typed) } catch let error as EvaluationError {
      problems.add(error.diagnostic)
      throw SettingProblem(source: source, diagnostics: problems)
    }
  }
}
