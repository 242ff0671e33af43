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
      case .conv2d, .scale, .dot, .apply, .outer: return .function(self.second(primitive, operand, rest, span))
      }
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
    case .scale, .reshape, .transpose, .widen: preconditionFailure("handled where it is applied")
    }
  }
}
