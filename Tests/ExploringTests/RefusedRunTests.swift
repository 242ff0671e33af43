import Foundation
import TensorFiles
import TestSupport
import Testing

/// A run that cannot be shown is refused with what to do, and the page stays as it was.
@Suite struct RefusedRunTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    let change: @Sendable (inout SmallRun) -> Void

    init(_ name: String, _ message: String, _ change: @escaping @Sendable (inout SmallRun) -> Void) {
      (testDescription, self.message, self.change) = (name, message, change)
    }
  }

  static let cases: [Case] = [
    Case("no configuration", "holds no run of cajal-train: it has no config.json") { $0.configuration = nil },
    Case("a configuration that was cut", "config.json is damaged") { $0.configuration = #"{"model": "m""# },
    Case("a configuration that is a list", "config.json is damaged") { $0.configuration = "[]" },
    Case("no model", "it names no model") { $0.configuration = "{}" },
    Case("another model", "it is of the model `n`, which is not in the file") { $0.configuration = #"{"model": "n"}"# },
    Case("no table", "it has no metrics.csv") { $0.metrics = nil },
    Case("an empty table", "steps.csv is damaged: its first line does not name its columns") { $0.steps = "" },
    Case("bytes", "steps.csv is damaged") { $0.steps = "\u{0}\u{1}\u{2}\n\"\n" },
    Case("a short row", "steps.csv is damaged: line 3 has 2 values, and there are 3 columns") {
      $0.steps = "step,loss,grad_norm\n1,2,1\n2,1\n"
    },
    Case("a word", "steps.csv is damaged: line 2 has no number as its loss") {
      $0.steps = "step,loss,grad_norm\n1,x,1\n"
    },
    Case("steps that go back", "steps.csv is damaged: line 3 is of step `1`, after step 2") {
      $0.steps = "step,loss,grad_norm\n2,1,1\n1,1,1\n"
    },
    Case("weights without tensors", "cannot use the weights") { $0.weights["best.safetensors"]!.tensors = [] },
    Case("weights of other layers", #""f.0.weight" has the shape [6, 3] instead of [3, 6]"#) { run in
      let turned = Tensor("f.0.weight", shape: [6, 3], values: [Float](repeating: 0, count: 18))
      run.weights["best.safetensors"]!.tensors[0] = turned
    },
    Case("a NaN in the weights", "entry 1 of f.0.bias is nan") { run in
      run.weights["best.safetensors"]!.tensors[1] = Tensor("f.0.bias", shape: [3], values: [0, Float.nan, 0])
    },
    Case("another signature", "it is of `m (x : Real[6]) : Real[2]`, and the file has `m (x : Real[3,2]) : Real[2]`") {
      $0.weights["best.safetensors"] = SmallRun.weights(from: 0, step: 1, signature: "m (x : Real[6]) : Real[2]")
    },
    Case("an array that was cut", "10.npy: has 15 bytes of data") { $0.arrays["10.npy"]!.removeLast() },
    Case("no array", "4.npy: is no array in NumPy's format") { $0.arrays["4.npy"] = [] },
    Case("outputs of another model", "has the shape [2, 3], and the model's samples of `Real[2]` have 2 entries") {
      $0.arrays["0.npy"] = SmallRun.array(2, [3])
    },
    Case("no samples", "has the shape [0, 2]") { $0.arrays["target.npy"] = SmallRun.array(0, [2]) },
    Case("arrays of two runs", "different numbers of samples: [2, 3]") {
      $0.arrays["target.npy"] = SmallRun.array(3, [2])
    },
  ]

  @Test(arguments: cases) func isRefused(_ one: Case) throws {
    try withScratch { folder in
      var run = SmallRun()
      one.change(&run)
      let file = try write(twoModels, to: folder + "/m.cajal")
      try write("before", to: folder + "/m.html")
      let result = try cajal2c("explore", file, "--run", try run.write(to: folder), "-o", folder + "/m.html")
      #expect(result.status == 1 && result.errors.contains(one.message), "\(result)")
      #expect(result.errors.contains("help:") && !result.errors.contains("internal"), "\(result)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["m.cajal", "m.html", "run"])
      #expect(try String(contentsOfFile: folder + "/m.html", encoding: .utf8) == "before")
    }
  }

  @Test func noFolderAndNoModel() throws {
    try withScratch { folder in
      let file = try write("program p (x : Bool) : Bool = x", to: folder + "/p.cajal")
      for wrong in [folder + "/none", file] {
        let result = try cajal2c("explore", file, "--run", wrong, "-o", folder + "/p.html")
        #expect(result.status == 1 && result.errors.contains("cannot show the run \(wrong)"), "\(result)")
      }
      let run = try SmallRun().write(to: folder)
      let result = try cajal2c("explore", file, "--run", run, "-o", folder + "/p.html")
      #expect(result.status == 1 && result.errors.contains("this one has no models"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/p.html"))
    }
  }

  /// The same run gives the same page, which names no folder; its script draws what the run has.
  @Test(.enabled(if: installed("node") == ["node"], "node runs the page's script"))
  func thePageShowsTheRun() throws {
    try withScratch { folder in
      let file = try write(twoModels, to: folder + "/m.cajal")
      let run = try SmallRun().write(to: folder)
      for name in ["a", "b"] {
        #expect(try cajal2c("explore", file, "--run", run, "-o", "\(folder)/\(name).html").status == 0)
      }
      let (a, b) = (contents(folder + "/a.html"), contents(folder + "/b.html"))
      #expect(a != nil && a == b && a?.contains(folder) == false)
      let shown = try TestSupport.run("node", ["Tests/Explore/training.js", folder + "/a.html"])
      #expect(shown.status == 0 && shown.output == "the run of m is shown\n", "\(shown)")
    }
  }

  private func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
