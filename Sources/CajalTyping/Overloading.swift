import CajalSyntax
import Diagnostics

/// Applications of the constants of LANGUAGE.md, section 5: their operands are elaborated first, and give the shapes.
extension Checker {
  func application(
    of constant: Constant, _ head: Term, _ spine: [Argument], _ expected: Expectation
  ) -> TypedTerm? {
    guard let numerals = numerals(of: constant, head, spine) else {
      usage.isIncomplete = true
      for argument in spine.dropFirst(constant.numerals) { _ = elaborate(argument.term, .poison) }
      return nil
    }
    let spine = Array(spine.dropFirst(constant.numerals))
    let result = expectedResult(constant, after: spine.count, expected)
    let own = spine.prefix(constant.arity)
    guard let operands = operands(constant, own.map(\.term), spine.dropFirst(constant.arity), result) else {
      for argument in spine.dropFirst(constant.arity) { _ = elaborate(argument.term, .poison) }
      return nil
    }
    let known = operands.map { Optional($0.type) } + result.operands
    let whole = spine.last?.whole ?? head.span
    switch Overload.resolve(constant, numerals, operands: known, result: result.type, horizon: horizon) {
    case .resolved(let primitive):
      guard isAllowed(primitive, whole, operands) else { break }
      let function = TypedTerm(.primitive(primitive), primitive.type(horizon: horizon), head.span)
      context.observations?.note(function.type, at: head.span)
      let applied = apply(function, Array(own), operands)
      return fit(apply(applied, spine.dropFirst(constant.arity)), expected)
    case .misfit(let how):
      reportMisfit(constant, operands, how, whole)
    case .open:
      if case .poison = expected { break }
      reportOpen(constant, head.span, whole)
    }
    for argument in spine.dropFirst(constant.arity) { _ = elaborate(argument.term, .poison) }
    return nil
  }

  /// The numerals before the operands; nil after an error.
  private func numerals(of constant: Constant, _ head: Term, _ spine: [Argument]) -> [Int]? {
    var numerals: [Int] = []
    for index in 0..<constant.numerals {
      guard index < spine.count, case .numeral(let value) = spine[index].term.kind, value <= Type.maximumExtent else {
        let example = constant == .entry ? "entry 0 x" : "slice 0 2 x"
        report(
          Diagnostic(
            .badEntry, "`\(constant.rawValue)` takes \(constant.numerals == 1 ? "a numeral" : "two numerals") first",
            at: Label(index < spine.count ? spine[index].term.span : head.span, "a numeral is expected here"),
            notes: ["`\(constant.rawValue)` is \(constant.scheme)", "which entry it is decides the type"],
            help: "write `\(example)`; the first entry has the number 0"))
        return nil
      }
      numerals.append(Int(value))
    }
    return numerals
  }

  /// What the expectation says about the operands that are not given, and about the result.
  private struct Result {
    var operands: [Type?] = []
    var type: Type?
  }

  private func expectedResult(_ constant: Constant, after given: Int, _ expected: Expectation) -> Result {
    var known = Result()
    // More arguments than operands: the expectation is about what they are applied to.
    guard given <= constant.arity else { return known }
    var rest = expected
    for _ in given..<constant.arity {
      switch rest {
      case .applied(let argument, let next):
        known.operands.append(argument)
        rest = next
      case .type(.function(let argument, let next), let reason):
        known.operands.append(argument)
        rest = .type(next, reason)
      case .real(_, .function(let argument, let next)?):
        known.operands.append(argument)
        rest = .real(tensor: true, like: next)
      case .nothing, .poison, .type, .real, .natural:
        known.operands.append(nil)
        rest = .nothing
      }
    }
    switch rest {
    case .type(let type, _): known.type = type
    case .real(_, let like): known.type = like
    case .nothing, .poison, .applied, .natural: break
    }
    return known
  }

