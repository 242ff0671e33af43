import CajalSyntax
import CajalTyping
import Diagnostics
import Driver
import Foundation
import TestSupport
import Testing

private func analyse(
  horizon: Int = 10, definitions: [TypedTerm] = [], _ context: [(String, Type)] = [], _ body: ([TypedTerm]) -> TypedTerm
) -> ProgramHorizon {
  HorizonAnalysis.analyse(
    Typed.module(horizon: horizon, definitions: definitions, Typed.program("p", context, body)))[0]
}

/// Index and least horizon of every drop, as text.
private func summary(_ program: ProgramHorizon) -> String {
  program.drops.map { "\($0.largestIndex):\($0.leastHorizon.map(String.init) ?? "none")" }.joined(separator: " ")
}

@Suite struct HorizonTests {
  @Test func deepTerms() {
    let program = withDeepStack {
      analyse { _ in
        let successors = Typed.succ(Typed.nat(0), times: 5_000)
        return (0..<4_000).reduce(successors) { term, _ in Typed.bind(term) { $0 } }
      }
    }
    #expect(program.drops.count == 4_991)
    #expect(program.drops.last?.leastHorizon == 5_001)
  }

  @Test func constantsAreExact() {
    let small = analyse { _ in Typed.succ(Typed.nat(3), times: 2) }
    #expect(small.resultBound == 5)
    #expect(small.drops.isEmpty)
    let edge = analyse { _ in Typed.succ(Typed.nat(8)) }
    #expect(edge.resultBound == 9)
    #expect(edge.drops.isEmpty)
  }

  @Test func numeralsBeyondTheHorizon() {
    let program = analyse { _ in Typed.nat(12) }
    #expect(summary(program) == "12:13")
    #expect(program.drops[0].isNumeral)
    #expect(program.resultBound == 9)
  }

  @Test func succNamesItsPlace() {
    var place = Span(0, 0)
    let program = analyse { _ in
      let last = Typed.succ(Typed.nat(9))
      place = last.span
      return last
    }
    #expect(program.drops.map(\.span) == [place])
    #expect(summary(program) == "10:11")
    #expect(!program.drops[0].isNumeral)
  }

  /// The paper's `double`: H−1 rounds of two, so index 2(H−1), at every horizon too much.
  @Test func doubleHasNoHorizon() {
    let program = analyse([("n", .nat)]) { Typed.iterate(Typed.nat(0), $0[0]) { Typed.succ($0, times: 2) } }
    #expect(summary(program) == "17:none 18:none")
    #expect(program.resultBound == 9)
  }

  @Test func countingUpToTheInputDropsNothing() {
    let program = analyse([("n", .nat)]) { Typed.iterate(Typed.nat(0), $0[0]) { Typed.succ($0) } }
    #expect(program.drops.isEmpty)
    #expect(program.resultBound == 9)
    let more = analyse([("n", .nat)]) { Typed.iterate(Typed.nat(1), $0[0]) { Typed.succ($0) } }
    #expect(summary(more) == "10:none")
  }

  @Test func constantRoundsHaveALeastHorizon() {
    let program = analyse { _ in Typed.iterate(Typed.nat(1), Typed.nat(9)) { Typed.succ($0, times: 2) } }
    #expect(summary(program) == "18:19 19:20")
    let enough = analyse(horizon: 20) { _ in Typed.iterate(Typed.nat(1), Typed.nat(9)) { Typed.succ($0, times: 2) } }
    #expect(enough.drops.isEmpty)
    #expect(enough.resultBound == 19)
  }

  /// Raising the horizon for the constants is enough, although the input grows with it.
  @Test func inputsThatStayBelow() {
    func body(_ v: [TypedTerm]) -> TypedTerm {
      let count = Typed.choose(v[0], v[1], Typed.iterate(Typed.nat(12), v[1]) { $0 })
      return Typed.iterate(Typed.nat(0), count) { Typed.succ($0) }
    }
    #expect(analyse([("b", .bool), ("n", .nat)], body).drops.map(\.leastHorizon) == [13])
    #expect(analyse(horizon: 13, [("b", .bool), ("n", .nat)], body).drops.isEmpty)
  }

