import Foundation
import TestSupport
import Testing

@testable import Training

/// Runs that take a moment, and what to compare of them.
protocol SmallRuns {}

extension SmallRuns {
  /// A run of `network` on small images: 40 of them in batches of 6, so 7 steps an epoch.
  func settings(_ folder: String, _ out: String, module: String, steps: Int = 30) -> RunSettings {
    var settings = RunSettings(
      modelPath: module, dataFolder: folder, task: .image(.blur, oddOnly: false), loss: .l1, out: "\(folder)/\(out)")
    settings.modelName = "network"
    settings.length = .steps(steps)
    settings.batch = 6
    settings.schedule.rate = 0.01
    settings.clip = 0.2
    settings.evaluateEvery = 4
    settings.evaluateAt = [1, 3].filter { $0 <= steps }
    settings.checkpointEvery = 5
    settings.snapshots = [0, 10].filter { $0 <= steps }
    settings.snapshotSamples = [3, 0]
    return settings
  }

  func withModel(_ flags: [String] = [], _ body: (_ folder: String, _ module: String) throws -> Void) throws {
    try withScratch { folder in
      try writeDataset(folder)
      try body(folder, try buildModels(folder, imageFlags(rows: 4, columns: 3) + flags))
    }
  }

  /// Asks a run to stop, by SIGTERM, when it has done so many steps.
  func stopping(after steps: Int) -> StopSource {
    nonisolated(unsafe) var asked = 0
    return StopSource(
      begin: {},
      signal: {
        asked += 1
        return asked > steps ? SIGTERM : nil
      })
  }

  func expectSame(_ a: String, _ b: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for file in ["model.safetensors", "steps.csv"] {
      #expect(contents("\(a)/\(file)") != nil, sourceLocation: sourceLocation)
      #expect(contents("\(a)/\(file)") == contents("\(b)/\(file)"), "\(file)", sourceLocation: sourceLocation)
    }
    #expect(try timelessMetrics(a) == timelessMetrics(b), sourceLocation: sourceLocation)
  }

  func expectFailure(
    _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try body() }
    #expect("\(error as Any)".contains(message), "\(error as Any)", sourceLocation: sourceLocation)
  }
}
