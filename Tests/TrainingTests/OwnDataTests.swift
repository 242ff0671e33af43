import Foundation
import RunRecords
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// From a table to weights, predictions and figures by the command line.
@Suite struct OwnDataTests {
  /// The command's status, output and errors, in the folder.
  private func cajalTrain(_ arguments: [String], in folder: String) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let result = try run(trainerPath, arguments, directory: folder)
    return (result.status, result.output, result.errors)
  }

  /// y = (x0 + 2 x1 - x2, x1) exactly: what `linear` can learn.
  private func withTables(_ body: (_ folder: String) throws -> Void) throws {
    try withScratch { folder in
      _ = try buildModels(folder, ["-DREAL=double"])
      func table(_ count: Int, _ seed: Int, targets: Bool) -> [UInt8] {
        var text = "x[0],x[1],x[2]" + (targets ? ",target[0],target[1]" : "") + "\n"
        for sample in 0..<count {
          let x = (0..<3).map { Double((sample * 5 + $0 * 3 + seed) % 7) - 3 }
          let row = targets ? x + [x[0] + 2 * x[1] - x[2], x[1]] : x
          text += row.map { "\($0)" }.joined(separator: ",") + "\n"
        }
        return Array(text.utf8)
      }
      try write(table(20, 0, targets: true), to: folder + "/train.csv")
      try write(table(6, 3, targets: true), to: folder + "/test.csv")
      try write(table(4, 5, targets: false), to: folder + "/inputs.csv")
      try body(folder)
    }
  }

  private static let model = ["models.so", "--model", "linear"]

  @Test func fromATableToPredictionsAndFigures() throws {
    try withTables { folder in
      let trained = try cajalTrain(
        Self.model + [
          "--data", "train.csv", "--test", "test.csv", "--validation", "0.2", "--loss", "mse", "--steps", "600", "--lr",
          "0.1", "--schedule", "cosine", "--warmup", "10", "--out", "run",
        ], in: folder)
      #expect(trained.status == 0 && trained.errors.isEmpty, "\(trained.errors)")
      #expect(trained.output.contains("16 training samples, 4 to choose by, 6 test samples"))
      #expect(trained.output.contains(" left\n") && trained.output.contains("\nbest: step "))
      let weights = ["--weights", "run/best.safetensors"]

      // The test samples are those of a folder, or a file's.
      for data in [".", "test.csv"] {
        let measured = try cajalTrain(
          ["evaluate"] + Self.model + ["--data", data, "--loss", "mse"] + weights, in: folder)
        let lines = measured.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(lines.first == ["samples", "loss", "l1", "mse", "rmse", "r2", "relative_error"])
        #expect(lines.last?.first == "6")
        let error = try #require(Double(lines.last?.last ?? ""))
        #expect(error < 1e-3, "\(error)")
      }

      let predicted = try cajalTrain(
        ["predict"] + Self.model + ["--data", "inputs.csv", "-o", "out.csv"] + weights, in: folder)
      #expect(predicted.status == 0 && predicted.errors == "cajal-train: wrote the results of 4 samples to out.csv\n")
      let table = try #require(contents(folder + "/out.csv").map { String(decoding: $0, as: UTF8.self) })
      let printed = try cajalTrain(["predict"] + Self.model + ["--data", "inputs.csv"] + weights, in: folder)
      #expect(printed.output == table)
      #expect(table.hasPrefix("linear[0],linear[1]\n"))
      for (sample, line) in table.split(separator: "\n").dropFirst().enumerated() {
        let x = (0..<3).map { Double((sample * 5 + $0 * 3 + 5) % 7) - 3 }
        let y = line.split(separator: ",").compactMap { Double($0) }
        #expect(isClose(y, [x[0] + 2 * x[1] - x[2], x[1]], absolute: 1e-2))
      }
      let array = try cajalTrain(
        ["predict"] + Self.model + ["--data", "inputs.csv", "-o", "out.npy"] + weights, in: folder)
      let bytes = [UInt8](try #require(contents(folder + "/out.npy")))
      let tensor = try NumpyFile.tensor("out", bytes: bytes, source: "out.npy")
      #expect(array.status == 0 && tensor.shape == [4, 2])

      let compared = try cajalTrain(["compare", "run", "run", "--csv"], in: folder)
      let rows = compared.output.split(separator: "\n")
      #expect(rows.count == 3 && rows[0].hasPrefix("run,step,train_loss,validation_loss,test_loss,test_l1,rmse,r2,"))
      #expect(rows[1] == rows[2] && rows[1].hasPrefix("run,"))

      let plotted = try cajalTrain(["plot", "run"], in: folder)
      let hasGnuplot = try run("sh", ["-c", "command -v gnuplot"]).status == 0
      if hasGnuplot {
        #expect(plotted.output == "run/plots/curves.svg\nrun/plots/residuals.svg\n", "\(plotted.errors)")
        for name in ["curves", "residuals"] {
          let figure = try #require(contents("\(folder)/run/plots/\(name).svg"))
          #expect(String(decoding: figure, as: UTF8.self).contains("</svg>"))
        }
      } else {
        #expect(plotted.status == 1 && plotted.errors.contains("gnuplot-nox"))
      }
      let residuals = try String(contentsOfFile: folder + "/run/plots/residuals.csv", encoding: .utf8)
      // Six samples of two entries.
      #expect(residuals.split(separator: "\n").count == 13)
    }
  }

  @Test func theBestOfRunsIsNoNaN() throws {
    try withScratch { folder in
      try write(Array("{\"loss\": \"mse\"}".utf8), to: folder + "/config.json")
      try write(Array("step,loss,grad_norm\n".utf8), to: folder + "/steps.csv")
      try write(
        Array("step,validation_loss,test_loss\n0,nan,9\n1,2.0,8\n2,3.0,7\n".utf8), to: folder + "/metrics.csv")
      let run = try RunRecord(reading: folder)
      #expect(run.best?["step"] == "1")
      #expect(compare([run])[1].dropFirst() == ["1", "2", "8", ""])
    }
  }

  @Test func trajectoriesAreDrawn() throws {
    try withScratch { folder in
      func matrix(_ add: Double) -> [Double] { (0..<48).map { Double($0) + add } }
      try TensorFile(
        tensors: [
          Tensor("output", shape: [2, 12, 2], values: matrix(0.5)),
          Tensor("target", shape: [2, 12, 2], values: matrix(0)),
        ]
      ).write(to: folder + "/outputs.safetensors")
      try write(Array("{\"loss\": \"mse\"}".utf8), to: folder + "/config.json")
      try write(Array("step,loss,grad_norm\n1,2.0,1.0\n".utf8), to: folder + "/steps.csv")
      try write(Array("step,test_loss\n0,3.0\n1,2.0\n".utf8), to: folder + "/metrics.csv")
      let plots = try RunPlots(RunRecord(reading: folder))
      #expect(plots.figures.map(\.name) == ["curves", "residuals", "trajectories"])
      let rows = plots.figures[2].table.split(separator: "\n")
      // The second sample's first entry after five rounds: 24 + 5 · 2.
      #expect(rows.count == 49 && rows.contains("1,0,5,34.5,34.0"))
    }
  }

  @Test(arguments: [
    (["--momentum", "0.5"], "--momentum needs --optimizer sgd"),
    (["--patience", "3"], "--patience needs --validation"),
    (["--validation", "1.5"], "--validation takes a part between 0 and 1, or a file, not 1.5"),
    (["--decay-every", "3"], "--decay-every needs --schedule step"), (["--weight-decay=-1"], "--weight-decay takes"),
    (["--task", "blur", "--test", "t.csv"], "--test is for the task files, not for blur"),
    (["--decay-factor", "0.5"], "--decay-factor needs --schedule step"),
    (["--steps", "9223372036854775807"], "--steps takes"),
    (["--decay-factor", "0"], "--decay-factor takes a number above 0"),
  ]) func wrongUsage(arguments: [String], message: String) throws {
    let result = try cajalTrain(["x.so", "--data", "d", "--out", "o"] + arguments, in: "/")
    #expect(result.status == 2 && result.errors.contains(message), "\(result.errors)")
  }

  @Test func whatIsNotThere() throws {
    try withTables { folder in
      let refused: [([String], String)] = [
        (["predict"] + Self.model + ["--data", "inputs.csv"], "has no embedded weights: give some with --weights"),
        (["predict"] + Self.model + ["--data", "none.csv"], "has no embedded weights"),
        (Self.model + ["--data", "train.csv", "--out", "r"], "there are no test samples beside train.csv"),
        (
          Self.model + ["--data", "none.csv", "--test", "test.csv", "--out", "r"], "there is no file or folder none.csv"
        ),
        (["model.cajal", "--data", "train.csv", "--out", "r"], "model.cajal is a program: compile it (make model.so)"),
        (["plot", "nothing"], "nothing holds no run of cajal-train: it has no config.json"),
        (["compare", "nothing"], "nothing holds no run of cajal-train"),
      ]
      for (arguments, message) in refused {
        let result = try cajalTrain(arguments, in: folder)
        #expect(result.status == 1 && result.errors.contains(message), "\(arguments): \(result.errors)")
      }
      #expect(contents(folder + "/r") == nil && !FileManager.default.fileExists(atPath: folder + "/r"))
    }
  }
}
