import CajalSyntax
import CajalTyping
import Diagnostics
import Driver

/// What is known about one text: each part is found when it is asked for.
final class Analysis {
  let buffer: TextBuffer
  let uri: String
  let source: Source
  let observations = Observations()
  private let compilation: Compilation

  init(_ buffer: TextBuffer, uri: String, options: CompilerOptions = CompilerOptions()) {
    self.buffer = buffer
    self.uri = uri
    source = Source(name: Self.name(uri), bytes: buffer.bytes)
    compilation = Compilation(source: source, options: options, observations: observations)
  }

  private static func name(_ uri: String) -> String {
    let name = uri.split(separator: "/").last.map(String.init) ?? uri
    return name.removingPercentEncoding ?? name
  }

  private(set) lazy var tokens: [Token] = Lexer.tokens(of: source)
  private(set) lazy var tree: SyntaxTree = compilation.syntaxTree
  private(set) lazy var names = NameIndex(tree)

  /// What there is to say up to the bounds of naturals.
  private(set) lazy var diagnostics: [Diagnostic] = {
    _ = compilation.horizons
    return compilation.diagnostics.items
  }()

  /// The same and what only the way to C shows, which may take longer.
  private(set) lazy var allDiagnostics: [Diagnostic] = {
    _ = diagnostics
    if compilation.horizons != nil { _ = (compilation.graphs, compilation.models) }
    return compilation.diagnostics.items
  }()

  /// What was found out about terms and variables, whether there are errors or not.
  private(set) lazy var observed: Observations = {
    _ = diagnostics
    return observations
  }()

  /// What is known of those declarations that have no error and use none that has one.
  private(set) lazy var sound: SoundPart? = {
    _ = diagnostics
    return SoundPart(compilation, observations) ?? SoundPart.without(errors: diagnostics, tree, source)
  }()
}

/// A checked module of some of a text's declarations, at the places that they have in the text.
struct SoundPart {
  let compilation: Compilation
  let observations: Observations
  let module: TypedModule

  init?(_ compilation: Compilation, _ observations: Observations) {
    guard let module = compilation.module, compilation.horizons != nil else { return nil }
    self.compilation = compilation
    self.observations = observations
    self.module = module
  }

  /// How often declarations are left out: those without errors may use some that have been left out.
  private static let rounds = 4

  static func without(errors: [Diagnostic], _ tree: SyntaxTree, _ source: Source) -> SoundPart? {
    var (errors, tree, bytes) = (errors, tree, source.bytes)
    for _ in 0..<rounds {
      blank(&bytes, errors.filter { $0.severity == .error }.compactMap { $0.primary?.span.start }, tree)
      let observations = Observations()
      let compilation = Compilation(
        source: Source(name: source.name, bytes: bytes), options: CompilerOptions(), observations: observations)
      if let part = SoundPart(compilation, observations) { return part }
      errors = compilation.diagnostics.items
      tree = compilation.syntaxTree
    }
    return nil
  }

  /// Puts spaces in the place of declarations, and of what lies between two of them.
  private static func blank(_ bytes: inout [UInt8], _ places: [Int], _ tree: SyntaxTree) {
    for place in places {
      var (start, end) = (0, bytes.count)
      for declaration in tree.declarations {
        if declaration.span.start <= place {
          start = place <= declaration.span.end ? declaration.span.start : declaration.span.end
          if place <= declaration.span.end { end = declaration.span.end }
        } else {
          end = min(end, declaration.span.start)
        }
      }
      for index in start..<max(start, end) where bytes[index] != 0x0A && bytes[index] != 0x0D { bytes[index] = 0x20 }
    }
  }
}
