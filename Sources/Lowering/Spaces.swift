import CajalSyntax
import LinearMaps

extension Space {
  /// The space of a type (LANGUAGE.md, section 4, the table).
  init(_ type: Type, horizon: Int) {
    switch type {
    case .bool: self = .boolean
    case .nat: self = .natural(horizon)
    case .natBelow(let count): self = .natural(count)
    case .real(let shape): self = .real(shape)
    case .data: self = .real([type.dimension(horizon: horizon)!])
    case .function(let argument, let result):
      self = .hom(Space(argument, horizon: horizon), Space(result, horizon: horizon))
    }
  }

  /// The most reals that one value may have; beyond, a diagnostic says so.
  static let maximumDimension = 1 << 31
}
