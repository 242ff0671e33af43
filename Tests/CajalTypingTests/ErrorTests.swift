import CajalSyntax
import CajalTyping
import Testing

/// Ill-typed files: the code, and what is underlined.
@Suite struct ErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let code: String
    let place: String
    var also: [String] = []
    var testDescription: String { "\(code): \(text)" }
  }

  private func expect(_ item: Case, strict: Bool = false) {
    let outcome = checked(item.text, strict: strict)
    #expect(outcome.module == nil)
    #expect(outcome.codes == [item.code], "\(outcome.rendered)")
    #expect(outcome.place() == item.place)
    if outcome.diagnostics.count == 1, !item.also.isEmpty { #expect(outcome.also() == item.also) }
  }

  // MARK: Linearity

  @Test(arguments: [
    Case(text: "program p (x : Bool) : Bool = if x then x else x", code: "E0101", place: "x", also: ["x", "x"]),
    Case(text: "def e = fun (f : Bool -o Bool -o Bool) (y : Bool) => f y y", code: "E0101", place: "y"),
    Case(text: "def e = fun (n : Nat) => iter { n | y => y } (n)", code: "E0101", place: "n"),
    Case(text: "def e = fun (v : Real) => scale v (v + v)", code: "E0101", place: "v"),
    Case(text: "def e = fun (x : Bool) (f : Bool -o Bool -o Bool -o Bool) => f x x x", code: "E0101", place: "x"),
    Case(text: "program p (unused : Bool) : Bool = true", code: "E0102", place: "unused"),
    Case(text: "def e = fun (x : Bool) => 3", code: "E0102", place: "x"),
    Case(text: "def e = let x = true in 3", code: "E0102", place: "x"),
    Case(text: "def e = iter { true | y => false } (3)", code: "E0102", place: "y"),
    // Shadowing does not discard: the outer variable is unused, the inner binder is shown.
    Case(text: "def e = fun (x : Bool) => fun (x : Nat) => x", code: "E0102", place: "x", also: ["x"]),
    Case(text: "def e = fun (y : Bool) => iter { true | y => y } (3)", code: "E0102", place: "y", also: ["y"]),
    Case(
      text: "program p (a : Bool, x : Bool) : Bool = if a then x else true", code: "E0103", place: "true",
      also: ["x", "x"]),
    Case(text: "program p (a : Bool, x : Bool) : Bool = if a then true else x", code: "E0103", place: "true"),
    Case(text: "program p (v : Real) : Real = v + 1", code: "E0103", place: "1", also: ["v", "v"]),
    Case(text: "program p (v : Real, w : Real) : Real = dot v w - v", code: "E0103", place: "v"),
  ])
  func linearity(item: Case) { expect(item) }

  @Test func theForgettingBranchIsNamed() {
    let inThen = checked("program p (a : Bool, x : Bool) : Bool = if a then x else true").diagnostics.first
    #expect(inThen?.message == "`x` is used in the `then` branch only")
    #expect(inThen?.primary?.text == "the `else` branch forgets `x`")
    let inElse = checked("program p (a : Bool, x : Bool) : Bool = if a then true else x").diagnostics.first
    #expect(inElse?.message == "`x` is used in the `else` branch only")
    // The `else` branch tells more about its type, and is checked first.
    let flexible = checked("program p (a : Bool, x : Nat) : Nat = (fun y => y) (if a then 1 else x)").diagnostics.first
    #expect(flexible?.message == "`x` is used in the `else` branch only")
  }

  // MARK: Strictly linear files

  @Test(arguments: [
    Case(
      text: "program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", code: "E0104", place: "g",
      also: ["g", "iter { true | y => g y } (n)"]),
    Case(
      text: "def e = fun (b : Bool) => iter { true | y => if b then y else y } (3)", code: "E0104", place: "b"),
    Case(
      text: "def e = iter { true | y => iter { true | z => if y then z else z } (2) } (3)", code: "E0106",
      place: "y", also: ["y", "iter { true | z => if y then z else z } (2)"]),
    Case(text: "program p (v : Real[2] within l2 1) : Real[2] = v", code: "E0106", place: "v"),
    Case(
      text: """
        def k = fun (g : Bool -o Bool) (n : Nat) => iter { true | y => g y } (n)
        program p (h : Bool -o Bool, n : Nat) : Bool = k h n
        """, code: "E0104", place: "g"),
  ])
  func strictlyLinear(item: Case) {
    let outcome = checked(item.text, strict: true)
    #expect(outcome.module == nil)
    #expect(outcome.codes.first == item.code, "\(outcome.rendered)")
    #expect(checked(item.text).diagnostics.isEmpty)
    let cause = outcome.diagnostics.firstIndex { $0.code.rawValue == item.code } ?? 0
    #expect(outcome.place(cause) == item.place)
    if !item.also.isEmpty { #expect(outcome.also(cause) == item.also) }
  }

  @Test func strictFilesSayWhatFollows() {
    let outcome = checked(
      """
      program p (h : Bool -o Bool, n : Nat) : Bool = k h n
      def k = fun (g : Bool -o Bool) (n : Nat) => iter { true | y => g y } (n)
      """, strict: true)
    #expect(outcome.codes == ["E0106", "E0104"])
    #expect(outcome.place(0) == "h")
    #expect(outcome.place(1) == "g")
  }

  @Test(arguments: [
    "program flip (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)",
    "program p (x : Bool, g : Bool -o Bool, n : Nat) : Bool = g (iter { x | y => iter { y | z => z } (2) } (n))",
    "def id = fun (x : Bool) => x  program p (x : Bool) : Bool = let y = id (id x) in iter { y | z => id z } (3)",
  ])
  func strictFilesThatPass(text: String) {
    let outcome = checked(text, strict: true)
    #expect(outcome.module != nil, "\(outcome.rendered)")
  }

  // MARK: Types

  @Test(arguments: [
    Case(text: "def e : Bool = 3", code: "E0201", place: "3", also: ["Bool"]),
    Case(text: "def e : Nat = 1.5", code: "E0201", place: "1.5"),
    Case(text: "def e = succ true", code: "E0201", place: "true"),
    Case(text: "def e = if 1 then true else false", code: "E0201", place: "1"),
    Case(text: "def e = iter { true | y => y } (false)", code: "E0201", place: "false"),
    Case(text: "def e = (fun (x : Bool) => x) 3", code: "E0201", place: "3"),
    Case(text: "def e = fun (f : Bool -o Nat) => f 2.5", code: "E0201", place: "2.5", also: ["f"]),
    Case(text: "def e : Bool -o Bool = fun (x : Nat) => iter { true | y => y } (x)", code: "E0201", place: "Nat"),
    Case(text: "def e : Bool = fun x => x", code: "E0201", place: "fun x => x"),
    Case(text: "def e = [1, 2] + [1]", code: "E0201", place: "[1]", also: ["[1, 2]"]),
    Case(text: "def e : Real[3] = [1, 2]", code: "E0201", place: "[1, 2]"),
    Case(text: "def e : Real[2] -o Real[3] = [[1, 2]]", code: "E0201", place: "[[1, 2]]"),
    Case(text: "def e = scale true [1]", code: "E0201", place: "true"),
    Case(text: "def e : Real = conv2d [[1]] [[1]]", code: "E0201", place: "conv2d [[1]] [[1]]"),
    Case(text: "def e = true false", code: "E0202", place: "true", also: ["false"]),
    Case(text: "def e = fun (f : Bool -o Nat) => f true 3", code: "E0202", place: "f true"),
    Case(text: "def e = dot [1] [2] 3", code: "E0202", place: "dot [1] [2]"),
    Case(text: "def e = (fun x => x) true 3", code: "E0202", place: "(fun x => x) true"),
    Case(text: "def e = fun x => x", code: "E0203", place: "x"),
    Case(text: "def e = let f = fun x => x in f true", code: "E0203", place: "x"),
    Case(text: "program p (n : Nat) : Bool = iter { true | y => if y then 0 else 1 } (n)", code: "E0204", place: "0"),
    Case(text: "def e = iter { 1.5 | y => scale y [1] } (2)", code: "E0204", place: "scale y [1]", also: ["1.5"]),
    Case(
      text: "def e = iter { true | y => fun (z : Bool) => if z then y else y } (2)", code: "E0204",
      place: "fun (z : Bool) => if z then y else y"),
    Case(text: "def e = if true then 1 else false", code: "E0205", place: "1", also: ["false"]),
    Case(text: "def e = if true then 1.5 else [1]", code: "E0205", place: "[1]", also: ["1.5"]),
    Case(text: "def e : Bool = if true then false else 2", code: "E0205", place: "2", also: ["false"]),
    Case(text: "def e = true + false", code: "E0206", place: "true + false"),
    Case(text: "def e = 2 * (3 : Nat)", code: "E0206", place: "2 * (3 : Nat)"),
    Case(text: "def e = - true", code: "E0206", place: "- true"),
    Case(text: "def e = fun (f : Real -o Bool) => - f", code: "E0206", place: "- f"),
    Case(text: "def e = scale 2 true", code: "E0206", place: "scale 2 true", also: ["true"]),
    Case(text: "def e = conv2d [[1, 2]] [[1]]", code: "E0207", place: "conv2d [[1, 2]] [[1]]"),
    Case(text: "def e = conv2d [1] [[1]]", code: "E0207", place: "conv2d [1] [[1]]", also: ["[1]", "[[1]]"]),
    Case(text: "def e = conv2d [[1]] true", code: "E0207", place: "conv2d [[1]] true"),
    Case(text: "def e = dot [1, 2] [1]", code: "E0207", place: "dot [1, 2] [1]"),
    Case(text: "def e = apply [[1, 2]] [1]", code: "E0207", place: "apply [[1, 2]] [1]"),
    Case(text: "def e = apply [1] [1]", code: "E0207", place: "apply [1] [1]"),
    Case(text: "def e = outer [1] [[1]]", code: "E0207", place: "outer [1] [[1]]"),
    Case(text: "def e = transpose [1]", code: "E0207", place: "transpose [1]"),
    Case(text: "def e = (reshape [1, 2, 3] : Real[2])", code: "E0207", place: "reshape [1, 2, 3]"),
    Case(text: "def e = (conv2d : Real[2,2] -o Real[4,4] -o Real[4,4])", code: "E0207", place: "conv2d"),
    Case(text: "def e = reshape [1, 2]", code: "E0208", place: "reshape"),
    Case(text: "def e = dot", code: "E0208", place: "dot"),
    Case(text: "def e = conv2d [[1]]", code: "E0208", place: "conv2d"),
    Case(text: "def e = [[1, 2], [3]]", code: "E0209", place: "[3]"),
  ])
  func types(item: Case) {
    expect(item)
  }

  // MARK: Names and declarations

  @Test(arguments: [
    Case(text: "def e = nothing", code: "E0301", place: "nothing"),
    Case(text: "def e = fun (value : Bool) => valeu", code: "E0301", place: "valeu"),
    Case(text: "def e : Boool = true", code: "E0302", place: "Boool"),
    Case(text: "def e = true  def e = false", code: "E0303", place: "e", also: ["e"]),
    Case(text: "def e = true  program e ( ) : Bool = true", code: "E0303", place: "e"),
    Case(text: "type T = Bool  type T = Nat", code: "E0303", place: "T"),
    Case(
      text: "program p (x : Bool, x : Bool) : Bool = x", code: "E0304", place: "x", also: ["x"]),
    Case(text: "def e = e", code: "E0305", place: "e"),
    Case(text: "def a = b  def b = c  def c = a", code: "E0305", place: "a", also: ["b", "c"]),
    Case(text: "def a : Bool -o Bool = fun x => b x  def b : Bool -o Bool = fun x => a x", code: "E0305", place: "a"),
    Case(text: "program p (x : Bool) : Bool = p x", code: "E0305", place: "p"),
    Case(text: "type A = B -o Bool  type B = Nat -o A  def e : A = true", code: "E0306", place: "A"),
    Case(text: "horizon 0", code: "E0307", place: "0"),
    Case(text: "horizon 16777217", code: "E0307", place: "horizon 16777217"),
    Case(text: "horizon 3  def e = 1  horizon 3", code: "E0307", place: "horizon 3", also: ["horizon 3"]),
    Case(text: "type A = Real[65536, 65536]", code: "E0401", place: "Real[65536, 65536]"),
    Case(text: "program p (v : Real[2] within l1 1) : Real[2] = v  def e = p [1, 2]", code: "E0407", place: "p"),
    Case(text: "program p (v : Bool within l1 1) : Bool = v", code: "E0407", place: "Bool"),
  ])
  func names(item: Case) { expect(item) }

  @Test func suggestions() {
    #expect(checked("def e = fun (value : Bool) => valeu").diagnostics.first?.help == "did you mean `value`?")
    #expect(checked("def e = conv2 [[1]] [[1]]").diagnostics.first?.help == "did you mean `conv2d`?")
    #expect(checked("type Image = Nat  def e : Imagr = 1").diagnostics.first?.help == "did you mean `Image`?")
    #expect(checked("def e = fun (x : Bool) => y").diagnostics.first?.help?.contains("did you mean") == false)
  }

  @Test func cyclesAreShown() {
    #expect(
      checked("def a = b  def b = c  def c = a").diagnostics.first?.message
        == "`a` is defined by way of itself: a → b → c → a")
  }

  @Test func horizonsFromTheCommandLine() {
    let outcome = checked("def e = 1", horizon: 0)
    #expect(outcome.codes == ["E0307"])
    #expect(outcome.diagnostics.first?.primary == nil)
  }

  // MARK: Several errors

  @Test func independentErrorsAreAllReportedInOrder() {
    let outcome = checked(
      """
      def a : Bool = 3
      def b = fun (x : Bool) => true
      def c = fun (f : Bool -o Bool) => f (succ true)
      program p (x : Bool, y : Bool) : Bool = if x then wrong else y
      program q (x : Bool) : Nope = x
      """)
    #expect(outcome.codes == ["E0201", "E0102", "E0201", "E0301", "E0103", "E0302"], "\(outcome.rendered)")
  }

  @Test(arguments: [
    // One mistake, one message.
    "def a = wrong  def b = a true  def c = fun (x : Bool) => b x",
    "def a : Bool = 3  def b : Bool = a  def c : Bool -o Bool = fun x => if x then a else b",
    "def a = fun (x : Wrong) => x  def b = a true",
    "program p (x : Wrong, y : Bool) : Bool = if y then x else x",
    "type A = Wrong  def e : A = 3  def f : A -o A = fun x => x",
    "def e = let x = wrong in let f = fun (y : Bool) => if y then x else x in f true",
    "def e = iter { wrong | y => succ y } (3)",
    "def e = conv2d wrong (reshape [1])",
    "def a = b  def b = a  def c = fun (x : Bool) => if a then x else x",
  ])
  func oneMistakeOneMessage(text: String) {
    let outcome = checked(text)
    #expect(outcome.diagnostics.count == 1, "\(outcome.rendered)")
  }

  @Test func whatCouldNotBeReadHidesWhatWouldFollow() {
    #expect(checked("program p (x : Bool) : Bool = if then true else x").codes == ["E0005"])
  }

  /// Its written type stands in for a body that cannot be read, and nothing that uses it goes further.
  @Test func whatCouldNotBeReadCanBeReferredTo() {
    for use in ["def d : Nat = zero", "program p (b : Bool) : Nat = if b then zero else zero", "def d = zero"] {
      let outcome = checked("def zero : Nat = )\n" + use, strict: true)
      #expect(outcome.module == nil && outcome.codes == ["E0005"], "\(outcome.rendered)")
    }
  }

  // MARK: Large types

  @Test func aliasesThatDouble() {
    var text = "type T0 = Bool\n"
    for i in 1...60 { text += "type T\(i) = T\(i - 1) -o T\(i - 1)\n" }
    text += "def e : T60 = fun x => x"
    let outcome = checked(text)
    #expect(outcome.codes == ["E0401"], "\(outcome.rendered)")
    #expect(outcome.place() == "T8 -o T8")
  }

  @Test func tensorsThatAreTooLarge() {
    #expect(
      checked("program p (v : Real[65536], w : Real[65536]) : Bool = let x = outer v w in x").codes == [
        "E0401"
      ])
    #expect(checked("type A = Real[4294967296, 4294967296, 4294967296]").codes == ["E0401"])
  }
}
