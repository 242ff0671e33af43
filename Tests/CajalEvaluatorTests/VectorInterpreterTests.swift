import CajalEvaluator
import CajalSyntax
import CajalTyping
import Driver
import Foundation
import TestSupport
import Testing

private func run(
  _ program: Judgement, _ environment: [[Double]], horizon: Int = 4, definitions: [TypedTerm] = []
) throws -> [Double] {
  let module = Typed.module(horizon: horizon, definitions: definitions, program)
  return try VectorInterpreter(module: module).evaluate(program, environment: environment)
}

/// The displayed equations of LANGUAGE.md, section 4, against numbers computed by hand.
@Suite struct EquationTests {
  @Test func succIsARightShift() throws {
    let program = Typed.program("p", [("n", .nat)]) { Typed.succ($0[0]) }
    #expect(try run(program, [[1, 2, 3, 4]]) == [0, 1, 2, 3])
  }

  @Test func numeralsAtTheHorizonAreZero() throws {
    #expect(try run(Typed.program("p", []) { _ in Typed.nat(4) }, []) == [0, 0, 0, 0])
    #expect(try run(Typed.program("p", []) { _ in Typed.nat(3) }, []) == [0, 0, 0, 1])
  }

  @Test func conditionalsWeigh() throws {
    let program = Typed.program("p", [("b", .bool), ("x", .real([2])), ("f", .real([2]) --> .real([2]))]) { v in
      Typed.choose(v[0], Typed.apply(v[2], v[1]), v[1])
    }
    #expect(try run(program, [[2, -1], [1, 10], [0, 1, 1, 0]]) == [19, -8])
  }

  @Test func conditionalsBetweenFunctions() throws {
    let program = Typed.program("p", [("b", .bool), ("x", .bool)]) { v in
      Typed.apply(Typed.choose(v[0], Typed.fun("x", .bool) { $0 }, Typed.fun("x", .bool) { Typed.not($0) }), v[1])
    }
    #expect(try run(program, [[2, 3], [5, 7]]) == [31, 29])  // 2·5 + 3·7, 2·7 + 3·5
  }

  @Test func iterationIsAWeightedSum() throws {
    let program = Typed.program("p", [("x", .real([2])), ("n", .nat)]) { v in
      Typed.iterate(v[0], v[1]) { Typed.apply(Typed.matrix([[0, 2], [3, 0]]), $0) }
    }
    // s_0 … s_3 = (1,1), (2,3), (6,6), (12,18)
    #expect(try run(program, [[1, 1], [1, 10, 100, 1000]]) == [12_621, 18_631])
  }

  /// LANGUAGE.md, section 2, Degree: n₀·true + n₁·g true + n₂·g² true + …
  @Test func iteratedLinksAreApolynomial() throws {
    let program = Typed.program("p", [("g", .bool --> .bool), ("n", .nat)]) { v in
      Typed.iterate(Typed.yes, v[1]) { Typed.apply(v[0], $0) }
    }
    let g: [Double] = [1, 2, 3, 4]
    // true = (1,0), (1,3), (7,15)
    #expect(try run(program, [g, [1, 1, 1, 0]]) == [9, 18])
    #expect(try run(program, [g.map { 2 * $0 }, [0, 0, 1, 0]]) == [28, 60])
  }

  @Test func functionsBecomeMatrices() throws {
    let flip = Typed.program("p", []) { _ in Typed.fun("x", .bool) { Typed.not($0) } }
    #expect(try run(flip, []) == [0, 1, 1, 0])
    // Index (i₃·d₂ + i₂)·d₁ + i₁: the first argument moves fastest.
    let pair = Typed.program("p", []) { _ in
      Typed.fun("a", .bool) { a in
        Typed.fun("n", .nat) { n in Typed.choose(a, n, Typed.succ(n)) }
      }
    }
    var expected = [Double](repeating: 0, count: 4 * 4 * 2)
    for n in 0..<4 {
      expected[(n * 4 + n) * 2] = 1
      if n + 1 < 4 { expected[((n + 1) * 4 + n) * 2 + 1] = 1 }
    }
    #expect(try run(pair, []) == expected)
  }

