import Adjoint
import LinearMaps
import Passes
import TestSupport
import Testing

/// Properties of graphs that every pass, the printer and the adjoint must keep, over seeded random graphs.
@Suite struct RandomGraphTests {
  static let seeds = (0..<400).map(UInt64.init)

  private func run(_ graph: Graph, _ arguments: [[Double]]) -> [[Double]] { Interpreter().run(graph, arguments) }

  @Test(arguments: seeds) func printedGraphReadsBack(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    try graph.verify()
    let text = graph.printed(name: "g")
    let read = try parseGraph(text)
    #expect(read.graph == graph)
    #expect(read.graph.printed(name: read.name) == text)
  }

  @Test(arguments: seeds) func passesKeepTheMeaning(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    let arguments = RandomGraph.arguments(of: graph, seed: seed)
    let expected = run(graph, arguments)
    _ = try Pipeline.standard.run(graph) { pass, result in
      #expect(agree(run(result, arguments), expected, relative: 1e-9), "\(pass.name) changed the map of seed \(seed)")
    }
    // However small.
    for pass in [Pass.uncurry(fewestTerms: 1), .scaleArguments(fewestTerms: 1)] {
      guard let result = pass.run(graph) else { continue }
      try result.verify()
      #expect(agree(run(result, arguments), expected, relative: 1e-9), "\(pass.name) changed the map of seed \(seed)")
    }
  }

  /// ⟨w, f⟩'s gradient against central differences, entry by entry.
  @Test(arguments: seeds) func reverseIsTheGradient(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    let joint = reverse(graph)
    try joint.verify()
    var random = SplitMix(seed: seed ^ 0x77)
    let arguments = RandomGraph.arguments(of: graph, seed: seed)
    let weights = random.vector(graph.nodes[graph.results[0]].space.dimension)
    let results = run(joint, arguments + [weights])
    #expect(agree([results[0]], run(graph, arguments), relative: 1e-9))

    func objective(_ point: [[Double]]) -> Double { zip(run(graph, point)[0], weights).reduce(0) { $0 + $1.0 * $1.1 } }
    for (parameter, gradient) in results.dropFirst().enumerated() {
      for entry in gradient.indices {
        func difference(_ step: Double) -> Double {
          var (ahead, behind) = (arguments, arguments)
          ahead[parameter][entry] += step
          behind[parameter][entry] -= step
          return (objective(ahead) - objective(behind)) / (2 * step)
        }
        // Two steps: near a kink of `bound` differences say nothing, and the two disagree.
        let (coarse, fine) = (difference(1e-4), difference(5e-5))
        let scale = max(1, abs(gradient[entry]))
        if abs(coarse - fine) > 1e-6 * scale { continue }
        #expect(abs(gradient[entry] - fine) <= 1e-5 * scale, "seed \(seed), parameter \(parameter), entry \(entry)")
      }
    }
  }

  @Test(arguments: seeds) func halvesComposeToTheWhole(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    let joint = try Pipeline.standard.run(reverse(graph))
    var random = SplitMix(seed: seed ^ 0x99)
    let arguments = RandomGraph.arguments(of: graph, seed: seed)
    let weights = random.vector(graph.nodes[graph.results[0]].space.dimension)
    let halves = split(joint)
    try halves.forward.verify()
    try halves.backward.verify()
    let forward = run(try Pipeline.cleanUp.run(halves.forward), arguments)
    let backward = run(try Pipeline.cleanUp.run(halves.backward), arguments + forward.dropFirst() + [weights])
    #expect(agree([forward[0]] + backward, run(reverse(graph), arguments + [weights]), relative: 1e-9))
  }

  /// Linear in a parameter, as `dependence` finds it: additive and homogeneous.
  @Test(arguments: seeds) func dependenceIsSound(seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    var random = SplitMix(seed: seed ^ 0x55)
    for parameter in graph.parameters.indices {
      let x = RandomGraph.arguments(of: graph, seed: seed)
      var (y, sum) = (x, x)
      y[parameter] = random.vector(x[parameter].count)
      sum[parameter] = zip(x[parameter], y[parameter]).map { 2 * $0 + $1 }
      let (fx, fy, fsum) = (run(graph, x)[0], run(graph, y)[0], run(graph, sum)[0])
      switch graph.dependence(on: [parameter])[0] {
      case .zero: #expect(fx.allSatisfy { $0 == 0 })
      case .constant: #expect(agree(fx, fy))
      case .linear: #expect(agree(fsum, zip(fx, fy).map { 2 * $0 + $1 }, relative: 1e-9))
      case .nonlinear: break
      }
    }
  }
}
