import ArgumentParser
import Driver

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check a file; print each program, net and model with its degrees, shapes and bounds.",
    discussion: """
      EXAMPLES
        cajal2c check prog.cajal --strict-linear
        cajal2c check prog.cajal --cost          operations and bytes, forward and backward

      What is counted is said in docs/performance.md.
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Print what each program and model costs: operations, bytes and memory.")
  var cost = false

  @Flag(help: "Check the models as `compile --type-preserving` compiles them.")
  var typePreserving = false

  func run() throws {
    let compilation = try source.compilation(gradients: cost, typePreserving: typePreserving ? .trained : nil)
    try source.run(compilation) { compilation in
      guard compilation.graphs != nil, compilation.models != nil else { return nil as Void? }
      let costs = cost ? try compilation.costs() : []
      guard let costs, let text = compilation.summary(costs: costs) else { return nil }
      print(text, terminator: "")
      return ()
    }
  }
}
