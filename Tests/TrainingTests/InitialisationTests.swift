import TensorFiles
import TestSupport
import Testing

@testable import Training

@Suite struct InitialisationTests {
  @Test func uniformWithinTheBoundOfEachTensor() throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder, ["-DREAL=double", "-DINPUTS=100", "-DHIDDEN=50"]))
      let model = try library.model(named: "network")
      let parameters = try Buffer<Double>(model.parameterCount, for: "a test")
      Initialisation.fill(parameters, of: model, seed: 3)
      for tensor in model.tensors {
        let bound = 1 / Double(tensor.fanIn).squareRoot()
        let values = tensor.range.map { parameters[$0] }
        #expect(values.allSatisfy { abs($0) <= bound })
        // The number depends on the seed, the name and the index alone.
        let stream = RandomStream(seed: 3, name: "init:" + tensor.name)
        #expect(values == values.indices.map { bound * (2 * stream.unit($0) - 1) })
      }
      // Mean 0 and variance bound²/3, within five deviations.
      let weights = model.tensors[0].range.map { parameters[$0] * 10 }
      let count = Double(weights.count)
      #expect(abs(weights.reduce(0, +) / count) < 5 * (1 / 3 / count).squareRoot())
      #expect(abs(weights.reduce(0) { $0 + $1 * $1 } / count - 1 / 3.0) < 5 * (4 / 45.0 / count).squareRoot())

      let again = try Buffer<Double>(model.parameterCount, for: "a test")
      Initialisation.fill(again, of: model, seed: 3)
      #expect(Array(again.elements) == Array(parameters.elements))
      Initialisation.fill(again, of: model, seed: 4)
      #expect(zip(again.elements, parameters.elements).allSatisfy { $0 != $1 })
    }
  }

  @Test func fromWhatTheModuleSays() throws {
    for real in ["float", "double"] {
      try withScratch { folder in
        let library = try ModelLibrary(path: try buildModels(folder, ["-DREAL=\(real)", "-DOUTPUTS=2", "-DINITIAL"]))
        let model = try library.model(named: "linear")
        func bias<Real: TrainingReal>(_: Real.Type) throws -> [Double] {
          let parameters = try Buffer<Real>(model.parameterCount, for: "a test")
          Initialisation.fill(parameters, of: model, seed: 3)
          #expect(model.tensors[0].range.allSatisfy { parameters[$0] != 0 && abs(Double(parameters[$0])) <= 1 })
          return model.tensors[1].range.map { Double(parameters[$0]) }
        }
        #expect(try (real == "float" ? bias(Float.self) : bias(Double.self)) == [3, -0.25])
      }
    }
  }

  @Test func fromAFileAndFromTheModule() throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder, ["-DWEIGHTS"]))
      let model = try library.model(named: "linear")
      let parameters = try Buffer<Float>(model.parameterCount, for: "a test")
      #expect(Initialisation.fill(parameters, embeddedIn: model))
      #expect(parameters.elements.allSatisfy { $0 == 0.25 })
      let weight = Tensor("linear.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] as [Float])
      let bias = Tensor("linear.bias", shape: [2], values: [7, 8] as [Float])
      try Initialisation.fill(parameters, of: model, from: TensorFile(tensors: [bias, weight]))
      #expect(Array(parameters.elements) == [1, 2, 3, 4, 5, 6, 7, 8])
      let written = model.tensorFile(of: parameters, metadata: [:])
      #expect(written["linear.weight"]?.bytes == weight.bytes && written["linear.bias"]?.bytes == bias.bytes)
      let error = #expect(throws: SafetensorsError.self) {
        try Initialisation.fill(parameters, of: model, from: TensorFile(tensors: [weight]))
      }
      #expect(error?.message.contains("\"linear.bias\" of shape [2] is missing") == true)
      #expect(!Initialisation.fill(parameters, embeddedIn: try library.model(named: "network")))
    }
  }
}
