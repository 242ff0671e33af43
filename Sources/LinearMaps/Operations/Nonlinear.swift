import Foundation

/// A map from a vector to a vector that is not linear (LANGUAGE.md, sections 5 and 6).
public enum Nonlinear: Hashable, Sendable {
  /// Scales a vector back onto the ball when it is outside.
  case bound(Ball)
  /// Entry by entry.
  case activation(Activation)
  /// exp(x_i) / Σ exp(x_j), over the whole vector.
  case softmax
  /// The largest entry of every window.
  case maximumPool(Pooling)

  public enum Activation: String, Hashable, Sendable, CaseIterable { case relu, tanh, sigmoid, softplus }

  public enum Reads { case operand, result }

  /// What the adjoint is given besides the cotangent: what the map was applied to, or what it made of it.
  public var adjointReads: Reads {
    switch self {
    case .bound, .maximumPool: .operand
    case .activation, .softmax: .result
    }
  }

  /// Whether 0 is mapped to 0.
  public var keepsZero: Bool {
    switch self {
    case .bound, .maximumPool: true
    case .activation(let activation):
      switch activation {
      case .relu, .tanh: true
      case .sigmoid, .softplus: false
      }
    case .softmax: false
    }
  }

  /// In reals, of the result for an operand of the dimension; nil where it does not take one.
  func resultDimension(_ dimension: Int) -> Int? {
    switch self {
    case .bound, .activation, .softmax: dimension
    case .maximumPool(let pooling):
      pooling.isWellFormed && pooling.image.reduce(1, *) == dimension ? pooling.out.reduce(1, *) : nil
    }
  }

  func run(_ x: [Double]) -> [Double] {
    switch self {
    case .bound(let ball): return ball.project(x)
    case .activation(let activation): return x.map(activation.value)
    case .softmax:
      guard let largest = x.max() else { return [] }
      let powers = x.map { exp($0 - largest) }
      let total = powers.reduce(0, +)
      return powers.map { $0 / total }
    case .maximumPool(let pooling): return pooling.maximum(x)
    }
  }

  /// - Parameter known: the operand or the result, as `adjointReads` says.
  func adjoint(_ known: [Double], _ cotangent: [Double]) -> [Double] {
    switch self {
    case .bound(let ball): return ball.adjoint(known, cotangent)
    case .activation(let activation): return zip(known, cotangent).map { activation.slope(atResult: $0) * $1 }
    case .softmax:
      let inner = zip(known, cotangent).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(known, cotangent).map { $0 * ($1 - inner) }
    case .maximumPool(let pooling): return pooling.maximumAdjoint(known, cotangent)
    }
  }
}

extension Nonlinear {
  var noun: String {
    switch self {
    case .bound: "bounded"
    case .activation(let activation):
      switch activation {
      case .relu: "rectified"
      case .tanh, .sigmoid: "squashed"
      case .softplus: "smoothed"
      }
    case .softmax: "normalised"
    case .maximumPool: "pooled"
    }
  }

  fileprivate func text(_ suffix: String) -> String {
    switch self {
    case .bound(let ball): "bound\(suffix)[\(ball.norm.rawValue), \(ball.radius)]"
    case .activation(let activation): "\(activation.rawValue)\(suffix)"
    case .softmax: "softmax\(suffix)"
    case .maximumPool(let pooling): "maximumPool\(suffix)[\(pooling.text)]"
    }
  }

  /// Nil where the name before the suffix is no map's.
  fileprivate init?(_ text: ComputationText, suffix: String) throws {
    guard text.name.hasSuffix(suffix) else { return nil }
    switch String(text.name.dropLast(suffix.count)) {
    case "bound":
      guard text.settings.count == 2, let norm = Ball.Norm(rawValue: text.settings[0]),
        let radius = Double(text.settings[1])
      else { throw text.fail("`\(text.name)` wants a norm and a radius") }
      self = .bound(Ball(norm: norm, radius: radius))
    case "softmax": self = .softmax
    case "maximumPool": self = .maximumPool(try Pooling(text))
    case let name:
      guard let activation = Activation(rawValue: name) else { return nil }
      self = .activation(activation)
    }
  }
}

/// The map itself.
extension Nonlinear: Family {
  var text: String { text("") }
  var operandCount: Int { 1 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    try Nonlinear(text, suffix: "").map { .nonlinear($0) }
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(resultDimension(operands[0].dimension) == result.dimension, "leads from \(operands[0]) to \(result)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] { run(operands[0]) }
  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].mapped(by: self) }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}

struct NonlinearAdjoint: Family {
  let map: Nonlinear

  var text: String { map.text("Adjoint") }
  var noun: String { "\(map.noun)_bar" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) throws -> Computation? {
    try Nonlinear(text, suffix: "Adjoint").map { .nonlinearAdjoint($0) }
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    let dimension = map.resultDimension(result.dimension)
    let known =
      switch map.adjointReads {
      case .operand: result.dimension
      case .result: dimension
      }
    return require(operands[0].dimension == known && operands[1].dimension == dimension, "mixes spaces")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] { map.adjoint(operands[0], operands[1]) }

  func dependence(_ operands: [Dependence]) -> Dependence {
    operands[0] == .constant || operands[0] == .zero ? operands[1] : .nonlinear
  }

  func work(_ dimension: Int) -> Double { Double(dimension) }
}

extension Nonlinear.Activation {
  func value(_ x: Double) -> Double {
    switch self {
    case .relu: x > 0 || x.isNaN ? x : 0
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    // log(1 + exp x), without overflow.
    case .softplus: max(x, 0) + log1p(exp(-abs(x)))
    }
  }

  /// The derivative where the value is y: each of these functions is monotonic.
  func slope(atResult y: Double) -> Double {
    switch self {
    case .relu: y > 0 ? 1 : 0
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    // softplus' = sigmoid = 1 − exp(−softplus).
    case .softplus: -expm1(-y)
    }
  }
}
