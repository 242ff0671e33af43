import ArgumentParser
import Foundation
import Safetensors
import Training

// Exit codes: 0 fine, 1 errors in the model, the data or the run, 2 wrong usage, 70 a bug in the trainer.
reportCrashesAsInternalErrors()
do {
  var command = try CajalTrain.parseAsRoot()
  try command.run()
} catch let error as TrainingError {
  printError("cajal-train: \(error)")
  exit(1)
} catch let error as SafetensorsError {
  printError("cajal-train: \(error)")
  exit(1)
} catch let error as DurableWriteFailure {
  printError("cajal-train: \(error)")
  exit(1)
} catch {
  let text = CajalTrain.fullMessage(for: error)
  if CajalTrain.exitCode(for: error) == .success {
    print(text)
    exit(0)
  }
  printError(text)
  exit(2)
}
