import CajalSyntax
import Diagnostics
import Driver
import TestSupport
import Testing

/// Declared types and tables that are as large as the language lets them be, or larger.
@Suite(.serialized) struct HostileDataTests {
  private static let words = """
    data Word = End | Letter Bool Word
    def not : Bool -o Bool = fun x => if x then false else true

    """
  private static let trees = "data Expr = Leaf Real | Node Bool Expr Expr\n"

  private func compile(_ text: String) throws -> (c: String?, codes: Set<DiagnosticCode>) {
    nonisolated(unsafe) var result: Result<(String?, Set<DiagnosticCode>), any Error>?
    withDeepStack {
      result = Result {
        var options = CompilerOptions()
        options.gradients = true
        let compilation = Compilation(source: Source(name: "hostile.cajal", text: text), options: options)
        let c = try compilation.emitted()?.c
        return (c, Set(compilation.diagnostics.items.map(\.code)))
      }
    }
    return try result!.get()
  }

  private func even(_ rows: String) -> String {
    Self.words + "program even (w : Word[\(rows)]) : Bool = "
      + "fold { End => true | Letter b rest => if b then not rest else rest } (w)"
  }

  private func sum(_ rows: String) -> String {
    Self.trees + "program sum (t : Expr[\(rows)]) : Real = "
      + "fold { Leaf d => d | Node b l r => if b then scale l r else scale (0.5 * r) l } (t)"
  }

  @Test(arguments: ["0", "16777217", "18446744073709551615"]) func rowsOutOfRange(rows: String) throws {
    for text in [even(rows), sum(rows)] {
      let result = try compile(text)
      #expect(result.c == nil && result.codes == [.badRows], "\(result.codes)")
    }
  }

  @Test(arguments: ["18446744073709551616", "-1", "1.5", "x", "", "2,3"]) func noNumberOfRows(rows: String) throws {
    for text in [even(rows), sum(rows)] {
      let result = try compile(text)
      #expect(result.c == nil && !result.codes.isEmpty)
    }
  }

  /// 2^24 rows, each of more than 2^7 reals.
  @Test func aTableThatIsTooLarge() throws {
    let text = "data L = N | C Nat[4096] L program p (w : L[16777216]) : Nat = fold { N => 0 | C n r => r } (w)"
    let result = try compile(text.replacing("C n r => r", with: "C n r => iter { r | y => y } (n)"))
    #expect(result.c == nil && result.codes.contains(.typeTooLarge), "\(result.codes)")
  }

  /// The C of a table does not grow with its rows, but for the digits of numbers.
  @Test(.timeLimit(.minutes(2))) func theCDoesNotGrowWithTheRows() throws {
    for text in [even, sum] {
      let small = try #require(try compile(text("1000")).c)
      let large = try #require(try compile(text("1000000")).c)
      #expect(large.utf8.count < small.utf8.count + small.utf8.count / 10 + 1000)
    }
  }

  @Test(.timeLimit(.minutes(2))) func twoHundredConstructors() throws {
    let names = (0..<200).map { "C\($0)" }
    let turned = names.indices.map { "\(names[$0]) => \(names[($0 + 1) % 200])" }.joined(separator: " | ")
    let fields = (0..<200).map { "K\($0) Bool L" }.joined(separator: " | ")
    let folded = (0..<200).map { "K\($0) b r => if b then r else not r" }.joined(separator: " | ")
    let text = """
      data S = \(names.joined(separator: " | "))
      data L = Nil | \(fields)
      def not : Bool -o Bool = fun x => if x then false else true
      program turn (s : S) : S = case { \(turned) } (s)
      program even (w : L[50]) : Bool = fold { Nil => true | \(folded) } (w)
      """
    let c = try #require(try compile(text).c)
    #expect(c.utf8.count < 1 << 20, "\(c.utf8.count) bytes")
  }

  /// All in one line, where to find a place is to count from its start.
  @Test(.timeLimit(.minutes(1))) func aLongClosedList() throws {
    let count = 9_000
    let list = String(repeating: "Letter true (", count: count) + "End" + String(repeating: ")", count: count)
    let text =
      Self.words + "program p (x : Bool) : Bool = "
      + "fold { End => x | Letter b rest => if b then not rest else rest } (\(list))"
    let c = try #require(try compile(text).c)
    #expect(c.utf8.count < 100_000)
  }
}
