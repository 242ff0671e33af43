import Diagnostics
import Driver
import Foundation
import LinearMaps
import Lowering
import TensorFiles
import TestSupport
import Testing

/// Models from source to machine code: every layer, whole models, what is shared, what is replaced.
@Suite struct ModelTests {
  private func compilation(_ text: String, _ change: (inout CompilerOptions) -> Void = { _ in }) -> Compilation {
    var options = CompilerOptions()
    options.gradients = true
    options.realBytes = 8
    options.blas = .none
    change(&options)
    return Compilation(source: Source(name: "m.cajal", text: text), options: options)
  }

  private func messages(_ compilation: Compilation) -> String {
    compilation.diagnostics.items.map { "\($0.code.rawValue) \($0.message)" }.joined(separator: "; ")
  }

  /// Each layer on its own and in company, at odd sizes, strides and paddings.
  static let layers = [
    "(x : Real[5,7]) : Real[70] = conv 2 3x3",
    "(x : Real[5,7]) : Real[35] = conv 1 1x1",
    "(x : Real[3,5,7]) : Real[2,5,7] = conv 2 5x3",
    "(x : Real[2,7,9]) : Real[3,4,5] = conv 3 3x3 stride 2",
    "(x : Real[2,7,9]) : Real[3,3,3] = conv 3 5x5 stride 3",
    "(x : Real[2,7,9]) : Real[3,6,8] = conv 3 2x2 valid",
    "(x : Real[2,8,9]) : Real[2,2,2] = conv 2 3x4 stride 3 valid",
    "(x : Real[3,3]) : Real[1,3,3] = conv 1 7x5",
    "(x : Real[6]) : Real[4] = dense",
    "(x : Real[2,3]) : Bool = dense 5 | dense",
    "(x : Real[7,8]) : Real[6] = maxpool 3 | dense",
    "(x : Real[2,5,4]) : Real[4] = maxpool 2 | dense",
    "(x : Real[7,8]) : Real[4] = avgpool 3",
    "(x : Real[2,5,4]) : Real[8] = avgpool 2",
    "(x : Real[6]) : Real[5] = dense | relu",
    "(x : Real[6]) : Real[5] = dense | tanh",
    "(x : Real[6]) : Real[5] = dense | sigmoid",
    "(x : Real[6]) : Real[5] = dense | softplus",
    "(x : Real[6]) : Real[5] = dense | softmax",
    "(x : Real[6]) : Real[5] = dense | within l1 0.3",
    "(x : Real[6]) : Real[5] = dense | within l2 0.3",
    "(x : Real[6]) : Real[5] = dense | within linf 0.1",
    "(x : Real[6], y : Bool, n : Nat) : Bool = dense 7 | tanh | dense",
    "(x : Real[9,9]) : Real[3] = conv 3 3x3 | relu | conv 2 3x3 stride 2 | softplus | maxpool 2 | dense | softmax",
  ]

  @Test func everyLayersGradient() throws {
    let text = ModelTests.layers.enumerated().map { index, net in
      let names = net.prefix { $0 != "=" }.split(separator: " ").filter { $0 != ":" }.compactMap { word in
        word.first == "(" ? word.dropFirst() : word.count == 1 ? word : nil
      }
      let signature = net.prefix { $0 != "=" }
      return "net f\(index) \(net)\nmodel m\(index) \(signature)= f\(index) \(names.joined(separator: " "))\n"
    }.joined()
    let compilation = compilation("horizon 4\n" + text)
    let reports = try #require(try verify(compilation, limit: 4, seed: 3), "\(messages(compilation))")
    #expect(reports.count == ModelTests.layers.count)
    for (report, layer) in zip(reports, ModelTests.layers) {
      #expect(report.agrees, "\(layer): \(report.text)")
      #expect(report.uncovered.isEmpty, "\(layer): \(report.text)")
    }
  }

  static let models = """
    horizon 4
    type Img = Real[6, 7]
    net kernel (x : Img) : Real[3,3] = conv 2 3x3 | relu | maxpool 2 | dense | tanh
    net bounded (x : Img) : Real[3,3] = conv 2 3x3 | relu | dense | within l1 1
    net steps (x : Img) : Nat = dense 5 | relu | dense
    net even (x : Img) : Bool = dense 5 | tanh | dense | softmax
    net choose (x : Img) : Bool -o Bool = dense
    def not : Bool -o Bool = fun x => if x then false else true
    model iterated (x : Img) : Img = iter { x | y => conv2d (kernel x) y } (steps x)
    model held (x : Img) : Img = iter { x | y => conv2d (bounded x) y } (steps x)
    model state (x : Img) : Img = iter { x | y => conv2d (kernel y) y } (steps x)
    model conditional (x : Img) : Img = if even x then x else iter { x | y => conv2d (kernel x) y } (steps x)
    model twice (x : Img, z : Img) : Bool = if even x then (if even z then false else true) else
      (if even z then true else not (even x))
    model applied (x : Img, b : Bool) : Bool = choose x (choose x b)
    model lets (x : Img) : Img = let k = kernel x in let n = steps x in iter { conv2d k x | y => conv2d k y } (n)
    model plain (x : Img) : Img = x + 2 * x
    """

