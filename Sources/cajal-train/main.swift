import ArgumentParser
import Foundation
import TensorFiles
import Training

// Exit codes: 0 fine, 1 errors in the model, the data or the run, 2 wrong usage, 70 a bug in the trainer, and 128 plus
// the signal's number where one stopped a run.
openStandardDescriptors()
reportCrashesAsInternalErrors()
// A file that grows beyond the process's limit is an error like a full disk.
signal(SIGXFSZ, SIG_IGN)
do {
  do {
    var command = try CajalTrain.parseAsRoot()
    try command.run()
  } catch let error where CajalTrain.exitCode(for: error) == .success {
    // Help, or the version.
    printLine(CajalTrain.fullMessage(for: error))
  }
  try checkStandardOutput()
} catch let error where error is TrainingError || error is SafetensorsError || error is DurableWriteFailure {
  printError("cajal-train: \(error)")
  exit(1)
} catch let stopped as StoppedRun {
  printError("cajal-train: \(stopped)")
  exit(128 + stopped.signal)
} catch let code as ExitCode {
  // Of a process that leaves the message to another.
  exit(code.rawValue)
} catch {
  let text = CajalTrain.fullMessage(for: error)
  if CajalTrain.exitCode(for: error) == .validationFailure {
    printError(text)
    exit(2)
  }
  printError(
    "cajal-train: internal error: \(error)\nThis is a bug in the trainer. Please report it with the command line.")
  exit(70)
}