  @Test func branchesAreJoined() {
    let program = analyse([("b", .bool)]) { Typed.choose($0[0], Typed.nat(2), Typed.succ(Typed.nat(6))) }
    #expect(program.resultBound == 7)
  }

  @Test func linkedFunctionsMayReturnAnything() {
    let program = analyse([("f", .nat --> .nat)]) { Typed.succ(Typed.apply($0[0], Typed.nat(0))) }
    #expect(summary(program) == "10:none")
  }

  /// A function that crosses an interface becomes a matrix: it is applied to the whole basis.
  @Test func functionsThatCrossInterfaces() {
    let result = analyse { _ in Typed.fun("x", .nat) { Typed.succ($0) } }
    #expect(summary(result) == "10:none")
    #expect(result.resultBound == nil)
    let argument = analyse([("f", (.nat --> .nat) --> .bool)]) {
      Typed.apply($0[0], Typed.fun("x", .nat) { Typed.succ($0) })
    }
    #expect(summary(argument) == "10:none")
    let applied = analyse { _ in Typed.apply(Typed.fun("x", .nat) { Typed.succ($0) }, Typed.nat(4)) }
    #expect(applied.drops.isEmpty)
    #expect(applied.resultBound == 5)
  }

  @Test func zeroRoundsReachNothing() {
    let program = analyse { _ in Typed.iterate(Typed.nat(4), Typed.nat(0)) { Typed.succ($0, times: 30) } }
    #expect(program.drops.isEmpty)
    #expect(program.resultBound == 4)
  }

  /// The step is given states up to 8 only; the ninth round's result is the last.
  @Test func theLastRoundIsTheLast() {
    let program = analyse { _ in Typed.iterate(Typed.nat(0), Typed.nat(9)) { Typed.succ($0) } }
    #expect(program.drops.isEmpty)
    #expect(program.resultBound == 9)
  }

  /// y ↦ 2y + 1, six times from 0: 63.
  @Test func fastGrowth() {
    func body(_: [TypedTerm]) -> TypedTerm {
      Typed.iterate(Typed.nat(0), Typed.nat(6)) { y in
        Typed.succ(Typed.iterate(Typed.nat(0), y) { Typed.succ($0, times: 2) })
      }
    }
    #expect(analyse(horizon: 64, [], body).resultBound == 63)
    #expect(analyse(horizon: 64, [], body).drops.isEmpty)
    #expect(analyse(horizon: 63, [], body).drops.map(\.leastHorizon) == [64])
  }

  @Test func nestedIterationMultiplies() {
    let program = analyse(horizon: 1000) { _ in
      Typed.iterate(Typed.nat(0), Typed.nat(20)) { y in Typed.iterate(y, Typed.nat(30)) { Typed.succ($0) } }
    }
    #expect(program.resultBound == 600)
    #expect(program.drops.isEmpty)
  }

