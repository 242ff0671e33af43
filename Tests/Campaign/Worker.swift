import Driver
import Foundation

/// Reads numbers of modules, one a line, and prints the report of each. A process of its own: where the compiler itself
/// ends on a program, the campaign does not.
func work(_ settings: Settings) throws {
  let toolbox = try Toolbox(folder: settings.folder)
  let cycle = Row.cycle(settings.rows)
  while let line = readLine(), let module = Int(line) {
    let report = withDeepStack {
      var run = ModuleRun(Plan(seed: settings.seed, module: module, cycle: cycle), toolbox)
      return run.run()
    }
    let text = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