  @Test func functionsOfFunctionsTakeMatrices() throws {
    let program = Typed.program("p", [("h", (.bool --> .bool) --> .bool)]) { v in
      Typed.apply(v[0], Typed.fun("x", .bool) { Typed.not($0) })
    }
    // h's argument is the matrix (0,1,1,0).
    #expect(try run(program, [[1, 2, 3, 4, 5, 6, 7, 8]]) == [5, 13])
    let result = Typed.program("p", []) { _ in Typed.fun("g", .bool --> .bool) { Typed.apply($0, Typed.yes) } }
    #expect(try run(result, []) == [1, 0, 0, 0, 0, 0, 1, 0])
  }

  @Test func statesThatAreFunctions() throws {
    // (n times not) x
    let program = Typed.program("p", [("x", .bool), ("n", .nat)]) { v in
      Typed.apply(
        Typed.iterate(Typed.fun("x", .bool) { $0 }, v[1]) { g in
          Typed.fun("x", .bool) { Typed.not(Typed.apply(g, $0)) }
        }, v[0])
    }
    #expect(try run(program, [[5, 7], [1, 10, 100, 1000]]) == [7575, 5757])  // 101·(5,7) + 1010·(7,5)
  }

  /// A state that is used in a nested step is not linear in its binder: it stays a function.
  @Test func nonlinearStatesStayFunctions() throws {
    let endo: Type = .bool --> .bool
    let program = Typed.program("p", [("g", endo), ("n", .nat), ("x", .bool)]) { v in
      let squared = Typed.iterate(v[0], v[1]) { f in
        Typed.fun("x", .bool) { x in Typed.iterate(x, Typed.nat(2)) { Typed.apply(f, $0) } }
      }
      return Typed.apply(squared, v[2])
    }
    // g is "times 2": g^(2^n)
    #expect(try run(program, [[2, 0, 0, 2], [0, 0, 1, 0], [1, 0]]) == [16, 0])
    #expect(try run(program, [[2, 0, 0, 2], [1, 1, 1, 1], [1, 0]]) == [278, 0])
  }

  @Test func functionsThatAreNotLinearAreApplied() throws {
    let use = Typed.fun("g", .bool --> .bool) { g in Typed.iterate(Typed.yes, Typed.nat(2)) { Typed.apply(g, $0) } }
    let program = Typed.program("p", [("g", .bool --> .bool)]) { Typed.apply(use, $0[0]) }
    #expect(try run(program, [[1, 2, 3, 4]]) == [7, 15])
    let shared = Typed.program("p", [("g", .bool --> .bool)]) {
      Typed.apply(Typed.definition(0, (.bool --> .bool) --> .bool), $0[0])
    }
    #expect(try run(shared, [[1, 2, 3, 4]], definitions: [use]) == [7, 15])
  }

  /// A definition that is not linear in a ground binder is applied to vectors as it is, and is not its matrix.
  @Test func definitionsThatAreNotLinear() throws {
    let square = Typed.fun("b", .bool) { b in
      Typed.iterate(Typed.yes, Typed.nat(2)) { Typed.choose(b, $0, Typed.not($0)) }
    }
    let applied = Typed.program("p", [("b", .bool)]) { Typed.apply(Typed.definition(0, .bool --> .bool), $0[0]) }
    // [[a, b], [b, a]]² (1, 0) = (a² + b², 2ab)
    #expect(try run(applied, [[2, 3]], definitions: [square]) == [13, 12])
    let matrix = Typed.program("p", []) { _ in Typed.definition(0, .bool --> .bool) }
    #expect(try run(matrix, [], definitions: [square]) == [1, 1, 0, 0])
  }

