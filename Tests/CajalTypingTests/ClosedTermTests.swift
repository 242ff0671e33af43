import CajalSyntax
import CajalTyping
import Diagnostics
import Testing

/// Values given from outside, as by `eval --set f='fun (x : Bool) => not x'`.
@Suite struct ClosedTermTests {
  private func module() throws -> TypedModule {
    try #require(
      checked(
        """
        type Step = Bool -o Bool
        def not : Step = fun x => if x then false else true
        program called (x : Bool) : Bool = not x
        program caller (x : Bool) : Bool = called x
        program alone (x : Bool, y : Bool) : Bool = if x then y else not y
        program bounded (v : Real within l1 1) : Real = v
        """
      ).module)
  }

  private func closed(_ text: String, _ type: Type?) throws -> (TypedTerm?, [String]) {
    var diagnostics = Diagnostics()
    let term = try #require(parseTerm(Source(name: "--set", text: text), diagnostics: &diagnostics))
    let typed = checkClosedTerm(term, against: type, in: try module(), diagnostics: &diagnostics)
    return (typed, diagnostics.items.map(\.code.rawValue))
  }

  @Test(
    arguments: [
      ("3", Type.real([]), "Real"),
      ("3", Type.nat, "Nat"),
      ("fun x => not (called x)", Type.function(.bool, .bool), "Bool -o Bool"),
      ("alone true", nil, "Bool -o Bool"),
      ("(fun x => x : Step)", nil, "Bool -o Bool"),
      ("[[1, 0], [0, 1]]", Type.real([2, 2]), "Real[2,2]"),
    ] as [(String, Type?, String)])
  func accepts(text: String, type: Type?, expected: String) throws {
    let (term, codes) = try closed(text, type)
    #expect(codes.isEmpty)
    #expect(term.map { "\($0.type)" } == expected)
  }

  @Test(
    arguments: [
      ("true", Type.nat, "E0201"),
      ("fun x => x", nil, "E0203"),
      ("somewhere", Type.bool, "E0301"),
      ("fun (x : Bool) => true", nil, "E0102"),
      ("bounded 1", nil, "E0407"),
      // The arguments are looked at before the function, which has a type for one of them.
      (
        "(let z = true in fun (x : Nat) => fun y => if z then if y then x else x else if y then x else x) true true",
        nil, "E0201"
      ),
    ] as [(String, Type?, String)])
  func rejects(text: String, type: Type?, code: String) throws {
    let (term, codes) = try closed(text, type)
    #expect(term == nil)
    #expect(codes == [code])
  }

  /// Trees that the parser does not make.
  @Test(arguments: [[[1, 2], [3]], [[1], [2, 3]], [[]], []] as [[[Double]]])
  func rowsThatAreNoMatrix(rows: [[Double]]) throws {
    var diagnostics = Diagnostics()
    let term = Term(.matrix(rows), Span(0, 0))
    #expect(checkClosedTerm(term, against: nil, in: try module(), diagnostics: &diagnostics) == nil)
    #expect(diagnostics.items.map(\.code.rawValue) == ["E0209"])
  }

  @Test func variablesHaveIdsOfTheirOwn() throws {
    let (term, _) = try closed("fun (x : Bool) => x", nil)
    guard case .lambda(let variable, _) = term?.kind else {
      Issue.record("not a function")
      return
    }
    #expect(variable.id == (try module()).variableCount)
  }
}
