import ArgumentParser
import RunRecords
import TensorFiles
import Training

/// Says what ended the program; its exit code: 1 errors in the model, the data or the run, 2 wrong usage, 70 a bug in the
/// trainer, and 128 plus the signal's number where one stopped a run.
func report(_ error: any Error) -> Int32 {
  switch error {
  case is TrainingError, is RunRecordError, is SafetensorsError, is NumpyError, is DurableWriteFailure:
    printError("cajal-train: \(error)")
    return 1
  case let stopped as StoppedRun:
    printError("cajal-train: \(stopped)")
    return 128 + stopped.signal
  case let code as ExitCode:
    // It was said before.
    return code.rawValue
  default:
    let text = CajalTrain.fullMessage(for: error)
    if CajalTrain.exitCode(for: error) == .validationFailure {
      printError(text)
      return 2
    }
    printError(
      "cajal-train: internal error: \(error)\nThis is a bug in the trainer. Please report it with the command line.")
    return 70
  }
}
