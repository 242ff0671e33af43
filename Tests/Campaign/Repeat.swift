import Driver
import Foundation
import TestSupport

/// Runs the programs and models of a file by every row that is there, in double and single precision, and says what
/// fails.
func tryFile(_ path: String, _ settings: Settings, _ toolbox: Toolbox) throws -> Bool {
  let text = try String(contentsOfFile: path, encoding: .utf8)
  var holds = true
  for row in settings.rows {
    for turn in 0..<8 {
      let plan = Plan(seed: settings.seed, module: turn, cycle: [row])
      let report = withDeepStack {
        var run = ModuleRun(plan, toolbox, calls: 40)
        return run.run(text: text)
      }
      for failure in report.failures.prefix(1) {
        holds = false
        print(
          "\(row.name), \(plan.realBytes == 8 ? "double" : "float"), \(plan.blas): \(failure.kind): \(failure.reason)")
      }
    }
  }
  return holds
}

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
