import ArgumentParser
import CajalSyntax
import Driver
import Foundation

struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a file to C and a header (the default command).",
    discussion: """
      EXAMPLES
        cajal2c prog.cajal -o prog.c
        cajal2c prog.cajal -o prog.c --emit-grad --real double --blas none
        cajal2c prog.cajal --emit adjoint
        cajal2c model.cajal -o model.c --emit-grad --weights model.safetensors
        cajal2c model.cajal -o random.c --emit-grad --type-preserving
        cajal2c prog.cajal -o prog.c --dump-after simplify
        cajal2c model.cajal --emit single -o model.c --weights model.safetensors
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var code: CodeOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The C file to write; its header is written beside it.", valueName: "file.c"))
  var output: String?

  @OptionGroup var models: ModelOptions

  @Option(
    help: ArgumentHelp(
      """
      Print a stage to standard output: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")). `single` is the C with \
      the headers and kernels that it needs, and with -o that file is written instead of the usual one.
      """,
      valueName: "stage"))
  var emit: Stage?

  @Option(
    help: ArgumentHelp(
      "Print graphs or schedules as they are after this pass: \(passNames.joined(separator: ", ")).",
      valueName: "pass"))
  var dumpAfter: String?

  func validate() throws {
    guard output != nil || emit != nil || dumpAfter != nil else {
      throw ValidationError("nothing to write: give `-o prog.c`, or `--emit c` to print to standard output")
    }
    if let output, !output.hasSuffix(".c") { throw ValidationError("-o takes a file that ends in .c, not `\(output)`") }
    if let output, [output, headerPath(output)].contains(where: { source.isFile($0) }) {
      throw ValidationError("-o \(output) would overwrite the source \(source.file)")
    }
    if emit == .single, code.blas == .openblas {
      throw ValidationError("a single file has no OpenBLAS: leave out --blas openblas")
    }
    if let dumpAfter, !passNames.contains(dumpAfter) {
      throw ValidationError("no pass is called `\(dumpAfter)`; there are \(passNames.joined(separator: ", "))")
    }
  }

  func run() throws {
    let compilation = try source.compilation(
      code, gradients: models.emitGrad || emit == .adjoint, weights: models.weights, typePreserving: models.kind)
    if let dumpAfter {
      compilation.observe = { part, pass, text in
        if pass == dumpAfter { print("; \(part), after \(pass)\n\(text())", terminator: "") }
      }
    }
    try source.run(compilation) { compilation in
      if models.typePreserving, let lowered = compilation.models {
        for model in lowered { printError("cajal2c: \(model.mapDescription)") }
      }
      if let emit, emit != .single || output == nil {
        guard let text = try emit.text(of: compilation) else { return nil as Void? }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
      }
      if let output {
        let header = fileName(headerPath(output))
        let emitted =
          emit == .single ? try compilation.singleFile(header: header) : try compilation.emitted(header: header)
        guard let emitted else { return nil }
        try writeAtomically([(output, emitted.c), (headerPath(output), emitted.header)])
      } else if let dumpAfter, emit == nil {
        let isThere =
          try schedulePassNames.contains(dumpAfter)
          ? compilation.emitted() != nil : compilation.optimised() != nil
        guard isThere else { return nil }
      }
      return ()
    }
  }

  private func fileName(_ path: String) -> String { (path as NSString).lastPathComponent }
  private func headerPath(_ output: String) -> String { String(output.dropLast(2)) + ".h" }
}

extension Stage: ExpressibleByArgument {}
