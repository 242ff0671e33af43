import ArgumentParser
import Diagnostics
import Driver
import TensorFiles

/// Where a command writes the tensors that it prints, and how.
struct TensorOutput: ParsableArguments {
  @Option(help: "How it is written: text, csv or npy; by default what the output's name ends in, else text.")
  var format: TensorFormat?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write instead of standard output.", valueName: "file"))
  var output: String?

  private var chosenFormat: TensorFormat {
    format ?? TensorFormat.allCases.first { output?.hasSuffix(".\($0.rawValue)") == true } ?? .text
  }

  func validate() throws {
    if chosenFormat == .npy && output == nil {
      throw ValidationError("npy is no text: give a file to write, as in -o result.npy")
    }
  }

  func deliver(text: @autoclosure () -> String, csv: @autoclosure () -> String, npy: @autoclosure () -> [UInt8]) throws
  {
    let bytes =
      switch chosenFormat {
      case .text: Array(text().utf8)
      case .csv: Array(csv().utf8)
      case .npy: npy()
      }
    guard let output else { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
    do { try writeDurably(bytes, to: output) } catch let failure as DurableWriteFailure {
      throw FileProblem(
        diagnostic: Diagnostic(
          .unwritableFile, "\(failure)", at: nil, help: "check that its directory exists and can be written to"))
    }
  }
}

extension TensorFormat: ExpressibleByArgument {}
