import LinearMaps

extension Procedure: CustomStringConvertible {
  /// The loops and buffers, for a reader (`--emit schedule`).
  public var description: String {
    var printer = SchedulePrinter(procedure: self)
    return printer.print()
  }

  func name(_ buffer: Int) -> String { "\(buffers[buffer].name).\(buffer)" }

  func firstLine(of statement: Statement) -> String {
    var printer = SchedulePrinter(procedure: self)
    return printer.firstLine(of: statement)
  }

  func text(of product: BatchProduct) -> String { SchedulePrinter(procedure: self).describe(product) }
}

extension CountedLoop: CustomStringConvertible {
  public var description: String {
    "for \(variable.name) in \(lower) ..< \(upper)\(descending ? " descending" : "")"
  }
}

private struct SchedulePrinter {
  let procedure: Procedure
  private var lines: [String] = []

  init(procedure: Procedure) { self.procedure = procedure }

  mutating func print() -> String {
    for (index, buffer) in procedure.buffers.enumerated() {
      lines.append(
        "  \(name(index)) : real[\(buffer.size)] in \(describe(buffer.storage))"
          + (buffer.keptAt.map { ", or kept rows + \($0)" } ?? ""))
    }
    let growth = procedure.rowsSize > 0 ? ", and \(procedure.rowsSize) for every sample" : ""
    lines.append("  workspace \(procedure.workspaceSize) reals\(growth)")
    for step in procedure.steps { print(step, indent: "") }
    return lines.joined(separator: "\n") + "\n"
  }

  mutating func firstLine(of statement: Statement) -> String {
    print(statement, "")
    return lines[0]
  }

  private func name(_ index: Int) -> String { procedure.name(index) }

  private func describe(_ storage: Storage) -> String {
    switch storage {
    case .input(let index): "input \(index)"
    case .output(let index): "output \(index)"
    case .kept(let offset): "kept + \(offset)"
    case .table(let index): "table \(index)"
    case .workspace(let offset): "workspace + \(offset)"
    case .rows(let offset): "rows + \(offset)"
    case .keptRows(let offset): "kept rows + \(offset)"
    case .local: "locals"
    case .pointer(let place): "pointer, at first \(describe(place))"
    case .rowPointer(let place): "pointer to rows, at first \(describe(place))"
    case .unplanned: "no place"
    }
  }

  private func describe(_ place: Place) -> String { "\(name(place.buffer))[\(place.index)]" }

  private func describe(_ value: Expression) -> String {
    switch value {
    case .literal(let number): "\(number)"
    case .load(let place): describe(place)
    case .sum(let a, let b): "(\(describe(a)) + \(describe(b)))"
    case .difference(let a, let b): "(\(describe(a)) - \(describe(b)))"
    case .product(let a, let b): "\(describe(a)) * \(describe(b))"
    case .negation(let a): "-\(describe(a))"
    case .indicator(let index): "[\(index) = 0]"
    }
  }

  private mutating func print(_ step: Step, indent: String) {
    switch step {
    case .once(let body):
      lines.append("\(indent)once")
      print(body, indent: indent + "  ")
    case .samples(let body):
      if procedure.steps.count > 1 || !indent.isEmpty { lines.append("\(indent)for every sample") }
      print(body, indent: indent + "  ")
    case .batch(let product, let wanted):
      lines.append("\(indent)for the batch\(wanted.isEmpty ? "" : " when wanted for \(describe(wanted))")")
      lines.append("\(indent)  \(describe(product))")
    case .rounds(let rounds):
      lines.append("\(indent)all samples together \(rounds.loop)")
      for step in rounds.body { print(step, indent: indent + "  ") }
      for swap in rounds.swaps { lines.append("\(indent)  swap \(name(swap.first)), \(name(swap.second))") }
    }
  }

  func describe(_ product: BatchProduct) -> String {
    let (left, right) = (describe(product.left), describe(product.right))
    let operation = product.accumulate ? "+=" : "="
    let rows = product.rows == 1 ? "batch" : "\(product.rows) batch"
    let kind =
      switch product.role {
      case .apply, .sum: product.blas ? "blas product" : "product"
      case .middle: "middle product"
      }
    let sizes =
      switch product.role {
      case .apply(let k, let n, let transposed): "\(rows)x\(k) \(k)x\(n)\(transposed ? "^T" : "")"
      case .sum(let m, let n): "\(m)x\(rows)^T \(rows)x\(n)"
      case .middle(let p): "\(rows)x\(p.inner) \(p.outer)x\(p.inner)x\(p.columns)"
      }
    return "\(describe(product.target)) \(operation) \(kind) \(sizes) (\(left), \(right))"
  }

  private func describe(_ wanted: [Wanted]) -> String {
    wanted.map { wanted in
      switch wanted {
      case .parameters: "parameters"
      case .port(let port): "input \(port)"
      }
    }.joined(separator: ", ")
  }

  private mutating func print(_ body: [Statement], indent: String) {
    for statement in body { print(statement, indent) }
  }

  private mutating func print(_ statement: Statement, _ indent: String) {
    switch statement {
    case .note(let origin): lines.append("\(indent)-- line \(origin.line): \(origin.text)")
    case .declare(let buffer): lines.append("\(indent)new \(name(buffer))")
    case .loop(let loop):
      lines.append("\(indent)\(loop)")
      print(loop.body, indent: indent + "  ")
    case .assign(let place, let value): lines.append("\(indent)\(describe(place)) = \(describe(value))")
    case .accumulate(let place, let value): lines.append("\(indent)\(describe(place)) += \(describe(value))")
    case .kernel(let kernel, let operands, let target, let accumulate):
      let arguments = operands.map(describe).joined(separator: ", ")
      lines.append("\(indent)\(describe(target)) \(accumulate ? "+=" : "=") \(kernel.facts.text()) (\(arguments))")
    case .whenKept(let inner):
      lines.append("\(indent)when kept")
      print(inner, indent: indent + "  ")
    case .whenInside(let index, let count, let inner):
      lines.append("\(indent)when 0 <= \(index) < \(count)")
      print(inner, indent: indent + "  ")
    case .whenWanted(let wanted, let inner):
      lines.append("\(indent)when wanted for \(describe(wanted))")
      print(inner, indent: indent + "  ")
    case .swap(let a, let b): lines.append("\(indent)swap \(name(a)), \(name(b))")
    }
  }
}
