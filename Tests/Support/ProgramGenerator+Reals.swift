import CajalSyntax

/// The rules of LANGUAGE.md, section 5.
extension ProgramGenerator {
  /// A term of a type that ends in reals, by a rule that only such types have.
  mutating func real(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    if areData(uses), random.below(3) == 0 {
      // The sides of a sum need not use the same data.
      let parts = split(uses, type, type)
      let (a, b) = (term(type, parts[0], mode, depth - 1), term(type, parts[1], mode, depth - 2))
      return Term(random.below(2) == 0 ? .add(a, b) : .subtract(a, b))
    }
    switch random.below(9) {
    case 0: return Term(.add(term(type, uses, mode, depth - 1), term(type, uses, mode, depth - 2)))
    case 1: return Term(.subtract(term(type, uses, mode, depth - 1), term(type, uses, mode, depth - 2)))
    case 2: return Term(.negate(term(type, uses, mode, depth - 1)))
    case 3: return Term(.scale([0, 0.5, 1, 2, 0.25][random.below(5)], term(type, uses, mode, depth - 1)))
    case 4 where isVisible("scale"):
      let parts = split(uses, .real([]), type)
      return .applied(
        .named("scale"), term(.real([]), parts[0], .checked, depth - 1), term(type, parts[1], .inferred, depth - 1))
    default:
      switch type {
      case .real(let shape): return tensor(shape, uses, mode, depth)
      case .function: return map(type, uses, mode, depth)
      case .bool, .nat, .natBelow, .data: return finish(type, uses, mode)
      }
    }
  }

  private mutating func tensor(_ shape: [Int], _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    if depth > 1, random.below(4) == 0, let term = structured(shape, uses, depth) {
      return mode == .inferred ? .ascribed(term, .real(shape)) : term
    }
    if !data.isEmpty, areData(uses), depth > 1, random.below(3) == 0 { return functionOfData(shape, uses, depth) }
    switch (shape.count, random.below(4)) {
    case (_, 0): return reshaped(shape, uses, depth)
    case (0, _):
      let operand = operandShape(of: uses) ?? RandomTypes.shapes[random.below(RandomTypes.shapes.count)]
      return constant("dot", .real(operand), .real(operand), result: shape, uses, depth)
    case (1, 1):
      let columns = operandShape(of: uses, rank: 1)?[0] ?? 1 + random.below(3)
      return constant("apply", .real([shape[0], columns]), .real([columns]), result: shape, uses, depth)
    case (1, _):
      let columns = operandShape(of: uses, rank: 1)?[0] ?? 1 + random.below(3)
      let vector = term(.real([columns]), uses, .checked, depth - 1)
      return .applied(matrixLiteral(shape[0], columns), vector)
    case (2, 1):
      return constant("outer", .real([shape[0]]), .real([shape[1]]), result: shape, uses, depth)
    case (2, 2):
      guard isVisible("transpose") else { return literalOr(shape, uses, mode) }
      return .applied(.named("transpose"), term(.real([shape[1], shape[0]]), uses, .inferred, depth - 1))
    case (2, _):
      let kernel = [1 + 2 * random.below(2), 1 + 2 * random.below(2)]
      return constant("conv2d", .real(kernel), .real(shape), result: shape, uses, depth)
    default: return literalOr(shape, uses, mode)
    }
  }

  /// By the rules for parts of tensors and for entries.
  private mutating func structured(_ shape: [Int], _ uses: [Resource], _ depth: Int) -> Term? {
    let size = shape.reduce(1, *)
    switch random.below(5) {
    case 0:
      guard isVisible("times") else { return nil }
      return constant("times", .real(shape), .real(shape), result: shape, uses, depth)
    case 1:
      guard shape.count == 1, shape[0] <= 3 else { return nil }
      // A bracket of numbers alone is another form.
      let first = Term(.add(term(.real([]), uses, .checked, depth - 2), term(.real([]), uses, .checked, depth - 2)))
      return Term(
        .list([first] + (1..<shape[0]).map { _ in term(.real([]), uses, .checked, depth - 2) }.map(\.unbracketed)))
    case 2:
      let count = 1 + random.below(3)
      guard isVisible("entry"), size * count <= 64 else { return nil }
      let whole = term(.real([count] + shape), uses, .inferred, depth - 1)
      return .applied(.named("entry"), Term(.numeral(UInt64(random.below(count)))), whole)
    case 3:
      guard shape.count > 0, isVisible("slice"), size <= 32 else { return nil }
      let before = random.below(2)
      let extent = before + shape[0] + random.below(2)
      let whole = term(.real([extent] + shape.dropFirst()), uses, .inferred, depth - 1)
      return .applied(
        .named("slice"), Term(.numeral(UInt64(before))), Term(.numeral(UInt64(before + shape[0]))), whole)
    default:
      guard shape.count > 0, shape[0] <= 4 else { return nil }
      let state = Type.real(Array(shape.dropFirst()))
      let parts = split(uses, state, state)
      let base = term(state, parts[0], .checked, depth - 1)
      let name = "t\(depth)"
      scope.append(name)
      defer { scope.removeLast() }
      let step = term(state, parts[1] + [Resource(.named(name), state)], .checked, depth - 2)
      return Term(
        .iterate(
          Iteration(
            .all, base: base, state: Name(name), step: step, count: Term(.numeral(UInt64(shape[0] - 1))))))
    }
  }

