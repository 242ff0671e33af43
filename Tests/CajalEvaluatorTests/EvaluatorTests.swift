import CajalEvaluator
import CajalSyntax
import CajalTyping
import Foundation
import TestSupport
import Testing

private let empty = Typed.module()

private func evaluate(_ term: TypedTerm, in module: TypedModule = empty, steps: Int? = nil) throws -> String {
  try Evaluator(module: module, stepLimit: steps ?? Evaluator.defaultStepLimit).evaluate(term).description
}

@Suite struct EvaluatorTests {
  @Test func valuesPrint() throws {
    #expect(try evaluate(Typed.yes) == "true")
    #expect(try evaluate(Typed.nat(3)) == "3")
    #expect(try evaluate(Typed.vector([1, 0.5])) == "[1, 0.5]")
    #expect(try evaluate(Typed.tensor([2, 2], [1, -2, 1e300, -0.0])) == "[[1, -2], [1e+300, 0]]")
    #expect(try evaluate(Typed.real(2)) == "2")
    #expect(try evaluate(Typed.fun("x", .bool) { Typed.not($0) }) == "<function : Bool -o Bool>")
    #expect(try evaluate(Typed.matrix([[1, 0], [0, 1]])) == "<function : Real[2] -o Real[2]>")
  }

  @Test func conditionalsTakeOneBranch() throws {
    let xor = Typed.fun("a", .bool) { a in
      Typed.fun("b", .bool) { b in Typed.choose(a, Typed.not(b), Typed.choose(b, Typed.yes, Typed.no)) }
    }
    for (a, b) in [(true, true), (true, false), (false, true), (false, false)] {
      let term = Typed.apply(xor, a ? Typed.yes : Typed.no, b ? Typed.yes : Typed.no)
      #expect(try evaluate(term) == String(a != b))
    }
  }

  @Test func iterationCounts() throws {
    let double = Typed.fun("n", .nat) { n in Typed.iterate(Typed.nat(0), n) { Typed.succ($0, times: 2) } }
    #expect(try evaluate(Typed.apply(double, Typed.nat(21))) == "42")
    #expect(try evaluate(Typed.iterate(Typed.yes, Typed.nat(0)) { Typed.not($0) }) == "true")
    #expect(try evaluate(Typed.iterate(Typed.yes, Typed.nat(3)) { Typed.not($0) }) == "false")
  }

  @Test func closuresKeepTheirEnvironment() throws {
    // let k = (let x = true in fun y => if x then y else not y) in let x = false in if x then k true else k false
    let term = Typed.bind(Typed.bind(Typed.yes) { x in Typed.fun("y", .bool) { Typed.choose(x, $0, Typed.not($0)) } }) {
      k in
      Typed.bind(Typed.no) { x in Typed.choose(x, Typed.apply(k, Typed.yes), Typed.apply(k, Typed.no)) }
    }
    #expect(try evaluate(term) == "false")
  }

  @Test func aMillionRounds() throws {
    #expect(try evaluate(Typed.iterate(Typed.nat(0), Typed.nat(1_000_000)) { Typed.succ($0) }) == "1000000")
  }

  /// Applying and releasing the result both go through 200 000 closures around each other.
  @Test func functionsOfFunctionsDoNotUseTheStack() throws {
    let identity = Typed.fun("x", .bool) { $0 }
    let term = Typed.iterate(identity, Typed.nat(200_001)) { g in
      Typed.fun("x", .bool) { Typed.not(Typed.apply(g, $0)) }
    }
    #expect(try evaluate(term) == "<function : Bool -o Bool>")
    #expect(try evaluate(Typed.apply(term, Typed.yes)) == "false")
    let sums = Typed.iterate(Typed.matrix([[1]]), Typed.nat(200_000)) { Typed.add($0, Typed.matrix([[1]])) }
    #expect(try evaluate(Typed.apply(sums, Typed.vector([2]))) == "[400002]")
  }

  @Test func deepTermsDoNotUseTheStack() throws {
    #expect(try evaluate(Typed.succ(Typed.nat(0), times: 9_000)) == "9000")
  }

  @Test func stepsAreLimited() throws {
    let long = Typed.iterate(Typed.yes, Typed.nat(1_000_000_000_000)) { $0 }
    let error = #expect(throws: EvaluationError.self) { try evaluate(long, steps: 10_000) }
    #expect(error?.diagnostic.code == .stepsExhausted)
    #expect(error?.diagnostic.primary?.span == long.span)
    #expect(try evaluate(Typed.iterate(Typed.yes, Typed.nat(1_000)) { $0 }, steps: 10_000) == "true")
  }

  @Test func numbersDoNotWrap() throws {
    let error = #expect(throws: EvaluationError.self) { try evaluate(Typed.nat(.max)) }
    #expect(error?.diagnostic.code == .stepsExhausted)
    #expect(throws: EvaluationError.self) { try evaluate(Typed.succ(Typed.nat(UInt64(Int.max)))) }
  }

  @Test func unboundVariablesAreReported() throws {
    let n = Typed.variable("n", .nat)
    let error = #expect(throws: EvaluationError.self) { try evaluate(Typed.use(n)) }
    #expect(error?.diagnostic.code == .missingValue)
    let next = try Evaluator(module: empty).evaluate(Typed.succ(Typed.use(n)), environment: [n: .natural(4)])
    #expect(next.description == "5")
  }

