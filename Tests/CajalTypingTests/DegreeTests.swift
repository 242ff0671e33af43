import CajalSyntax
import CajalTyping
import Testing

/// Degrees, worked out by hand from LANGUAGE.md, section 2, Degree.
@Suite struct DegreeTests {
  /// The degrees in the ports of the last program, as `9` or, where linear, `1 linear`; `max` where saturated.
  private func degrees(_ text: String, horizon: Int = 10) -> [String] {
    let outcome = checked(text, horizon: horizon)
    guard let program = outcome.module?.programs.last else { return [outcome.rendered] }
    return program.degrees.map { ($0.bound == .max ? "max" : "\($0.bound)") + ($0.isLinear ? " linear" : "") }
  }

  // MARK: Linear programs

  @Test(arguments: [
    "program p (x : Bool, y : Bool) : Bool = if x then y else (if y then false else true)",
    "program p (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)",
    "program p (f : Bool -o Bool, x : Bool) : Bool = f (g x)  def g = fun (x : Bool) => x",
    "program p (x : Bool, n : Nat) : Bool = let y = x in iter { y | z => iter { z | w => w } (3) } (n)",
    "program p (f : Bool -o Bool, n : Nat) : Bool -o Bool = iter { f | g => fun x => g x } (n)",
    "program p (k : Real[3,3], x : Real[2,2]) : Real = dot (conv2d k x) (2 * [[1, 0], [0, 1]])",
    "program p (v : Real[2], c : Real) : Real[2] = scale c (v + v - 3 * v)",
    "program p (f : (Bool -o Bool) -o Bool, g : Bool -o Bool) : Bool = f (fun x => g x)",
    "program p (g : Bool -o Bool, n : Nat) : Bool = iter { fun (h : Bool -o Bool) => h true | k => k } (n) g",
  ])
  func linear(text: String) {
    let found = degrees(text)
    #expect(found.count == 2 && found.allSatisfy { $0 == "1 linear" }, "\(found)")
  }

  // MARK: Iterated variables

  @Test func aVariableOfAStep() {
    let text = "program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)"
    #expect(degrees(text) == ["9", "1 linear"])
    #expect(degrees(text, horizon: 2) == ["1", "1 linear"])
    #expect(degrees(text, horizon: 1) == ["0", "1 linear"])
    #expect(degrees(text, horizon: 1 << 24) == ["16777215", "1 linear"])
    // A closed count is no excuse.
    #expect(degrees("program p (g : Bool -o Bool) : Bool = iter { true | y => g y } (2)") == ["9"])
  }