  /// The operands that are given, elaborated; nil if one has an error.
  private func operands(
    _ constant: Constant, _ terms: [Term], _ further: ArraySlice<Argument>, _ result: Result
  ) -> [TypedTerm]? {
    let first: TypedTerm?
    var second: TypedTerm?
    guard let a = terms.first else { return [] }
    let b = terms.count > 1 ? terms[1] : nil
    let tensor = Expectation.real(tensor: true, like: nil)
    switch constant {
    case .scale:
      first = elaborate(a, .type(.real([]), .scalar))
      second = b.flatMap { elaborate($0, scaledOperand($0, further, result)) }
    case .reshape, .entry, .slice:
      first = elaborate(a, tensor)
    case .widen:
      first = elaborate(a, .natural(.widened))
    case .transpose:
      first = elaborate(a, like(result.type.flatMap(\.transposed)))
    case .conv2d:
      first = elaborate(a, tensor)
      second = b.flatMap { elaborate($0, first == nil ? .poison : like(result.type)) }
    case .dot, .apply, .outer, .times:
      // The operand that tells more goes first: its shape may decide the other's.
      if let b, inferability(a) < inferability(b) {
        second = elaborate(b, tensor)
        first = elaborate(a, second == nil ? .poison : like(hint(constant, 0, second?.type, result.type)))
      } else {
        first = elaborate(a, like(hint(constant, 0, nil, result.type)))
        second = b.flatMap {
          elaborate($0, first == nil ? .poison : like(hint(constant, 1, first?.type, result.type)))
        }
      }
    }
    guard let first else { return nil }
    guard b != nil else { return [first] }
    return second.map { [first, $0] }
  }

  private func like(_ type: Type?) -> Expectation { .real(tensor: true, like: type) }

  /// `scale c f x`: the operand is a function, whose arguments follow. Otherwise it has the type of the result; an
  /// operand that knows its own is left to say it, so that a mismatch is reported where the result is used.
  private func scaledOperand(_ operand: Term, _ further: ArraySlice<Argument>, _ result: Result) -> Expectation {
    guard further.isEmpty else { return .nothing }
    if let type = result.type, inferability(operand) != .rigid { return .type(type, .declared(nil)) }
    return .real(tensor: false, like: result.type)
  }

  /// What operand `index` would be, given the other one or the result.
  private func hint(_ constant: Constant, _ index: Int, _ other: Type?, _ result: Type?) -> Type? {
    var shapes: (other: [Int]?, result: [Int]?) = (nil, nil)
    if case .real(let shape)? = other { shapes.other = shape }
    if case .real(let shape)? = result { shapes.result = shape }
    switch (constant, index) {
    case (.dot, _): return other
    case (.times, _): return other ?? result
    case (.apply, 0):
      guard let vector = shapes.other, vector.count == 1, let out = shapes.result, out.count == 1 else { return nil }
      return .real([out[0], vector[0]])
    case (.apply, _):
      guard let matrix = shapes.other, matrix.count == 2 else { return nil }
      return .real([matrix[1]])
    case (.outer, _):
      guard let whole = shapes.result, whole.count == 2 else { return nil }
      return .real([whole[index]])
    case (.conv2d, _), (.scale, _), (.reshape, _), (.transpose, _), (.widen, _), (.entry, _), (.slice, _): return nil
    }
  }

  // MARK: Errors

  private func isAllowed(_ primitive: Primitive, _ span: Span, _ operands: [TypedTerm]) -> Bool {
    if case .scale(let type) = primitive, !type.endsInReals {
      report(
        Diagnostic(
          .notReal, "values of type `\(type)` cannot be scaled", at: Label(span, "not reals"),
          also: operands.count > 1 ? [Label(operands[1].span, "this is `\(type)`")] : [],
          notes: ["sums and multiples are for types whose final result is Real[…]: half of a Bool is not a Bool"]))
      return false
    }
    return checkSize(primitive.result, span)
  }

  private func reportMisfit(_ constant: Constant, _ operands: [TypedTerm], _ how: String, _ whole: Span) {
    let isOfNaturals = constant == .widen
    report(
      Diagnostic(
        .shapesDoNotFit, "`\(constant.rawValue)` does not fit these \(isOfNaturals ? "types" : "shapes")",
        at: Label(whole, how),
        also: operands.map { Label($0.span, "this is `\($0.type)`") },
        notes: ["`\(constant.rawValue)` is \(constant.scheme)"],
        help: isOfNaturals
          ? "let the result be of a type with as many naturals"
          : "change the shapes so that they fit, or `reshape` an operand"))
  }

  private func reportOpen(_ constant: Constant, _ place: Span, _ whole: Span) {
    let name = constant.rawValue
    report(
      Diagnostic(
        .needsExpectedType,
        constant == .widen ? "the type of `widen`'s result is not known" : "the shapes of `\(name)` are not known",
        at: Label(place, "no type is expected of it here"),
        notes: ["`\(name)` is \(constant.scheme)"],
        help: place == whole
          ? "apply it, or write its type: `(\(name) : … -o …)`"
          : "write the type of the whole: `(\(name) … : \(constant == .widen ? "Nat[n]" : "Real[…]"))`"))
  }
}

extension Type {
  fileprivate var transposed: Type? {
    if case .real(let shape) = self, shape.count == 2 { .real([shape[1], shape[0]]) } else { nil }
  }
}
