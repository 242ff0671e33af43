import CajalSyntax
import Diagnostics
import Driver
import Formatting
import Foundation
import TestSupport
import Testing

/// All `.cajal` files of a folder of the project, as paths in it, those that were built left out.
private func cajalFiles(in folder: String) -> [String] {
  let all = FileManager.default.enumerator(atPath: projectRoot + "/" + folder)?.compactMap { $0 as? String } ?? []
  return all.filter { $0.hasSuffix(".cajal") && !$0.contains("build/") }.map { "\(folder)/\($0)" }.sorted()
}

@Suite struct FormatterPropertyTests {
  /// Formats, and expects that this changes no token and that what comes out is formatted.
  @discardableResult
  private func expectStable(_ source: Source) throws -> String? {
    var diagnostics = Diagnostics()
    guard let once = try format(source, diagnostics: &diagnostics) else { return nil }
    let twice = try format(Source(name: source.name, text: once), diagnostics: &diagnostics)
    #expect(twice == once, "\(source.name) is not formatted after formatting:\n\(once)")
    #expect(tokens(source) == tokens(Source(name: "", text: once)), "\(source.name)")
    return once
  }

  private func tokens(_ source: Source) -> [String] {
    Lexer.tokens(of: source).map { "\($0.kind) \(source.text($0.span))" }
  }

  @Test func examplesAreFormatted() throws {
    let files = cajalFiles(in: "Examples")
    #expect(files.count > 40)
    for file in files {
      let source = try Source.read(path: projectRoot + "/" + file)
      let text = try expectStable(source)
      #expect(text?.utf8.elementsEqual(source.bytes) == true, "cajal2c fmt \(file) changes it")
    }
  }

  @Test func everyFileIsStable() throws {
    for file in cajalFiles(in: "Tests") { try expectStable(try Source.read(path: projectRoot + "/" + file)) }
  }

  /// Whatever the space between the tokens was.
  @Test func randomProgramsAreStable() throws {
    var random = SplitMix(seed: 16)
    for seed in 0..<150 as Range<UInt64> {
      var options = ProgramGenerator.Options(reals: seed % 2 == 0)
      options.hasData = seed % 3 == 0
      let program =
        seed % 5 == 0 ? ProgramGenerator.model(seed: seed) : ProgramGenerator.program(seed: seed, options)
      let source = Source(name: "seed \(seed)", text: program.text)
      let text = try #require(try expectStable(source), "\(program.text)")
      #expect(
        text.split(separator: "\n").allSatisfy { $0.count <= formattedWidth }, "seed \(seed) has a long line:\n\(text)")
      let scattered = Source(name: "seed \(seed), scattered", text: scatter(source, &random))
      #expect(try expectStable(scattered) != nil, "\(String(decoding: scattered.bytes, as: UTF8.self))")
    }
  }

  /// The tokens with random space and comments between them; `-o` stays together, and `net` starts a line.
  private func scatter(_ source: Source, _ random: inout SplitMix) -> String {
    let spaces = [
      " ", "  ", "\n", "\n\n\n", "\t", "\r\n", " -- a comment \n", " {- one {- in -} another -} ", "\n  {- a\n b -}\n",
    ]
    var text = ""
    var last: Token?
    for token in Lexer.tokens(of: source) {
      let touches = last?.kind == .minus && last?.span.end == token.span.start && source.text(token.span) == "o"
      if !touches { text += random.below(3) == 0 ? spaces[random.below(spaces.count)] : " " }
      text += source.text(token.span)
      last = token
    }
    return text
  }
}
