/// A ball of ℝⁿ (LANGUAGE.md, section 5, bounded links).
public struct Ball: Hashable, Sendable {
  public enum Norm: String, Hashable, Sendable, CaseIterable { case l1, l2, linf }
  public let norm: Norm
  public let radius: Double
  public init(norm: Norm, radius: Double) {
    self.norm = norm
    self.radius = radius
  }
}

extension Ball {
  /// The norm of a vector; free of overflow where the result is.
  public func size(_ v: [Double]) -> Double {
    switch norm {
    case .l1: return v.reduce(0) { $0 + abs($1) }
    case .l2:
      let largest = v.reduce(0) { max($0, abs($1)) }
      return largest == 0 ? 0 : largest * v.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    case .linf: return v.reduce(0) { max($0, abs($1)) }
    }
  }

  /// v where it is in the ball, else radius · v/‖v‖ (LANGUAGE.md, section 5).
  func project(_ v: [Double]) -> [Double] {
    let size = size(v)
    return size <= radius ? v : v.map { radius * ($0 / size) }
  }

  /// The adjoint of `project` at v: w inside, (radius/‖v‖)·(w − s·⟨v,w⟩/‖v‖) outside.
  func adjoint(_ v: [Double], _ w: [Double]) -> [Double] {
    let size = size(v)
    if size <= radius { return w }
    let inner = zip(v, w).reduce(0) { $0 + $1.0 / size * $1.1 }
    let largest = v.firstIndex { abs($0) == size }
    return v.indices.map { i in
      let sign: Double = v[i] > 0 ? 1 : v[i] < 0 ? -1 : 0
      let s =
        switch norm {
        case .l1: sign
        case .l2: v[i] / size
        case .linf: i == largest ? sign : 0
        }
      return radius / size * (w[i] - s * inner)
    }
  }
}
