import CajalSyntax
import Diagnostics

/// Where values cross an interface: a type has a dimension there, or is linked as a table (LANGUAGE.md, section 8).
extension Checker {
  /// The type, if its values have vectors; nil after an error, here or before.
  func crossing(_ type: Type?, _ span: Span) -> Type? {
    guard let type, let data = type.recursiveType else { return type }
    reportNoDimension(
      type, data, span, help: "fold it to a type with a dimension, as `Bool`, `Nat` or `Real[…]`, and give that")
    return nil
  }

  /// The type of a parameter, if it can be linked; nil after an error, here or before.
  func linked(_ type: Type?, _ parameter: Parameter, isNet: Bool) -> Type? {
    guard let type else { return nil }
    guard let data = type.recursiveType else {
      if let rows = parameter.rows {
        reportNoTable(type, parameter, rows.span)
        return nil
      }
      return type
    }
    guard let table = type.asRecursive, !isNet else {
      reportNoDimension(
        type, data, parameter.type.span,
        help: isNet ? "apply the net to the fields, in a `fold`" : "take the datum as a parameter of its own")
      return nil
    }
    guard let rows = parameter.rows else {
      reportNeedsRows(table, parameter)
      return nil
    }
    guard checkedCount(rows.count) != nil else {
      reportBadRows(rows.span)
      return nil
    }
    guard parameter.bound == nil else {
      reportBoundedTable(parameter)
      return nil
    }
    return type
  }

  private func reportNoDimension(_ type: Type, _ data: DataType, _ span: Span, help: String) {
    report(
      Diagnostic(
        .noDimension, "`\(data.name)` is recursive, and has no dimension",
        at: Label(span, type == .data(data) ? "no vector stands for it" : "`\(data.name)` is part of this"),
        notes: ["what is a result, part of a linked function, or goes through a net is a vector"], help: help))
  }

  private func reportNeedsRows(_ data: DataType, _ parameter: Parameter) {
    let name = parameter.name.text
    report(
      Diagnostic(
        .tableNeedsRows, "`\(name)` is linked as a table, and it is not said of how many rows",
        at: Label(parameter.type.span, "a recursive type"),
        notes: ["a datum of `\(data.name)` comes in as the table of its nodes"],
        help: "write how many nodes there are at most: `\(name) : \(data.name)[64]`"))
  }

  private func reportNoTable(_ type: Type, _ parameter: Parameter, _ span: Span) {
    report(
      Diagnostic(
        .noTable, "`\(parameter.name.text)` is no table", at: Label(span, "these would be its rows"),
        also: [Label(parameter.type.span, "this is not recursive")],
        notes: ["a table is linked where a type is recursive; `\(type)` has a vector"],
        help: "remove the number of rows"))
  }

  private func reportBadRows(_ span: Span) {
    report(
      Diagnostic(
        .badRows, "a table has 1 to 2^24 rows", at: Label(span, "not a possible number of rows"),
        help: "write how many nodes a datum has at most; a list of k elements has k + 1"))
  }

  private func reportBoundedTable(_ parameter: Parameter) {
    report(
      Diagnostic(
        .boundedTable, "the table `\(parameter.name.text)` has a bound",
        at: Label(parameter.name.span.union(parameter.type.span), "a table"),
        notes: ["`within` bounds the norm of the entries of a tensor, and a table is none"], help: "remove the bound",
        fixes: parameter.unbounded))
  }
}
