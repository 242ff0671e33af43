import CajalSyntax
import Diagnostics

/// `case` and `fold` (LANGUAGE.md, section 8).
extension Checker {
  enum Elimination { case cases, fold }

  /// An alternative while it is checked.
  private struct Part {
    let alternative: Alternative
    /// Nil where the pattern has an error.
    let form: Int?
    let fields: [Field?]
    var uses = Usage()
    var binders: [Variable] = []
    var body: TypedTerm?

    /// A part with a recursive binder: in a fold it is taken once a node.
    var isStep: Bool { fields.contains(.recursive) }
    var words: String { alternative.pattern.head }
  }

  func taking(
    apart operand: Term, _ written: Elimination, _ alternatives: [Alternative], _ term: Term, _ expected: Expectation
  ) -> TypedTerm? {
    let forms = alternatives.map { form(of: $0.pattern) }
    guard let subject = forms.lazy.compactMap(\.?.subject).first, written == .cases || subject.data != nil else {
      if let subject = forms.lazy.compactMap(\.?.subject).first { reportNotFolded(term, subject) }
      _ = elaborate(operand, .poison)
      for alternative in alternatives { _ = poisoned(alternative) }
      usage.isIncomplete = true
      return nil
    }
    let typedOperand = elaborate(
      operand,
      subject.type.map { .type($0, .patterns(subject.place)) } ?? .natural(.patterns(subject.place)))
    let elimination: Elimination = subject.data?.isRecursive == true ? written : .cases
    let (slots, isGood) = arranged(alternatives, forms, subject, Span(term.span.start, operand.span.start))
    var parts = zip(alternatives, forms).map { alternative, form -> Part in
      guard let form, form.subject.kind == subject.kind else {
        return Part(alternative: alternative, form: nil, fields: [])
      }
      return Part(
        alternative: alternative, form: form.form, fields: subject.fields(of: form.form, operand: typedOperand?.type))
    }
    let type = elaborate(&parts, elimination, subject, term, expected)
    share(&parts, elimination)
    guard isGood, let typedOperand, let type else { return nil }
    var typed: [TypedAlternative] = []
    for case let slot? in slots {
      let part = parts[slot]
      guard let body = part.body, part.binders.count == part.fields.count else { return nil }
      typed.append(TypedAlternative(binders: part.binders, body: body, span: part.alternative.span))
    }
    return TypedTerm(elimination == .fold ? .fold(typedOperand, typed) : .cases(typedOperand, typed), type, term.span)
  }

  // MARK: The alternatives

  /// Elaborates all alternatives; the type of the result, where it is known.
  private func elaborate(
    _ parts: inout [Part], _ elimination: Elimination, _ subject: Subject, _ term: Term, _ expected: Expectation
  ) -> Type? {
    var type: Type?
    if case .type(let wanted, _) = expected { type = wanted }
    var wanted = expected
    var isFirst = true
    for index in order(of: parts, elimination, expected) {
      var outer = Usage()
      swap(&outer, &usage)
      let body = elaborate(&parts[index], index, elimination, subject, term, wanted, result: type)
      swap(&outer, &usage)
      parts[index].uses = outer
      parts[index].body = body
      if isFirst {
        isFirst = false
        type = type ?? body?.type
        wanted = after(body, expected, .alternative(parts[index].alternative.body.span))
      }
    }
    return type
  }

  /// Where no type is expected, the alternative that tells most about its own goes first; in a fold, one of the leaves.
  private func order(of parts: [Part], _ elimination: Elimination, _ expected: Expectation) -> [Int] {
    let isFold = elimination == .fold
    let leaves = parts.indices.filter { !isFold || !parts[$0].isStep }
    var order = leaves + parts.indices.filter { isFold && parts[$0].isStep }
    if case .type = expected { return order }
    let known = leaves.map { inferability(parts[$0].alternative.body) }
    if let best = known.max(), let place = known.firstIndex(of: best) {
      order.insert(order.remove(at: place), at: 0)
    }
    return order
  }

  private func elaborate(
    _ part: inout Part, _ index: Int, _ elimination: Elimination, _ subject: Subject, _ term: Term,
    _ expected: Expectation, result: Type?
  ) -> TypedTerm? {
    let pattern = part.alternative.pattern
    guard part.form != nil else { return poisoned(part.alternative) }
    if pattern.binders.count != part.fields.count { reportBinderCount(part.alternative, subject, part.fields.count) }
    var bindings: [Binding] = []
    var seen: [String: Name] = [:]
    for (position, name) in pattern.binders.enumerated() {
      if let first = seen[name.text] {
        reportDuplicateBinder(name, first)
        continue
      }
      seen[name.text] = name
      let field = position < part.fields.count ? part.fields[position] : nil
      let isState = elimination == .fold && field == .recursive
      let whole = isState ? result : subject.type
      let type = field.flatMap { field in field == .recursive ? whole : field.type(in: .bool) }
      let isData = isData(subject) && (!isState || isDataState(term, index, position))
      let binding = context.bind(name, type, isData: isData)
      if let variable = binding.variable { part.binders.append(variable) }
      bindings.append(binding)
    }
    let body = elaborate(part.alternative.body, expected)
    for binding in bindings.reversed() {
      if binding.isData { context.unbind(binding) } else { release(binding) }
    }
    return body
  }

