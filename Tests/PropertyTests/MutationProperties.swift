import CajalSyntax
import CajalTyping
import Diagnostics
import TestSupport
import Testing

/// Breaking the linearity of a program at one place is always found, and called by its name.
@Suite struct MutationProperties {
  @Test(arguments: Dialect.allCases) func aDroppedUseIsFound(dialect: Dialect) {
    mutate(dialect) { use, random in
      guard let value = Term.smallest(use.type) else { return nil }
      return (.ascribed(value, use.type), use.isInBranch ? .usedInOneBranch : .neverUsed)
    }
  }

  @Test(arguments: Dialect.allCases) func aSecondUseIsFound(dialect: Dialect) {
    mutate(dialect) { use, random in
      let (u, v) = (Term.named("u"), Term.named("v"))
      let both = ProgramGenerator.term(
        use.type, using: [(u, use.type), (v, use.type)], hidden: use.names, horizon: 3, seed: random.next(), size: 4,
        reals: dialect == .reals)
      let type = TypeExpression(use.type)
      let function = Term.lambda("u", type, .lambda("v", type, .ascribed(both, use.type)))
      return (.applied(function, use.variable, use.variable), .usedTwice)
    }
  }

  @Test(arguments: Dialect.allCases) func aUseInOneBranchIsFound(dialect: Dialect) {
    mutate(dialect) { use, random in
      guard let value = Term.smallest(use.type) else { return nil }
      let (a, b) = random.below(2) == 0 ? (use.variable, value) : (value, use.variable)
      return (.ascribed(.choice(Term(.bool(true)), a, b), use.type), .usedInOneBranch)
    }
  }

  /// A binder that hides the variable does not use it up.
  @Test(arguments: Dialect.allCases) func aHiddenUseIsFound(dialect: Dialect) {
    mutate(dialect) { use, random in
      guard let value = Term.smallest(use.type) else { return nil }
      let hiding = Term.binding(use.variable.freeNames.first ?? "x", to: .ascribed(value, use.type), in: use.variable)
      return (hiding, use.isInBranch ? .usedInOneBranch : .neverUsed)
    }
  }

  @Test(arguments: Dialect.allCases) func anUnusedBinderIsFound(dialect: Dialect) {
    mutate(dialect) { use, random in
      (.binding("unused", to: Term(.bool(true)), in: use.variable), .neverUsed)
    }
  }

  /// Replaces a random use of a variable in the program, and expects exactly one kind of error.
  private func mutate(
    _ dialect: Dialect, test: String = #function,
    _ change: @escaping (Use, inout SplitMix) -> (Term, DiagnosticCode)?
  ) {
    hold(dialect.options(), atLeast: 0.5, test: test) { program, random in
      guard case .program(_, _, _, let body)? = program.tree.declarations.last?.kind else { return }
      var uses: [Use] = []
      collect(program.judgement.term, [:], 0, into: &uses)
      guard !uses.isEmpty else { throw Discarded("no variables") }
      var use = uses[random.below(uses.count)]
      use.names = Set(body.binders + program.context.map(\.variable.name))
      guard let (term, code) = change(use, &random) else { throw Discarded("no small value") }
      var mutant = program.program
      mutant.body = body.replacing(use.span, with: term)
      do { _ = try CheckedProgram(mutant) } catch let rejected as CheckedProgram.Rejected {
        try require(
          rejected.codes == [code], "code",
          "expected \(code.rawValue), found \(rejected)\n\(PrettyPrinter().print(mutant.body))")
        return
      }
      throw Falsified("accepted", "expected \(code.rawValue)\n\(PrettyPrinter().print(mutant.body))")
    }
  }

  /// A place where a variable is used.
  private struct Use {
    let variable: Term
    let type: Type
    let span: Span
    /// Inside one of two alternatives that stand between the binder and the use.
    let isInBranch: Bool
    /// All names that the program binds.
    var names: Set<String> = []
  }

  /// - Parameter binders: how many alternatives stand around each binder.
  private func collect(_ term: TypedTerm, _ binders: [Int: Int], _ branches: Int, into uses: inout [Use]) {
    switch term.kind {
    case .variable(let variable):
      uses.append(
        Use(
          variable: .named(variable.name), type: variable.type, span: term.span,
          isInBranch: branches > binders[variable.id, default: 0]))
    case .lambda(let variable, let body):
      var binders = binders
      binders[variable.id] = branches
      collect(body, binders, branches, into: &uses)
    case .iterate(let base, let state, let step, let count):
      collect(base, binders, branches, into: &uses)
      collect(count, binders, branches, into: &uses)
      var binders = binders
      binders[state.id] = branches
      collect(step, binders, branches, into: &uses)
    case .scan(let base, let state, let step, _):
      collect(base, binders, branches, into: &uses)
      var binders = binders
      binders[state.id] = branches
      collect(step, binders, branches, into: &uses)
    case .conditional(let condition, let a, let b):
      collect(condition, binders, branches, into: &uses)
      collect(a, binders, branches + 1, into: &uses)
      collect(b, binders, branches + 1, into: &uses)
    case .add(let a, let b):
      collect(a, binders, branches + 1, into: &uses)
      collect(b, binders, branches + 1, into: &uses)
    case .concatenate(let parts):
      for part in parts { collect(part, binders, branches + 1, into: &uses) }
    case .cases(let operand, let alternatives), .fold(let operand, let alternatives):
      collect(operand, binders, branches, into: &uses)
      for alternative in alternatives {
        var binders = binders
        for binder in alternative.binders { binders[binder.id] = branches + 1 }
        collect(alternative.body, binders, branches + 1, into: &uses)
      }
    case .definition, .bool, .natural, .literal, .matrix, .primitive, .constructor, .succ, .apply, .scale, .network:
      for child in term.kind.children { collect(child, binders, branches, into: &uses) }
    }
  }
}

extension Term {
  /// The term with another one in the place of the variable at a span.
  fileprivate func replacing(_ place: Span, with term: Term) -> Term {
    if span == place, case .variable = kind { return term }
    return Term(kind.replacingChildren(kind.children.map { $0.replacing(place, with: term) }), span)
  }
}
