import Foundation
import LinearMaps

/// Operations with random settings, small ones.
extension SplitMix {
  public mutating func convolution() -> Convolution {
    let role = Convolution.Role.allCases[below(3)]
    let image = [1 + below(4), 1 + below(4)]
    if below(2) == 0 { return Convolution(kernel: [1 + 2 * below(2), 1 + 2 * below(2)], image: image, role: role) }
    let padding = [below(3), below(3)]
    let kernel = (0..<2).map { 1 + below(min(4, image[$0] + 2 * padding[$0])) }
    let (into, from) = (1 + below(3), 1 + below(3))
    return Convolution(
      kernel: [into, from] + kernel, image: [from] + image, stride: 1 + below(3), padding: padding, role: role)
  }

  public mutating func pooling() -> Pooling {
    let size = 1 + below(3)
    return Pooling(image: [1 + below(2), size + below(4), size + below(4)], size: size)
  }

  public mutating func nonlinear() -> Nonlinear {
    switch below(10) {
    case 0, 1: .bound(Ball(norm: Ball.Norm.allCases[below(3)], radius: 0.7))
    case 2: .softmax
    case 3: .maximumPool(pooling())
    case 4: .choice(Nonlinear.Choice.allCases[below(2)])
    // Those that are defined everywhere, and do not grow beyond measure.
    case 5: .activation([.sin, .cos, .abs][below(3)])
    case let other: .activation([.relu, .tanh, .sigmoid, .softplus][other % 4])
    }
  }
}

extension GraphBuilder {
  /// - Parameter fit: brings a value into a space.
  public func random(_ convolution: Convolution, fit: (_ operand: Int, Space) -> Value) -> Value {
    let operands = convolution.operands.enumerated().map { fit($0, .real(convolution.extents(of: $1))) }
    return value(.conv2d(convolution), operands, .real(convolution.extents(of: convolution.role)))
  }

  public func random(_ map: Nonlinear, fit: (Space?) -> Value) -> Value {
    switch map {
    case .maximumPool(let pooling):
      return value(.nonlinear(map), [offKinks(fit(.real(pooling.image)))], .real(pooling.out))
    case .choice:
      let (a, b) = (offKinks(fit(nil)), offKinks(scale(-0.5, fit(nil))))
      let whole = Space.real([2 * a.space.dimension])
      let pair = add(embed(offset: 0, a, whole), embed(offset: a.space.dimension, reshapedLike(a, b), whole))
      return value(.nonlinear(map), [pair], a.space)
    case .activation, .softmax, .bound:
      let operand = offKinks(fit(nil))
      return value(.nonlinear(map), [operand], operand.space)
    }
  }

  /// The entries of b that a has room for, and 0 where there are none.
  private func reshapedLike(_ a: Value, _ b: Value) -> Value {
    let (wanted, given) = (a.space.dimension, b.space.dimension)
    if given >= wanted { return slice(offset: 0, b, .real([wanted])) }
    return embed(offset: 0, b, .real([wanted]))
  }

  /// Entries that are equal, or 0, by construction would be where a map has no derivative.
  private func offKinks(_ a: Value) -> Value {
    let entries = (0..<a.space.dimension).map { SparseVector.Entry(index: $0, value: 0.3 * sin(Double(7 * $0 + 1))) }
    return add(a, constant(SparseVector(entries: entries), a.space))
  }
}
