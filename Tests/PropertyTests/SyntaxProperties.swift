import CajalSyntax
import CajalTyping
import TestSupport
import Testing

/// What is printed reads back, and means the same.
@Suite struct SyntaxProperties {
  @Test(arguments: Dialect.allCases) func printedProgramsReadBack(dialect: Dialect) {
    hold(dialect.options(bounds: true), atLeast: 1) { program, _ in
      try require(program.tree.isSame(as: program.program.tree), "reader", "the tree that was printed is another one")
      for width in [12, 40, 100, 400] {
        let text = PrettyPrinter(width: width).print(program.tree)
        let again: CheckedProgram
        do { again = try CheckedProgram(program.program, text: text) } catch {
          throw Falsified("width", "at width \(width): \(error)\n\(text)")
        }
        try require(again.tree.isSame(as: program.tree), "tree", "at width \(width):\n\(text)")
        try require(again.judgement.signature == program.judgement.signature, "signature", "at width \(width)")
        try require(again.judgement.degrees == program.judgement.degrees, "degrees", "at width \(width)")
        try require(again.judgement.term.isSame(as: program.judgement.term), "term", "at width \(width)")
      }
    }
  }
}

extension TypedTerm {
  /// Equal up to places.
  func isSame(as other: TypedTerm) -> Bool {
    let (mine, others) = (kind.children, other.kind.children)
    return type == other.type && mine.count == others.count && zip(mine, others).allSatisfy { $0.isSame(as: $1) }
      && label == other.label
  }

  private var label: String {
    switch kind {
    case .variable(let variable): "variable \(variable.id)"
    case .definition(let index): "definition \(index)"
    case .bool(let value): "\(value)"
    case .natural(let value): "\(value)"
    case .literal(let entries): "\(entries)"
    case .matrix(let rows): "matrix \(rows)"
    case .primitive(let primitive): "\(primitive)"
    case .scale(let factor, _): "scale \(factor)"
    case .lambda(let variable, _): "lambda \(variable.id) \(variable.type)"
    case .iterate(_, let state, _, _): "iterate \(state.id) \(state.type)"
    case .constructor(let data, let index): "constructor \(data.name) \(index)"
    case .cases(_, let alternatives): "case \(alternatives.map { $0.binders.map(\.id) })"
    case .fold(_, let alternatives): "fold \(alternatives.map { $0.binders.map(\.id) })"
    case .succ: "succ"
    case .apply: "apply"
    case .conditional: "conditional"
    case .add: "add"
    case .concatenate: "concatenate"
    case .scan(_, let state, _, let rounds): "scan \(state.id) \(state.type) \(rounds)"
    case .network(let net, _): "network \(net)"
    }
  }
}
