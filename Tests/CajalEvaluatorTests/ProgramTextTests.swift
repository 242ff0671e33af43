import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import Foundation
import Lowering
import TestSupport
import Testing

private func module(_ text: String) throws -> TypedModule {
  let source = Source(name: "test.cajal", text: text)
  var diagnostics = Diagnostics()
  let tree = parse(source, diagnostics: &diagnostics)
  let module = check(tree, diagnostics: &diagnostics)
  #expect(diagnostics.items.filter { $0.severity == .error }.map(\.message) == [])
  return try #require(module)
}

/// Programs of LANGUAGE.md, from their text.
@Suite struct ProgramTextTests {
  @Test func thePapersPrograms() throws {
    let module = try module(
      """
      horizon 10
      def not : Bool -o Bool = fun x => if x then false else true
      program flip (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n)
      program double (n : Nat) : Nat = iter { 0 | y => succ (succ y) } (n)
      program xor (a : Bool, b : Bool) : Bool =
        if a then (if b then false else true) else (if b then true else false)
      program neurons (n : Nat) : Real[2] = iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n)
      """)
    let evaluator = Evaluator(module: module)
    let interpreter = VectorInterpreter(module: module)
    func value(_ program: Int, _ values: Value...) throws -> String {
      try evaluator.evaluate(module.programs[program], values: values).description
    }
    #expect(try value(0, .bool(true), .natural(3)) == "false")
    #expect(try value(1, .natural(1000)) == "2000")
    #expect(try value(2, .bool(true), .bool(false)) == "true")
    #expect(try value(3, .natural(2)) == "[6, 0]")
    let horizons = HorizonAnalysis.analyse(module)
    #expect(horizons.map { $0.drops.map(\.largestIndex) } == [[], [18, 17], [], []])
    for (program, horizon) in zip(module.programs, horizons) where horizon.drops.isEmpty {
      let points = ValuePoints(context: program.context, horizon: 10)
      for index in 0..<(points.count ?? 0) {
        let point = try #require(try points.point(at: index))
        let value = try evaluator.evaluate(program, values: point.values)
        let encoding = value.encoding(as: program.type, horizon: 10)
        #expect(try encoding == interpreter.evaluate(program, environment: point.vectors))
      }
    }
  }

  @Test func tensors() throws {
    let module = try module(
      """
      horizon 4
      program blur (base : Real[3,3], k : Real[3,3] within l1 1, n : Nat) : Real[3,3] =
        iter { base | y => conv2d k y } (n)
      program sums (x : Real[2], s : Real) : Real[2] = scale s (x + 2 * [[0, 1], [1, 0]] x - x)
      program parts (a : Real[2,3], x : Real[3], y : Real[2]) : Real = dot (apply a x) y
      program shapes (a : Real[2,3]) : Real[3,2] = (reshape (transpose a) : Real[3,2])
      """)
    let evaluator = Evaluator(module: module)
    let interpreter = VectorInterpreter(module: module)
    for program in module.programs {
      let points = ValuePoints(context: program.context, horizon: 4)
      for seed in 0..<10 as Range<UInt64> {
        let point = try #require(try points.sample(seed: seed))
        let value = try evaluator.evaluate(program, values: point.values)
        let vector = try interpreter.evaluate(program, environment: point.vectors)
        let encoding = try #require(value.encoding(as: program.type, horizon: 4))
        #expect(zip(encoding, vector).allSatisfy { abs($0 - $1) < 1e-12 } && encoding.count == vector.count)
      }
    }
    let sums = try evaluator.evaluate(
      module.programs[1], values: [.tensor(Tensor(shape: [2], entries: [3, 5])), .real(0.5)])
    #expect(sums.description == "[5, 3]")
  }
}

/// A weighted automaton of three states, as programs: the weight of a word, and of all paths of n steps, against an
/// enumeration of the paths.
@Suite struct WeightedAutomatonTests {
  /// By letter, to a state (row) from a state (column).
  private let steps: [Character: [[Double]]] = [
    "a": [[0.5, 0, 0], [0.25, 1, 0], [0.125, 0, 2]], "b": [[0, 0.5, 0], [0, 0.25, 1], [1, 0.5, 0]],
  ]
  private let start: [Double] = [1, 0.5, 0]
  private let end: [Double] = [0, 1, 4]

  /// Σ over all sequences of states: the weights of the start, of every step, and of the end, multiplied.
  private func weightOfPaths(_ matrices: [[[Double]]]) -> Double {
    var sum = 0.0
    let count = matrices.count + 1
    for code in 0..<Int(pow(3, Double(count))) {
      let path = (0..<count).map { code / Int(pow(3, Double($0))) % 3 }
      var weight = start[path[0]] * end[path[count - 1]]
      for (index, matrix) in matrices.enumerated() { weight *= matrix[path[index + 1]][path[index]] }
      sum += weight
    }
    return sum
  }

  @Test(arguments: ["", "a", "b", "ab", "abb", "bbab"]) func wordsWeighWhatTheirPathsWeigh(word: String) throws {
    let body = word.reduce("start") { "\($1) (\($0))" }
    let text = """
      def a : Real[3] -o Real[3] = \(steps["a"]!)
      def b : Real[3] -o Real[3] = \(steps["b"]!)
      program word (start : Real[3], end : Real[3]) : Real = dot end (\(body))
      """
    let module = try module(text)
    let weight = try VectorInterpreter(module: module).evaluate(module.programs[0], environment: [start, end])
    #expect(weight == [weightOfPaths(word.map { steps[$0]! })])
  }

  @Test(arguments: 0..<6) func allPathsOfALength(length: Int) throws {
    let module = try module(
      """
      horizon 6
      program paths (start : Real[3], step : Real[3] -o Real[3], end : Real[3], n : Nat) : Real =
        dot end (iter { start | s => step s } (n))
      """)
    // A step by any letter.
    let step = (0..<3).map { row in (0..<3).map { steps["a"]![row][$0] + steps["b"]![row][$0] } }
    let n = (0..<6).map { $0 == length ? 1.0 : 0 }
    let weight = try VectorInterpreter(module: module).evaluate(
      module.programs[0], environment: [start, step.flatMap { $0 }, end, n])
    // All weights are multiples of powers of two: the sums are exact.
    #expect(weight == [weightOfPaths([[[Double]]](repeating: step, count: length))])
  }
}
