import ArgumentParser
import CajalTyping
import Diagnostics
import Driver
import EmitC
import Foundation
import Lowering

enum RealType: String, ExpressibleByArgument, CaseIterable { case float, double }
enum DiagnosticFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
extension OverflowPolicy: ExpressibleByArgument {}
extension Blas: ExpressibleByArgument {}

/// What every command takes that reads a file.
struct SourceOptions: ParsableArguments {
  @Argument(help: "The .cajal file.")
  var file: String

  // A number that begins with `-` is taken, and refused with its reason.
  @Option(
    parsing: .unconditional, help: ArgumentHelp("The dimension of Nat; overrides the file's.", valueName: "N"))
  var horizon: Int?

  @Flag(help: "Refuse programs with a variable that is not linear.")
  var strictLinear = false

  @Option(help: "What an entry that the horizon may drop is: warn, the default, or error.")
  var overflow: OverflowPolicy?

  @Option(help: ArgumentHelp("How messages are written: text, or json with one object a line.", valueName: "format"))
  var diagnostics = DiagnosticFormat.text

  func validate() throws {
    if let horizon, horizon < 1 || horizon > 1 << 24 {
      throw ValidationError("--horizon takes a number from 1 to \(1 << 24), not \(horizon)")
    }
  }
}

/// What the commands take that generate code.
struct CodeOptions: ParsableArguments {
  @Option(help: "The real numbers of the generated code: float, the default, or double.")
  var real: RealType?

  @Option(help: "Where large products are computed: openblas, the default, or none.")
  var blas: Blas?

  @Flag(help: "Check inputs and results for NaN and infinity.")
  var checkFinite = false

  @Flag(help: "Define the functions of one sample in the header, of programs of at most a few hundred operations.")
  var emitInline = false

  @Option(help: ArgumentHelp("What exported names start with; by default the file's stem.", valueName: "name"))
  var prefix: String?

  func validate() throws {
    if let prefix,
      prefix.isEmpty || prefix.utf8.contains(where: { !($0 == 95 || isLetterOrDigit($0)) })
        || isDigit(prefix.utf8.first!)
    {
      throw ValidationError("--prefix takes a C name of letters, digits and underscores, not `\(prefix)`")
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}

/// What the commands take that generate code of models.
struct ModelOptions: ParsableArguments {
  @Flag(help: "Generate the adjoint of every program.")
  var emitGrad = false

  @Option(
    help: ArgumentHelp(
      "Embed the models' trained parameters, from this file as cajal-train writes it.", valueName: "file.safetensors"))
  var weights: String?

  @Flag(
    help: """
      Replace the program of every model by a linear map of the same type, from the tensor product of its links, which \
      is trained like any other parameter.
      """)
  var typePreserving = false

  @Flag(help: "With --type-preserving: the linear map keeps its random initial value; its gradient is 0.")
  var frozen = false

  var kind: TypePreserving? { typePreserving ? (frozen ? .frozen : .trained) : nil }

  func validate() throws {
    if frozen && !typePreserving { throw ValidationError("--frozen goes with --type-preserving") }
  }
}

extension SourceOptions {
  func compilation(
    _ code: CodeOptions? = nil, real: RealType? = nil, gradients: Bool = false, weights: String? = nil,
    typePreserving: TypePreserving? = nil
  ) throws -> Compilation {
    var options = CompilerOptions()
    options.horizon = horizon
    options.strictLinear = strictLinear
    options.overflow = overflow ?? .warn
    options.gradients = gradients
    options.weights = weights
    options.typePreserving = typePreserving
    options.realBytes = (code?.real ?? real) == .double ? 8 : 4
    if let code {
      options.blas = code.blas ?? .openblas
      options.checkFinite = code.checkFinite
      options.inlines = code.emitInline
      options.prefix = code.prefix
    }
    do { return Compilation(source: try Source.read(path: file), options: options) } catch let problem as FileProblem {
      report(problem)
      throw ExitCode(1)
    }
  }

  /// Whether a path, which may be a link, leads to the file that is read.
  func isFile(_ path: String) -> Bool {
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return resolved(path) == resolved(file)
  }

  /// Prints a file that cannot be read or written.
  func report(_ problem: FileProblem) {
    var all = Diagnostics()
    all.add(problem.diagnostic)
    report(all, in: Source(name: file, text: ""))
  }

  func report(_ messages: Diagnostics, in source: Source) { diagnostics.report(messages, in: source) }

  /// Runs a command's work on a compilation: prints what there is to say, and turns errors into exit codes.
  func run<T>(_ compilation: Compilation, _ work: (Compilation) throws -> T?) throws -> T {
    // The process ends with the compilation: taking it apart piece by piece would cost a tenth of the time.
    _ = Unmanaged.passRetained(compilation)
    let result: T?
    do { result = try work(compilation) } catch let problem as FileProblem {
      report(compilation.diagnostics, in: compilation.source)
      report(problem)
      throw ExitCode(1)
    } catch let exit as ExitCode {
      report(compilation.diagnostics, in: compilation.source)
      throw exit
    } catch let failure as LinkedModule.Failure {
      report(compilation.diagnostics, in: compilation.source)
      printError("cajal2c: \(failure.description)")
      throw ExitCode(2)
    } catch let failure as Toolchain.Failure {
      report(compilation.diagnostics, in: compilation.source)
      printError("cajal2c: \(failure.description)")
      throw ExitCode(2)
    } catch {
      report(compilation.diagnostics, in: compilation.source)
      printError(
        """
        cajal2c: internal error: \(error)
        This is a bug in the compiler, not in \(file). Please report it with the file and the command line.
        """)
      throw ExitCode(70)
    }
    report(compilation.diagnostics, in: compilation.source)
    guard let result else { throw ExitCode(1) }
    return result
  }
}

extension DiagnosticFormat {
  /// Prints to the standard error.
  func report(_ messages: Diagnostics, in source: Source) {
    guard !messages.items.isEmpty else { return }
    switch self {
    case .text:
      let colour = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
      printError(DiagnosticRenderer(source: source, usesColour: colour).render(messages))
    case .json: printError(DiagnosticJSON(source: source).render(messages))
    }
  }
}

func printError(_ text: String) {
  // In a pipe what was printed before would come after.
  fflush(nil)
  FileHandle.standardError.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}
