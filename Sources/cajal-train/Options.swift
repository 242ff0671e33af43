import ArgumentParser
import Foundation
import Training

extension Loss: ExpressibleByArgument {}
extension Optimizer.Kind: ExpressibleByArgument {}
extension RateSchedule.Kind: ExpressibleByArgument {}
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
      "A file of samples, .csv, .npz or .safetensors, or a folder with train.csv and test.csv or the like; for tasks "
        + "of images the folder with the four files of MNIST or Fashion-MNIST.",
      valueName: "path"))
  var data: String

  @Option(
    help: "What is learnt from the data: files is for samples of your own; K, the size of a list, is from 1 to 64.")
  var task = LearningTask.files

  @Option(help: ArgumentHelp("The test samples, where --data is a file.", valueName: "file"))
  var test: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Use the first N training samples or images only.", valueName: "N"))
  var trainImages: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Use the first N test samples or images only.", valueName: "N"))
  var testImages: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads; the result does not depend on them. By default one for each processor that the process is bound to.",
      valueName: "N"))
  var threads = availableProcessors()

  var source: DataSource { DataSource(data, testPath: test) }

  func validate() throws {
    if test != nil, task != .files { throw ValidationError("--test is for the task files, not for \(task.name)") }
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