  /// Without sharing, 2⁶⁰ applications.
  @Test func definitionsAreShared() throws {
    let endo: Type = .bool --> .bool
    var definitions = [Typed.fun("x", .bool) { Typed.not($0) }]
    for index in 0..<60 {
      let last = Typed.definition(index, endo)
      definitions.append(Typed.fun("x", .bool) { Typed.apply(last, Typed.apply(last, $0)) })
    }
    let curried: Type = .bool --> .bool --> .bool
    definitions.append(Typed.fun("a", .bool) { a in Typed.fun("b", .bool) { Typed.choose(a, $0, Typed.not($0)) } })
    for index in 61..<120 {
      let last = Typed.definition(index, curried)
      definitions.append(
        Typed.fun("a", .bool) { a in
          Typed.fun("b", .bool) { b in
            Typed.apply(last, Typed.apply(last, a, Typed.yes), Typed.apply(last, Typed.yes, b))
          }
        })
    }
    let module = Typed.module(definitions: definitions)
    #expect(try evaluate(Typed.apply(Typed.definition(60, endo), Typed.no), in: module, steps: 10_000) == "false")
    #expect(
      try evaluate(Typed.apply(Typed.definition(120, curried), Typed.no, Typed.yes), in: module, steps: 10_000)
        == "false")
  }
}

/// LANGUAGE.md, section 5, against numbers computed by hand.
@Suite struct TensorEvaluationTests {
  @Test func sumsAndScalings() throws {
    let sum = Typed.add(Typed.vector([1, 2]), Typed.scale(-1, Typed.vector([0.5, 4])))
    #expect(try evaluate(sum) == "[0.5, -2]")
    let maps = Typed.add(Typed.matrix([[1, 2], [3, 4]]), Typed.scale(2, Typed.matrix([[0, 1], [1, 0]])))
    #expect(try evaluate(Typed.apply(maps, Typed.vector([1, 10]))) == "[41, 45]")
  }

  @Test func convolution() throws {
    let type: Type = .real([3, 3])
    let conv = Typed.primitive(.conv2d(kernel: [3, 3], image: [2, 3]), type, .real([2, 3]), .real([2, 3]))
    let kernel = Typed.tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
    let image = Typed.tensor([2, 3], [1, 0, 0, 0, 0, 2])
    // The kernel's centre is its entry 5; cross-correlation: y[i,j] = Σ k[a,b]·x[i+a-1, j+b-1].
    #expect(try evaluate(Typed.apply(conv, kernel, image)) == "[[5, 22, 16], [2, 13, 10]]")
  }

  @Test func otherConstants() throws {
    let two: Type = .real([2])
    let dot = Typed.primitive(.dot([2]), two, two, .real([]))
    #expect(try evaluate(Typed.apply(dot, Typed.vector([1, 2]), Typed.vector([3, 4]))) == "11")
    let outer = Typed.primitive(.outer(2, 3), two, .real([3]), .real([2, 3]))
    let product = Typed.apply(outer, Typed.vector([1, 2]), Typed.vector([3, 4, 5]))
    #expect(try evaluate(product) == "[[3, 4, 5], [6, 8, 10]]")
    let apply = Typed.primitive(.apply(rows: 2, columns: 3), .real([2, 3]), .real([3]), two)
    let matrix = Typed.tensor([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(try evaluate(Typed.apply(apply, matrix, Typed.vector([1, 0, -1]))) == "[-2, -2]")
    let transpose = Typed.primitive(.transpose(rows: 2, columns: 3), .real([2, 3]), .real([3, 2]))
    #expect(try evaluate(Typed.apply(transpose, matrix)) == "[[1, 4], [2, 5], [3, 6]]")
    let reshape = Typed.primitive(.reshape(from: [2, 3], to: [3, 2]), .real([2, 3]), .real([3, 2]))
    #expect(try evaluate(Typed.apply(reshape, matrix)) == "[[1, 2], [3, 4], [5, 6]]")
    let scale = Typed.primitive(.scale(two --> two), .real([]), two --> two, two --> two)
    let scaled = Typed.apply(scale, Typed.real(3), Typed.matrix([[0, 1], [2, 0]]))
    #expect(try evaluate(Typed.apply(scaled, Typed.vector([1, 5]))) == "[15, 6]")
  }

  @Test func recurrentNeurons() throws {
    let term = Typed.iterate(Typed.vector([1, 0]), Typed.nat(3)) { Typed.apply(Typed.matrix([[0, 2], [3, 0]]), $0) }
    #expect(try evaluate(term) == "[0, 18]")
  }

  @Test func boundsProject() throws {
    for (norm, expected) in [(Norm.l1, "[1.5, -2]"), (.l2, "[2.1, -2.8]"), (.linf, "[2.625, -3.5]")] {
      let program = Typed.program("p", [("x", .real([2]))], bounds: [Bound(norm: norm, radius: 3.5)]) { $0[0] }
      let evaluator = Evaluator(module: Typed.module(program))
      let far = try evaluator.evaluate(program, values: [.tensor(Tensor(shape: [2], entries: [3, -4]))])
      #expect(far.description == expected)
      let near = try evaluator.evaluate(program, values: [.tensor(Tensor(shape: [2], entries: [0.5, -1]))])
      #expect(near.description == "[0.5, -1]")
    }
    let half = Typed.program("p", [("x", .bool)], bounds: [Bound(norm: .l1, radius: 0.5)]) { $0[0] }
    #expect(throws: EvaluationError.self) {
      try Evaluator(module: Typed.module(half)).evaluate(half, values: [.bool(true)])
    }
  }
}
