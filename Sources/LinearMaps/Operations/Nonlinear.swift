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
  /// Of the vector's first half and its second, entry by entry, the smaller or the larger; the first where they are equal.
  case choice(Choice)

  public enum Choice: String, Hashable, Sendable, CaseIterable { case min, max }

  public enum Reads { case operand, result }

  /// What the adjoint is given besides the cotangent: what the map was applied to, or what it made of it.
  public var adjointReads: Reads {
    switch self {
    case .bound, .maximumPool, .choice: .operand
    case .softmax: .result
    case .activation(let activation): activation.adjointReads
    }
  }

  /// Whether 0 is mapped to 0.
  public var keepsZero: Bool {
    switch self {
    case .bound, .maximumPool, .choice: true
    case .activation(let activation): activation.value(0) == 0
    case .softmax: false
    }
  }

  /// In reals, of the result for an operand of the dimension; nil where it does not take one.
  func resultDimension(_ dimension: Int) -> Int? {
    switch self {
    case .bound, .activation, .softmax: dimension
    case .maximumPool(let pooling):
      pooling.isWellFormed && pooling.image.reduce(1, *) == dimension ? pooling.out.reduce(1, *) : nil
    case .choice: dimension % 2 == 0 ? dimension / 2 : nil
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
    case .choice(let choice):
      let size = x.count / 2
      return (0..<size).map { choice.takesFirst(x[$0], x[size + $0]) ? x[$0] : x[size + $0] }
    }
  }

  /// - Parameter known: the operand or the result, as `adjointReads` says.
  func adjoint(_ known: [Double], _ cotangent: [Double]) -> [Double] {
    switch self {
    case .bound(let ball): return ball.adjoint(known, cotangent)
    case .activation(let activation): return zip(known, cotangent).map { activation.pulled($1, at: $0) }
    case .softmax:
      let inner = zip(known, cotangent).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(known, cotangent).map { $0 * ($1 - inner) }
    case .maximumPool(let pooling): return pooling.maximumAdjoint(known, cotangent)
    case .choice(let choice):
      let size = cotangent.count
      let isFirst = (0..<size).map { choice.takesFirst(known[$0], known[size + $0]) }
      return (0..<size).map { isFirst[$0] ? cotangent[$0] : 0 } + (0..<size).map { isFirst[$0] ? 0 : cotangent[$0] }
    }
  }
}

extension Nonlinear {
  var noun: String {
    switch self {
    case .bound: "bounded"
    case .activation(let activation):
      activation.noun
    case .softmax: "normalised"
    case .maximumPool: "pooled"
    case .choice(let choice): choice.rawValue
    }
  }

  fileprivate func text(_ suffix: String) -> String {
    switch self {
    case .bound(let ball): "bound\(suffix)[\(ball.norm.rawValue), \(ball.radius)]"
    case .activation(.power(let exponent)): "power\(suffix)[\(exponent)]"
    case .activation(let activation): "\(activation.name)\(suffix)"
    case .softmax: "softmax\(suffix)"
    case .maximumPool(let pooling): "maximumPool\(suffix)[\(pooling.text)]"
    case .choice(let choice): "\(choice.rawValue)\(suffix)"
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
    case "power":
      guard let exponent = text.settings.first.flatMap(Double.init) else {
        throw text.fail("`\(text.name)` wants an exponent")
      }
      self = .activation(.power(exponent))
    case let name:
      if let choice = Choice(rawValue: name) {
        self = .choice(choice)
      } else {
        guard let activation = Activation.named.first(where: { $0.name == name }) else { return nil }
        self = .activation(activation)
      }
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
