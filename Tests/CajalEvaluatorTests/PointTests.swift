import CajalEvaluator
import CajalSyntax
import CajalTyping
import TestSupport
import Testing

private func context(_ types: Type...) -> [Port] { types.map { Port(variable: Typed.variable("x", $0), bound: nil) } }

@Suite struct PointTests {
  @Test func basisPointsAreAllCombinations() throws {
    let basis = try #require(BasisPoints(context: context(.bool, .nat, .bool --> .bool), horizon: 3))
    #expect(basis.count == 2 * 3 * 4)
    let all = (0..<basis.count).map { basis.positions(at: $0) }
    #expect(Set(all).count == basis.count)
    #expect(basis.vectors(all[7]) == [[1, 0], [0, 1, 0], [0, 0, 0, 1]])
    #expect(BasisPoints(context: [], horizon: 3)?.count == 1)
  }

  @Test func hugeCountsSaturate() throws {
    let basis = try #require(BasisPoints(context: (0..<40).flatMap { _ in context(.nat) }, horizon: 100))
    #expect(basis.count == Int.max)
    #expect(basis.positions(seed: 1) == basis.positions(seed: 1))
    #expect(basis.positions(seed: 1) != basis.positions(seed: 2))
    #expect(BasisPoints(context: context(.real([1 << 40, 1 << 40])), horizon: 3) == nil)
  }

  @Test func valuesAreEnumerated() throws {
    let points = ValuePoints(context: context(.bool --> .bool, .nat), horizon: 3)
    #expect(points.count == 12)
    var seen: Set<[[Double]]> = []
    for index in 0..<12 { seen.insert(try #require(try points.point(at: index)).vectors) }
    #expect(seen.count == 12)
    #expect(seen.contains([[0, 1, 1, 0], [0, 0, 1]]))
    #expect(try points.point(at: 12) == nil)
  }

  @Test func tablesOfTwoArguments() throws {
    let points = ValuePoints(context: context(.bool --> .bool --> .bool), horizon: 3)
    #expect(points.count == 16)
    let vectors = try (0..<16).map { try #require(try points.point(at: $0)).vectors[0] }
    #expect(Set(vectors).count == 16)
    // Every column is a value: of the eight entries, one for each of the four arguments.
    #expect(vectors.allSatisfy { $0.reduce(0, +) == 4 })
  }

  @Test func valuesAndVectorsAreTheSamePoint() throws {
    let types: [Type] = [
      .bool --> .nat, .nat --> .bool, .nat --> .nat, .real([2]) --> .real([2, 2]), .real([]), .nat --> .real([2]),
      .real([2]) --> .real([3]) --> .real([]), .nat --> .bool --> .nat,
    ]
    let evaluator = Evaluator(module: Typed.module(horizon: 5))
    for (index, type) in types.enumerated() {
      let points = ValuePoints(context: context(type), horizon: 5)
      var distinct: Set<[Double]> = []
      for seed in 0..<20 as Range<UInt64> {
        let point = try #require(try points.sample(seed: seed))
        let encoding = try #require(try evaluator.encoding(of: point.values[0], as: type, horizon: 5))
        #expect(zip(encoding, point.vectors[0]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(types[index])")
        #expect(encoding.count == type.dimension(horizon: 5))
        distinct.insert(point.vectors[0])
        #expect(try points.sample(seed: seed)?.vectors == point.vectors)
      }
      #expect(distinct.count > 3, "\(type)")
    }
  }

  @Test func functionsOfFunctionsAreSampled() throws {
    let points = ValuePoints(context: context((.bool --> .bool) --> .bool, .real([2])), horizon: 5)
    #expect(points.count == nil)
    #expect(points.sampledPorts == [0, 1])
    let point = try #require(try points.sample(seed: 3))
    #expect(point.vectors.map(\.count) == [8, 2])
    #expect(point.values.map(\.description)[0] == "<function : (Bool -o Bool) -o Bool>")
  }

  @Test func typesWithoutValues() throws {
    #expect(try ValuePoints(context: context(.real([]) --> .bool), horizon: 5).sample(seed: 1) == nil)
  }

  /// Theorem 2 on a program with a link of functions, at every value of its context.
  @Test func evaluationAgreesWithDenotation() throws {
    let endo: Type = .bool --> .bool
    let program = Typed.program("p", [("g", endo), ("b", .bool), ("n", .nat), ("f", .nat --> .bool)]) { v in
      let rounds = Typed.iterate(v[1], v[2]) { Typed.apply(v[0], $0) }
      return Typed.choose(Typed.apply(v[3], Typed.nat(2)), rounds, Typed.not(rounds))
    }
    let module = Typed.module(horizon: 5, program)
    let points = ValuePoints(context: program.context, horizon: 5)
    for seed in 0..<100 as Range<UInt64> {
      let point = try #require(try points.sample(seed: seed))
      let value = try Evaluator(module: module).evaluate(program, values: point.values)
      let vector = try VectorInterpreter(module: module).evaluate(program, environment: point.vectors)
      #expect(value.encoding(as: program.type, horizon: 5) == vector)
    }
  }
}
