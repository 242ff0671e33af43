import CajalSyntax
import Diagnostics
import Driver
import Foundation
import Testing

/// Whatever the input: a diagnostic, soon, and no crash.
@Suite(.serialized) struct HostileInputTests {
  private func codes(_ bytes: [UInt8]) async -> [DiagnosticCode] {
    withDeepStack {
      let source = Source(name: "hostile.cajal", bytes: bytes)
      var diagnostics = Diagnostics()
      _ = parse(source, diagnostics: &diagnostics)
      let text = DiagnosticRenderer(source: source).render(diagnostics)
      precondition(text.utf8.count < 100_000 && diagnostics.items.count <= Diagnostics.limit)
      return diagnostics.items.map(\.code)
    }
  }

  private func codes(_ text: String) async -> [DiagnosticCode] { await codes(Array(text.utf8)) }

  private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  @Test func emptyFiles() async {
    for text in ["", " \n\t\r\n", "-- nothing", "{- nothing -}", "\u{FEFF}"] {
      #expect(await codes(text) == [.emptyFile])
    }
    #expect(await codes("{- nothing") == [.unterminatedComment])
  }

  @Test func bytesThatAreNotUTF8() async {
    let bad: [[UInt8]] = [
      [0x80], [0xFF], [0xE0, 0x81, 0x81], [0xF0, 0x81, 0x81, 0x81], [0xC0, 0x80], [0xC3], [0xE2, 0x82],
      [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF0, 0x80, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]
    for bytes in bad {
      #expect(await codes(Array("def a = ".utf8) + bytes + Array(" b".utf8)) == [.invalidUTF8], "\(bytes)")
      #expect(await codes(Array("def a = b -- ".utf8) + bytes + Array("\n".utf8)) == [.invalidUTF8], "in a comment")
    }
  }

  @Test func controlCharacters() async {
    for character in ["\0", "\u{1}", "\u{B}", "\u{7F}", "\u{85}", "\u{202E}", "\u{2066}"] {
      #expect(await codes("def a = b\(character)") == [.unexpectedCharacter])
      #expect(await codes("def a = b -- \(character)") == [.unexpectedCharacter])
    }
  }

  @Test func filesThatAreNotTexts() async {
    var state: UInt64 = 7
    let noise = (0..<100_000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    #expect(await codes(noise) == [.invalidUTF8, .unexpectedCharacter])
    #expect(await codes([UInt8](repeating: 0, count: 100_000)) == [.unexpectedCharacter])
  }

  @Test func tooLargeFiles() async {
    #expect(await codes([UInt8](repeating: 0x20, count: Source.maximumSize + 1)) == [.fileTooLarge])
  }

  @Test func brackets() async {
    let many = 1_000_000
    #expect(await codes(repeated("(", many)) == [.unexpectedToken])
    #expect(await codes(repeated(")", many)) == [.unexpectedToken])
    #expect(await codes("def a = " + repeated("(", many)) == [.nestedTooDeeply])
    #expect(await codes("def a : " + repeated("(", many)) == [.nestedTooDeeply])
    #expect(await codes("def a = " + repeated("[", many)).count == 1)
    #expect(await codes("def a = " + repeated("iter {", many / 5)) == [.nestedTooDeeply])
    #expect(await codes(repeated("{-", many)) == [.unterminatedComment])
    #expect(await codes("def a = " + repeated("(", 9_000) + "x" + repeated(")", 9_000)) == [])
  }

  @Test(arguments: [
    "a + ", "a - ", "a ", "succ ", "2 * ", "fun x => ", "let x = a in ", "if a then b else ", "f (", "-(",
    "if ", "iter { a | x => ", "(a : Bool) + ",
  ])
  func chains(_ link: String) async {
    #expect(await codes("def a = " + repeated(link, 100_000) + "b\ndef c = d") == [.nestedTooDeeply])
  }

  @Test func typeChains() async {
    #expect(await codes("def a : " + repeated("Bool -o ", 100_000) + "Bool = b\ndef c = d") == [.nestedTooDeeply])
    let nested = repeated("(" + repeated("Bool -o ", 200), 100) + "Bool" + repeated(")", 100)
    #expect(await codes("def a : \(nested) = b") == [.nestedTooDeeply], "long chains within each other add up")
    #expect(await codes("def a : " + repeated("Bool -o ", 9_999) + "Bool = b") == [])
  }

  @Test func theLimitIsExact() async {
    let sum = { (count: Int) in "def a = " + String(repeating: "b + ", count: count) + "b" }
    #expect(await codes(sum(Term.maximumDepth - 1)) == [])
    #expect(await codes(sum(Term.maximumDepth)) == [.nestedTooDeeply])
  }

  @Test func theRestOfTheFileIsStillRead() async {
    let deep = "def a = " + repeated("(", 20_000)
    #expect(
      await codes("\(deep)\ndef b = )\n\(deep)\nnet k (x : Bool) : Bool = dense\ndef c = +")
        == [.nestedTooDeeply, .unexpectedToken, .nestedTooDeeply, .unexpectedToken])
  }

  @Test func longTokens() async {
    #expect(await codes("def \(repeated("a", 1_000_000)) = b") == [.nameTooLong])
    #expect(await codes("def a = \(repeated("9", 1_000_000))") == [.malformedNumber])
    #expect(await codes("def a = 1000000000000") == [])
    #expect(await codes("def a = 0.\(repeated("9", 1_000_000))") == [.malformedNumber])
    #expect(await codes("def a = [\(repeated("1, ", 100_000))1]") == [])
  }

  @Test func manyErrorsAreCappedWithARemark() async {
    #expect(await codes(repeated("def \n", 10_000)).count == Diagnostics.limit)
    #expect(await codes("def a = " + repeated("@ ", 10_000)).count == Diagnostics.limit)
    let (_, _, diagnostics) = read(repeated("def )\n", 150))
    #expect(diagnostics.errorCount == 150)
    #expect(diagnostics.closingRemark == "50 more errors are not shown")
  }

  @Test func lookingAheadForNetworksIsLinear() async {
    for text in ["net x (", "net x () ", "net x (\n", "def a = net x () net x (", "(net x (a) : b) "] {
      _ = await codes(repeated(text, 30_000))
    }
  }

  @Test func anyPrefixOfAProgramIsHandled() async {
    let text = """
      horizon 5 type T = Real[2, 3] -o (𝟚 ⊸ ℕ)
      program p (x : T within l2 1e-3, y : Bool) : T = let z = iter { [[1, -2], [3, 4]] | s => 2 * f s } (succ 3)
        in if y then (λ(a : T). a + x : T) else - z -- done
      net k (x : T) : Real[3,3] = conv 8 5x5 stride 2 valid | relu | maxpool 2 | dense 40 | within l1 0.5 | dense
      model m (x : T within linf 2) : T = iter { x | y => conv2d (k y) y } (n x)
      """
    let bytes = Array(text.utf8)
    for end in 0...bytes.count { _ = await codes(Array(bytes[..<end])) }
    for start in 0...bytes.count { _ = await codes(Array(bytes[start...])) }
  }

  @Test func longNets() async {
    let head = "net f (x : Bool) : Nat = "
    #expect(await codes(head + repeated("relu | ", 100_000) + "dense") == [])
    #expect(await codes(head + repeated("conv 8 5 | ", 100_000) + "dense").count == Diagnostics.limit)
    #expect(await codes(head + repeated("conv 8 ", 100_000)) == [.unexpectedToken])
    #expect(await codes(head + "conv 8 " + repeated("5x", 500_000) + "5") == [.malformedNumber])
    #expect(await codes(repeated(head + "dense\n", 10_000)) == [])
  }

  @Test func randomTokensAreHandled() async {
    let words = [
      "fun", "if", "then", "else", "let", "in", "iter", "succ", "true", "def", "program", "type", "horizon", "net",
      "model", "within", "x", "o", "1", "2.5", "(", ")", "[", "]", "{", "}", "|", ",", ":", "=", "=>", "->", ".", "+",
      "-", "*", "conv", "dense", "relu", "maxpool", "5x5", "8", "stride", "valid", "net f (x : Bool) : Nat =",
      "model m (x : Bool) : Nat =",
      "⊸", "λ", "\n", "@", "9x",
    ]
    var state: UInt64 = 11
    for _ in 0..<300 {
      var text = "def a = "
      for _ in 0..<60 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += words[Int((state >> 33) % UInt64(words.count))] + " "
      }
      _ = await codes(text)
    }
  }
}