  @Test func nestedIteration() throws {
    let program = Typed.program("p", [("n", .nat), ("m", .nat)]) { v in
      Typed.iterate(Typed.nat(0), v[0]) { y in Typed.iterate(y, Typed.nat(2)) { Typed.succ($0) } } |> { product in
        Typed.iterate(product, v[1]) { Typed.succ($0) }
      }
    }
    // 2n + m
    var expected = [Double](repeating: 0, count: 10)
    expected[7] = 1
    func unit(_ k: Int) -> [Double] { (0..<10).map { $0 == k ? 1 : 0 } }
    #expect(try run(program, [unit(3), unit(1)], horizon: 10) == expected)
    #expect(try run(program, [unit(4), unit(3)], horizon: 10) == [Double](repeating: 0, count: 10))
  }

  @Test func boundedPorts() throws {
    for (norm, expected) in [(Norm.l1, [1.5, -2.0]), (.l2, [2.1, -2.8]), (.linf, [2.625, -3.5])] {
      let program = Typed.program("p", [("x", .real([2]))], bounds: [Bound(norm: norm, radius: 3.5)]) { $0[0] }
      let result = try run(program, [[3, -4]])
      #expect(zip(result, expected).allSatisfy { abs($0 - $1) < 1e-15 })
      #expect(try run(program, [[1, -0.5]]) == [1, -0.5])
      #expect(try run(program, [[0, 0]]) == [0, 0])
    }
  }

  @Test func environmentsAreChecked() {
    let program = Typed.program("p", [("n", .nat)]) { $0[0] }
    #expect(throws: InterpretationError.self) { try run(program, [[1, 0]]) }
    #expect(throws: InterpretationError.self) { try run(program, []) }
  }

  @Test func hugeTypesAreRefused() {
    var type: Type = .nat
    for _ in 0..<12 { type = .function(.nat, type) }
    let program = Typed.program("p", [("n", .nat)]) { v in Typed.bind(v[0]) { $0 } }
    #expect(throws: InterpretationError.self) {
      try VectorInterpreter(module: Typed.module(horizon: 1 << 30, program)).evaluate(closed: Typed.nat(1))
    }
    let map = Typed.fun("f", type) { Typed.apply($0, Typed.nat(0)) }
    #expect(throws: InterpretationError.self) {
      try VectorInterpreter(module: Typed.module(horizon: 100)).evaluate(closed: map)
    }
  }

  @Test func workIsLimited() throws {
    let endo: Type = (.bool --> .bool) --> .bool --> .bool
    var definitions = [Typed.fun("g", .bool --> .bool) { g in Typed.fun("x", .bool) { Typed.apply(g, $0) } }]
    for index in 0..<40 {
      let last = Typed.definition(index, endo)
      definitions.append(Typed.fun("g", .bool --> .bool) { Typed.apply(last, Typed.apply(last, $0)) })
    }
    let program = Typed.program("p", [("g", .bool --> .bool)]) { Typed.apply(Typed.definition(40, endo), $0[0]) }
    let module = Typed.module(definitions: definitions, program)
    let interpreter = VectorInterpreter(module: module, operationLimit: 20_000)
    #expect(throws: InterpretationError.self) { try interpreter.evaluate(program, environment: [[0.0, 1, 1, 0]]) }
    #expect(interpreter.operationsUsed <= 20_000)
    // With more work allowed, the functions around functions become too deep instead.
    let wide = withDeepStack {
      Result { try VectorInterpreter(module: module).evaluate(program, environment: [[0.0, 1, 1, 0]]) }
    }
    #expect(throws: InterpretationError.self) { try wide.get() }
  }

  /// Each uses the last twice: 2⁶⁰ applications if they were copied.
  @Test func definitionsAreShared() throws {
    let endo: Type = .bool --> .bool
    var definitions = [Typed.fun("x", .bool) { Typed.not($0) }]
    for index in 0..<60 {
      let last = Typed.definition(index, endo)
      definitions.append(Typed.fun("x", .bool) { Typed.apply(last, Typed.apply(last, $0)) })
    }
    let program = Typed.program("p", [("x", .bool)]) { Typed.apply(Typed.definition(60, endo), $0[0]) }
    #expect(try run(program, [[0.25, 3]], definitions: definitions) == [0.25, 3])
  }
}

infix operator |> : AdditionPrecedence
private func |> (term: TypedTerm, body: (TypedTerm) -> TypedTerm) -> TypedTerm { body(term) }
