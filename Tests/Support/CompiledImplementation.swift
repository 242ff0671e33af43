import CajalSyntax
import Diagnostics
import Driver
import Foundation
import Lowering

/// The machine code: many programs to a file, through the driver, the C compiler and `dlopen`, in double precision.
public struct CompiledImplementation: Implementation {
  public let name = "compiled C"
  /// For the C compiler.
  public let flags: [String]
  /// Programs in one C file.
  public let chunk: Int

  public init(flags: [String] = ["-O1"], chunk: Int = 50) {
    self.flags = flags
    self.chunk = chunk
  }

  public func prepare(_ programs: [CheckedProgram]) throws -> [PreparedProgram?] {
    var prepared = [PreparedProgram?](repeating: nil, count: programs.count)
    // A file has one horizon.
    let compilable = try programs.indices.filter { try isCompilable(programs[$0]) }
    for (_, indices) in Dictionary(grouping: compilable, by: { programs[$0].horizon }).sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: indices.count, by: chunk) {
        let part = indices[start..<min(start + chunk, indices.count)]
        let linked = try link(part.map { programs[$0].program })
        for (index, program) in zip(part, linked) { prepared[index] = program }
      }
    }
    return prepared
  }

  /// Whether the language lets every program of the file be compiled: those that the one under test calls are exported
  /// with it, and may need a matrix that it does not.
  private func isCompilable(_ program: CheckedProgram) throws -> Bool {
    do { _ = try program.graph() } catch is Discarded { return false }
    var diagnostics = Diagnostics()
    return program.module.programs.allSatisfy {
      lower($0, in: program.module, source: program.source, diagnostics: &diagnostics) != nil
    }
  }

  private func link(_ programs: [RandomProgram]) throws -> [CompiledProgram] {
    let declarations = programs.enumerated().flatMap { $1.renamed(suffix: "\($0)").tree.declarations.dropFirst() }
    let horizon = SyntaxTree(declarations: Array(programs[0].tree.declarations.prefix(1)) + declarations)
    let text = PrettyPrinter().print(horizon)
    var options = CompilerOptions()
    options.gradients = true
    options.realBytes = 8
    options.blas = .none
    let compilation = Compilation(source: Source(name: "random.cajal", text: text), options: options)
    guard let (c, header) = try compilation.emitted() else {
      let messages = compilation.diagnostics.items.filter { $0.severity == .error }.map {
        "\($0.code.rawValue) \($0.message)"
      }
      throw Falsified("file", "\(messages.joined(separator: "; ")) in\n\(text)")
    }
    return try withTemporaryDirectory { folder in
      try c.write(toFile: folder + "/random.c", atomically: true, encoding: .utf8)
      try header.write(toFile: folder + "/random.h", atomically: true, encoding: .utf8)
      let toolchain = Toolchain(compiler: "cc", runtime: projectRoot + "/Runtime")
      let object = folder + "/random.so"
      try toolchain.buildSharedObject(
        [folder + "/random.c"], output: object, blas: false,
        flags: flags + ["-Wall", "-Wextra", "-Wpedantic", "-Werror"])
      let module = try LinkedModule(path: object)
      return try programs.indices.map { index in
        let name = RandomProgram.name + "\(index)"
        guard let program = module.programs.first(where: { $0.name == name }) else {
          throw Falsified("file", "the module has no program \(name)")
        }
        return CompiledProgram(module: module, program: program)
      }
    }
  }
}

private struct CompiledProgram: PreparedProgram {
  /// Keeps the code loaded.
  let module: LinkedModule
  let program: LinkedProgram

  func run(batch: Int, _ inputs: [[Double]], shared: [Bool], outputBar: [Double]?) throws
    -> (output: [Double], gradients: [[Double]])
  {
    let result = try program.run(batch: batch, inputs, shared: shared, outputBar: outputBar)
    return (result.output, result.gradients)
  }
}
