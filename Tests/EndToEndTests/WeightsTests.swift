import Foundation
import TensorFiles
import TestSupport
import Testing

/// Weights of either type for modules of either type: what a module cannot hold is refused, and the reason is true.
@Suite struct WeightsTests {
  private static let weight = Tensor("k.0.weight", shape: [1, 2], values: [0.5, 0.25] as [Float])
  private static let bias = Tensor("k.0.bias", shape: [1], values: [3 as Float])

  private func compile(
    _ tensors: [Tensor], _ flags: String...
  ) throws -> (status: Int32, errors: String, code: String) {
    try withScratch { folder in
      let text = "net k (x : Real[2]) : Real[1] = dense\nmodel f (x : Real[2]) : Real[1] = k x\n"
      try write(text, to: folder + "/m.cajal")
      try TensorFile(tensors: tensors).write(to: folder + "/w.safetensors")
      let result = try run(
        compilerPath,
        ["\(folder)/m.cajal", "-o", folder + "/m.c", "--weights", folder + "/w.safetensors", "--blas", "none"] + flags,
        environment: ["NO_COLOR": "1"])
      let code = (try? String(contentsOfFile: folder + "/m.c", encoding: .utf8)) ?? ""
      return (result.status, result.errors, code)
    }
  }

  private func expectRefused(
    _ tensors: [Tensor], _ flags: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try compile(tensors, "--real", flags)
    #expect(
      result.status == 1 && result.errors.contains("E0410") && result.errors.contains(message) && result.code.isEmpty,
      "\(result.errors)", sourceLocation: sourceLocation)
  }

  @Test func doublesThatAreNoFloats() throws {
    let large = Tensor("k.0.weight", shape: [1, 2], values: [0.5, -1e300])
    try expectRefused([large, Self.bias], "float", "entry 1 of k.0.weight is -1e+300, too large for a float")
    #expect(try compile([large, Self.bias], "--real", "double").status == 0)
    let rounded = Tensor("k.0.weight", shape: [1, 2], values: [3.4028235e38, 1e-300])
    let result = try compile([rounded, Self.bias], "--real", "float")
    #expect(result.status == 0, "\(result.errors)")
    // The largest float, in bytes.
    #expect(result.code.contains("\\377\\377\\177\\177"), "\(result.code)")
  }

  @Test(arguments: ["float", "double"]) func whatIsNotFinite(real: String) throws {
    for value in [Float.nan, .infinity, -.infinity] {
      let single = Tensor("k.0.bias", shape: [1], values: [value])
      try expectRefused([Self.weight, single], real, "entry 0 of k.0.bias is \(value)")
      let double = Tensor("k.0.bias", shape: [1], values: [Double(value)])
      try expectRefused([Self.weight, double], real, "entry 0 of k.0.bias is \(value)")
    }
  }

  @Test func eachTensorHasATypeOfItsOwn() throws {
    let double = Tensor("k.0.bias", shape: [1], values: [3.0])
    let (mixed, single) = (try compile([Self.weight, double]), try compile([Self.weight, Self.bias]))
    #expect(mixed.status == 0 && mixed.code == single.code, "\(mixed.errors)")
    let extra = try compile([Self.weight, Self.bias, Tensor("extra", shape: [1], values: [1.0])])
    #expect(extra.status == 1 && extra.errors.contains("\"extra\" of shape [1] is unknown"), "\(extra.errors)")
    #expect(!extra.errors.contains("instead of"), "\(extra.errors)")
  }
}
