import LinearMaps

extension Pass {
  /// Operations on constants are run while compiling, where the result takes few entries to write down.
  public static let foldConstants = Pass("fold-constants") { FoldConstants().rewrite($0) }
}

private final class FoldConstants: Rewriter {
  /// The most non-zero entries of a constant that folding may make, and the largest vectors that it may look at.
  /// Code must not grow with the horizon, so large results stay computations.
  private static let entryLimit = 64
  private static let dimensionLimit = 4096

  override func make(_ operation: Operation, _ operands: [Value], _ space: Space, in builder: GraphBuilder) -> Value {
    let value = builder.value(operation, operands, space)
    guard !operands.isEmpty, let folded = fold(operation, operands, space) else { return value }
    return builder.constant(folded, space)
  }

  private func fold(_ operation: Operation, _ operands: [Value], _ space: Space) -> SparseVector? {
    guard space.dimension <= FoldConstants.dimensionLimit else { return nil }
    var vectors: [[Double]] = []
    for operand in operands {
      guard case .constant(let vector) = operand.operation, operand.space.dimension <= FoldConstants.dimensionLimit else {
        return nil
      }
      vectors.append(vector.dense(operand.space.dimension))
    }
    if case .product(let p) = operation, p.m * p.k * p.n > 16 * FoldConstants.dimensionLimit { return nil }
    if case .conv2d(let c) = operation, (c.kernel + c.image).reduce(1, *) > 16 * FoldConstants.dimensionLimit { return nil }
    let result = SparseVector(dense: Interpreter().apply(operation, vectors, space.dimension))
    guard result.entries.count <= FoldConstants.entryLimit, result.entries.allSatisfy({ $0.value.isFinite }) else {
      return nil
    }
    return result
  }
}