  @Test func wholeModels() throws {
    let compilation = compilation(ModelTests.models)
    let reports = try #require(try verify(compilation, limit: 3, seed: 5), "\(messages(compilation))")
    #expect(reports.count == 8)
    for report in reports { #expect(report.agrees && report.uncovered.isEmpty, "\(report.text)") }
  }

  private func count(_ model: String, _ isCounted: (Computation) -> Bool) throws -> Int {
    let programs = try #require(try compilation(ModelTests.models).optimised())
    let graph = try #require(programs.first { $0.judgement.name.text == model }).forward
    return graph.nodes.filter { $0.operation.computation.map(isCounted) ?? false }.count
  }

  /// A net on data is computed once a sample, however often it is used, also in a step; one on the state in each of the
  /// three rounds.
  @Test(arguments: [("iterated", 1), ("lets", 1), ("conditional", 1), ("state", 3)])
  func netsAreComputedOnce(expected: (model: String, convolutions: Int)) throws {
    let convolutions = try count(expected.model) { computation in
      if case .conv2d(let c) = computation { c.kernel[0] == 2 } else { false }
    }
    #expect(convolutions == expected.convolutions)
  }

  @Test func conditionsAreSharedToo() throws {
    #expect(try count("twice") { if case .nonlinear(.softmax) = $0 { true } else { false } } == 2)
  }

  // MARK: --type-preserving

  private static let simple = """
    horizon 3
    net steps (x : Real[2,3]) : Nat = dense 4 | relu | dense
    model t (x : Real[2,3]) : Real[2,3] = iter { x | y => y } (steps x)
    """

  /// The map's entries times the tensor product of the links, by hand.
  @Test(arguments: [TypePreserving.trained, .frozen]) func aLinearMapTakesTheProgramsPlace(kind: TypePreserving) throws
  {
    let compilation = compilation(ModelTests.simple) { $0.typePreserving = kind }
    let model = try #require(compilation.models, "\(messages(compilation))")[0]
    #expect(
      model.tensors.map(\.name) == [
        "steps.0.weight", "steps.0.bias", "steps.2.weight", "steps.2.bias", "t.weight",
      ])
    #expect(model.tensors[4].dims == [6, 6, 3] && model.tensors[4].fanIn == 18)
    let reports = try #require(try verify(compilation, limit: 3, seed: 1))
    #expect(reports[0].agrees && reports[0].uncovered.isEmpty, "\(reports[0].text)")

    var random = SplitMix(seed: 9)
    let values = model.graph.parameters.map { random.vector($0.space.dimension) }
    let result = Interpreter().run(model.graph, values)[0]
    func dense(_ w: [Double], _ b: [Double], _ x: [Double]) -> [Double] {
      b.indices.map { i in b[i] + x.indices.reduce(0) { $0 + w[i * x.count + $1] * x[$1] } }
    }
    let x = values[5]
    let n = dense(values[2], values[3], dense(values[0], values[1], x).map { max($0, 0) })
    for r in 0..<6 {
      var expected = 0.0
      for i in 0..<6 { for k in 0..<3 { expected += values[4][(r * 6 + i) * 3 + k] * x[i] * n[k] } }
      #expect(abs(result[r] - expected) < 1e-12)
    }
  }

