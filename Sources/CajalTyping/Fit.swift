import CajalSyntax
import Diagnostics

struct Mismatch: Hashable {
  let code: DiagnosticCode
  let expected: Type
  let found: Type
  let because: Span
}

/// Comparing what was expected with what was found.
extension Checker {
  /// The term, if it has the type that is expected of it; reports otherwise.
  func fit(_ term: TypedTerm?, _ expected: Expectation) -> TypedTerm? {
    guard let term else { return nil }
    switch expected {
    case .nothing, .poison, .applied, .real: return term
    case .type(let type, let reason):
      if term.type == type { return term }
      mismatch(term.type, type, term.span, reason)
      return nil
    case .natural(let reason):
      if term.type.isNatural { return term }
      mismatch(term.type, .nat, term.span, reason)
      return nil
    }
  }

  func mismatch(
    _ found: Type, _ expected: Type, _ span: Span, _ reason: Expectation.Reason, found words: String? = nil
  ) {
    let this = Label(span, "this is \(words ?? "`\(found)`")")
    var code = DiagnosticCode.typeMismatch
    var message = "expected `\(expected)`, found \(words ?? "`\(found)`")"
    var secondary: [Label] = []
    var notes: [String] = []
    var help: String?
    switch reason {
    case .declared(let place):
      if let place { secondary = [Label(place, "`\(expected)` is expected because of this")] }
    case .argument(let function):
      secondary = [Label(function, "this function takes `\(expected)`")]
      notes = ["a function is applied to an argument of exactly its argument's type"]
    case .condition:
      message = "the condition of `if` is a Bool, not \(words ?? "`\(found)`")"
    case .count:
      message = "the count of `iter` is a Nat, not \(words ?? "`\(found)`")"
    case .successor:
      message = "`succ` takes a Nat, not \(words ?? "`\(found)`")"
    case .widened:
      message = "`widen` takes a Nat, not \(words ?? "`\(found)`")"
    case .patterns(let place):
      message = "the patterns are of type `\(expected)`, and this is \(words ?? "`\(found)`")"
      secondary = [Label(place, "this pattern is of type `\(expected)`")]
      help = "write the patterns of the operand's type, or another operand"
    case .entry:
      message = "an entry in brackets is a Real, not \(words ?? "`\(found)`")"
      help = "vectors are joined by `concat a b`, and a matrix is written row by row: `[[a, b], [c, d]]`"
    case .scalar:
      message = "the first argument of `scale` is a Real, not \(words ?? "`\(found)`")"
    case .port:
      message = "a value of type `\(expected)` is needed, and this is \(words ?? "`\(found)`")"
    case .branch(let other):
      code = .branchesDiffer
      message = "the branches of `if` have different types"
      secondary = [Label(other, "this is `\(expected)`")]
      notes = ["either branch may be the result, so both have the type of the whole"]
      help = "give both branches the type `\(expected)`, or both `\(found)`"
    case .alternative(let other):
      code = .branchesDiffer
      message = "the alternatives have different types"
      secondary = [Label(other, "this is `\(expected)`")]
      notes = ["any alternative may be the result, so all have the type of the whole"]
      help = "give all alternatives one type"
    case .base(let base):
      code = .baseAndStepDiffer
      message = "the base and the step of `iter` have different types"
      secondary = [Label(base, "the base is `\(expected)`")]
      notes = ["the step's result is the next round's state, so it has the type of the base"]
      help = "make the step return `\(expected)`"
    case .operand(let other):
      message = "the operands of a sum have different types: `\(expected)` and \(words ?? "`\(found)`")"
      secondary = [Label(other, "this is `\(expected)`")]
      if found == .real([]) || expected == .real([]), case .real = found, case .real = expected {
        help = "one `Real` for all entries is written `scale c [1, 1, …]`"
      }
    }
    if words == nil, let arguments = found.arguments(before: expected) {
      let types = arguments.map { "`\($0)`" }.joined(separator: " and ")
      notes.append("a function that is not applied to all of its arguments is a function still")
      help = "\(arguments.count == 1 ? "an argument is" : "\(arguments.count) arguments are") missing, of type \(types)"
    }
    if let because = secondary.first?.span {
      let mismatch = Mismatch(code: code, expected: expected, found: found, because: because)
      guard reportedMismatches.insert(mismatch).inserted else { return }
    }
    report(Diagnostic(code, message, at: this, also: secondary, notes: notes, help: help))
  }
}

extension Type {
  /// The arguments after which a function gives the type; nil where it does not, or takes none before.
  fileprivate func arguments(before type: Type) -> [Type]? {
    var arguments: [Type] = []
    var rest = self
    while rest != type {
      guard case .function(let argument, let result) = rest else { return nil }
      arguments.append(argument)
      rest = result
    }
    return arguments.isEmpty ? nil : arguments
  }
}
