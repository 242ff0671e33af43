import Driver
import Foundation
import TestSupport

/// Runs one program of the campaign again, alone, and says what fails.
func repeatProgram(_ number: Int, _ settings: Settings, _ toolbox: Toolbox) -> Bool {
  let plan = Plan(seed: settings.seed, module: number / Plan.size, cycle: Row.cycle(settings.rows))
  print(plan.program(number % Plan.size).text)
  let report = withDeepStack {
    var run = ModuleRun(plan, toolbox)
    return run.run(alone: plan.program(number % Plan.size), number: number)
  }
  print("\(plan.row.name), \(plan.realBytes == 8 ? "double" : "float"), --blas \(plan.blas.rawValue)")
  for failure in report.failures { print("\(failure.kind): \(failure.reason)") }
  if report.failures.isEmpty { print("nothing fails: \(report.calls) calls, \(report.comparisons) comparisons") }
  return report.failures.isEmpty
}