  @Test func aVariableOfTheBase() {
    #expect(
      degrees("program p (x : Bool, g : Bool -o Bool, n : Nat) : Bool = iter { x | y => g y } (n)") == [
        "1 linear", "9", "1 linear",
      ])
  }

  @Test func aNestedStep() {
    // The outer step: inner iteration of g over y: q = 9 in g, p = 1 in y; then d = 9 · 9.
    #expect(
      degrees("program p (g : Bool -o Bool) : Bool = iter { true | y => iter { y | z => g z } (3) } (2)") == ["81"])
  }

  @Test func aStateInANestedStep() {
    // The inner step uses y: p = H - 1 in y, so d_{k+1} = (H - 1) d_k, and the base has degree 1 in x.
    let text = """
      program p (x : Bool) : Bool = iter { x | y => iter { true | z => if y then z else z } (3) } (2)
      """
    #expect(degrees(text, horizon: 4) == ["27"])
    #expect(degrees(text, horizon: 3) == ["4"])
    #expect(degrees(text, horizon: 2) == ["1"])
    #expect(degrees(text, horizon: 1) == ["1 linear"] || degrees(text, horizon: 1) == ["1"])
    #expect(degrees(text, horizon: 100) == ["max"])
    #expect(degrees(text, horizon: 1 << 24) == ["max"])
  }

  @Test func aVariableInStepAndStateInANestedStep() {
    // p = 3, q = 1 at H = 4: 0, 1, 4, 13.
    let text = """
      program p (g : Bool -o Bool) : Bool = iter { true | y => g (iter { true | z => if y then z else z } (3)) } (2)
      """
    #expect(degrees(text, horizon: 4) == ["13"])
  }

  @Test func countsAdd() {
    // The count's degree: n appears in an iteration that is a count: base of degree 9 in m.
    let text = """
      program p (m : Bool, g : Bool -o Bool) : Bool =
        iter { true | z => z } (iter { if m then 1 else 2 | k => if (g true) then succ k else k } (3))
      """
    #expect(degrees(text) == ["1 linear", "9"])
  }

  @Test func branchesTakeTheLarger() {
    let text = """
      program p (c : Bool, g : Bool -o Bool) : Bool = if c then (iter { true | y => g y } (3)) else g true
      """
    #expect(degrees(text) == ["1 linear", "9"])
  }

  // MARK: Functions

  @Test func throughALambda() {
    let text = "program p (h : Bool -o Bool, n : Nat) : Bool = (fun g => iter { true | y => g y } (n)) h"
    #expect(degrees(text) == ["9", "1 linear"])
  }

  @Test func throughALet() {
    // The function is nonlinear in its ground binder: 9 in z, so 9 in x, and 81 where it is iterated.
    let f = "let f = fun (z : Bool) => iter { true | w => if z then w else w } (3) in"
    #expect(degrees("program p (x : Bool) : Bool = \(f) f x") == ["9"])
    #expect(
      degrees("program p (x : Bool) : Bool = \(f) iter { x | y => y } (if (f true) then 1 else 2)") == ["1 linear"])
    #expect(degrees("program p (x : Bool) : Bool = \(f) iter { x | y => f y } (1)", horizon: 3) == ["4"])
  }

  @Test func whatAFunctionHoldsAndWhatItIsGiven() {
    // f holds g in a step (9) and hands its argument on once.
    let text = """
      program p (g : Bool -o Bool, x : Bool) : Bool = let f = fun (z : Bool) => iter { z | w => g w } (3) in f x
      """
    #expect(degrees(text) == ["9", "1 linear"])
  }

  @Test func aFunctionHandedToAStep() {
    // twice iterates its argument; the argument is not linear in its own: d_{k+1} = 9 d_k + …: saturates.
    let text = """
      def twice = fun (g : Bool -o Bool) (x : Bool) => iter { x | y => g y } (2)
      program p (x : Bool) : Bool = twice (fun z => iter { true | w => if z then w else w } (3)) x
      """
    #expect(degrees(text, horizon: 4) == ["27"])
    // A variable that the argument holds: 3 a round of the argument, 3 rounds.
    let holds = """
      def twice = fun (g : Bool -o Bool) (x : Bool) => iter { x | y => g y } (2)
      program p (h : Bool -o Bool, x : Bool) : Bool = twice (fun z => iter { z | w => h w } (3)) x
      """
    #expect(degrees(holds, horizon: 4) == ["9", "1 linear"])
  }

  @Test func throughDefinitions() {
    let text = """
      def iterate = fun (g : Bool -o Bool) (n : Nat) => iter { true | y => g y } (n)
      program p (h : Bool -o Bool, n : Nat) : Bool = iterate (fun x => h x) n
      """
    #expect(degrees(text) == ["9", "1 linear"])
  }

  @Test func throughAProgramThatIsCalled() {
    let text = """
      program q (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)
      program p (h : Bool -o Bool) : Bool = iter { q h 3 | y => y } (2)
      """
    #expect(degrees(text) == ["9"])
  }

  @Test func aHigherOrderBinder() {
    // f is linked as a matrix, its argument too: g stands in a step inside of it, once a round.
    let text = """
      program p (f : (Bool -o Bool) -o Bool, g : Bool -o Bool -o Bool) : Bool =
        f (fun x => iter { x | y => g true y } (3))
      """
    #expect(degrees(text) == ["1 linear", "9"])
  }

  @Test func anArgumentThatIsNotLinearMeetsAMatrix() {
    // As a matrix, the function is the linear extension of its values: h has degree 9 in them.
    let text = """
      program p (f : (Bool -o Bool) -o Bool, h : Bool -o Bool) : Bool =
        f (fun z => iter { true | w => if z then h w else h w } (3))
      """
    #expect(degrees(text) == ["1 linear", "9"])
  }

  @Test func aFunctionAsAResult() {
    let text = "program p (g : Bool -o Bool) : Bool -o Bool = fun x => iter { x | y => g y } (3)"
    #expect(degrees(text) == ["9"])
    #expect(
      degrees("program p (x : Bool) : Nat -o Bool = fun n => iter { true | y => if x then y else y } (n)") == ["9"])
  }

  @Test func choosingBetweenFunctions() {
    let text = """
      program p (c : Bool, g : Bool -o Bool, x : Bool) : Bool =
        (if c then (fun z => g z) else (fun z => iter { z | w => g w } (3))) x
      """
    #expect(degrees(text) == ["1 linear", "9", "1 linear"])
    let nonlinear = """
      program p (c : Bool, x : Bool) : Bool =
        (if c then (fun (z : Bool) => z) else (fun z => iter { true | w => if z then w else w } (3))) x
      """
    #expect(degrees(nonlinear) == ["1 linear", "9"])
  }

  // MARK: Functions as states

  @Test func aStateThatIsAFunction() {
    let linear = """
      program p (f : Bool -o Bool, g : Bool -o Bool, x : Bool) : Bool =
        iter { fun (y : Bool) => f y | k => fun y => g (k y) } (3) x
      """
    #expect(degrees(linear) == ["1 linear", "9", "1 linear"])
  }

  @Test func aStateThatIsNotLinearInItsArgument() {
    // F₀ y = y, F_{k+1} y = S (F_k y), S of degree H - 1: (H - 1)^(H - 1) in the end.
    let text = """
      program p (x : Bool) : Bool =
        iter { fun (y : Bool) => y | k => fun y => iter { true | w => if (k y) then w else w } (3) } (3) x
      """
    #expect(degrees(text, horizon: 3) == ["4"])
    #expect(degrees(text, horizon: 4) == ["27"])
    #expect(degrees(text, horizon: 1 << 24) == ["max"])
    #expect(degrees(text, horizon: 1) == ["1 linear"])
  }

  @Test func aStateThatTakesAFunction() {
    let text = """
      program p (g : Bool -o Bool) : Bool =
        iter { fun (h : Bool -o Bool) => h true | k => fun h => k (fun x => h x) } (3) g
      """
    #expect(degrees(text) == ["1 linear"])
    let iterating = """
      program p (g : Bool -o Bool) : Bool =
        iter { fun (h : Bool -o Bool) => h true | k => fun h => k (fun x => iter { x | y => h y } (2)) } (3) g
      """
    // h ↦ h^(H-1) each round: (H - 1)^(H - 1).
    #expect(degrees(iterating, horizon: 3) == ["4"])
    #expect(degrees(iterating, horizon: 4) == ["27"])
  }

  @Test func aStateThatIsHandedAFunctionThatIsNotLinear() {
    // The first round hands F, of degree H - 1, to the base, which applies it to b.
    let text = """
      program p (b : Bool, h : Bool -o Bool) : Bool =
        iter { fun (g : Bool -o Bool) => g b
             | k => if k (fun z => iter { true | w => if z then w else w } (3))
                    then fun g => g true else fun g => g false } (3) h
      """
    #expect(degrees(text, horizon: 4) == ["3", "1 linear"])
    #expect(degrees(text) == ["9", "1 linear"])
  }

  // MARK: Bounded links

  @Test func boundedLinks() {
    let text = """
      program p (k : Real[3,3] within l1 1, x : Real[4,4], n : Nat) : Real[4,4] = iter { x | y => conv2d k y } (n)
      """
    #expect(degrees(text) == ["max", "1 linear", "1 linear"])
    #expect(degrees("program p (v : Real within l2 1) : Real = v") == ["max"])
  }

  // MARK: Bound variables

  @Test func binders() throws {
    let module = try #require(
      checked(
        """
        def f = fun (g : Bool -o Bool) (n : Nat) => iter { true | y => g y } (n)
        program p (x : Bool) : Bool = iter { x | s => iter { true | t => if s then t else t } (3) } (2)
        """
      ).module)
    guard case .lambda(let g, let inner) = module.definitions[0].term.kind, case .lambda(let n, _) = inner.kind,
      case .iterate(_, let s, let step, _) = module.programs[0].term.kind, case .iterate(_, let t, _, _) = step.kind
    else {
      Issue.record("unexpected elaboration")
      return
    }
    #expect(module.degree(ofBinder: g) == Degree(bound: 9, isLinear: false))
    #expect(module.degree(ofBinder: n) == Degree(bound: 1, isLinear: true))
    #expect(module.degree(ofBinder: s) == Degree(bound: 9, isLinear: false))
    #expect(module.degree(ofBinder: t) == Degree(bound: 1, isLinear: true))
  }
}
