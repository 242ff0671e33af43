import ArgumentParser
import Foundation
import Training

extension Loss: ExpressibleByArgument {}
extension Dataset.Part: ExpressibleByArgument {}

extension LearningTask: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
  public var defaultValueDescription: String { name }
  public static var allValueStrings: [String] { names }
}

/// Numbers with commas between them.
struct NumberList: ExpressibleByArgument {
  let numbers: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.allSatisfy({ $0 != nil && $0! >= 0 }) else { return nil }
    numbers = parts.compactMap { $0 }
  }
}

/// Numbers with commas between them, or the word `all`.
enum Selection: ExpressibleByArgument {
  case all
  case some([Int])

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let list = NumberList(argument: argument) {
      self = .some(list.numbers)
    } else {
      return nil
    }
  }
}

/// What every command takes that reads data.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder with the four files of MNIST or Fashion-MNIST; for the task files, with train.safetensors and "
        + "test.safetensors.",
      valueName: "folder"))
  var data: String

  @Option(help: "What is learnt from the data; K, the size of a list, is from 1 to 64.")
  var task: LearningTask

  @Option(help: ArgumentHelp("Use the first N training samples or images only.", valueName: "N"))
  var trainImages: Int?

  @Option(help: ArgumentHelp("Use the first N test samples or images only.", valueName: "N"))
  var testImages: Int?

  @Option(
    help: ArgumentHelp(
      "Threads; the result does not depend on them. By default one for each processor that the process is bound to.",
      valueName: "N"))
  var threads = availableProcessors()

  func validate() throws {
    try require(threads, "--threads", from: 1, to: 1024)
    try require(trainImages, "--train-images", from: 1)
    try require(testImages, "--test-images", from: 1)
  }
}

/// What every command takes that runs a model.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The shared object with the model.")
  var module: String

  @Option(help: ArgumentHelp("The model; needed where the module has several.", valueName: "name"))
  var model: String?
}

func require(_ value: Int?, _ option: String, from least: Int, to most: Int = .max) throws {
  guard let value, value < least || value > most else { return }
  throw ValidationError(
    "\(option) takes a number from \(least)\(most == .max ? "" : " to \(most)"), not \(value)")
}
