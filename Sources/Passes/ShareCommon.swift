import LinearMaps

extension Pass {
  /// Equal nodes become one. Building a graph anew does it.
  public static let shareCommon = Pass("share-common") { ShareCommon().rewrite($0) }
}

private final class ShareCommon: Rewriter {
  override func make(_ operation: Operation, _ operands: [Value], _ space: Space, in builder: GraphBuilder) -> Value {
    builder.value(operation, operands.map { constantsAreCopied($0, into: builder) }, space)
  }
}
