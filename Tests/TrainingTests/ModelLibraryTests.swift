import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct ModelLibraryTests {
  @Test func modelsAsTheyAreDescribed() throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder, ["-DREAL=double", "-DWEIGHTS"]))
      #expect(library.models.map(\.name) == ["linear", "network", "pair"])
      let network = try library.model(named: "network")
      #expect(network.inputs.map(\.name) == ["x"] && network.output.shape == [2] && network.realBytes == 8)
      #expect(network.tensors.map(\.name) == ["first.weight", "first.bias", "second.weight", "second.bias"])
      #expect(network.tensors.map(\.shape) == [[5, 3], [5], [2, 5], [2]])
      #expect(network.tensors.map(\.range) == [0..<15, 15..<20, 20..<30, 30..<32])
      #expect(network.tensors.map(\.fanIn) == [3, 3, 5, 5])
      #expect(network.weights == nil)
      let weights = try #require(try library.model(named: "linear").weights).assumingMemoryBound(to: Double.self)
      #expect((0..<8).allSatisfy { weights[$0] == 0.25 })
      let signatures = library.models.map(\.signatureHash)
      #expect(Set(signatures).count == 3)

      var error = #expect(throws: TrainingError.self) { try library.model(named: nil) }
      #expect(
        error?.description.contains("several models, `linear`, `network`, `pair`: choose one with --model") == true)
      error = #expect(throws: TrainingError.self) { try library.model(named: "blur") }
      #expect(error?.description.contains("no model `blur`; it has `linear`, `network`, `pair`") == true)
    }
  }

  /// A path without a slash is a file here, and none of the system's libraries.
  @Test func whatIsNoModule() throws {
    for path in ["/nowhere/x.so", "libm.so.6", projectRoot + "/Makefile", "/", "/dev/null"] {
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: path) }
      #expect(error?.description.hasPrefix("cannot load the model: ") == true, "\(error as Any)")
    }
    try withScratch { folder in
      try write("int x;", to: folder + "/x.c")
      let path = try buildModels(folder, source: folder + "/x.c")
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: path) }
      #expect(error?.description.contains("is no Cajal module: it has no cajal_module_info") == true)
    }
  }

  @Test func programsAreNoModels() throws {
    try withScratch { folder in
      let flip = projectRoot + "/Examples/paper/flip.cajal"
      #expect(try cajal2c(flip, "-o", folder + "/flip.c", "--emit-grad", "--blas", "none").status == 0)
      let path = try buildModels(
        folder, ["-DCAJAL_SHARED_OBJECT"], source: folder + "/flip.c")
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: path) }
      #expect(error?.description.contains("has no model, only programs (`flip`, ") == true, "\(error as Any)")
    }
  }

  static let damages: [(Int, String)] = [
    (1, "has version 3 of the interface"), (2, "compiled before there were models"), (3, "has no model, only programs"),
    (4, "model 0 is missing"), (5, "a model's structure is too short"), (6, "a model has no name"),
    (7, "its reals have 2 bytes"), (8, "`linear` has no functions"), (9, "`linear` has no input 0"),
    (10, "`linear` has no output"), (11, "the port `x` does not agree"), (12, "the port `x` does not agree"),
    (13, "`linear` has no tensor 1"), (14, "`linear.bias` does not follow"), (15, "does not follow"),
    (16, "cover 8 of 9 parameters"), (17, "`linear.bias` has no fan_in"), (18, "two tensors have one name"),
    (19, "the tensor `linear.bias` does not agree"), (20, "the tensor `linear.bias`"),
    (21, "does not say what it holds"),
  ]

  @Test(arguments: damages.indices) func aDamagedModuleIsRefused(index: Int) throws {
    let (damage, message) = Self.damages[index]
    try withScratch { folder in
      let path = try buildModels(folder, ["-DDAMAGE=\(damage)"])
      let error = #expect(throws: TrainingError.self) { try ModelLibrary(path: path) }
      #expect(error?.description.contains(message) == true, "\(damage): \(error as Any)")
    }
  }

  /// Nor is one from before there was `backward_each`.
  @Test(arguments: [0, 22]) func anUndamagedOneIsNot(damage: Int) throws {
    try withScratch { folder in
      let model = try ModelLibrary(path: try buildModels(folder, ["-DDAMAGE=\(damage)"])).model(named: nil)
      #expect(model.name == "linear" && model.parameterCount == 8)
    }
  }
}