  /// Maps so large that they are summed over x first.
  @Test(arguments: [TypePreserving.trained, .frozen]) func aMapIsSummedOverTheDataFirst(kind: TypePreserving) throws {
    let text = """
      horizon 8
      type Img = Real[6, 8]
      net even (x : Img) : Bool = dense 3 | tanh | dense
      net steps (x : Img) : Nat = dense 4 | softplus | dense
      model t (x : Img) : Img = iter { x | y => y } (steps x)
      model u (x : Img) : Img = if even x then x else iter { x | y => y } (steps x)
      """
    let compilation = compilation(text) { $0.typePreserving = kind }
    let reports = try #require(try verify(compilation, limit: 3, seed: 1), "\(messages(compilation))")
    #expect(reports.count == 2)
    for report in reports { #expect(report.agrees && report.uncovered.isEmpty, "\(report.text)") }
    let emitted = try #require(try compilation.emitted())
    #expect(emitted.c.components(separatedBy: "cajal_middle_product_f64(").count == 3)
  }

  @Test func aFrozenMapHasNoGradient() throws {
    let compilation = compilation(ModelTests.simple) { $0.typePreserving = .frozen }
    let backward = try #require(try compilation.optimised()?[0].backward)
    let gradient = backward.nodes[backward.results[4]].operation
    guard case .constant(let vector) = gradient else {
      Issue.record("the gradient of the frozen map is \(gradient)")
      return
    }
    #expect(vector.entries.isEmpty)
  }

  /// Over its own links Model D's map would have 10^9 parameters: refused before anything is allocated.
  @Test func aMapThatIsTooLargeIsRefused() throws {
    let text = """
      type Img = Real[28, 28]
      net kernel (x : Img) : Real[13,13] = dense
      net steps (x : Img) : Nat = dense
      model d (x : Img) : Img = iter { x | y => conv2d (kernel x) y } (steps x)
      """
    let large = compilation(text) { $0.typePreserving = .trained }
    let emitted = try large.emitted()
    #expect(emitted == nil)
    let message = try #require(large.diagnostics.items.first { $0.severity == .error })
    #expect(
      message.code == .typeTooLarge && message.primary?.text.contains("784 × 784 × 169 × 10") == true, "\(message)")
    let small = compilation(text)
    #expect(try small.emitted() != nil)
  }

  // MARK: --weights

  private func tensors(_ change: (inout [TensorFiles.Tensor]) -> Void = { _ in }) -> TensorFile {
    var values = (0..<4).reduce(into: [TensorFiles.Tensor]()) { tensors, index in
      let (name, shape) = [
        ("steps.0.weight", [4, 6]), ("steps.0.bias", [4]), ("steps.2.weight", [3, 4]), ("steps.2.bias", [3]),
      ][index]
      let count = shape.reduce(1, *)
      tensors.append(Tensor(name, shape: shape, values: (0..<count).map { Float($0) / 8 + Float(index) }))
    }
    change(&values)
    return TensorFile(tensors: values)
  }

  private func compiled(_ file: TensorFile) throws -> SubprocessResult {
    try withScratch { folder in
      let source = try write(ModelTests.simple, to: folder + "/m.cajal")
      try file.write(to: folder + "/w.safetensors")
      let result = try cajal2c(source, "-o", folder + "/m.c", "--weights", folder + "/w.safetensors", "--blas", "none")
      if result.status == 0 {
        try Toolchain.find().buildSharedObject([folder + "/m.c"], output: folder + "/m.so", blas: false)
        let model = try LinkedModule(path: folder + "/m.so").models[0]
        #expect(
          model.weights
            == file.tensors.flatMap { tensor in
              try! file.values(named: tensor.name, as: Float.self).map { Double($0) }
            })
      } else {
        #expect(!FileManager.default.fileExists(atPath: folder + "/m.c"))
      }
      return result
    }
  }

  @Test func weightsAreEmbedded() throws {
    let result = try compiled(tensors())
    #expect(result.status == 0, "\(result.errors)")
  }

  /// One to a line; and what is recommended prints the names that are needed.
  @Test func missingWeightsAreListed() throws {
    let result = try compiled(tensors { $0.removeLast(2) })
    #expect(
      result.errors.contains(
        """
          = note: "steps.2.weight" of shape [3, 4] is missing
                  "steps.2.bias" of shape [3] is missing
          = help: `--emit manifest` prints the tensors of every model; `cajal-train` writes them
        """), "\(result.errors)")
    try withScratch { folder in
      let source = try write(ModelTests.simple, to: folder + "/m.cajal")
      let manifest = try cajal2c(source, "--emit", "manifest").output
      for name in ["steps.0.weight", "steps.0.bias", "steps.2.weight", "steps.2.bias"] {
        #expect(manifest.contains("\"\(name)\""), "\(manifest)")
      }
    }
  }

  @Test func weightsThatDoNotFitAreRefused() throws {
    let wrong: [(String, TensorFile)] = [
      ("missing", tensors { $0.removeLast() }),
      ("unknown", tensors { $0.append(Tensor("extra", shape: [1], values: [1 as Float])) }),
      ("shape", tensors { $0[1] = Tensor("steps.0.bias", shape: [2, 2], values: [1, 2, 3, 4] as [Float]) }),
      ("nan", tensors { $0[3] = Tensor("steps.2.bias", shape: [3], values: [1, .nan, 3] as [Float]) }),
    ]
    for (word, file) in wrong {
      let result = try compiled(file)
      #expect(result.status == 1 && result.errors.contains("E0410") && result.errors.contains(word), "\(result.errors)")
    }
  }
}
