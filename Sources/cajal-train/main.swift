import ArgumentParser
import Foundation
import TensorFiles
import Training

// Exit codes: 0 fine, 1 errors in the model, the data or the run, 2 wrong usage, 70 a bug in the trainer.
reportCrashesAsInternalErrors()
do {
  var command = try CajalTrain.parseAsRoot()
  try command.run()
} catch let error where error is TrainingError || error is SafetensorsError || error is DurableWriteFailure {
  printError("cajal-train: \(error)")
  exit(1)
} catch {
  let text = CajalTrain.fullMessage(for: error)
  let code = CajalTrain.exitCode(for: error)
  if code == .success {
    print(text)
    exit(0)
  }
  if code == .validationFailure {
    printError(text)
    exit(2)
  }
  printError(
    "cajal-train: internal error: \(error)\nThis is a bug in the trainer. Please report it with the command line.")
  exit(70)
}
