import CajalSyntax
import Diagnostics

/// Vectors and matrices of expressions, and `concat` (LANGUAGE.md, section 5): all parts over the same variables.
extension Checker {
  func list(_ entries: [Term], _ span: Span, _ expected: Expectation) -> TypedTerm? {
    let rows = entries.map(\.entriesOfRow)
    guard rows.allSatisfy({ $0 != nil }) else {
      let parts = self.parts(entries) { self.elaborate($0, .type(.real([]), .entry)) }
      guard let parts else { return nil }
      return fit(TypedTerm(.concatenate(parts), .real([entries.count]), span), expected)
    }
    let columns = rows[0]?.count ?? 0
    guard let parts = parts(rows.flatMap { $0 ?? [] }, { self.elaborate($0, .type(.real([]), .entry)) }) else {
      return nil
    }
    let tensor = TypedTerm(.concatenate(parts), .real([rows.count, columns]), span)
    guard checkSize(tensor.type, span) else { return nil }
    if isTensor(expected) { return fit(tensor, expected) }
    let apply = Primitive.apply(rows: rows.count, columns: columns)
    let map = TypedTerm(.primitive(apply), apply.type(horizon: horizon), span)
    return fit(
      TypedTerm(.apply(map, tensor), .function(.real([columns]), .real([rows.count])), span), expected)
  }

  /// Whether a bracket of rows is a tensor where this is expected, and not a map.
  func isTensor(_ expected: Expectation) -> Bool {
    switch expected {
    case .type(let type, _): !type.isFunction
    case .real(let tensor, _): tensor
    case .nothing, .poison, .applied, .natural: false
    }
  }

  /// `concat a b`, which is a form and no value.
  func concatenation(_ head: Term, _ spine: [Argument], _ expected: Expectation) -> TypedTerm? {
    guard spine.count == 2 else {
      report(
        Diagnostic(
          .netNotApplied, "`concat` takes two operands",
          at: Label(head.span.union(spine.last?.whole ?? head.span), "\(spine.count) given"),
          notes: ["`concat a b` is a form, as a sum is: it is no value and cannot be passed on"],
          help: "write `concat a b`"))
      for argument in spine { _ = elaborate(argument.term, .poison) }
      return nil
    }
    guard let parts = parts(spine.map(\.term), { self.elaborate($0, .real(tensor: true, like: nil)) }) else {
      return nil
    }
    var shapes: [[Int]] = []
    for part in parts {
      guard case .real(let shape) = part.type, !shape.isEmpty else {
        report(
          Diagnostic(
            .shapesDoNotFit, "`concat` joins tensors along their first extent",
            at: Label(part.span, "this is `\(part.type)`"),
            help: part.type == .real([]) ? "put it in brackets: `[x]` has one entry" : nil))
        return nil
      }
      shapes.append(shape)
    }
    guard shapes[0].dropFirst() == shapes[1].dropFirst() else {
      report(
        Diagnostic(
          .shapesDoNotFit, "`concat` does not fit these shapes", at: Label(spine[1].whole, "joined here"),
          also: parts.map { Label($0.span, "this is `\($0.type)`") },
          notes: ["`concat a b` is Real[m+n,s] for a : Real[m,s] and b : Real[n,s]"]))
      return nil
    }
    let type = Type.real([shapes[0][0] + shapes[1][0]] + shapes[0].dropFirst())
    guard checkSize(type, spine[1].whole) else { return nil }
    return fit(TypedTerm(.concatenate(parts), type, spine[1].whole), expected)
  }

  /// Elaborates parts that use the same variables, as the operands of a sum do; nil after an error.
  private func parts(_ terms: [Term], _ elaborate: (Term) -> TypedTerm?) -> [TypedTerm]? {
    var typed: [TypedTerm] = []
    var outer = Usage()
    swap(&outer, &usage)
    var shared: Usage?
    var reported: Set<Int> = []
    for term in terms {
      if let part = elaborate(term) { typed.append(part) }
      var own = Usage()
      swap(&own, &usage)
      guard var uses = shared.take() else {
        shared = own
        continue
      }
      let difference = Usage.difference(uses, own)
      if !isPartlyUnread, !outer.isIncomplete, !uses.isIncomplete, !own.isIncomplete {
        for id in difference.onlyFirst + difference.onlySecond where !context.isExcused(id) {
          guard let place = uses.places[id] ?? own.places[id], reported.insert(id).inserted else { continue }
          let isHere = own.places[id] != nil
          reportUsedInOne(id, place, .entries, forgetting: isHere ? terms[0] : term)
        }
      }
      uses.mergeAlternative(consume own)
      shared = uses
    }
    swap(&outer, &usage)
    for clash in usage.merge(shared.take() ?? Usage()) { reportUsedTwice(clash.id, clash.first, clash.second) }
    return typed.count == terms.count ? typed : nil
  }
}

extension Term {
  /// As a row of a matrix.
  fileprivate var entriesOfRow: [Term]? {
    switch kind {
    case .list(let entries): entries
    case .vector(let numbers):
      numbers.map { Term($0.sign == .minus ? .negate(Term(.decimal(-$0), span)) : .decimal($0), span) }
    default: nil
    }
  }
}
