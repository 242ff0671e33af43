import CajalSyntax
import Diagnostics

/// What `case` or `fold` takes apart, as its patterns say.
struct Subject {
  enum Kind: Equatable {
    case bool
    /// Of any type of naturals.
    case natural
    case data(DataType)
  }

  let kind: Kind
  /// The first pattern that says so.
  let place: Span

  /// The forms of a value, in the order in which typed terms have their alternatives.
  var forms: [String] {
    switch kind {
    case .bool: ["true", "false"]
    case .natural: ["0", "succ"]
    case .data(let data): data.constructors.map(\.name)
    }
  }

  var data: DataType? { if case .data(let data) = kind { data } else { nil } }

  /// The type of the operand; nil for the naturals, of which there are many.
  var type: Type? {
    switch kind {
    case .bool: .bool
    case .natural: nil
    case .data(let data): .data(data)
    }
  }

  /// What the fields of a form are, where the operand has this type.
  func fields(of form: Int, operand: Type?) -> [Field?] {
    switch kind {
    case .bool: []
    case .natural: form == 0 ? [] : [operand.map { .other($0) }]
    case .data(let data): data.constructors[form].fields
    }
  }
}

extension Checker {
  /// What a pattern takes apart, and which form of it; nil where an error in it has been reported, here or before.
  func form(of pattern: Pattern) -> (subject: Subject, form: Int)? {
    switch pattern.kind {
    case .bool(let value): return (Subject(kind: .bool, place: pattern.span), value ? 0 : 1)
    case .zero: return (Subject(kind: .natural, place: pattern.span), 0)
    case .successor: return (Subject(kind: .natural, place: pattern.span), 1)
    case .constructor(let name, _):
      guard let global = globals.values[name.text], global.kind == .constructor else {
        reportNoConstructor(name)
        return nil
      }
      return global.constructor.map { (Subject(kind: .data($0.data), place: name.span), $0.index) }
    }
  }

  private func reportNoConstructor(_ name: Name) {
    let known = globals.values[name.text]
    let constructors = globals.values.values.filter { $0.kind == .constructor }.map(\.name.text)
    let similar = known == nil ? suggest(for: name.text, among: constructors) : nil
    report(
      Diagnostic(
        .unknownVariable,
        known == nil
          ? "there is no constructor `\(name.text)`" : "`\(name.text)` is a value, and not a constructor",
        at: Label(name.span, "not a constructor"),
        notes: ["a pattern is a constructor of a declared type, `true`, `false`, `0` or `succ x`"],
        help: similar.map { "did you mean `\($0)`?" } ?? "declare it: `data Name = \(name.text) …`",
        fixes: similar.map { [.replace(name.span, by: $0)] } ?? []))
  }

  /// The alternative that each form has, by its number in the text; reports those that are missing, repeated or
  /// foreign. Nil in the second result: an alternative that is left out.
  func arranged(
    _ alternatives: [Alternative], _ forms: [(subject: Subject, form: Int)?], _ subject: Subject, _ span: Span
  ) -> (slots: [Int?], isGood: Bool) {
    var slots = [Int?](repeating: nil, count: subject.forms.count)
    var isGood = true
    for (index, form) in forms.enumerated() {
      guard let form else {
        isGood = false
        continue
      }
      let pattern = alternatives[index].pattern
      guard form.subject.kind == subject.kind else {
        reportForeign(pattern, form.subject, subject)
        isGood = false
        continue
      }
      if let first = slots[form.form] {
        reportRepeated(pattern, alternatives[first].pattern)
        isGood = false
      } else {
        slots[form.form] = index
      }
    }
    let missing = slots.indices.filter { slots[$0] == nil }
    guard isGood, !missing.isEmpty else { return (slots, isGood) }
    reportMissing(missing, subject, span, after: alternatives.last?.span.end)
    return (slots, false)
  }

  private func reportForeign(_ pattern: Pattern, _ found: Subject, _ subject: Subject) {
    report(
      Diagnostic(
        .foreignAlternative, "`\(pattern.head)` is no form of \(subject.words)",
        at: Label(pattern.span, "this is a form of \(found.words)"),
        also: [Label(subject.place, "the first pattern is of \(subject.words)")],
        notes: ["the patterns of one `case` or `fold` take one type apart"],
        help: "its forms are \(list(subject.forms))"))
  }

  private func reportRepeated(_ pattern: Pattern, _ first: Pattern) {
    report(
      Diagnostic(
        .repeatedAlternative, "`\(pattern.head)` has two alternatives", at: Label(pattern.span, "and again here"),
        also: [Label(first.span, "the first is here")],
        notes: ["each form of a value has exactly one alternative"], help: "remove one of them"))
  }

  private func reportMissing(_ missing: [Int], _ subject: Subject, _ span: Span, after end: Int?) {
    let names = missing.map { subject.forms[$0] }
    func alternative(_ name: String, most: Int, _ body: String) -> String {
      var count = name == "succ" ? 1 : 0
      if let data = subject.data, let index = data.constructor(named: name) {
        count = data.constructors[index].fields.count
      }
      return "| \(([name] + (0..<min(count, most)).map { "x\($0 + 1)" }).joined(separator: " ")) => \(body)"
    }
    var examples = names.prefix(3).map { alternative($0, most: 8, "…") }
    if names.count > 3 { examples.append("…") }
    report(
      Diagnostic(
        .missingAlternative,
        names.count == 1 ? "the alternative for `\(names[0])` is missing" : "\(names.count) alternatives are missing",
        at: Label(span, "nothing is said about \(list(names))"),
        notes: ["each form of a value of \(subject.words) has exactly one alternative"],
        help: "add `\(examples.joined(separator: " "))`",
        fixes: end.map { end in
          let all = names.map { " " + alternative($0, most: .max, "_") }.joined()
          return [.insert(all, at: end, "add what is missing")]
        } ?? []))
  }

  private func list(_ names: [String]) -> String {
    (names.prefix(8).map { "`\($0)`" } + (names.count > 8 ? ["…"] : [])).joined(separator: ", ")
  }
}

extension Subject {
  /// The type, in words.
  fileprivate var words: String {
    switch kind {
    case .bool: "`Bool`"
    case .natural: "`Nat`"
    case .data(let data): "`\(data.name)`"
    }
  }
}
