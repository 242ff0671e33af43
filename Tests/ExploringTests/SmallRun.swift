import Foundation
import TensorFiles
import TestSupport

/// A file with two models, of which `m` has a dense net of images.
let twoModels = """
  net f (x : Real[3,2]) : Real[2] = dense 3 | relu | dense
  param a : Real = 1
  model o (y : Real) : Real = scale a y
  model m (x : Real[3,2]) : Real[2] = f x
  """

/// The folder of a run of `m`, as `cajal-train` writes it, to be changed before it is written.
struct SmallRun {
  var configuration: String? = #"{"model": "m", "loss": "mse", "steps": "4", "lr": "0.1"}"#
  var metrics: String? = """
    step,epoch,train_loss,validation_loss,test_loss,accuracy
    0,0.0,,3.0,4.0,
    2,1.0,1.5,1.25,1.75,
    4,2.0,0.5,1.5,1.123456789,

    """
  var steps: String? = "step,loss,grad_norm\n1,2.0,1\n2,1.0,1\n3,0.6,1\n4,0.4,1\n"
  /// By the files' names.
  var weights: [String: TensorFile] = [
    "model.safetensors": SmallRun.weights(from: 0, step: 4), "best.safetensors": SmallRun.weights(from: 100, step: 2),
  ]
  /// By the files' names in `snapshots`.
  var arrays: [String: [UInt8]] = [
    "0.npy": SmallRun.array(2, [2]), "4.npy": SmallRun.array(2, [2], from: 1), "10.npy": SmallRun.array(2, [2]),
    "target.npy": SmallRun.array(2, [2]), "input-x.npy": SmallRun.array(2, [3, 2]),
    // A process was killed while it wrote this.
    "20.npy.a1B2c3": [1],
  ]

  static let tensors: [(name: String, shape: [Int])] = [
    ("f.0.weight", [3, 6]), ("f.0.bias", [3]), ("f.2.weight", [2, 3]), ("f.2.bias", [2]),
  ]

  static func weights(
    from first: Double, step: Int, signature: String = "m (x : Real[3,2]) : Real[2]"
  ) -> TensorFile {
    TensorFile(
      metadata: ["model": "m", "signature": signature, "step": "\(step)"],
      tensors: tensors.map { name, shape in
        Tensor(name, shape: shape, values: (0..<shape.reduce(1, *)).map { Float(first + Double($0)) })
      })
  }

  /// So many samples, whose entries count up.
  static func array(_ samples: Int, _ shape: [Int], from first: Float = 0) -> [UInt8] {
    let count = samples * shape.reduce(1, *)
    return NumpyFile.bytes((0..<count).map { first + Float($0) }, shape: [samples] + shape)
  }

  /// Returns the run's folder.
  func write(to folder: String) throws -> String {
    let run = folder + "/run"
    try FileManager.default.createDirectory(atPath: run + "/snapshots", withIntermediateDirectories: true)
    for (name, text) in [("config.json", configuration), ("metrics.csv", metrics), ("steps.csv", steps)] {
      if let text { try TestSupport.write(text, to: "\(run)/\(name)") }
    }
    for (name, file) in weights { try file.write(to: "\(run)/\(name)") }
    for (name, bytes) in arrays { try Data(bytes).write(to: URL(fileURLWithPath: "\(run)/snapshots/\(name)")) }
    return run
  }
}
