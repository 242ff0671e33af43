import Foundation
import Training

/// Opens what is closed of standard input, output and error: else a file of the run would get the number, and with it
/// what is printed.
func openStandardDescriptors() {
  // The lowest number that is free is taken.
  for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
}

/// The first failure of `printLine`; 0: none. Only the main thread prints.
nonisolated(unsafe) private var failure: Int32 = 0

/// Writes a line to standard output. A run does not end where it cannot be written; `checkStandardOutput` says so then.
func printLine(_ text: String) {
  let result = writeText(text + "\n", to: STDOUT_FILENO)
  if failure == 0 { failure = result }
}

/// Throws where a line did not get out, as on a full disk.
func checkStandardOutput() throws {
  guard failure == 0 else {
    throw TrainingError("cannot write to standard output: \(String(cString: strerror(failure)))")
  }
}

func printError(_ text: String) { _ = writeText(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO) }
