import Foundation
import TestSupport
import Testing

/// The examples of Examples/data: they compile, and what two of them compute is compared with arithmetic.
@Suite struct DataExampleTests {
  private static let folder = projectRoot + "/Examples/data"
  static let examples = ["carry", "formula", "listops", "sum", "word"]

  @Test func everyExampleIsHere() throws {
    let files = (FileManager.default.enumerator(atPath: Self.folder)?.allObjects as? [String] ?? [])
    #expect(
      files.filter { $0.hasSuffix(".cajal") }.sorted() == Self.examples.map { "\($0)/\($0).cajal" })
    for example in Self.examples {
      #expect(FileManager.default.isExecutableFile(atPath: "\(Self.folder)/\(example)/run"))
      #expect(files.contains("\(example)/README.md"))
    }
  }

  /// What `run --publish` wrote, and nothing else.
  @Test(arguments: examples) func theReadmeShowsWhatWasPublished(example: String) throws {
    let folder = "\(Self.folder)/\(example)"
    let readme = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
    let table = try String(contentsOfFile: folder + "/results/table.txt", encoding: .utf8)
    #expect(readme.contains("```text\n\(table)```\n"))
    for file in ["results/figure.svg", "results/figure.png", "results/points.csv", "figure.gp"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(file)"), "\(file)")
    }
  }

  /// Compiles an example with gradients and builds it with the given files; returns what was built.
  private func build(_ example: String, _ flags: [String], _ arguments: [String], into folder: String) throws -> String
  {
    let result = try run(
      compilerPath,
      ["\(Self.folder)/\(example)/\(example).cajal", "-o", "\(folder)/\(example).c", "--emit-grad", "--blas", "none"]
        + flags)
    #expect(result.status == 0 && result.errors.isEmpty, "\(example): \(result.errors)")
    let built = try run(
      "gcc",
      [
        "-std=c11", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I\(projectRoot)/Runtime/include",
        "-I\(folder)",
      ]
        + ["\(folder)/\(example).c"] + arguments + (try RuntimeObjects.paths()) + ["-o", "\(folder)/\(example)", "-lm"])
    #expect(built.status == 0, "\(example): \(built.errors)")
    return "\(folder)/\(example)"
  }

  @Test(arguments: examples) func compiles(example: String) throws {
    try withScratch { folder in _ = try build(example, [], ["-fPIC", "-shared"], into: folder) }
  }

  /// 2^11 − 1 words; of a word of n letters there are 2·n derivatives.
  @Test func parityOfWords() throws {
    try withScratch { folder in
      let client = try build("word", [], [projectRoot + "/Tests/Clients/word.c"], into: folder)
      #expect(try run(client, []).output == "2047 of 2047 words, 36868 of 36868 derivatives\n")
    }
  }

  @Test func formulasAreExact() throws {
    try withScratch { folder in
      let library = try build("formula", ["--real", "double"], ["-fPIC", "-shared"], into: folder)
      let result = try run("python3", ["\(Self.folder)/formula/check.py", library, "100"])
      #expect(result.status == 0 && result.output.hasPrefix("100 formulas"), "\(result)")
    }
  }

  /// Evaluation says the same as the machine.
  @Test(arguments: [
    ("6 - 2", 4), ("9 - 6 / 3 * 2 + 1", 6), ("8 / 4 / 4 * 3", 1.5), ("7", 7), ("1 - 2 - 3", -4),
  ]) func formulasAreEvaluated(formula: String, value: Double) throws {
    let names = [
      "+": "Plus", "-": "Minus", "*": "Times", "/": "Over", "1": "(Digit One)", "2": "(Digit Two)",
      "3": "(Digit Three)",
      "4": "(Digit Four)", "6": "(Digit Six)", "7": "(Digit Seven)", "8": "(Digit Eight)", "9": "(Digit Nine)",
    ]
    let term = formula.split(separator: " ").reversed().reduce("Empty") { "Symbol \(names[String($1)]!) (\($0))" }
    let file = Self.folder + "/formula/formula.cajal"
    let result = try cajal2c("eval", file, "--program", "value", "--set", "xs=\(term)")
    let found = Double(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .nan
    #expect(abs(found - value) < 1e-12, "\(result)")
  }
}
