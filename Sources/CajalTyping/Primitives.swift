import CajalSyntax

extension Primitive {
  /// Nil for functions on data.
  var constant: Constant? {
    switch self {
    case .conv2d: .conv2d
    case .scale: .scale
    case .dot: .dot
    case .apply: .apply
    case .outer: .outer
    case .reshape: .reshape
    case .transpose: .transpose
    case .widen: .widen
    case .times: .times
    case .entry: .entry
    case .slice: .slice
    case .elementwise, .choice: nil
    }
  }

  /// Linear in each operand; the others are functions on data.
  public var isMultilinear: Bool { constant != nil }

  /// The name that it has in source text, with its numerals.
  public var name: String {
    switch self {
    case .entry(let index, _): "entry \(index)"
    case .slice(let lower, let upper, _): "slice \(lower) \(upper)"
    case .elementwise(let function, _): function.name
    case .choice(let choice, _): choice.rawValue
    case .conv2d, .scale, .dot, .apply, .outer, .reshape, .transpose, .widen, .times: constant?.rawValue ?? ""
    }
  }

  /// Its operands, in order.
  public var operands: [Type] {
    switch self {
    case .conv2d(let kernel, let image): [.real(kernel), .real(image)]
    case .scale(let type): [.real([]), type]
    case .dot(let shape): [.real(shape), .real(shape)]
    case .apply(let rows, let columns): [.real([rows, columns]), .real([columns])]
    case .outer(let rows, let columns): [.real([rows]), .real([columns])]
    case .reshape(let from, _): [.real(from)]
    case .transpose(let rows, let columns): [.real([rows, columns])]
    case .widen(let from, _): [.natBelow(from)]
    case .times(let shape), .choice(_, let shape): [.real(shape), .real(shape)]
    case .entry(_, let shape), .slice(_, _, let shape), .elementwise(_, let shape): [.real(shape)]
    }
  }

  /// The type of its result once all operands are given.
  public var result: Type {
    switch self {
    case .conv2d(_, let image): .real(image)
    case .scale(let type): type
    case .dot: .real([])
    case .apply(let rows, _): .real([rows])
    case .outer(let rows, let columns): .real([rows, columns])
    case .reshape(_, let to): .real(to)
    case .transpose(let rows, let columns): .real([columns, rows])
    case .widen(_, let to): .natBelow(to)
    case .times(let shape), .elementwise(_, let shape), .choice(_, let shape): .real(shape)
    case .entry(_, let shape): .real(Array(shape.dropFirst()))
    case .slice(let lower, let upper, let shape): .real([upper - lower] + shape.dropFirst())
    }
  }

  /// Where `Nat` has `horizon` entries.
  public func type(horizon: Int) -> Type {
    operands.reversed().reduce(result.resolved(horizon)) { .function($1.resolved(horizon), $0) }
  }
}

/// Finding the shapes of an overloaded constant from the types of its operands, as far as they are known, and from
/// that of its result.
enum Overload {
  case resolved(Primitive)
  /// The shapes that are known do not fit the constant; says how.
  case misfit(String)
  /// More must be known.
  case open

  /// - Parameter numerals: those that come before the operands.
  static func resolve(
    _ constant: Constant, _ numerals: [Int], operands: [Type?], result: Type?, horizon: Int
  ) -> Overload {
    let first = operands.first ?? nil
    let second = operands.count > 1 ? operands[1] : nil
    switch constant {
    case .conv2d: return conv2d(first, second ?? result)
    case .scale: return scale(first, second ?? result)
    case .dot: return dot(first, second)
    case .apply: return apply(first, second, result)
    case .outer: return outer(first, second, result)
    case .reshape: return reshape(first, result)
    case .transpose: return transpose(first, result)
    case .widen: return widen(first, result, horizon)
    case .times: return times(first, second, result)
    case .entry: return part(first, numerals[0], numerals[0] + 1) { .entry(numerals[0], of: $0) }
    case .slice: return part(first, numerals[0], numerals[1]) { .slice(numerals[0], numerals[1], of: $0) }
    }
  }

  private static func times(_ a: Type?, _ b: Type?, _ result: Type?) -> Overload {
    if let text = misfit(a, rank: nil, "first operand") ?? misfit(b, rank: nil, "second operand") {
      return .misfit(text)
    }
    if let a, let b, a != b { return .misfit("the operands are `\(a)` and `\(b)`, and should have one shape") }
    guard let shape = shape(a ?? b ?? result) else { return .open }
    return .resolved(.times(shape))
  }

  private static func part(
    _ operand: Type?, _ lower: Int, _ upper: Int, _ primitive: ([Int]) -> Primitive
  ) -> Overload {
    if let text = misfit(operand, rank: nil, "operand") { return .misfit(text) }
    guard let shape = shape(operand) else { return .open }
    guard let extent = shape.first else { return .misfit("the operand is one `Real`, which has no entries") }
    guard lower < upper, upper <= extent else {
      return .misfit("entries are counted from 0, and `\(Type.real(shape))` has \(extent)")
    }
    return .resolved(primitive(shape))
  }

