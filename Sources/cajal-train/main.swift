import ArgumentParser
import Foundation
import Training

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
} catch {
  exit(report(error))
}
