import Driver
import Foundation
import TestSupport

// Random programs through everything that gives them a meaning: `make campaign`, README.md beside this says more.

let settings: Settings
do { settings = try Settings(Array(CommandLine.arguments.dropFirst())) } catch let wrong as Settings.Wrong {
  FileHandle.standardError.write(Data("campaign: \(wrong.text)\n\(Settings.usage)\n".utf8))
  exit(2)
}

do {
  if settings.isWorker {
    try work(settings)
    exit(0)
  }
  let toolbox = try Toolbox(folder: settings.folder)
  if settings.isFresh { try? FileManager.default.removeItem(atPath: settings.statePath) }
  if !settings.isReport {
    try toolbox.buildClient()
    for row in settings.rows { try toolbox.buildRuntime(row) }
  }
  if let program = settings.program {
    exit(repeatProgram(program, settings, toolbox) ? 0 : 1)
  }
  if let file = settings.file { exit(try tryFile(file, settings, toolbox) ? 0 : 1) }
  let coordinator = Coordinator(settings)
  if !settings.isReport { try coordinator.run() }
  let report = Report(coordinator.state, settings)
  print("\n" + report.text)
  if let path = settings.publish {
    try write(report.page, to: path)
    try Ran(coordinator.state, seed: settings.seed).write(to: Settings.ranPath)
  }
  exit(coordinator.state.failures == 0 ? 0 : 1)
} catch {
  FileHandle.standardError.write(Data("campaign: \(error)\n".utf8))
  exit(2)
}
