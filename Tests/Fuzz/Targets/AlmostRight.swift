import CajalSyntax
import Diagnostics
import LinearMaps
import TestSupport

/// Texts from seeds: well-typed programs and models, trees of any kind, random graphs; most with a fault or two.
public enum AlmostRight {
  public static func program(seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed: seed)
    var text = Array(tree(&random).utf8)
    for _ in 0..<random.below(3) { text = TextMutator(.cajal).mutated(text, &random) }
    return text
  }

  public static func graph(seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed: seed)
    var text = Array(RandomGraph.make(seed: random.next(), size: 4 + random.below(20)).printed(name: "g").utf8)
    for _ in 0..<random.below(3) { text = TextMutator(.graph).mutated(text, &random) }
    return text
  }

  private static func tree(_ random: inout SplitMix) -> String {
    if random.below(6) == 0 {
      var generator = TreeGenerator(seed: random.next())
      return PrettyPrinter(width: 20 + random.below(100)).print(generator.tree())
    }
    let options = ProgramGenerator.Options(
      reals: random.below(3) > 0, size: 6 + random.below(30), bounds: random.below(2) == 0)
    let program = ProgramGenerator.program(seed: random.next(), options)
    let text = random.below(3) == 0 ? model(program) : program.text
    return text
  }

  /// The program as a model, with a net on every port.
  private static func model(_ program: RandomProgram) -> String {
    var tree = program.tree
    var body = program.body
    let taken = body.freeNames.union(body.binders).union(program.definitions.map(\.name))
    var nets: [Declaration] = []
    for (index, port) in program.context.enumerated() {
      let net = Term.fresh("net\(index)", avoiding: taken)
      body = body.substituting(Term(.apply(.named(net), .named(port.name)), Span(0, 0)), for: port.name)
      let kind = Declaration.Kind.net(
        Name(net), [Parameter(name: Name("x"), type: TypeExpression(port.type), bound: nil)],
        TypeExpression(port.type), [Layer(.dense(3), Span(0, 0)), Layer(.dense(nil), Span(0, 0))])
      nets.append(Declaration(kind, Span(0, 0)))
    }
    guard let last = tree.declarations.last, case .program(let name, let parameters, let type, _) = last.kind else {
      return program.text
    }
    let model = Declaration(.model(name, parameters, type, body), Span(0, 0))
    tree = SyntaxTree(declarations: Array(tree.declarations.dropLast()) + nets + [model])
    return PrettyPrinter().print(tree)
  }
}
