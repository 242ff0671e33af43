import Foundation
import TestSupport
import Testing

/// `cajal-train` as a process: exit codes, and where it writes what.
@Suite struct CommandLineTests {
  private func cajalTrain(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    let result = try run(trainerPath, arguments)
    return (result.status, result.output, result.errors)
  }

  @Test func helpShowsExamples() throws {
    for arguments in [
      ["--help"], ["train", "--help"], ["evaluate", "--help"], ["baselines", "--help"], ["bench", "--help"],
    ] {
      let result = try run(trainerPath, arguments)
      #expect(result.status == 0 && result.output.contains("EXAMPLE") && result.errors.isEmpty)
    }
  }

  /// The same as the compiler's: both are released together.
  @Test func version() throws {
    let compiler = try run(compilerPath, ["--version"])
    let trainer = try run(trainerPath, ["--version"])
    #expect(trainer.status == 0 && trainer.errors.isEmpty)
    #expect(trainer.output == compiler.output.replacing("cajal2c", with: "cajal-train"))
    #expect(trainer.output.contains(/^cajal-train \d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    (["x.so", "--task", "blur", "--out", "r"], "'--data <path>'"),
    (["x.so", "--data", "d", "--task", "smear", "--out", "r"], "smear"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--loss", "l2"], "l2"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--batch", "0"], "--batch takes a number from 1"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--lr", "-1"], "--lr takes a number above 0"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--lr", "nan"], "--lr takes a number above 0"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--clip", "0"], "--clip takes a number above 0"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--pieces", "0"], "--pieces takes a number from 1"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--threads", "-2"], "--threads takes a number from 1"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--steps", "1", "--epochs", "1"], "not both"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--snapshots", "1,x"], "1,x"),
    (["evaluate", "x.so", "--data", "d", "--task", "blur", "--save-outputs", "o.png"], ".npy or .safetensors"),
    (["evaluate", "x.so", "--data", "d", "--task", "blur", "--save-outputs", "o.npy", "--images", "1,all"], "1,all"),
    (["evaluate", "x.so", "--data", "d", "--task", "blur", "--images", "1"], "--images needs --save-outputs"),
    (["x.so", "--data", "d", "--task", "blur", "--out", "r", "--snapshot-images", "1"], "needs --snapshots"),
  ]) func wrongUsage(arguments: [String], message: String) throws {
    let result = try run(trainerPath, arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func errorsOfARun() throws {
    try withScratch { folder in
      let module = try buildModels(folder, imageFlags(rows: 4, columns: 3))
      var result = try cajalTrain("\(folder)/no.so", "--data", folder, "--task", "blur", "--out", folder + "/run")
      #expect(result.status == 1 && result.errors.hasPrefix("cajal-train: cannot load the model: "))
      result = try cajalTrain(module, "--data", folder, "--task", "blur", "--out", folder + "/run")
      #expect(result.status == 1 && result.errors.contains("choose one with --model"))
      result = try cajalTrain(module, "--model", "linear", "--data", folder, "--task", "blur", "--out", folder + "/run")
      #expect(result.status == 1 && result.errors.contains("there is no \(folder)/train-images-idx3-ubyte"))
      try writeDataset(folder)
      result = try cajalTrain(module, "--model", "pair", "--data", folder, "--task", "blur", "--out", folder + "/run")
      #expect(result.status == 1 && result.errors.contains("takes x [4, 3], y [4, 3]"))
      // What failed before its first step left nothing that has to be resumed.
      result = try cajalTrain(
        module, "--model", "linear", "--data", folder, "--task", "blur", "--out", folder + "/run", "--epochs", "1",
        "--batch", "8")
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(result.output.split(separator: "\n").count == 2)
      result = try cajalTrain(
        module, "--model", "linear", "--data", folder, "--task", "blur", "--out", folder + "/nan", "--lr", "1e39")
      #expect(result.status == 1 && result.errors.contains("step 1: the update made the tensor"))

      result = try cajalTrain(
        "evaluate", module, "--model", "linear", "--data", folder, "--task", "blur", "--weights",
        folder + "/run/model.safetensors", "--save-outputs", folder + "/o.npy", "--images", "1,2")
      #expect(result.status == 0 && result.output.hasPrefix("samples,loss,l1,mse,psnr,psnr_1,exact\n20,"))
      #expect(contents(folder + "/o.npy")?.count == 128 + 2 * 12 * 4)
      #expect(result.errors == "cajal-train: saved the outputs of 2 of 20 samples in \(folder)/o.npy\n")
      for more in [[], ["--images", "all"]] {
        let all = try run(
          trainerPath,
          [
            "evaluate", module, "--model", "linear", "--data", folder, "--task", "blur", "--weights",
            folder + "/run/model.safetensors", "--save-outputs", folder + "/all.npy",
          ] + more)
        #expect(all.errors == "cajal-train: saved the outputs of 20 of 20 samples in \(folder)/all.npy\n")
        #expect(contents(folder + "/all.npy")?.count == 128 + 20 * 12 * 4)
      }
      result = try cajalTrain(
        "bench", module, "--model", "linear", "--data", folder, "--task", "blur", "--batch", "8", "--steps", "3",
        "--rounds", "2")
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(result.output.hasPrefix("round,step,last_loss,seconds,gather,forward,loss,backward,reduction,adam\n1,3,"))
      #expect(result.output.contains("\n2,6,"))
      result = try cajalTrain("baselines", "--data", folder, "--task", "blur")
      #expect(result.status == 0 && result.output.contains("\nidentity,20,") && result.output.contains("\nbest ("))
    }
  }
}
