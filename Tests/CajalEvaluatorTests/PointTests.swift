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

  private static let list: DataType = {
    let list = DataType(name: "Word")
    list.define([
      Constructor(name: "End", fields: []), Constructor(name: "Letter", fields: [.other(.bool), .recursive]),
    ])
    return list
  }()

  private static let tree: DataType = {
    let tree = DataType(name: "Expr")
    tree.define([
      Constructor(name: "Leaf", fields: [.other(.natBelow(3))]),
      Constructor(name: "Node", fields: [.recursive, .other(.bool), .recursive]),
    ])
    return tree
  }()

  /// Lists of at most n nodes: 1 + 2 + … + 2^(n - 1). Trees: 3, then 3·2·3, then 2 · (3·18 + 18·3).
  @Test func recursiveValuesAreEnumerated() throws {
    func points(_ data: DataType, rows: Int, limit: Int = 2000) -> ValuePoints {
      let port = Port(variable: Typed.variable("x", .data(data)), bound: nil, rows: rows)
      return ValuePoints(context: [port], horizon: 4, limit: limit)
    }
    let lists = points(Self.list, rows: 4)
    #expect(lists.count == 15 && lists.nodeLimit == nil)
    let few = points(Self.list, rows: 4, limit: 14)
    #expect(few.count == 7 && few.nodeLimit == 3)
    let trees = points(Self.tree, rows: 5)
    #expect(trees.count == 3 + 18 + 216 && trees.nodeLimit == nil)
    for points in [lists, trees] {
      var seen: Set<[[Double]]> = []
      for index in 0..<points.count! { seen.insert(try #require(try points.point(at: index)).vectors) }
      #expect(seen.count == points.count)
    }
    // Letter false (Letter true End)
    let point = try #require(
      try (0..<15).compactMap { try lists.point(at: $0) }.first {
        "\($0.values[0])" == "Letter false (Letter true End)"
      })
    #expect(point.vectors == [[0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0] + [0, 0, 0, 0], [3]])
    for seed: UInt64 in 0..<50 {
      let count = try #require(try points(Self.tree, rows: 30).sample(seed: seed)).vectors
      #expect(count.map(\.count) == [30 * 7, 60])
    }
  }

  @Test func randomTablesFit() throws {
    for data in [Self.list, Self.tree] {
      let port = Port(variable: Typed.variable("x", .data(data)), bound: nil, rows: 9)
      let basis = try #require(BasisPoints(context: [port], horizon: 4))
      let layout = try #require(TableLayout(data, horizon: 4))
      for seed: UInt64 in 0..<100 {
        guard case .table(let link) = [port].links(basis.randomVectors(seed: seed).map { [Dual]($0) })[0] else {
          Issue.record("no table")
          return
        }
        #expect(layout.problem(with: link, rows: 9) == nil)
      }
    }
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