  /// In a model, of data. Functions that are not defined everywhere are left to other tests.
  private mutating func functionOfData(_ shape: [Int], _ uses: [Resource], _ depth: Int) -> Term {
    let type = Type.real(shape)
    func operand() -> Term { term(type, uses, .checked, depth - 1) }
    let names = ["tanh", "sigmoid", "sin", "cos", "softplus", "abs", "relu"].filter(isVisible)
    let typed = Term.ascribed(operand(), type)
    switch random.below(6) {
    case 0: return Term(.power(typed, [2, 3, 1, 0][random.below(4)]))
    case 1:
      let divisor = Term(.add(Term(.decimal(1)), Term(.power(.ascribed(operand(), type), 2))))
      return Term(.divide(typed, divisor))
    case 2:
      let name = ["min", "max"][random.below(2)]
      return isVisible(name) ? .applied(.named(name), typed, .ascribed(operand(), type)) : typed
    default: return names.isEmpty ? typed : .applied(.named(names[random.below(names.count)]), typed)
    }
  }

  private mutating func literalOr(_ shape: [Int], _ uses: [Resource], _ mode: Mode) -> Term {
    finish(.real(shape), uses, mode)
  }

  /// A constant of two operands, applied.
  private mutating func constant(
    _ name: String, _ first: Type, _ second: Type, result: [Int], _ uses: [Resource], _ depth: Int
  ) -> Term {
    guard isVisible(name) else { return .ascribed(finish(.real(result), uses, .checked), .real(result)) }
    let parts = split(uses, first, second)
    return .applied(
      .named(name), term(first, parts[0], .inferred, depth - 1), term(second, parts[1], .inferred, depth - 1))
  }

  /// `reshape` needs the type of its result to be known.
  private mutating func reshaped(_ shape: [Int], _ uses: [Resource], _ depth: Int) -> Term {
    guard isVisible("reshape") else { return .ascribed(finish(.real(shape), uses, .checked), .real(shape)) }
    let size = shape.reduce(1, *)
    let from = random.below(2) == 0 ? [size] : RandomTypes.factors(size, &random)
    return .ascribed(.applied(.named("reshape"), term(.real(from), uses, .inferred, depth - 1)), .real(shape))
  }

  /// A function of tensors: a matrix literal, a constant that waits for its last operand, or any other function.
  private mutating func map(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    guard case .function(.real(let from), .real(let to)) = type else { return finish(type, uses, mode) }
    if from.count == 1, to.count == 1, uses.isEmpty, random.below(2) == 0 { return matrixLiteral(to[0], from[0]) }
    var partial: Term?
    if from.count == 2, from == to, isVisible("conv2d") {
      partial = .applied(.named("conv2d"), term(.real([1, 3]), uses, .inferred, depth - 1))
    } else if to.isEmpty, isVisible("dot") {
      partial = .applied(.named("dot"), term(.real(from), uses, .inferred, depth - 1))
    } else if from.count == 1, to.count == 1, isVisible("apply") {
      partial = .applied(.named("apply"), term(.real([to[0], from[0]]), uses, .inferred, depth - 1))
    } else if from.count == 1, to.count == 2, to[1] == from[0], isVisible("outer") {
      partial = .applied(.named("outer"), term(.real([to[0]]), uses, .inferred, depth - 1))
    }
    guard let partial else { return finish(type, uses, mode) }
    return mode == .inferred ? .ascribed(partial, type) : partial
  }

  /// A tensor as a number: itself, or its product with a literal.
  mutating func scalar(_ use: Resource) -> Term {
    guard case .real(let shape) = use.type, !shape.isEmpty else { return use.term }
    return .applied(.named("dot"), literal(shape, .inferred), use.term)
  }

  // MARK: Literals

  /// Binary fractions, so that arithmetic on them is mostly exact.
  private mutating func number() -> Double { [0, 1, -1, 0.5, -0.5, 2, 0.25, 0.75][random.below(8)] }

  mutating func matrixLiteral(_ rows: Int, _ columns: Int) -> Term {
    Term(.matrix((0..<rows).map { _ in (0..<columns).map { _ in number() } }))
  }

  mutating func literal(_ shape: [Int], _ mode: Mode) -> Term {
    switch shape.count {
    case 0:
      if mode == .checked, random.below(3) == 0 { return Term(.numeral(UInt64(random.below(3)))) }
      return Term(.decimal(abs(number())))
    case 1: return Term(.vector((0..<shape[0]).map { _ in number() }))
    case 2:
      let matrix = matrixLiteral(shape[0], shape[1])
      return mode == .inferred ? .ascribed(matrix, .real(shape)) : matrix
    default:
      let flat = Term(.vector((0..<shape.reduce(1, *)).map { _ in number() }))
      return .ascribed(.applied(.named("reshape"), flat), .real(shape))
    }
  }
}

extension Term {
  /// Not in brackets of its own: a row stands among rows only.
  fileprivate var unbracketed: Term {
    switch kind {
    case .vector, .list: Term(.negate(self))
    default: self
    }
  }
}