  private static func shape(_ type: Type?) -> [Int]? { if case .real(let shape)? = type { shape } else { nil } }

  /// What keeps a known type from being a tensor of a rank, in words.
  private static func misfit(_ type: Type?, rank: Int?, _ role: String) -> String? {
    guard let type else { return nil }
    guard let shape = shape(type) else { return "the \(role) is `\(type)`, which is not a tensor" }
    guard let rank, shape.count != rank else { return nil }
    return "the \(role) is `\(type)`, and should have \(rank) extent\(rank == 1 ? "" : "s")"
  }

  private static func conv2d(_ kernel: Type?, _ image: Type?) -> Overload {
    if let text = misfit(kernel, rank: 2, "kernel") ?? misfit(image, rank: 2, "image") { return .misfit(text) }
    if let kernel = shape(kernel), kernel.contains(where: { $0 % 2 == 0 }) {
      return .misfit("the kernel is `\(Type.real(kernel))`, and should have odd extents")
    }
    guard let kernel = shape(kernel), let image = shape(image) else { return .open }
    return .resolved(.conv2d(kernel: kernel, image: image))
  }

  private static func scale(_ factor: Type?, _ type: Type?) -> Overload {
    if let factor, factor != .real([]) { return .misfit("the factor is `\(factor)`, and should be `Real`") }
    guard let type else { return .open }
    return .resolved(.scale(type))
  }

  private static func dot(_ a: Type?, _ b: Type?) -> Overload {
    if let text = misfit(a, rank: nil, "first operand") ?? misfit(b, rank: nil, "second operand") {
      return .misfit(text)
    }
    if let a, let b, a != b { return .misfit("the operands are `\(a)` and `\(b)`, and should have one shape") }
    guard let shape = shape(a ?? b) else { return .open }
    return .resolved(.dot(shape))
  }

  private static func apply(_ matrix: Type?, _ vector: Type?, _ result: Type?) -> Overload {
    if let text = misfit(matrix, rank: 2, "matrix") ?? misfit(vector, rank: 1, "vector") { return .misfit(text) }
    if let matrix = shape(matrix) {
      if let vector = shape(vector), vector[0] != matrix[1] {
        return .misfit("the matrix has \(matrix[1]) columns, and the vector \(vector[0]) entries")
      }
      return .resolved(.apply(rows: matrix[0], columns: matrix[1]))
    }
    guard let vector = shape(vector), let result = shape(result), result.count == 1 else { return .open }
    return .resolved(.apply(rows: result[0], columns: vector[0]))
  }

  private static func outer(_ a: Type?, _ b: Type?, _ result: Type?) -> Overload {
    if let text = misfit(a, rank: 1, "first operand") ?? misfit(b, rank: 1, "second operand") {
      return .misfit(text)
    }
    let whole = shape(result).flatMap { $0.count == 2 ? $0 : nil }
    guard let rows = shape(a)?[0] ?? whole?[0], let columns = shape(b)?[0] ?? whole?[1] else { return .open }
    return .resolved(.outer(rows, columns))
  }

  private static func reshape(_ operand: Type?, _ result: Type?) -> Overload {
    if let text = misfit(operand, rank: nil, "operand") ?? misfit(result, rank: nil, "result") {
      return .misfit(text)
    }
    guard let from = shape(operand), let to = shape(result) else { return .open }
    let sizes = [from, to].map { $0.reduce(1, *) }
    guard sizes[0] == sizes[1] else {
      return .misfit("`\(Type.real(from))` holds \(sizes[0]) reals, and `\(Type.real(to))` holds \(sizes[1])")
    }
    return .resolved(.reshape(from: from, to: to))
  }

  private static func transpose(_ operand: Type?, _ result: Type?) -> Overload {
    if let text = misfit(operand, rank: 2, "operand") { return .misfit(text) }
    if let from = shape(operand) { return .resolved(.transpose(rows: from[0], columns: from[1])) }
    guard let to = shape(result), to.count == 2 else { return .open }
    return .resolved(.transpose(rows: to[1], columns: to[0]))
  }

  private static func widen(_ operand: Type?, _ result: Type?, _ horizon: Int) -> Overload {
    for (type, role) in [(operand, "operand"), (result, "result")] {
      if let type, !type.isNatural { return .misfit("the \(role) is `\(type)`, which is no type of naturals") }
    }
    guard let from = operand?.dimension(horizon: horizon), let to = result?.dimension(horizon: horizon) else {
      return .open
    }
    guard from <= to else { return .misfit("the operand has \(from) naturals, and the result only \(to)") }
    return .resolved(.widen(from: from, to: to))
  }
}

extension Type {
  /// `Nat[horizon]` is `Nat`.
  func resolved(_ horizon: Int) -> Type { self == .natBelow(horizon) ? .nat : self }
}
