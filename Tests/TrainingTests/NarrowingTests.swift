import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Numbers in files that are none of the model's reals, or of a type that is not read: refused, in words that are true.
@Suite struct NarrowingTests: SmallRuns {
  private func samples<Real: TrainingReal>(_ bytes: [UInt8], as real: Real.Type) throws -> Samples<Real> {
    try withScratch { folder in
      let flags = Real.dtype == .f64 ? ["-DREAL=double"] : []
      let library = try ModelLibrary(path: try buildModels(folder, flags))
      try write(bytes, to: folder + "/train.safetensors")
      return try Samples(file: folder + "/train.safetensors", model: library.model(named: "linear"), limit: nil)
    }
  }

  private func file(_ x: Tensor) -> [UInt8] {
    TensorFile(tensors: [x, Tensor("target", shape: [1, 2], values: [1, 2] as [Float])]).serialised()
  }

  @Test func doublesThatAreNoFloats() throws {
    let x = file(Tensor("x", shape: [1, 3], values: [1, 1e300, 2.0]))
    expectFailure(
      "\"x\" holds 1e+300 in sample 0, which is too large for the model's reals: compile it with --real double"
    ) { _ = try samples(x, as: Float.self) }
    #expect(try samples(x, as: Double.self).inputs[0].reals([0])[1] == 1e300)
    // Rounded to the nearest float, which may be the largest one, or 0.
    let rounded = try samples(file(Tensor("x", shape: [1, 3], values: [3.4028235e38, 1e-300, 0.1])), as: Float.self)
    #expect((0..<3).map { rounded.inputs[0].row(0)[$0] } == [.greatestFiniteMagnitude, 0, 0.1])
    expectFailure("\"x\" holds inf in sample 0") {
      _ = try samples(file(Tensor("x", shape: [1, 3], values: [1, .infinity, 2.0])), as: Double.self)
    }
  }

  /// A file with x in another type, as three entries of these bytes.
  private func file(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
    let header =
      "{\"x\":{\"dtype\":\"\(type)\",\"shape\":[1,3],\"data_offsets\":[8,\(8 + bytes.count)]},"
      + "\"target\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}"
    return (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: 8) + bytes
  }

  /// The bytes are what NumPy and ml_dtypes store for the values.
  @Test(
    arguments: [
      ("BF16", [0x80, 0x3f, 0x20, 0xc0, 0x49, 0x40], [1, -2.5, 3.140625]),
      ("F16", [0x00, 0x3c, 0x01, 0x00, 0xff, 0xfb], [1, 0x1p-24, -65504]),
      ("I16", [1, 0, 0xff, 0xff, 0, 0x80], [1, -1, -32768]), ("U8", [0, 7, 255], [0, 7, 255]),
      ("BOOL", [0, 1, 1], [0, 1, 1]), ("I8", [0x80, 0xff, 0x7f], [-128, -1, 127]),
      ("I64", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8), [1, 0x1p24, -1]),
    ] as [(String, [UInt8], [Float])]) func otherTypesWhoseNumbersAreTheModels(
      type: String, bytes: [UInt8], values: [Float]
    ) throws
  {
    let read = try samples(file(type, bytes), as: Float.self)
    #expect(read.inputs[0].reals([0]) == values)
  }

  @Test func numbersThatTheModelDoesNotHave() throws {
    // 2²⁴ + 1 is no float.
    let odd = file("I32", [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1])
    expectFailure(
      "\"x\" holds 16777217 in sample 0, a whole number that the model's reals do not have: compile it with"
    ) {
      _ = try samples(odd, as: Float.self)
    }
    #expect(try samples(odd, as: Double.self).inputs[0].reals([0])[2] == 16_777_217)
    expectFailure("\"x\" holds inf in sample 0") {
      _ = try samples(file("F16", [0, 0x7c, 0, 0, 0, 0]), as: Float.self)
    }
    expectFailure("the tensor \"x\" has the type F8_E4M3, and only integers and floats of 16, 32 and 64 bits are read")
    {
      _ = try samples(file("F8_E4M3", [0, 0, 0]), as: Float.self)
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func weightsThatAreNotFinite(value: Float) throws {
    try withModel { folder, module in
      let path = folder + "/w.safetensors"
      var bias = [Float](repeating: 0, count: 12)
      bias[3] = value
      try TensorFile(
        tensors: [
          Tensor("linear.weight", shape: [12, 12], values: [Float](repeating: 0, count: 144)),
          Tensor("linear.bias", shape: [12], values: bias),
        ]
      ).write(to: path)
      var run = settings(folder, "run", module: module)
      (run.modelName, run.weightsPath) = ("linear", path)
      let message = "\(path): entry 3 of the tensor \"linear.bias\" is \(value); weights have to be finite"
      expectFailure(message) { try train(run, progress: silent) }
      #expect(!FileManager.default.fileExists(atPath: run.out))
      var evaluation = EvaluationSettings(modelPath: module, dataFolder: folder, task: run.task, loss: .l1)
      (evaluation.modelName, evaluation.weightsPath) = ("linear", path)
      expectFailure(message) { _ = try evaluate(evaluation) }
    }
  }

  @Test(arguments: ["parameters", "adam.exp_avg", "adam.exp_avg_sq"])
  func aCheckpointThatIsNotFinite(name: String) throws {
    try withModel { folder, module in
      var run = settings(folder, "run", module: module, steps: 5)
      try train(run, progress: silent)
      let path = run.out + "/checkpoint.safetensors"
      let good = try TensorFile(reading: path)
      let tensors = try good.tensors.map { tensor in
        var values: [Float] = try good.values(named: tensor.name)
        if tensor.name == name { values[7] = .nan }
        return Tensor(tensor.name, shape: tensor.shape, values: values)
      }
      try TensorFile(metadata: good.metadata, tensors: tensors).write(to: path)
      run.resume = true
      run.length = .steps(10)
      expectFailure("checkpoint.safetensors is damaged: entry 7 of \(name) is nan") { try train(run, progress: silent) }
    }
  }
}