  /// With nothing known of its binders.
  private func poisoned(_ alternative: Alternative) -> TypedTerm? {
    let bindings = alternative.pattern.binders.map { context.bind($0, nil) }
    _ = elaborate(alternative.body, .poison)
    for binding in bindings.reversed() {
      context.excuse(binding)
      release(binding)
    }
    return nil
  }

  /// In a model what data of a recursive type hold is data too.
  private func isData(_ subject: Subject) -> Bool { zone != nil && subject.data?.isRecursive == true }

  private func isDataState(_ fold: Term, _ alternative: Int, _ binder: Int) -> Bool {
    zone?.states.contains(fold, alternative: alternative, binder: binder) ?? false
  }

  // MARK: Which variables they use

  /// The alternatives of `case` use the same variables; those of `fold` with recursive binders use the same, and those
  /// without use the same, which are others.
  private func share(_ parts: inout [Part], _ elimination: Elimination) {
    var leaves: [Int] = []
    var steps: [Int] = []
    for index in parts.indices {
      if elimination == .fold, parts[index].isStep { steps.append(index) } else { leaves.append(index) }
    }
    var forLeaves = shared(leaves, &parts, elimination)
    let forSteps = shared(steps, &parts, elimination)
    for clash in forLeaves.merge(consume forSteps) {
      reportUsedTwice(
        clash.id, clash.first, clash.second,
        because:
          "the alternatives of `fold` without parts to fold share variables, and the others share others, as the "
          + "base and the step of `iter` do")
    }
    for clash in usage.merge(consume forLeaves) { reportUsedTwice(clash.id, clash.first, clash.second) }
  }

  /// The uses of alternatives of which one is taken.
  private func shared(_ group: [Int], _ parts: inout [Part], _ elimination: Elimination) -> Usage {
    var all = Usage()
    let comparable = group.filter { parts[$0].form != nil }
    if !isPartlyUnread, !usage.isIncomplete, !group.contains(where: { parts[$0].uses.isIncomplete }) {
      compare(comparable.map { parts[$0] }, elimination)
    }
    for index in group {
      var uses = Usage()
      swap(&uses, &parts[index].uses)
      all.mergeAlternative(consume uses)
    }
    return all
  }

  private func compare(_ parts: [Part], _ elimination: Elimination) {
    var counts: [Int: Int] = [:]
    for part in parts { for id in part.uses.places.keys { counts[id, default: 0] += 1 } }
    for id in counts.keys.sorted() where counts[id] != parts.count && !context.isExcused(id) {
      guard let forgetting = parts.first(where: { $0.uses.places[id] == nil }),
        let using = parts.lazy.compactMap({ $0.uses.places[id] }).first
      else { continue }
      reportForgotten(id, using, forgetting.alternative, elimination)
    }
  }

  private func reportForgotten(_ id: Int, _ place: Span, _ alternative: Alternative, _ elimination: Elimination) {
    guard let binding = context[id: id] else { return }
    let name = binding.name
    report(
      Diagnostic(
        .usedInOneBranch, "`\(name)` is not used in the alternative `\(alternative.pattern.head)`",
        at: Label(alternative.span, "this alternative forgets `\(name)`"),
        also: [Label(place, "used here"), Label(binding.span, "bound here")],
        notes: [
          elimination == .cases
            ? "only one alternative of `case` is taken, so all must use the same variables"
            : "the alternatives of `fold` with parts to fold use the same variables, and so do those without"
        ], help: "use `\(name)` there too, or use it outside of all"))
  }

  // MARK: Errors

  private func reportNotFolded(_ term: Term, _ subject: Subject) {
    let isBool = subject.kind == .bool
    report(
      Diagnostic(
        .notFolded, "`fold` takes a declared type, and not a \(isBool ? "Bool" : "Nat")",
        at: Label(Span(term.span.start, term.span.start + 4), "folds this"),
        also: [Label(subject.place, "this pattern is of `\(isBool ? "Bool" : "Nat")`")],
        notes: [isBool ? "a Bool has no parts" : "the fold of a Nat is `iter { base | y => step } (n)`"],
        help: isBool ? "write `case`, or `if c then a else b`" : "write `case` or `iter`"))
  }

  private func reportBinderCount(_ alternative: Alternative, _ subject: Subject, _ count: Int) {
    let pattern = alternative.pattern
    let given = pattern.binders.count
    report(
      Diagnostic(
        .wrongBinderCount,
        "`\(pattern.head)` has \(count == 1 ? "1 field" : "\(count) fields"), and this pattern "
          + (given == 1 ? "1 variable" : "\(given) variables"),
        at: Label(pattern.span, given < count ? "too few variables" : "too many variables"),
        notes: ["a pattern has a variable for each field of its constructor"],
        help: "write `\(([pattern.head] + (0..<min(count, 8)).map { "x\($0 + 1)" }).joined(separator: " "))`"))
  }

  private func reportDuplicateBinder(_ name: Name, _ first: Name) {
    report(
      Diagnostic(
        .duplicateBinder, "two variables of a pattern are named `\(name.text)`",
        at: Label(name.span, "named again here"), also: [Label(first.span, "named here first")],
        notes: ["each field has a variable of its own, which is used exactly once; `_` is one too"],
        help: "rename one of them"))
  }
}
