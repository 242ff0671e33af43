import Driver
import Foundation
import TestSupport

extension ModuleRun {
  /// The smallest program that single steps lead to and that fails in the same way, alone in its module; nil where it
  /// does not fail alone.
  static func shrunk(
    _ failure: ModuleReport.Failure, _ plan: Plan, _ toolbox: Toolbox, limit: Int
  ) -> (program: RandomProgram, failure: ModuleReport.Failure)? {
    func alone(_ program: RandomProgram) -> ModuleReport.Failure? {
      var run = ModuleRun(plan, toolbox)
      return run.run(alone: program, number: failure.program).failures.first { $0.kind == failure.kind }
    }
    guard failure.program >= 0, failure.kind != "rejected" else { return nil }
    let program = plan.program(failure.program % Plan.size)
    guard var smallest = alone(program) else { return nil }
    let end = ContinuousClock.now + .seconds(120)
    let result = program.shrunk(limit: limit) { candidate in
      guard ContinuousClock.now < end, let found = alone(candidate) else { return false }
      smallest = found
      return true
    }
    return (result, smallest)
  }
}

/// A file that says all there is to know of a failure.
func describe(_ failure: ModuleReport.Failure, _ plan: Plan, _ toolbox: Toolbox, command: String, code: String)
  -> String
{
  let program = failure.program >= 0 ? plan.program(failure.program % Plan.size) : nil
  var text = """
    \(failure.kind): \(failure.reason)
    program \(failure.program), module \(plan.module), campaign \(plan.seed), sources \(code)
    \(plan.row.name), \(plan.realBytes == 8 ? "double" : "float"), --blas \(plan.blas.rawValue)\
    \(plan.typePreserving.map { ", type-preserving (\($0))" } ?? "")
    again: \(command)


    """
  if let shrunk = withDeepStack({ ModuleRun.shrunk(failure, plan, toolbox, limit: 400) }) {
    text += "\(shrunk.failure.reason)\n\(shrunk.program.text)\n\nThe whole program:\n"
  } else {
    text +=
      "It does not fail alone, or is no program; its module is made of all from \(plan.module * Plan.size) on.\n\n"
  }
  return text + (program?.text ?? fileText(in: plan)) + "\n"
}

private func fileText(in plan: Plan) -> String {
  let subjects = (0..<Plan.size).compactMap {
    try? Subject(number: plan.module * Plan.size + $0, plan.program($0), typePreserving: plan.typePreserving)
  }
  return fileText(subjects, horizon: plan.horizon)
}
