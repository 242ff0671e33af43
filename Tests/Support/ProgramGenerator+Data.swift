import CajalSyntax

/// Arithmetic on data, which may be used any number of times: sums that are added to twice, forms of high degree, one
/// datum in all operands.
extension ProgramGenerator {
  /// Inputs of few shapes, so that they meet each other.
  mutating func vectorContext() -> [RandomProgram.Port] {
    let n = [1 + random.below(9), 4 + random.below(5), 12, 20][random.below(4)]
    let shapes = [[n], [n], random.below(2) == 0 ? [] : [1 + random.below(5)], [2, n], [3, 3], [n, n]]
    var context: [RandomProgram.Port] = []
    for name in ["u", "v", "w", "a"].prefix(1 + random.below(4)) {
      let shape = context.isEmpty ? [n] : shapes[random.below(n * n > 100 ? 5 : 6)]
      let type: Type =
        switch context.isEmpty ? 9 : random.below(10) {
        case 0: .bool
        case 1, 2: .nat
        case 3: .function(.real([n]), .real([n]))
        default: .real(shape)
        }
      if (type.dimension(horizon: types.horizon) ?? .max) > 100 { continue }
      context.append(.init(name: name, type: type, bound: bound(type)))
    }
    return context
  }

  /// A term over data alone.
  mutating func arithmetic(_ shape: [Int], _ depth: Int) -> Term {
    fuel -= 1
    if depth <= 0 || fuel <= 0 { return leaf(shape) }
    switch random.below(14) {
    case 0, 1:
      let (a, b) = (arithmetic(shape, depth - 1), arithmetic(shape, depth - 1))
      return Term(.add(a, random.below(3) == 0 ? a : b))
    case 2: return Term(.subtract(arithmetic(shape, depth - 1), arithmetic(shape, depth - 2)))
    case 3: return Term(.scale([-1, 0.5, 2, 0.25][random.below(4)], arithmetic(shape, depth - 1)))
    case 4, 5, 6:
      return .applied(
        .named("scale"), .ascribed(arithmetic([], depth - 1), .real([])),
        .ascribed(arithmetic(shape, depth - 1), .real(shape)))
    case 7: return loop(shape, depth)
    case 8: return chosen(shape, depth)
    case 9:
      let sum = arithmetic(shape, depth - 1)
      return Term(.add(datum(.real(shape)) ?? sum, sum))
    default: return form(shape, depth)
    }
  }

  /// By the constants, whose operands are of other shapes.
  private mutating func form(_ shape: [Int], _ depth: Int) -> Term {
    func known(_ shape: [Int], _ term: Term) -> Term { .ascribed(term, .real(shape)) }
    switch shape.count {
    case 0:
      let operand = operandShape() ?? [3]
      return .applied(
        .named("dot"), known(operand, arithmetic(operand, depth - 1)), known(operand, arithmetic(operand, depth - 2)))
    case 1:
      let columns = operandShape(rank: 1)?[0] ?? 1 + random.below(4)
      if random.below(3) == 0 { return .applied(matrixLiteral(shape[0], columns), arithmetic([columns], depth - 1)) }
      let map = Type.function(.real([columns]), .real(shape))
      if let given = datum(map) { return .applied(given, arithmetic([columns], depth - 1)) }
      if shape[0] * columns > 100 { return leaf(shape) }
      return .applied(
        .named("apply"), known([shape[0], columns], arithmetic([shape[0], columns], depth - 1)),
        known([columns], arithmetic([columns], depth - 2)))
    case 2:
      switch random.below(3) {
      case 0:
        return .applied(
          .named("outer"), known([shape[0]], arithmetic([shape[0]], depth - 1)),
          known([shape[1]], arithmetic([shape[1]], depth - 2)))
      case 1:
        let turned = [shape[1], shape[0]]
        return .applied(.named("transpose"), known(turned, arithmetic(turned, depth - 1)))
      default:
        let kernel = random.below(2) == 0 ? [3, 3] : [1, 3]
        return .applied(
          .named("conv2d"), known(kernel, arithmetic(kernel, depth - 2)), known(shape, arithmetic(shape, depth - 1)))
      }
    default: return leaf(shape)
    }
  }

  /// The state is no datum: each side of a sum uses it once.
  private mutating func loop(_ shape: [Int], _ depth: Int) -> Term {
    let base = arithmetic(shape, depth - 1)
    let count = datum(.nat) ?? Term(.numeral(UInt64(random.below(max(1, min(types.horizon, 4))))))
    let state = Term.named("z")
    func scaled(_ factor: Term) -> Term {
      .applied(.named("scale"), .ascribed(factor, .real([])), state)
    }
    let step: Term
    switch random.below(5) {
    case 0: step = Term(.add(Term(.scale(0.5, state)), scaled(arithmetic([], depth - 2))))
    case 1: step = Term(.subtract(state, scaled(arithmetic([], depth - 2))))
    case 2 where shape.count == 1:
      let map = Type.function(.real(shape), .real(shape))
      step = .applied(datum(map) ?? matrixLiteral(shape[0], shape[0]), state)
    case 3 where shape.count == 2:
      step = .applied(.named("conv2d"), .ascribed(arithmetic([3, 3], depth - 2), .real([3, 3])), state)
    default: step = scaled(arithmetic([], depth - 1))
    }
    return .ascribed(.iteration(base, "z", step, count), .real(shape))
  }

  private mutating func chosen(_ shape: [Int], _ depth: Int) -> Term {
    let condition =
      datum(.bool)
      ?? .iteration(
        Term(.bool(true)), "b", .choice(.named("b"), Term(.bool(false)), Term(.bool(true))),
        datum(.nat) ?? Term(.numeral(1)))
    return .ascribed(
      .choice(condition, arithmetic(shape, depth - 1), arithmetic(shape, depth - 2)), .real(shape))
  }

  private mutating func operandShape(rank: Int? = nil) -> [Int]? {
    let shapes = data.compactMap { datum -> [Int]? in
      guard case .real(let shape) = datum.type, !shape.isEmpty, rank == nil || shape.count == rank else { return nil }
      return shape
    }
    return shapes.isEmpty ? nil : shapes[random.below(shapes.count)]
  }

  private mutating func leaf(_ shape: [Int]) -> Term {
    if random.below(8) > 0, let datum = datum(.real(shape)) { return datum }
    if shape.isEmpty, let operand = operandShape(), random.below(2) == 0 {
      let (a, b) = (datum(.real(operand))!, datum(.real(operand))!)
      return .applied(.named("dot"), .ascribed(a, .real(operand)), .ascribed(b, .real(operand)))
    }
    return .ascribed(literal(shape, .inferred), .real(shape))
  }
}
