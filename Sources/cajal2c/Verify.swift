import ArgumentParser
import Driver
import Foundation

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a file, build it, and compare the machine code with two oracles.",
    discussion: """
      The oracles are the evaluator, at points that are values, and an interpreter of the language's equations on
      vectors, at basis points. Gradients are compared too. A model is compared with the interpreter of its graph, at
      random points, and its gradient with differences. Then both are called as their users may: in batches, with
      shared inputs, with padding, for some of the gradients. What was compared is printed, and what was not.

      The machine code is built as `make` builds it, with other flags by --cflags, or is what --object names. A shared
      object is loaded into this process and runs as part of it: name only one that you would run.

      EXAMPLES
        cajal2c verify prog.cajal --real double --limit 10000
        cajal2c verify prog.cajal --object prog.so
        cajal2c verify prog.cajal --cflags '-O2 -march=x86-64-v3'
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var code: CodeOptions

  @OptionGroup var models: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Verify this object, as `make` built it from the file, with its horizon and reals. It is loaded, and runs.",
      valueName: "file.so"))
  var object: String?

  @Option(
    name: .customLong("cflags"), parsing: .unconditional,
    help: ArgumentHelp("Build with these flags, not with those of `make`.", valueName: "flags"))
  var flags: String?

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
    if object != nil, flags != nil { throw ValidationError("--cflags says how to build; --object is built already") }
    if let flags, compilerFlags(flags) == nil {
      throw ValidationError("--cflags has a quote that is not closed: \(flags)")
    }
  }

  func run() throws {
    EarlyEnd.isDue = true
    defer { EarlyEnd.isDue = false }
    atexit {
      guard EarlyEnd.isDue else { return }
      printError("cajal2c: the object ended the process before it was verified")
      _exit(70)
    }
    let linked = try object.map { path in
      do { return try LinkedModule(path: path) } catch let failure as LinkedModule.Failure {
        printError("cajal2c: \(failure.description)")
        throw ExitCode(2)
      }
    }
    let compilation = try (linked.map { source.following($0) } ?? source).compilation(
      linked.map { code.following($0) } ?? code, gradients: true, weights: models.weights,
      typePreserving: models.kind)
    let subject = linked.map { VerifySubject.object($0) } ?? .built(flags: flags.flatMap(compilerFlags))
    let showsProgress = isatty(STDERR_FILENO) == 1
    let reports = try source.run(compilation) { compilation in
      if let program, let module = compilation.module {
        let names = module.programs.map(\.name.text) + module.models.map(\.name.text)
        guard names.contains(program) else {
          compilation.reportUnknown(program, among: names, "program or model")
          return nil as [VerifyReport]?
        }
      }
      return try verify(compilation, subject, limit: limit, seed: seed, program: program) { step in
        if showsProgress { printError("verify: \(step)") }
      }
    }
    for report in reports { print(report.text) }
    if reports.contains(where: { !$0.agrees }) {
      let other = linked == nil ? "" : ", where the file is still the one that the object was made from"
      printError(
        """
        cajal2c: machine code and oracles differ: a bug in the compiler, or in the C compiler at these flags\(other).
        Please report it with the file, the flags and the C compiler's version.
        """)
      throw ExitCode(70)
    }
  }
}

/// An object that ends the process must not pass for one that agrees.
private enum EarlyEnd {
  /// An end is one of the object's.
  nonisolated(unsafe) static var isDue = false
}

extension SourceOptions {
  /// The same with the horizon of an object, where none was asked for.
  fileprivate func following(_ linked: LinkedModule) -> SourceOptions {
    var copy = self
    copy.horizon = horizon ?? (linked.programs + linked.models).first?.horizon
    return copy
  }
}

extension CodeOptions {
  /// The same with the reals of an object, where none were asked for.
  fileprivate func following(_ linked: LinkedModule) -> CodeOptions {
    var copy = self
    copy.real = real ?? ((linked.programs + linked.models).first?.isDouble == true ? .double : .float)
    return copy
  }
}
