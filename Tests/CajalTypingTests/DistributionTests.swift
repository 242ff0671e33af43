import CajalSyntax
import CajalTyping
import Testing

/// Which results are distributions where the links are (LANGUAGE.md, section 8, Distributions).
@Suite struct DistributionTests {
  /// What a net gives is a distribution after a softmax over all of it, and nothing else is known to be one.
  @Test(arguments: [
    ("Nat[3]", "dense | softmax", "f x", true), ("Nat[3]", "dense", "f x", false),
    ("Nat[3]", "dense | sigmoid", "f x", false),
    ("Nat[3]", "dense | softmax | relu", "f x", false), ("Bool -o Bool", "dense | softmax", "f x true", false),
    ("Bool", "dense | softmax", "if f x then 1 else 2", true),
  ]) func modelsByTheirNets(type: String, layers: String, body: String, isOne: Bool) throws {
    let result = body.hasPrefix("if") ? "Nat[3]" : body.hasSuffix("true") ? "Bool" : type
    let outcome = checked("net f (x : Real[4]) : \(type) = \(layers)\nmodel m (x : Real[4]) : \(result) = \(body)")
    let module = try #require(outcome.module, "\(outcome.rendered)")
    let horizons = HorizonAnalysis.analyse(module)
    let found = DistributionAnalysis(module).result(of: module.models[0], try #require(horizons.last))
    #expect((found != nil) == isOne)
  }

  private static let data = """
    data Word = End | Letter Bool Word
    data Pair = Both Bool Nat[3]
    data Box = Box Real

    """

  /// Of the last program: "the", the variables that are drawn anew, or nil.
  private func claim(_ text: String, horizon: Int = 4) -> String? {
    let outcome = checked(Self.data + text, horizon: horizon)
    guard let module = outcome.module, let program = module.programs.last else { return outcome.rendered }
    let horizons = HorizonAnalysis.analyse(module)
    switch DistributionAnalysis(module).result(of: program, horizons[module.programs.count - 1]) {
    case .ofTheValue: return "the"
    case .redrawn(let variables): return variables.map(\.name).joined(separator: " ")
    case nil: return nil
    }
  }

  @Test(arguments: [
    ("program p (f : Bool -o Bool, x : Bool) : Bool = f x", "the"),
    ("program p (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)", "the"),
    ("program p (f : Nat -o Nat -o Bool) : Nat -o Nat -o Bool = f", "the"),
    ("program p (q : Pair) : Nat[3] = case { Both b n => if b then n else n } (q)", "the"),
    ("program p (g : Bool -o Bool, n : Nat) : Bool = iter { true | y => g y } (n)", "g"),
    (
      "def twice = fun (h : Bool -o Bool) => fun (x : Bool) => iter { x | y => h y } (2) "
        + "program p (g : Bool -o Bool, x : Bool) : Bool = twice g x", "g"
    ),
    // A table is read once, whatever its degree; what is made of a letter is used for each.
    ("program p (w : Word[5]) : Bool = fold { End => true | Letter b rest => if b then rest else rest } (w)", "the"),
    (
      "program p (w : Word[5], f : Bool -o Bool) : Bool = "
        + "fold { End => true | Letter b rest => if f b then rest else rest } (w)", "f"
    ),
    (
      "program p (w : Word[5], n : Nat) : Bool = iter { true | y => "
        + "fold { End => y | Letter b rest => if b then rest else rest } (w) } (n)", "w"
    ),
  ])
  func claimed(text: String, expected: String) { #expect(claim(text) == expected) }

  /// Reals, also inside; what may be dropped; functions as arguments.
  @Test(arguments: [
    "program p (x : Real[2]) : Real[2] = x",
    "program p (x : Real[2], f : Real[2] -o Bool) : Bool = f x",
    "program p (b : Box, f : Real -o Bool) : Bool = case { Box r => f r } (b)",
    "program p (f : Real -o Bool) : Bool = half f  def half = fun (f : Real -o Bool) => f 0.5",
    "program p (n : Nat) : Nat = succ n",
    "program p (h : (Bool -o Bool) -o Bool) : Bool = h (fun x => x)",
  ])
  func notClaimed(text: String) { #expect(claim(text) == nil) }
}
