import ArgumentParser
import Driver

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a file; print each judgement with its degrees and horizon bounds.",
    discussion: """
      EXAMPLE
        cajal2c check prog.cajal --strict-linear
      """)

  @OptionGroup var source: SourceOptions

  func run() throws {
    try source.run(try source.compilation()) { compilation in
      guard compilation.graphs != nil, let text = compilation.summary else { return nil as Void? }
      print(text, terminator: "")
      return ()
    }
  }
}
