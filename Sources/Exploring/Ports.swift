import CajalSyntax
import Driver

extension PortModel {
  init(name: String, type: Type, horizon: Int) {
    let dimension = type.dimension(horizon: horizon) ?? Int.max
    let axis = ProgramTensor.Axis(name: name, type: type, dimension: dimension)
    let shape = type.matrixShape(horizon: horizon)
    self.init(
      name: name, type: "\(type)", dimension: dimension, shape: shape,
      labels: (0..<min(dimension, PageLimit.entries)).map { axis.label($0, columns: shape.last) },
      isDiscrete: type.isDiscrete, start: type.start)
  }
}

extension ProgramTensor.Axis {
  /// Entries of a matrix are named by their row and column.
  fileprivate func label(_ index: Int, columns: Int?) -> String {
    if case .function = type, let columns { return "[\(index / columns),\(index % columns)]" }
    return label(index)
  }
}

extension Type {
  fileprivate func matrixShape(horizon: Int) -> [Int] {
    switch self {
    case .real(let shape): return shape
    case .function(let argument, let result):
      guard let rows = result.dimension(horizon: horizon), let columns = argument.dimension(horizon: horizon) else {
        return []
      }
      return [rows, columns]
    case .bool, .nat, .natBelow, .data: return []
    }
  }

  fileprivate var isDiscrete: Bool {
    switch self {
    case .bool, .nat, .natBelow, .data: true
    case .real, .function: false
    }
  }

  /// `true`, one round, ones, or the identity.
  fileprivate var start: PortModel.Start {
    switch self {
    case .bool, .data: .first
    case .nat, .natBelow: .second
    case .real: .ones
    case .function: .identity
    }
  }
}