  @Test func largestHorizonIsInstant() {
    let horizon = HorizonAnalysis.largestHorizon
    let start = Date()
    let count = analyse(horizon: horizon, [("n", .nat)]) { Typed.iterate(Typed.nat(0), $0[0]) { Typed.succ($0) } }
    #expect(count.drops.isEmpty)
    #expect(count.resultBound == horizon - 1)
    let nested = analyse(horizon: horizon, [("n", .nat), ("m", .nat)]) { v in
      Typed.iterate(Typed.iterate(Typed.nat(0), v[0]) { Typed.succ($0) }, v[1]) { y in
        Typed.iterate(y, Typed.nat(3)) { Typed.succ($0) }
      }
    }
    #expect(nested.drops.count == 1)
    #expect(nested.drops[0].largestIndex == 4 * (horizon - 1))
    let powers = analyse(horizon: horizon, [("n", .nat)]) {
      Typed.iterate(Typed.nat(1), $0[0]) { y in Typed.iterate(Typed.nat(0), y) { Typed.succ($0, times: 2) } }
    }
    #expect(powers.drops.allSatisfy { $0.leastHorizon == nil })
    #expect(powers.drops.count == 2)
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test func statesThatAreFunctions() {
    func body(_ rounds: UInt64) -> ([TypedTerm]) -> TypedTerm {
      { _ in
        let identity = Typed.fun("x", .nat) { $0 }
        let grown = Typed.iterate(identity, Typed.nat(rounds)) { g in
          Typed.fun("x", .nat) { Typed.succ(Typed.apply(g, $0)) }
        }
        return Typed.apply(grown, Typed.nat(4))
      }
    }
    #expect(analyse([], body(5)).resultBound == 9)
    #expect(analyse([], body(5)).drops.isEmpty)
    #expect(summary(analyse([], body(6))) == "10:11")
    // Beyond what is followed the answer is only safe.
    #expect(!analyse(horizon: 1000, [], body(900)).drops.isEmpty)
  }

  /// Each uses the last twice: 2⁶⁰ calls if they were copied.
  @Test func definitionsAreShared() {
    let endo: Type = .nat --> .nat
    func chain(_ first: TypedTerm) -> [TypedTerm] {
      var definitions = [first]
      for index in 0..<60 {
        let last = Typed.definition(index, endo)
        definitions.append(Typed.fun("x", .nat) { Typed.apply(last, Typed.apply(last, $0)) })
      }
      return definitions
    }
    let start = Date()
    let still = analyse(definitions: chain(Typed.fun("x", .nat) { $0 })) { _ in
      Typed.apply(Typed.definition(60, endo), Typed.nat(7))
    }
    #expect(still.resultBound == 7)
    #expect(!still.isConservative)
    let growing = analyse(horizon: 1 << 20, definitions: chain(Typed.fun("x", .nat) { Typed.succ($0) })) { _ in
      Typed.apply(Typed.definition(60, endo), Typed.nat(7))
    }
    #expect(growing.drops.map(\.largestIndex) == [(1 << 60) + 7])
    #expect(growing.drops[0].leastHorizon == nil)
    let few = analyse(horizon: 1 << 20, definitions: chain(Typed.fun("x", .nat) { Typed.succ($0) })) { _ in
      Typed.apply(Typed.definition(5, endo), Typed.nat(7))
    }
    #expect(few.drops.isEmpty)
    #expect(few.resultBound == 39)
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test func definitionsOfSeveralArguments() {
    let plus = Typed.fun("a", .nat) { a in Typed.fun("b", .nat) { Typed.iterate(a, $0) { Typed.succ($0) } } }
    let type: Type = .nat --> .nat --> .nat
    let program = analyse(definitions: [plus]) { _ in
      let plus = Typed.definition(0, type)
      return Typed.apply(plus, Typed.apply(plus, Typed.nat(0), Typed.nat(4)), Typed.nat(5))
    }
    #expect(program.resultBound == 9)
    #expect(program.drops.isEmpty)
    // (8, 1) and (1, 8) are not (8, 8).
    let apart = analyse(definitions: [plus], [("b", .bool)]) { v in
      let plus = Typed.definition(0, type)
      return Typed.choose(
        v[0], Typed.apply(plus, Typed.nat(8), Typed.nat(1)), Typed.apply(plus, Typed.nat(1), Typed.nat(8)))
    }
    #expect(apart.drops.isEmpty)
    let over = analyse(definitions: [plus]) { _ in Typed.apply(Typed.definition(0, type), Typed.nat(5), Typed.nat(6)) }
    #expect(summary(over) == "11:12")
  }

  @Test func placesInDefinitionsOfDefinitions() {
    let type: Type = .nat --> .nat
    let inner = Typed.fun("x", .nat) { Typed.succ($0, times: 2) }
    let twice = Typed.definition(0, type)
    let outer = Typed.fun("x", .nat) { Typed.apply(twice, Typed.apply(twice, $0)) }
    let higher = Typed.fun("f", type) { Typed.apply($0, Typed.apply(Typed.definition(1, type), Typed.nat(3))) }
    let constant = Typed.apply(Typed.definition(1, type), Typed.nat(7))
    let definitions = [inner, outer, higher, constant]
    let applied = analyse(definitions: definitions) { _ in
      Typed.apply(Typed.definition(2, type --> .nat), Typed.definition(0, type))
    }
    #expect(applied.resultBound == 9)
    #expect(applied.drops.isEmpty)
    let over = analyse(definitions: definitions) { _ in
      Typed.apply(Typed.definition(2, type --> .nat), Typed.definition(1, type))
    }
    #expect(summary(over) == "10:11 11:12")
    #expect(summary(analyse(definitions: definitions) { _ in Typed.definition(3, .nat) }) == "10:11 11:12")
  }

  /// Two branches that each use a function, nested: 2³⁰ paths.
  @Test func branchesDoNotMultiply() {
    func nest(_ depth: Int, _ f: TypedTerm, _ n: TypedTerm) -> TypedTerm {
      if depth == 0 { return Typed.apply(f, n) }
      let next = Typed.fun("x", .nat) { x in
        Typed.choose(Typed.iterate(Typed.yes, x) { $0 }, Typed.apply(f, Typed.nat(1)), Typed.apply(f, Typed.nat(2)))
      }
      return Typed.bind(next) { nest(depth - 1, $0, n) }
    }
    let program = analyse { _ in Typed.bind(Typed.fun("x", .nat) { Typed.succ($0) }) { nest(30, $0, Typed.nat(3)) } }
    #expect(program.resultBound == 3)
    #expect(!program.isConservative)
  }

  /// A program too large to follow is answered, safely.
  @Test func thereIsAlwaysAnAnswer() {
    // Function arguments are not remembered, so that thirty definitions that apply the last twice are 2³⁰ calls.
    let endo: Type = (.nat --> .nat) --> .nat --> .nat
    var definitions = [Typed.fun("g", .nat --> .nat) { g in Typed.fun("x", .nat) { Typed.succ(Typed.apply(g, $0)) } }]
    for index in 0..<30 {
      let last = Typed.definition(index, endo)
      definitions.append(Typed.fun("g", .nat --> .nat) { Typed.apply(last, Typed.apply(last, $0)) })
    }
    let program = withDeepStack { [definitions] in
      analyse(definitions: definitions) { _ in
        Typed.apply(Typed.definition(30, endo), Typed.fun("x", .nat) { $0 }, Typed.nat(0))
      }
    }
    #expect(program.isConservative)
    #expect(program.resultBound == 9)
    #expect(program.drops.count == 1)
  }

  @Test func messages() {
    let known = analyse { _ in Typed.succ(Typed.nat(9), times: 3) }
    let warnings = known.diagnostics(overflow: .warn)
    #expect(warnings.map(\.code) == [.entryMayBeDropped, .entryMayBeDropped, .entryMayBeDropped])
    #expect(warnings.map(\.severity) == [.warning, .warning, .warning])
    #expect(warnings.last?.help == "use `horizon 13` or more")
    let double = analyse([("n", .nat)]) { Typed.iterate(Typed.nat(0), $0[0]) { Typed.succ($0, times: 2) } }
    let errors = double.diagnostics(overflow: .error)
    #expect(errors.map(\.code) == [.droppedEntry, .droppedEntry])
    #expect(errors.map(\.severity) == [.error, .error])
    #expect(errors[0].notes.contains { $0.contains("no horizon suffices") })
  }

  @Test func sharedPlacesAreNamedOnce() {
    let definition = Typed.fun("x", .nat) { Typed.succ($0) }
    let call = { (v: [TypedTerm]) in Typed.apply(Typed.definition(0, .nat --> .nat), v[0]) }
    let module = Typed.module(
      definitions: [definition], Typed.program("p", [("n", .nat)], call), Typed.program("q", [("n", .nat)], call),
      Typed.program("r", []) { _ in Typed.apply(Typed.definition(0, .nat --> .nat), Typed.nat(1)) })
    let programs = HorizonAnalysis.analyse(module)
    #expect(programs.map(\.drops.count) == [1, 1, 0])
    #expect(HorizonAnalysis.diagnostics(programs, overflow: .warn).count == 1)
  }
}
