import CajalTyping
import Diagnostics
import Driver
import EmitC
import Foundation
import Lowering
import RunRecords
import TensorFiles

/// A run of `cajal-train` that is of a model of the file.
struct ModelRun {
  let record: RunRecord
  /// The model's place in the module.
  let place: Int
  /// Those with the least validation loss, or those of the last step; nil of a run that has not come to its end.
  let weights: RunWeights?

  /// - Throws: `FileProblem`.
  init(reading folder: String, _ models: [LinkedModel], _ lowered: [LoweredModel], signatures: [String]) throws {
    do { record = try RunRecord(reading: folder) } catch { throw RunProblem.unreadable(folder, "\(error)") }
    guard let name = record.configuration["model"] else {
      throw RunProblem.unreadable(folder, "\(folder)/config.json is damaged: it names no model")
    }
    guard let place = models.firstIndex(where: { $0.name.text == name }) else {
      throw RunProblem.other(folder, "it is of the model `\(name)`, which is not in the file", models)
    }
    self.place = place
    weights = try RunWeights(reading: folder, lowered[place])
    if let theirs = weights?.signature, theirs != signatures[place] {
      throw RunProblem.other(folder, "it is of `\(theirs)`, and the file has `\(signatures[place])`", models)
    }
  }

  /// The parameters of a model; nil where the run does not have them all.
  func vector(of model: LoweredModel) -> [Double]? {
    guard let values = weights?.values, values.has(model) else { return nil }
    return values.vector(of: model)
  }
}

/// The parameters that a run came to.
struct RunWeights {
  /// The file's name in the run's folder.
  let name: String
  let step: String?
  let signature: String?
  let values: Weights

  private static let names = ["best.safetensors", "model.safetensors"]

  /// Nil where the run has none.
  init?(reading folder: String, _ model: LoweredModel) throws {
    guard let name = Self.names.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }) else {
      return nil
    }
    let path = "\(folder)/\(name)"
    do {
      // The page computes with doubles.
      values = try Weights(reading: path, for: [model], realBytes: 8)
      let metadata = try TensorFile(reading: path).metadata
      (self.name, step, signature) = (name, metadata["step"], metadata["signature"])
    } catch let problem as FileProblem {
      throw RunProblem.weights(problem.diagnostic)
    }
  }
}

/// What is wrong with a run, and what to do.
enum RunProblem {
  static func unreadable(_ folder: String, _ reason: String) -> FileProblem {
    FileProblem(
      diagnostic: Diagnostic(
        .unreadableFile, "cannot show the run \(folder): \(reason)", at: nil,
        help: "`--run` takes the folder that `cajal-train --out` wrote, whole; `cajal-train --resume` goes on with a "
          + "run that was cut off"))
  }

  static func snapshots(_ folder: String, _ reason: String) -> FileProblem {
    FileProblem(
      diagnostic: Diagnostic(
        .unreadableFile, "cannot show the run \(folder): \(reason)", at: nil,
        help: "remove \(folder)/snapshots, and the page is made without them; or train into another folder, with "
          + "`--snapshots`"))
  }

  static func other(_ folder: String, _ reason: String, _ models: [LinkedModel]) -> FileProblem {
    let names = models.map { "`\($0.name.text)`" }.joined(separator: ", ")
    return FileProblem(
      diagnostic: Diagnostic(
        .weightsDoNotFit, "cannot show the run \(folder): \(reason)", at: nil,
        help: models.isEmpty
          ? "name the file that it trained: this one has no models"
          : "name the file that it trained, or a run of \(names) as this file has it"))
  }

  static func weights(_ diagnostic: Diagnostic) -> FileProblem {
    FileProblem(
      diagnostic: Diagnostic(
        diagnostic.code, diagnostic.message, at: nil, notes: diagnostic.notes,
        help: "the run is of a model that had other tensors, or its file is damaged: name a run of the model as it is "
          + "now, or train it again"))
  }
}
