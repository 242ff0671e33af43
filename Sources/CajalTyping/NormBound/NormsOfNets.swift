import CajalSyntax

extension Net {
  /// Of what comes out, whatever the weights: what the layers since the last one with weights say.
  func outputBound(_ input: NormBound) -> NormBound {
    layers.reduce(input) { $1.outputBound($0) }
  }
}

extension TypedLayer {
  fileprivate func outputBound(_ input: NormBound) -> NormBound {
    let size = Double(output.reduce(1, *))
    let bound: NormBound =
      switch kind {
      case .convolution, .dense: .none
      // Each entry comes from entries of its own, and is at most the largest of them.
      case .pool: input
      case .within(let ball): input.within(ball)
      case .activation(let activation): activation.outputBound(input, size: size)
      }
    return bound.completed(dimension: size)
  }
}

extension Elementwise {
  func outputBound(_ input: NormBound) -> NormBound {
    switch self {
    case .abs, .relu: return input
    case .tanh: return NormBound(l1: input.l1, l2: input.l2, linf: min(1, input.linf))
    // |sin x| ≤ |x|
    case .sin: return NormBound(l1: input.l1, l2: input.l2, linf: min(1, input.linf))
    case .cos, .sigmoid: return NormBound(l1: .infinity, l2: .infinity, linf: 1)
    case .softplus:
      let ln2 = 0.693_147_180_559_945_4
      return NormBound(l1: .infinity, l2: .infinity, linf: Upward.sum(ln2, input.linf))
    case .sqrt: return NormBound(l1: .infinity, l2: .infinity, linf: Upward.root(input.linf))
    case .power(let exponent):
      guard exponent == 2 else { return exponent == 1 ? input : .none }
      return .entrywise(input, input)
    case .exp, .log, .recip: return .none
    }
  }
}

extension Layer.Activation {
  fileprivate func outputBound(_ input: NormBound, size: Double) -> NormBound {
    switch self {
    case .relu: return input
    case .tanh: return NormBound(l1: input.l1, l2: input.l2, linf: min(1, input.linf))
    case .sigmoid: return NormBound(l1: .infinity, l2: .infinity, linf: 1)
    // log(1 + eˣ) ≤ log 2 + max(x, 0)
    case .softplus:
      let ln2 = 0.693_147_180_559_945_4
      return NormBound(l1: .infinity, l2: .infinity, linf: Upward.sum(ln2, input.linf))
    // The entries are positive, and their sum is 1.
    case .softmax: return .unit
    }
  }
}
