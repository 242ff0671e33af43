import CajalEvaluator
import CajalSyntax
import CajalTyping
import Diagnostics
import TestSupport
import Testing

/// A program's text is a model's as well, and means the same.
@Suite struct ModelProperties {
  @Test(arguments: Dialect.allCases) func programsAreModels(dialect: Dialect) {
    hold(dialect.options(bounds: true)) { program, random in
      let model = try Model(of: program.program.context, program.program.body, in: program, declaring: [])
      let ports = program.program.context.map(\.name)
      try require(model.linked.inputs.map(\.variable.name) == ports, "inputs")
      try require(model.linked.inputs.map(\.bound) == program.context.map(\.bound), "bounds")
      try require(model.linked.links.map(\.variable).allSatisfy { $0.isData && ports.contains($0.name) }, "links")
      for (link, degree) in zip(model.linked.links, model.linked.judgement.degrees) {
        let port = ports.firstIndex(of: link.variable.name)!
        guard program.context[port].bound == nil else { continue }
        try require(degree == program.judgement.degrees[port], "degree", "of \(link.variable.name): \(degree)")
      }
      try model.agrees(with: program, &random) { link in ports.firstIndex(of: link.variable.name)! }
    }
  }

  /// With a net on every port, what the program computes is computed of what the nets give.
  @Test(arguments: Dialect.allCases) func netsTakeThePlaceOfPorts(dialect: Dialect) {
    hold(dialect.options(), share: 0.5) { program, random in
      let ports = program.program.context
      var body = program.program.body
      let taken = body.freeNames.union(body.binders).union(program.program.definitions.map(\.name))
      let nets = ports.indices.map { Term.fresh("net\($0)", avoiding: taken) }
      for (port, net) in zip(ports, nets) {
        body = body.substituting(Term(.apply(.named(net), .named(port.name)), Span(0, 0)), for: port.name)
      }
      let declarations = zip(ports, nets).map { port, net in
        Declaration.Kind.net(
          Name(net), [Parameter(name: Name("x"), type: TypeExpression(port.type), bound: nil)],
          TypeExpression(port.type), [Layer(.dense(nil), Span(0, 0))])
      }
      let model = try Model(of: ports, body, in: program, declaring: declarations)
      try model.agrees(with: program, &random) { link in
        guard case .network(let net, let arguments) = link.datum.kind, arguments.count == 1,
          case .variable(let input) = arguments[0].kind
        else { throw Falsified("datum", "not a net on a port") }
        try require(model.module.nets[net].name.text == nets[net] && input.name == ports[net].name, "datum")
        return net
      }
    }
  }
}

private struct Model {
  let text: String
  let module: TypedModule
  let linked: LinkedModel

  init(
    of parameters: [RandomProgram.Port], _ body: Term, in program: CheckedProgram,
    declaring declarations: [Declaration.Kind]
  ) throws {
    var kinds = program.program.tree.declarations.dropLast().map(\.kind) + declarations
    let written = parameters.map { Parameter(name: Name($0.name), type: TypeExpression($0.type), bound: $0.bound) }
    kinds.append(.model(Name("linked"), written, TypeExpression(program.program.type), body))
    text = PrettyPrinter().print(SyntaxTree(declarations: kinds.map { Declaration($0, Span(0, 0)) }))
    var diagnostics = Diagnostics()
    let tree = parse(Source(name: "model", text: text), diagnostics: &diagnostics)
    guard let module = check(tree, diagnostics: &diagnostics), let linked = module.models.first else {
      throw Falsified("rejected", "\(diagnostics.items.map(\.message))\n\(text)")
    }
    self.module = module
    self.linked = linked
  }

  /// The judgement's map is the program's, where each link is one of its ports.
  func agrees(with program: CheckedProgram, _ random: inout SplitMix, port: (Link) throws -> Int) throws {
    let ports = try linked.links.map(port)
    let oracle = VectorInterpreter(module: module, operationLimit: 60_000)
    for _ in 0..<3 {
      // Within every bound, so that what is linked is what comes in.
      var point = program.randomPoint(&random)
      for (index, port) in program.context.enumerated() {
        guard let bound = port.bound else { continue }
        let size = bound.magnitude(point[index])
        if size > bound.radius { point[index] = point[index].map { 0.5 * bound.radius / size * $0 } }
      }
      let expected = try program.denotation(point)
      let result = try oracle.evaluate(linked.judgement, environment: ports.map { point[$0] })
      let tolerance = try program.tolerance(point, expected)
      try require(
        agree(result, expected, within: tolerance), "denotation", "\(text)\n\(short(result)), not \(short(expected))")
    }
  }
}
