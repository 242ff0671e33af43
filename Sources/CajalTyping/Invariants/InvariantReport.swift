import BigInt
import CajalSyntax
import Diagnostics

/// What `check` says of the iterations over reals (LANGUAGE.md, section 9).
extension TypedModule {
  public func invariants(of judgement: Judgement) -> [String] {
    lines(rounds(of: judgement, sumsSoftmax: true), rounds(of: judgement, sumsSoftmax: false))
  }

  public func invariants(of model: LinkedModel) -> [String] {
    lines(rounds(of: model, sumsSoftmax: true), rounds(of: model, sumsSoftmax: false))
  }

  private static let mostShown = 8

  private func lines(_ rounds: [AnalysedRound], _ apart: [AnalysedRound]) -> [String] {
    var lines: [String] = []
    for (round, other) in zip(rounds, apart) where round.after != nil {
      let sums = round.conserved.map { round.text(of: $0.map { Rational($0) }) }
      let width = sums.prefix(Self.mostShown).map(\.count).max() ?? 0
      for sum in sums.prefix(Self.mostShown) {
        let padding = String(repeating: " ", count: width - sum.count)
        lines.append("conserves \(sum)\(padding)   (proved for every parameter and every base)")
      }
      if sums.count > Self.mostShown {
        lines.append("conserves \(sums.count - Self.mostShown) more sums of \(round.state.name)")
      }
      if round.negative == nil || other.negative == nil {
        lines.append("keeps \(round.state.name) nonnegative where its base is")
      }
    }
    return lines
  }

  /// Proves what the file says of its iterations, or reports what is in the way.
  func proveClaims(_ report: (Diagnostic) -> Void) {
    guard !claims.isEmpty else { return }
    let names = Set(programs.map(\.name.text))
    var pairs: [(AnalysedRound, AnalysedRound)] = []
    for definition in definitions where !names.contains(definition.name) {
      pairs += rounds(of: definition).map { ($0, $0) }
    }
    for program in programs {
      pairs += zip(rounds(of: program, sumsSoftmax: true), rounds(of: program, sumsSoftmax: false))
    }
    for model in models {
      pairs += zip(rounds(of: model, sumsSoftmax: true), rounds(of: model, sumsSoftmax: false))
    }
    var reported: Set<Span> = []
    var seen: Set<Span> = []
    for (round, apart) in pairs {
      seen.insert(round.term.span)
      for claim in claims[round.term.span] ?? [] {
        guard let diagnostic = round.problem(with: claim, apart), reported.insert(claim.span).inserted else { continue }
        report(diagnostic)
      }
    }
    for (span, claims) in claims.sorted(by: { $0.key.start < $1.key.start }) where !seen.contains(span) {
      for claim in claims { report(tooLarge(claim, span)) }
    }
  }
}

private func tooLarge(_ claim: Claim, _ span: Span) -> Diagnostic {
  let isSum = if case .conserves = claim.kind { true } else { false }
  return Diagnostic(
    isSum ? .notConserved : .mayBeNegative, "this cannot be proved: the iteration is too large to follow",
    at: Label(claim.span, "said of this iteration"), also: [Label(span, "of more than can be computed with exactly")],
    notes: ["states of up to \(RoundSearch.largestState) entries are followed"], help: "remove it")
}

extension AnalysedRound {
  fileprivate func text(of weights: [Rational]) -> String {
    var text = ""
    for (index, weight) in weights.enumerated() where !weight.isZero {
      let size = weight.magnitude
      let product = (size == .one ? "" : "\(size)*") + place(index)
      text += text.isEmpty ? (weight.isNegative ? "-" : "") : weight.isNegative ? " - " : " + "
      text += product
    }
    return text.isEmpty ? "0" : text
  }

  /// Nil where the claim is proved.
  fileprivate func problem(with claim: Claim, _ apart: AnalysedRound) -> Diagnostic? {
    switch claim.kind {
    case .nonnegative:
      guard after != nil else { return tooLarge(claim, term.span) }
      guard let sign = negative, apart.negative != nil else { return nil }
      return mayBeNegative(claim, sign)
    case .conserves(let numbers):
      let written = numbers.entries.compactMap { Rational(written: $0) }
      let weights = numbers.shape.isEmpty ? before.map { _ in written[0] } : written
      guard let residual = residual(weights) else { return tooLarge(claim, term.span) }
      return residual.isZero ? nil : notConserved(claim, weights, residual)
    }
  }

  private func notConserved(_ claim: Claim, _ weights: [Rational], _ residual: Polynomial) -> Diagnostic {
    let sum = text(of: weights)
    let found = conserved.prefix(4).map { "`\(text(of: $0.map { Rational($0) }))`" }
    return Diagnostic(
      .notConserved, "`\(sum)` is not the same after every round", at: Label(claim.span, "said to be conserved"),
      also: [Label(step.span, "a round changes it by \(unknowns.text(of: residual))")] + culprits(weights),
      notes: [
        found.isEmpty
          ? "no sum of the entries of `\(state.name)` is conserved whatever the unknowns are"
          : "what is conserved whatever the unknowns are: \(found.joined(separator: ", "))"
      ],
      help: "correct the step so that nothing is left, or remove this")
  }

  /// The constants of the step whose columns do not add up to 0 with the weights.
  private func culprits(_ weights: [Rational]) -> [Label] {
    var labels: [Label] = []
    func visit(_ term: TypedTerm) {
      guard labels.count < 3 else { return }
      if let columns = term.columns(rows: weights.count), columns.allSatisfy({ $0.count == weights.count }) {
        for (index, column) in columns.enumerated() {
          let sum = zip(column, weights).reduce(Rational.zero) { $0 + $1.0 * $1.1 }
          // A matrix that stands for the whole step maps each weight to itself.
          let isKept = columns.count == weights.count && sum == weights[index]
          guard !sum.isZero, !isKept, columns.count > 1 || weights.count > 1 else { continue }
          labels.append(Label(term.span, "with the weights, column \(index) of this adds up to \(sum)"))
          return
        }
      }
      for child in term.kind.children { visit(child) }
    }
    visit(step)
    return labels
  }

  private func mayBeNegative(_ claim: Claim, _ sign: Sign) -> Diagnostic {
    let factor = unknowns.text(of: sign.factor)
    let product = unknowns.text(of: sign.product)
    let what =
      product.isEmpty ? "the constant part of it is `\(factor)`" : "in it, the factor of `\(product)` is `\(factor)`"
    return Diagnostic(
      .mayBeNegative, "`\(place(sign.entry))` may fall below 0", at: Label(claim.span, "said to stay 0 or more"),
      also: [Label(step.span, "\(what), of which nothing says that it is 0 or more")],
      notes: [
        "known to be 0 or more: numbers, `exp`, `softplus`, `relu`, `abs`; in [0,1]: `sigmoid` and `softmax`; and what "
          + "`within linf c` bounds"
      ],
      help: "write a factor that cannot be negative, as `softplus k` for `k`, or remove this")
  }
}

extension TypedTerm {
  /// Of a literal of so many rows: its columns.
  fileprivate func columns(rows: Int) -> [[Rational]]? {
    var matrix: [[Double]]
    switch (kind, type) {
    case (.matrix(let all), _): matrix = all
    case (.literal(let entries), .real(let shape)) where shape.count == 2:
      matrix = (0..<shape[0]).map { Array(entries[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    default: return nil
    }
    guard matrix.count == rows, let width = matrix.first?.count else { return nil }
    return (0..<width).map { column in matrix.compactMap { Rational(written: $0[column]) } }
  }
}
