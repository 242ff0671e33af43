import Adjoint
import CajalEvaluator
import LinearMaps
import Passes

/// One way to compute what programs mean, to be compared with the others. Programs are prepared many at a time: what
/// goes through a C compiler had better not go there one by one.
public protocol Implementation: Sendable {
  var name: String { get }
  /// The programs in order; nil for one that the language does not let be compiled (a function without a matrix).
  func prepare(_ programs: [CheckedProgram]) throws -> [PreparedProgram?]
}

/// A program that is ready to run. Valid as long as it is held.
public protocol PreparedProgram {
  /// The values of a batch, sample after sample, and for cotangents of them the gradient in every port, as the
  /// interface in C lays them out: samples one after another, and for a shared port their sum.
  ///
  /// - Parameters:
  ///   - inputs: for each port its samples one after another, or one sample where it is shared.
  ///   - outputBar: no gradients are wanted where it is nil.
  func run(batch: Int, _ inputs: [[Double]], shared: [Bool], outputBar: [Double]?) throws
    -> (output: [Double], gradients: [[Double]])
}

extension PreparedProgram {
  public func value(_ point: [[Double]]) throws -> [Double] {
    try run(batch: 1, point, shared: point.map { _ in false }, outputBar: nil).output
  }

  public func gradients(_ point: [[Double]], _ outputBar: [Double]) throws -> [[Double]] {
    try run(batch: 1, point, shared: point.map { _ in false }, outputBar: outputBar).gradients
  }
}

/// A program that computes one sample at a time.
protocol SampleWise: PreparedProgram {
  func sample(_ point: [[Double]], _ outputBar: [Double]?) throws -> (output: [Double], gradients: [[Double]])
}

extension SampleWise {
  public func run(batch: Int, _ inputs: [[Double]], shared: [Bool], outputBar: [Double]?) throws
    -> (output: [Double], gradients: [[Double]])
  {
    var output: [Double] = []
    var gradients = inputs.map { _ in [Double]() }
    for index in 0..<batch {
      let point = zip(inputs, shared).map { input, shared in
        let size = shared ? input.count : input.count / batch
        return shared ? input : Array(input[(index * size)..<((index + 1) * size)])
      }
      let weights = outputBar.map { bar in
        Array(bar[(index * bar.count / batch)..<((index + 1) * bar.count / batch)])
      }
      let result = try sample(point, weights)
      output += result.output
      guard outputBar != nil else { continue }
      for port in inputs.indices {
        if shared[port], index > 0 {
          gradients[port] = zip(gradients[port], result.gradients[port]).map { $0 + $1 }
        } else {
          gradients[port] += result.gradients[port]
        }
      }
    }
    return (output, gradients)
  }
}

/// The optimised graph and the two halves of its adjoint, run by the graph interpreter.
public struct GraphImplementation: Implementation {
  public let name = "graph interpreter"
  public init() {}

  public func prepare(_ programs: [CheckedProgram]) throws -> [PreparedProgram?] {
    try programs.map { program in
      do { return try PreparedGraph(program.graph(), constants: program.nodeInputs) } catch is Discarded { return nil }
    }
  }
}

public struct PreparedGraph: SampleWise {
  public let forward: Graph
  public let backward: Graph

  /// All of the pipeline, as the driver runs it.
  ///
  /// - Parameters:
  ///   - constants: parameters without a gradient.
  ///   - change: of the graph of the result and all gradients.
  public init(_ graph: Graph, constants: Set<Int> = [], change: (Graph) -> Graph = { $0 }) throws {
    try graph.verify()
    let optimised = try Pipeline.standard.run(graph)
    let joint = change(try Pipeline.standard.run(reverse(optimised, constants: constants)))
    let halves = split(joint)
    forward = try Pipeline.cleanUp.run(halves.forward)
    backward = try Pipeline.cleanUp.run(halves.backward)
  }

  func sample(_ point: [[Double]], _ outputBar: [Double]?) -> (output: [Double], gradients: [[Double]]) {
    let results = Interpreter().run(forward, point)
    guard let outputBar else { return (results[0], []) }
    return (results[0], Interpreter().run(backward, point + results.dropFirst() + [outputBar]))
  }
}

/// The equations themselves, with derivatives by dual numbers, one direction at a time.
public struct OracleImplementation: Implementation {
  public let name = "direct interpreter"
  public init() {}

  public func prepare(_ programs: [CheckedProgram]) -> [PreparedProgram?] { programs.map(PreparedOracle.init) }
}

struct PreparedOracle: SampleWise {
  let program: CheckedProgram

  func sample(_ point: [[Double]], _ outputBar: [Double]?) throws -> (output: [Double], gradients: [[Double]]) {
    let output = try program.denotation(point)
    guard let outputBar else { return (output, []) }
    var gradients: [[Double]] = []
    for port in point.indices {
      var gradient: [Double] = []
      for entry in point[port].indices {
        let tangent = try program.derivative(point, in: port, entry: entry)
        gradient.append(zip(tangent, outputBar).reduce(0) { $0 + $1.0 * $1.1 })
      }
      gradients.append(gradient)
    }
    return (output, gradients)
  }
}

extension CheckedProgram {
  /// The derivative at a point in a direction, exact.
  public func derivative(_ point: [[Double]], direction: [[Double]]) throws -> [Double] {
    let inputs = zip(point, direction).map { [Dual]($0, direction: $1) }
    return try oracle.evaluate(judgement, links: context.links(inputs)).tangents
  }

  func derivative(_ point: [[Double]], in port: Int, entry: Int) throws -> [Double] {
    var direction = point.map { $0.map { _ in 0.0 } }
    direction[port][entry] = 1
    return try derivative(point, direction: direction)
  }
}
