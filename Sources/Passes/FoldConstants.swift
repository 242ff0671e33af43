import LinearMaps

/// Operations on constants are run while compiling, where the result takes few entries to write down. Part of
/// `Simplify`: what folds makes more to simplify, and the other way round.
enum FoldConstants {
  /// The most non-zero entries of a constant that folding may make, and the largest vectors that it may look at.
  /// Code must not grow with the horizon, so large results stay computations.
  static let entryLimit = 64
  private static let dimensionLimit = 4096

  /// The constant that a computation on constants is; nil where it has another operand, or is better left alone.
  static func fold(_ computation: Computation, _ operands: [Value], _ space: Space) -> SparseVector? {
    for operand in operands {
      guard case .constant = operand.operation, operand.space.dimension <= dimensionLimit else { return nil }
    }
    guard !operands.isEmpty, space.dimension <= dimensionLimit else { return nil }
    guard computation.work(space.dimension) <= Double(16 * dimensionLimit) else { return nil }
    let vectors = operands.map { operand -> [Double] in
      guard case .constant(let vector) = operand.operation else { preconditionFailure() }
      return vector.dense(operand.space.dimension)
    }
    let result = SparseVector(dense: Interpreter().apply(computation, vectors, space.dimension))
    guard result.entries.count <= entryLimit, result.entries.allSatisfy({ $0.value.isFinite }) else { return nil }
    return result
  }
}
