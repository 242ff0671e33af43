import ArgumentParser
import Driver

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a file; print each program, net and model with its degrees, shapes and bounds.",
    discussion: """
      EXAMPLE
        cajal2c check prog.cajal --strict-linear
      """)

  @OptionGroup var source: SourceOptions

  func run() throws {
    try source.run(try source.compilation()) { compilation in
      guard compilation.graphs != nil, compilation.models != nil, let text = compilation.summary else { return nil as Void? }
      print(text, terminator: "")
      return ()
    }
  }
}
