import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps

extension Lowering {
  /// A constant of section 5 as a function of its operands, taken one after another.
  func function(_ primitive: Primitive, _ type: Type, _ span: Span) -> Function {
    guard case .function(let first, let rest) = type else { preconditionFailure("constants are functions") }
    return Function(argument: first, result: rest, home: builder, span: span) { [unowned self] operand in
      switch primitive {
      case .reshape:
        let value = try self.vector(operand, .interface)
        return .vector(self.builder.reshape(value, try self.space(rest, span)))
      case .transpose(let rows, let columns):
        let value = try self.vector(operand, .interface)
        return .vector(self.builder.transpose(value, rows: rows, columns: columns, try self.space(rest, span)))
      case .widen:
        let value = try self.vector(operand, .interface)
        return .vector(self.builder.embed(offset: 0, value, try self.space(rest, span)))
      case .entry(let index, let shape): return .vector(try self.part(operand, from: index, shape, rest, span))
      case .slice(let lower, _, let shape): return .vector(try self.part(operand, from: lower, shape, rest, span))
      case .elementwise(let function, _): return .vector(self.apply(function, try self.vector(operand, .interface)))
      case .conv2d, .scale, .dot, .apply, .outer, .times, .choice:
        return .function(self.second(primitive, operand, rest, span))
      }
    }
  }

  /// From one entry along the first extent on.
  private func part(
    _ operand: Meaning, from index: Int, _ shape: [Int], _ result: Type, _ span: Span
  ) throws -> Value {
    let value = try vector(operand, .interface)
    return builder.slice(offset: index * shape.dropFirst().reduce(1, *), value, try space(result, span))
  }

  /// Entry by entry. Small powers are products, which have no kernel and no kink.
  private func apply(_ function: Elementwise, _ x: Value) -> Value {
    guard case .power(let exponent) = function else {
      return builder.value(.nonlinear(.activation(function.map)), [x], x.space)
    }
    switch exponent {
    case 0:
      let ones = SparseVector(dense: [Double](repeating: 1, count: x.space.dimension))
      return builder.constant(ones, x.space)
    case 1: return x
    case 2: return builder.times(x, x)
    case 3: return builder.times(builder.times(x, x), x)
    case 4:
      let square = builder.times(x, x)
      return builder.times(square, square)
    case -1: return builder.value(.nonlinear(.activation(.recip)), [x], x.space)
    default: return builder.value(.nonlinear(.activation(.power(exponent))), [x], x.space)
    }
  }

  /// The constant applied to its first operand.
  private func second(_ primitive: Primitive, _ first: Meaning, _ type: Type, _ span: Span) -> Function {
    guard case .function(let argument, let result) = type else { preconditionFailure("it takes two operands") }
    return Function(argument: argument, result: result, home: builder, span: span) { [unowned self] operand in
      let a = try self.vector(first, .interface)
      if case .scale = primitive { return try self.sum([(.entry(a), operand)], result, span) }
      let b = try self.vector(operand, .interface)
      return .vector(self.build(primitive, a, b, try self.space(result, span)))
    }
  }

  private func build(_ primitive: Primitive, _ a: Value, _ b: Value, _ space: Space) -> Value {
    switch primitive {
    case .conv2d(let kernel, let image):
      builder.value(.conv2d(Convolution(kernel: kernel, image: image, role: .out)), [a, b], space)
    case .dot: builder.dot(a, b)
    case .apply: builder.apply(a, b, space)
    case .outer(let rows, let columns): builder.product(Product(m: rows, k: 1, n: columns), a, b, space)
    case .times: builder.times(a, b)
    case .choice(let choice, _):
      builder.value(.nonlinear(.choice(choice.map)), [builder.joined([a, b], .real([2 * space.dimension]))], space)
    case .scale, .reshape, .transpose, .widen, .entry, .slice, .elementwise:
      preconditionFailure("handled where it is applied")
    }
  }
}

extension GraphBuilder {
  /// Vectors one after another.
  func joined(_ values: [Value], _ space: Space) -> Value {
    if values.count == 1 { return reshape(use(values[0]), space) }
    var (result, offset) = (zero(space), 0)
    for value in values {
      result = add(result, embed(offset: offset, value, space))
      offset += value.space.dimension
    }
    return result
  }
}

extension Elementwise {
  fileprivate var map: Nonlinear.Activation {
    switch self {
    case .exp: .exp
    case .log: .log
    case .sqrt: .sqrt
    case .sin: .sin
    case .cos: .cos
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .softplus: .softplus
    case .relu: .relu
    case .abs: .abs
    case .recip: .recip
    case .power(let exponent): .power(exponent)
    }
  }
}

extension Choice {
  fileprivate var map: Nonlinear.Choice {
    switch self {
    case .min: .min
    case .max: .max
    }
  }
}
