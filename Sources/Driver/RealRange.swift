import CajalTyping
import Diagnostics

extension Compilation {
  /// Numbers of the programs and models that the generated code's reals do not hold: too large is an error, so small that it
  /// becomes 0 a warning. Doubles hold whatever the source can say.
  func checkRealRange(of module: TypedModule) {
    guard options.realBytes == 4 else { return }
    var finder = UnrepresentableNumbers()
    for definition in module.definitions { finder.visit(definition.term) }
    for program in module.programs + module.models.map(\.judgement) {
      finder.visit(program.term)
      for port in program.context {
        if let bound = port.bound { finder.judge(bound.radius, port.variable.span) }
      }
    }
    for model in module.models {
      finder.visit(model.judgement.term)
      for port in model.inputs {
        if let bound = port.bound { finder.judge(bound.radius, port.variable.span) }
      }
    }
    for net in module.nets {
      for layer in net.layers {
        if case .within(let bound) = layer.kind { finder.judge(bound.radius, layer.span) }
      }
    }
    for diagnostic in finder.diagnostics { add(diagnostic) }
  }
}

private struct UnrepresentableNumbers {
  private(set) var diagnostics: [Diagnostic] = []
  private var seen: Set<Span> = []

  mutating func visit(_ term: TypedTerm) {
    switch term.kind {
    case .literal(let entries): for entry in entries { judge(entry, term.span) }
    case .matrix(let rows): for entry in rows.joined() { judge(entry, term.span) }
    case .scale(let factor, _):
      judge(factor.numerator, term.span)
      judge(factor.denominator, term.span)
    case .variable, .definition, .bool, .natural, .primitive, .succ, .lambda, .apply, .conditional, .iterate,
      .constructor, .cases, .fold, .add, .network, .concatenate, .scan:
      break
    }
    for child in term.kind.children { visit(child) }
  }

  mutating func judge(_ number: Double, _ span: Span) {
    let rounded = Float(number)
    let isTooLarge = rounded.isInfinite
    guard isTooLarge || rounded == 0 && number != 0, seen.insert(span).inserted else { return }
    diagnostics.append(
      Diagnostic(
        isTooLarge ? .numberTooLarge : .numberVanishes,
        isTooLarge ? "\(number) is too large for a float" : "\(number) becomes 0 as a float",
        at: Label(span, "in this"), help: "compile with `--real double`"))
  }
}
