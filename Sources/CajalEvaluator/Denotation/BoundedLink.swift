import CajalSyntax

extension Bound {
  /// `v` where ‖v‖ ≤ c, else `c·v/‖v‖` (LANGUAGE.md, section 5, bounded links).
  func project(_ vector: [Double]) -> [Double] {
    let size = magnitude(vector)
    return size <= radius ? vector : vector.map { radius * $0 / size }
  }

  /// The same with the derivative. The adjoint of section 5, ȳ ↦ (c/‖v‖)·(ȳ − s·⟨v,ȳ⟩/‖v‖), is the transpose of
  /// v̇ ↦ (c/‖v‖)·(v̇ − v·⟨s,v̇⟩/‖v‖).
  func project(_ vector: [Dual]) -> [Dual] {
    let values = vector.map(\.value)
    let size = magnitude(values)
    if size <= radius { return vector }
    let normal = subgradient(values)
    let rate = zip(normal, vector).reduce(0) { $0 + $1.0 * $1.1.tangent }
    return vector.map { entry in
      Dual(radius * entry.value / size, radius / size * (entry.tangent - entry.value * rate / size))
    }
  }

  /// The norm of the entries.
  public func magnitude(_ vector: [Double]) -> Double {
    switch norm {
    case .l1: return vector.reduce(0) { $0 + $1.magnitude }
    case .l2:
      // Scaled by the largest entry, so that squares neither overflow nor vanish.
      let largest = vector.reduce(0) { max($0, $1.magnitude) }
      guard largest > 0, largest.isFinite else { return largest }
      return largest * vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
    case .linf: return vector.reduce(0) { max($0, $1.magnitude) }
    }
  }

  /// The `s` of section 5, at a vector that is not zero.
  private func subgradient(_ vector: [Double]) -> [Double] {
    switch norm {
    case .l1: return vector.map(sign)
    case .l2:
      let size = magnitude(vector)
      return vector.map { $0 / size }
    case .linf:
      let size = magnitude(vector)
      let first = vector.firstIndex { $0.magnitude == size }
      return vector.indices.map { $0 == first ? sign(vector[$0]) : 0 }
    }
  }

  private func sign(_ number: Double) -> Double { number > 0 ? 1 : number < 0 ? -1 : 0 }
}
