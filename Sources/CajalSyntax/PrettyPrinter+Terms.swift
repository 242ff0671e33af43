extension PrettyPrinter {
  /// The levels of the grammar; a term needs parentheses where a higher level is wanted than its own.
  enum Level: Int, Comparable {
    case expression, sum, product, quotient, power, application, atom
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  private func level(_ term: Term) -> Level {
    switch term.kind {
    case .function, .conditional, .letIn: .expression
    case .add, .subtract, .negate: .sum
    // Negative factors and numbers are not written, but trees that were built may hold them.
    case .scale(let factor, _): factor.sign == .minus ? .sum : .product
    case .decimal(let value): value.sign == .minus ? .sum : .atom
    case .divide: .quotient
    case .power: .power
    case .apply, .succ: .application
    case .variable, .bool, .numeral, .iterate, .cases, .fold, .ascription, .vector, .matrix, .list, .error: .atom
    }
  }

  func layout(_ term: Term, _ wanted: Level) -> Layout {
    level(term) < wanted ? .sequence([.text("("), .indented(bare(term)), .text(")")]) : bare(term)
  }

  /// The term without parentheses around it.
  private func bare(_ term: Term) -> Layout {
    switch term.kind {
    case .variable(let name): .text(name)
    case .bool(let value): .text(value ? "true" : "false")
    case .numeral(let value): .text("\(value)")
    case .decimal(let value): .text("\(value)")
    case .vector(let numbers): literal(numbers)
    case .matrix(let rows): .group(bracketed(rows.map(literal)))
    case .list(let entries): .group(bracketed(entries.map { layout($0, .expression) }))
    case .divide: quotient(term)
    case .power(let base, let exponent):
      .sequence([layout(base, .application), .text(" ^ \(Self.signed(exponent))")])
    case .error: .text("<error>")
    case .succ, .apply: application(term)
    case .add, .subtract, .negate: sum(term)
    case .scale: product(term)
    case .function: function(term)
    case .conditional(let condition, let positive, let negative): conditional(condition, positive, negative)
    case .letIn(let name, let value, let body): letIn(name, value, body)
    case .iterate(let iteration): self.iteration(iteration)
    case .cases(let alternatives, let operand): self.alternatives("case", alternatives, operand)
    case .fold(let alternatives, let operand): self.alternatives("fold", alternatives, operand)
    case .ascription(let inner, let type):
      .sequence([.text("("), .indented(layout(inner, .expression)), .text(" : "), layout(type), .text(")")])
    }
  }

  // MARK: Literals

  private func literal(_ numbers: [Double]) -> Layout {
    .group(bracketed(numbers.map { .text(Self.signed($0)) }))
  }

  private func bracketed(_ entries: [Layout]) -> Layout {
    var parts: [Layout] = [.soft]
    for (index, entry) in entries.enumerated() {
      if index > 0 { parts += [.text(","), .space] }
      parts.append(entry)
    }
    return .sequence([.text("["), .indented(.sequence(parts)), .soft, .text("]")])
  }

  // MARK: Application

  /// A spine `f a b …`, walked in a loop.
  private func application(_ term: Term) -> Layout {
    var arguments: [Layout] = []
    var head = term
    while case .apply(let function, let argument) = head.kind {
      arguments.append(layout(argument, .atom))
      head = function
    }
    var words = ""
    if case .succ = head.kind {
      while case .succ(let inner) = head.kind {
        words += "succ "
        head = inner
      }
    } else if arguments.isEmpty {
      return bare(head)
    }
    var parts: [Layout] = [.text(words), layout(head, .atom)]
    for argument in arguments.reversed() { parts += [.space, argument] }
    return .group(.indented(.sequence(parts)))
  }

  // MARK: Sums and products

  /// A sum `a + b - …`, walked in a loop.
  private func sum(_ term: Term) -> Layout {
    var operands: [(sign: String, layout: Layout)] = []
    var head = term
    walk: while true {
      switch head.kind {
      case .add(let left, let right):
        operands.append(("+ ", layout(right, .product)))
        head = left
      case .subtract(let left, let right):
        operands.append(("- ", layout(right, .product)))
        head = left
      default: break walk
      }
    }
    var parts: [Layout]
    if case .negate(let inner) = head.kind {
      parts = [.text("-"), layout(inner, .product)]
    } else {
      parts = [layout(head, .sum)]
    }
    for operand in operands.reversed() { parts += [.space, .text(operand.sign), operand.layout] }
    return .group(.indented(.sequence(parts)))
  }

  private func product(_ term: Term) -> Layout {
    var parts: [Layout] = []
    var rest = term
    while case .scale(let factor, let inner) = rest.kind, parts.isEmpty || factor.sign == .plus {
      parts.append(.text(Self.signed(factor) + " * "))
      rest = inner
    }
    return .sequence(parts + [layout(rest, .product)])
  }

  /// A chain `a / b / …`, walked in a loop.
  private func quotient(_ term: Term) -> Layout {
    var divisors: [Layout] = []
    var head = term
    while case .divide(let left, let right) = head.kind {
      divisors.append(layout(right, .power))
      head = left
    }
    var parts = [layout(head, .power)]
    for divisor in divisors.reversed() { parts += [.space, .text("/ "), divisor] }
    return .group(.indented(.sequence(parts)))
  }

  // MARK: fun, if, let, iter

  /// `fun x y => e`: the variables of nested functions are listed together.
  private func function(_ term: Term) -> Layout {
    var head: [Layout] = [.text("fun")]
    var body = term
    while case .function(let binder, let inner) = body.kind {
      if let type = binder.type {
        head += [.text(" (\(binder.name.text) : "), layout(type), .text(")")]
      } else {
        head.append(.text(" \(binder.name.text)"))
      }
      body = inner
    }
    return .group(
      .sequence([.sequence(head), .text(" =>"), .indented(.sequence([.space, layout(body, .expression)]))]))
  }

  private func conditional(_ condition: Term, _ positive: Term, _ negative: Term) -> Layout {
    .group(
      .sequence([
        .text("if "), .indented(layout(condition, .expression)),
        .space, .text("then "), .indented(layout(positive, .expression)),
        .space, .text("else "), layout(negative, .expression),
      ]))
  }

  private func letIn(_ name: Name, _ value: Term, _ body: Term) -> Layout {
    .group(
      .sequence([
        .group(
          .sequence([
            .text("let \(name.text) ="), .indented(.sequence([.space, layout(value, .expression)])), .space,
            .text("in"),
          ])),
        .space, layout(body, .expression),
      ]))
  }

  private func iteration(_ iteration: Iteration) -> Layout {
    let mark = iteration.isData ? "!" : ""
    var parts: [Layout] = [
      .text("\(iteration.form.rawValue) {"), .indented(.sequence([.space, layout(iteration.base, .expression)])),
      .space,
      .text("| \(mark)\(iteration.state.text) =>"),
      .indented(.sequence([.space, layout(iteration.step, .expression)])), .space,
    ]
    for claim in iteration.claims { parts += [.text("| "), .indented(layout(claim)), .space] }
    parts += [.text("} ("), .indented(layout(iteration.count, .expression)), .text(")")]
    return .group(.sequence(parts))
  }

  private func alternatives(_ word: String, _ alternatives: [Alternative], _ operand: Term) -> Layout {
    var parts: [Layout] = [.text("\(word) {")]
    for (index, alternative) in alternatives.enumerated() {
      let head = Layout.text((index > 0 ? "| " : "") + Self.text(of: alternative.pattern) + " =>")
      let body = Layout.indented(.sequence([.space, layout(alternative.body, .expression)]))
      let whole = Layout.group(.sequence([head, index > 0 ? .indented(body) : body]))
      parts.append(index > 0 ? .sequence([.space, whole]) : .indented(.sequence([.space, whole])))
    }
    parts += [.space, .text("} ("), .indented(layout(operand, .expression)), .text(")")]
    return .group(.sequence(parts))
  }

  public static func text(of pattern: Pattern) -> String {
    ([pattern.head] + pattern.binders.map(\.text)).joined(separator: " ")
  }

  private func layout(_ claim: Claim) -> Layout {
    switch claim.kind {
    case .conserves(let weights): .sequence([.text("conserves "), layout(weights)])
    case .nonnegative: .text("nonnegative")
    }
  }

  /// On one line.
  public static func text(of claim: Claim) -> String { PrettyPrinter(width: .max).layout(claim).rendered(width: .max) }

  func layout(_ numbers: Numbers) -> Layout {
    switch numbers {
    case .number(let value): .text(Self.signed(value))
    case .vector(let entries): literal(entries)
    case .matrix(let rows): .group(bracketed(rows.map(literal)))
    }
  }

  /// On one line.
  public static func text(of numbers: Numbers) -> String {
    PrettyPrinter(width: .max).layout(numbers).rendered(width: .max)
  }
}
