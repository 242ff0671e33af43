import CajalSyntax
import CajalTyping
import Diagnostics
import Testing

/// Ill-typed data (LANGUAGE.md, section 8): the code, and what is underlined.
@Suite struct DataErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let code: String
    let place: String
    var testDescription: String { "\(code): \(text)" }
  }

  static let types = """
    data Word = End | Letter Bool Word  data Tree = Leaf Bool | Node Tree Tree  data Pair = Pair Bool Nat
    data Shade = Black | Grey | White

    """

  private func expect(_ item: Case, _ prefix: String = "") {
    let outcome = checked(prefix + item.text)
    #expect(outcome.module == nil)
    #expect(outcome.codes == [item.code], "\(outcome.rendered)")
    #expect(outcome.place() == item.place)
    if !["E0201", "E0306"].contains(item.code) { #expect(outcome.diagnostics.first?.help != nil) }
  }

  @Test(arguments: [
    Case(text: "data A = A1 B | Z  data B = B1 A", code: "E0311", place: "A"),
    Case(
      text: "data A = A1 B | A2 A | Z  data B = B1 C  type F = A  data C = C1 F  def e = A1", code: "E0311", place: "F"),
    Case(text: "data A = Z | A1 (Bool -o A)", code: "E0312", place: "Bool -o A"),
    Case(text: "data A = Z | A1 F  type F = A -o Bool", code: "E0312", place: "F"),
    Case(text: "data W = E | L W  data V = F | M W V", code: "E0313", place: "W"),
    Case(text: "data W = E | L W  data V = F (Bool -o W)", code: "E0313", place: "Bool -o W"),
    Case(text: "data W = E | L W  data V = F V' | G  type V' = W", code: "E0313", place: "V'"),
    Case(text: "data W = L Bool W  def e = L true", code: "E0314", place: "W"),
    Case(text: "data W = A Bool | B | A", code: "E0303", place: "A"),
    Case(text: "data V = A  data W = A", code: "E0303", place: "A"),
    Case(text: "def A = true  data W = A", code: "E0303", place: "A"),
    Case(text: "data W = A  net A (x : Bool) : Bool = dense", code: "E0303", place: "A"),
    Case(text: "data W = A  data W = B  def e = B", code: "E0303", place: "W"),
    Case(text: "data W = A  type W = Bool", code: "E0303", place: "W"),
    Case(text: "type W = Bool  data W = A", code: "E0303", place: "W"),
    Case(text: "data W = A V", code: "E0302", place: "V"),
    Case(text: "data W = A Nat[0]", code: "E0411", place: "Nat[0]"),
    Case(text: "def e : Nat[16777217] = 3", code: "E0411", place: "Nat[16777217]"),
    Case(text: "data W = A Real[100000,10000] Real[3]", code: "E0401", place: "W"),
    Case(text: "data W = A W | B Real[2147483647] Nat", code: "E0401", place: "W"),
    Case(text: "type A = B -o Bool  type B = A", code: "E0306", place: "A"),
  ])
  func declarations(item: Case) { expect(item) }

  @Test(arguments: [
    Case(
      text: "def e = case { Black => 1 | White => 2 } (Grey)", code: "E0213",
      place: "case { Black => 1 | White => 2 } ("),
    Case(text: "def e = case { succ m => m } (3)", code: "E0213", place: "case { succ m => m } ("),
    Case(
      text: "def e = case { Black => 1 | White => 2 | Grey => 3 | White => 4 } (Grey)", code: "E0214", place: "White"),
    Case(text: "def e = case { true => 1 | true => 2 | false => 3 } (true)", code: "E0214", place: "true"),
    Case(text: "def e = case { Black => 1 | White => 2 | Grey => 3 | End => 4 } (Grey)", code: "E0215", place: "End"),
    Case(text: "def e = case { true => 1 | 0 => 2 } (true)", code: "E0215", place: "0"),
    Case(text: "def e = fun (p : Pair) => case { Pair x => x } (p)", code: "E0216", place: "Pair x"),
    Case(text: "def e = case { Black x => x | White => 2 | Grey => 3 } (Grey)", code: "E0216", place: "Black x"),
    Case(text: "def e = fun (p : Pair) => case { Pair x x => x } (p)", code: "E0315", place: "x"),
    Case(text: "def e = case { Block => 1 | White => 2 | Grey => 3 } (Grey)", code: "E0301", place: "Block"),
    Case(text: "def k = 3  def e = case { k => 1 | White => 2 } (Grey)", code: "E0301", place: "k"),
    Case(
      text: "def e = fun (Black : Bool) => case { Black => 1 } (if Black then White else White)", code: "E0213",
      place: "case { Black => 1 } ("),
    Case(text: "def e = fold { 0 => true | succ m => m } (3)", code: "E0217", place: "fold"),
    Case(text: "def e = fold { true => 1 | false => 2 } (true)", code: "E0217", place: "fold"),
    Case(text: "def e = case { Black => 1 | Grey => 2 | White => 3 } (true)", code: "E0201", place: "true"),
    Case(text: "def e = case { 0 => 1 | succ m => m } (White)", code: "E0201", place: "White"),
    Case(text: "def e = case { true => 1 | false => true } (true)", code: "E0205", place: "1"),
    Case(
      text: "def e = fold { End => true | Letter b r => if b then if r then 3 else 3 else if r then 3 else 3 } (End)",
      code: "E0205", place: "3"),
    Case(text: "def e = widen 3", code: "E0208", place: "widen"),
    Case(text: "def e = (widen (3 : Nat[5]) : Nat[4])", code: "E0207", place: "widen (3 : Nat[5])"),
    Case(text: "def e : Nat[5] = (3 : Nat)", code: "E0201", place: "3"),
    Case(text: "def e = (widen true : Nat)", code: "E0201", place: "true"),
    Case(text: "def e = End true", code: "E0202", place: "End"),
  ])
  func alternatives(item: Case) { expect(item, Self.types) }

  @Test(arguments: [
    Case(
      text: "def e = fun (b : Bool) => case { 0 => b | succ m => iter { true | y => y } (m) } (3)", code: "E0103",
      place: "succ m => iter { true | y => y } (m)"),
    Case(text: "def e = fun (b : Bool) => case { 0 => b | succ m => b } (3)", code: "E0102", place: "m"),
    Case(text: "def e = case { 0 => true | succ _ => false } (3)", code: "E0102", place: "_"),
    Case(
      text:
        "def e = fun (b : Bool) => fold { End => b | Letter c r => if c then (if b then r else r) else (if b then r else r) } (End)",
      code: "E0101", place: "b"),
    Case(
      text: "def e = fun (b : Bool) => fold { Leaf c => if b then c else c | Node l r => if l then r else r } (if b "
        + "then Leaf true else Leaf true)", code: "E0101", place: "b"),
    Case(text: "def e = fold { End => true | Letter c r => c } (End)", code: "E0102", place: "r"),
    Case(
      text: "def e = fold { End => true | Letter c r => if c then r else true } (End)", code: "E0103", place: "true"),
    Case(text: "def e = fun (w : Word) => 3", code: "E0102", place: "w"),
    Case(text: "def e = fun (w : Word) (f : Word -o Word -o Word) => f w w", code: "E0101", place: "w"),
  ])
  func linearity(item: Case) { expect(item, Self.types) }

  @Test(arguments: [
    Case(text: "program p (w : Word[3]) : Word = w", code: "E0218", place: "Word"),
    Case(text: "program p () : Bool -o Word = fun b => Letter b End", code: "E0218", place: "Bool -o Word"),
    Case(text: "program p (f : Word -o Bool) : Bool = f End", code: "E0218", place: "Word -o Bool"),
    Case(text: "model m (w : Word[3]) : Word = w", code: "E0218", place: "Word"),
    Case(text: "net n (w : Word) : Bool = dense", code: "E0218", place: "Word"),
    Case(text: "net n (w : Word[3]) : Bool = dense", code: "E0218", place: "Word"),
    Case(text: "net n (w : Bool) : Tree = dense", code: "E0218", place: "Tree"),
    Case(
      text: "program p (w : Word) : Bool = fold { End => true | Letter b r => if b then r else r } (w)",
      code: "E0219", place: "Word"),
    Case(text: "program p (s : Shade[3]) : Shade = s", code: "E0220", place: "3"),
    Case(text: "type B = Bool  program p (s : B[3]) : Bool = s", code: "E0220", place: "3"),
    Case(
      text: "program p (w : Word[0]) : Bool = fold { End => true | Letter b r => if b then r else r } (w)",
      code: "E0412", place: "0"),
    Case(text: "model p (_w : Word[16777217]) : Bool = true", code: "E0412", place: "16777217"),
    Case(text: "model p (_w : Word[3] within l2 1) : Bool = true", code: "E0413", place: "_w : Word"),
    Case(text: "program p (s : Shade within l2 1) : Shade = s", code: "E0407", place: "Shade"),
  ])
  func interfaces(item: Case) { expect(item, Self.types) }

  /// What follows from an error in a declaration is not reported again.
  @Test func oneErrorIsReportedOnce() {
    let outcome = checked(
      """
      data A = A1 B | A2  data B = B1 A | B2  data C = C1 A
      type D = B -o C
      def f : D = fun b => C1 (case { B1 a => a | B2 => A2 } (b))
      program p (x : A[3], y : C) : Bool = fold { A1 b => true | A2 => false } (case { C1 a => a } (y))
      """)
    #expect(outcome.codes == ["E0311"], "\(outcome.rendered)")
  }

  @Test func everyErrorIsReported() {
    let outcome = checked(
      Self.types + """
        def e = fun (p : Pair) (b : Bool) => case { Pair x => b | Block y => y | End => b } (p)
        """)
    #expect(outcome.codes.sorted() == ["E0102", "E0215", "E0216", "E0301"], "\(outcome.rendered)")
  }

  @Test func messagesSayWhatToWrite() {
    func first(_ text: String) -> Diagnostic? { checked(Self.types + text).diagnostics.first }
    let missing = first("def e = fun (t : Tree) => fold { Leaf b => b } (t)")
    #expect(missing?.message == "the alternative for `Node` is missing")
    #expect(missing?.help == "add `| Node x1 x2 => …`")
    #expect(first("def e = case { Black => 1 } (White)")?.message == "2 alternatives are missing")
    let forgotten = first("def e = fun (b : Bool) => case { 0 => b | succ m => iter { true | y => y } (m) } (3)")
    #expect(forgotten?.message == "`b` is not used in the alternative `succ`")
    let captured = first(
      "def e = fun (b : Bool) => fold { End => b | Letter c r => if c then (if b then r else r) else (if b then r else r) } (End)"
    )
    #expect(captured?.notes.first?.contains("as the base and the step of `iter` do") == true)
  }
}
