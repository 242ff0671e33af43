import ArgumentParser
import Driver
import Foundation

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a file, build it, and compare the machine code with two oracles.",
    discussion: """
      The oracles are the evaluator, at points that are values, and an interpreter of the language's equations on
      vectors, at basis points. Gradients are compared too. A model is compared with the interpreter of its graph, at
      random points, and its gradient with differences. What was compared is printed, and what was not.

      EXAMPLE
        cajal2c verify prog.cajal --real double --limit 10000
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var code: CodeOptions

  @Option(help: ArgumentHelp("Verify one program or model only.", valueName: "name"))
  var program: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At most so many points of each kind; a sample beyond.", valueName: "N"))
  var limit = 2000

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of samples and random points.", valueName: "N"))
  var seed: UInt64 = 1

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit takes a number above 0, not \(limit)") }
  }

  func run() throws {
    let compilation = try source.compilation(code, gradients: true)
    let showsProgress = isatty(STDERR_FILENO) == 1
    let reports = try source.run(compilation) { compilation in
      let isModel = compilation.module?.models.contains { $0.name.text == program } == true
      if let program, !isModel {
        guard try compilation.findProgram(program) != nil else { return nil as [VerifyReport]? }
      }
      return try verify(compilation, limit: limit, seed: seed, program: program) { step in
        if showsProgress { printError("verify: \(step)") }
      }
    }
    for report in reports { print(report.text) }
    if reports.contains(where: { !$0.agrees }) {
      printError("cajal2c: machine code and oracles differ: a bug in the compiler. Please report it with the file.")
      throw ExitCode(70)
    }
  }
}
