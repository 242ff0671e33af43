import LinearMaps

extension Pass {
  /// Equal nodes become one. Building a graph anew does it.
  public static let shareCommon = Pass("share-common") { Rewriter().rewrite($0) }
}
