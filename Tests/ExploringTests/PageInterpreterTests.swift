import Adjoint
import CajalSyntax
import Diagnostics
import Driver
import Foundation
import LinearMaps
import TestSupport
import Testing

@testable import Exploring

private let paper = ["blur", "church", "convolution", "double", "flip", "neurons", "not", "successor", "system", "tru"]

/// The page's script, run by node, computes what the compiler's interpreter does.
@Suite(.enabled(if: installed("node") == ["node"], "node runs the page's script"))
struct PageInterpreterTests {
  @Test(arguments: paper.map { "paper/\($0)" } + ["science/decay/decay", "xor/xor"])
  func resultsAndGradientsAgree(example: String) throws {
    try withScratch { folder in
      let (file, page) = ("Examples/\(example).cajal", folder + "/page.html")
      #expect(try cajal2c("explore", file, "-o", page).status == 0)
      let agreement = try run("node", ["Tests/Explore/agree.js", compilerPath, file, page])
      #expect(agreement.status == 0 && agreement.output.hasSuffix("numbers agree\n"), "\(agreement)")
      #expect(!agreement.output.contains("not run") && !agreement.output.hasPrefix("0 "), "\(agreement.output)")
    }
  }

  /// The page against machine code of doubles.
  @Test(arguments: ["convolution", "flip", "system"]) func machineCodeAgrees(example: String) throws {
    var options = CompilerOptions()
    (options.gradients, options.realBytes, options.blas) = (true, 8, .none)
    let source = try Source.read(path: "\(projectRoot)/Examples/paper/\(example).cajal")
    let compilation = Compilation(source: source, options: options)
    let page = try #require(try PageModel(compilation))
    let (c, header) = try #require(try compilation.emitted())
    try withScratch { folder in
      try write(c, to: folder + "/\(example).c")
      try write(header, to: folder + "/\(example).h")
      let object = folder + "/\(example).so"
      try Toolchain(compiler: "cc", runtime: projectRoot + "/Runtime").buildSharedObject(
        [folder + "/\(example).c"], output: object, blas: false, flags: ["-O1"])
      let module = try LinkedModule(path: object)
      var cases: [Case] = []
      for (program, code) in zip(page.programs, module.programs) {
        let inputs = code.inputSizes.map { Self.numbers($0, from: 3) }
        let cotangent = Self.numbers(code.outputSize, from: 5)
        let result = try code.run(batch: 1, inputs, outputBar: cotangent)
        cases.append(Case(program.map.forward, inputs, [result.output]))
        cases.append(Case(program.map.adjoint, inputs + [cotangent], [result.output] + result.gradients))
      }
      #expect(!cases.isEmpty)
      _ = try compare(cases, folder)
    }
  }

  private static func numbers(_ count: Int, from start: Int) -> [Double] {
    (0..<count).map { index -> Double in
      let step = (index * 7 + start) % 11
      return Double(step) / 8 - 0.5
    }
  }

  private struct Case: Encodable {
    let graph: GraphModel
    let arguments: [[String]]
    let results: [[String]]

    init(_ graph: Graph, _ arguments: [[Double]]) {
      self.init(GraphModel(graph), arguments, Interpreter().run(graph, arguments))
    }

    init(_ graph: GraphModel, _ arguments: [[Double]], _ results: [[Double]]) {
      func texts(_ vectors: [[Double]]) -> [[String]] {
        vectors.map { $0.map { $0.isFinite ? "\($0)" : $0.isNaN ? "NaN" : $0 < 0 ? "-Infinity" : "Infinity" } }
      }
      self.graph = graph
      self.arguments = texts(arguments)
      self.results = texts(results)
    }
  }

  /// The operations that were compared.
  private func compare(_ cases: [Case], _ folder: String) throws -> Set<String> {
    let (file, page) = (folder + "/cases.json", folder + "/page.html")
    try JSONEncoder().encode(cases).write(to: URL(fileURLWithPath: file))
    #expect(try cajal2c("explore", "Examples/paper/not.cajal", "-o", page).status == 0)
    let result = try run("node", ["Tests/Explore/graphs.js", page, file])
    #expect(result.status == 0, "\(result.errors)")
    return Set(result.output.split(separator: "\n").map(String.init))
  }

  /// Every operation of the language on vectors, and of what the adjoints of random graphs have.
  @Test func operationsAgree() throws {
    try withScratch { folder in
      var cases: [Case] = []
      for seed in 0..<60 as Range<UInt64> {
        let graph = RandomGraph.make(seed: seed)
        let arguments = RandomGraph.arguments(of: graph, seed: seed)
        cases.append(Case(graph, arguments))
        let output = graph.nodes[graph.results[0]].space.dimension
        cases.append(Case(reverse(graph), arguments + [(0..<output).map { Double($0 % 3) - 0.5 }]))
      }
      let x = [0.5, -1.25, 2, 2, 0.75, -0.5, 3, 0.25]
      for map in Self.maps { cases += Self.graphs(of: map, x) }
      cases += [
        Case(Self.graph(.view(.shift(by: 2)), [8], 8), [x]), Case(Self.graph(.view(.shift(by: -3)), [8], 8), [x]),
        Case(Self.graph(.middleProduct(MiddleProduct(outer: 2, inner: 2, columns: 2)), [8, 2], 4), [x, [3, -0.5]]),
      ]
      let names = try compare(cases, folder)
      for wanted in Self.operations { #expect(names.contains(wanted), "no graph has \(wanted)") }
    }
  }

  private static let maps: [Nonlinear] =
    Nonlinear.Activation.named.map { .activation($0) }
    + [.activation(.power(3)), .activation(.power(0)), .softmax, .choice(.min), .choice(.max)]
    + Ball.Norm.allCases.flatMap { [.bound(Ball(norm: $0, radius: 1.5)), .bound(Ball(norm: $0, radius: 100))] }
    + [.maximumPool(Pooling(image: [1, 2, 4], size: 2))]

  private static func graph(_ computation: Computation, _ operands: [Int], _ result: Int) -> Graph {
    let spaces = operands.map { Space.real([$0]) }
    return Graph(
      parameters: spaces.map { Parameter(name: "x", space: $0) },
      nodes: spaces.enumerated().map { Node(.parameter($0), [], $1) }
        + [Node(.compute(computation), Array(spaces.indices), .real([result]))],
      results: [spaces.count])
  }

  /// A map, and its adjoint.
  private static func graphs(of map: Nonlinear, _ x: [Double]) -> [Case] {
    let space = Space.real([x.count])
    let result: Space =
      switch map {
      case .choice: .real([x.count / 2])
      case .maximumPool(let pooling): .real(pooling.out)
      case .bound, .activation, .softmax: space
      }
    let graph = Graph(
      parameters: [Parameter(name: "x", space: space)],
      nodes: [Node(.parameter(0), [], space), Node(.compute(.nonlinear(map)), [0], result)], results: [1])
    return [Case(graph, [x]), Case(reverse(graph), [x, (0..<result.dimension).map { 1 - Double($0) / 3 }])]
  }

  private static let operations = [
    "add", "times", "scale", "product", "middleProduct", "shift", "slice", "embed", "reshape", "transpose", "conv2d",
    "averagePool", "averageUnpool", "loop", "output", "constant", "bound", "boundAdjoint", "softmax", "softmaxAdjoint",
    "min", "minAdjoint", "max", "maxAdjoint", "power", "powerAdjoint", "maximumPool", "maximumPoolAdjoint", "relu",
    "reluAdjoint", "sin", "sinAdjoint", "log", "logAdjoint",
  ]
}
