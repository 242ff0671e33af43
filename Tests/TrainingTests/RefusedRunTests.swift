import Foundation
import TestSupport
import Testing

@testable import Training

/// Settings that cannot be followed: nothing is begun, and nothing is left.
@Suite struct RefusedRunTests: SmallRuns {
  @Test func stepsBeyondTheEnd() throws {
    try withModel { folder, module in
      var settings = settings(folder, "run", module: module, steps: 20)
      settings.snapshots = [0, 20, 21]
      expectFailure("--snapshots names step 21, and the last step of the run is 20") {
        try train(settings, progress: silent)
      }
      settings.snapshots = [20]
      settings.evaluateAt = [1000]
      expectFailure("--eval-at names step 1000, and the last step of the run is 20") {
        try train(settings, progress: silent)
      }
      #expect(!FileManager.default.fileExists(atPath: settings.out))
      // As many samples as there are, where fewer than ten are.
      settings.evaluateAt = []
      settings.snapshotSamples = nil
      settings.testLimit = 4
      try train(settings, progress: silent)
      #expect(contents(settings.out + "/snapshots/20.npy")?.count == 128 + 4 * 12 * 4)
    }
  }

  @Test func aFolderThatIsAFile() throws {
    try withModel { folder, module in
      for out in ["models.so", "models.so/inner"] {
        expectFailure("cannot make the folder \(folder)/models.so: there is a file of this name") {
          try train(settings(folder, out, module: module), progress: silent)
        }
      }
      var files = settings(folder, "a/b/run", module: module)
      (files.task, files.data.path) = (.files, module)
      expectFailure("\(module): samples are read from files that end in .safetensors, .npz or .csv") {
        try train(files, progress: silent)
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
    }
  }
}
