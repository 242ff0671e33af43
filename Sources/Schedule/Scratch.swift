import LinearMaps

// The runtime's kernels need room while they run, too much for the stack of a thread: the start of the workspace. In
// bytes, as cajal_kernels.h says.

extension BatchProduct {
  /// The room that the kernel is given.
  public var scratchBytes: Int {
    switch role {
    case .apply(let k, _, _): Scratch.product(k)
    case .sum, .middle: Scratch.mostProduct
    }
  }
}

/// The constants of cajal_kernels.h.
public enum Scratch {
  public static let mostProduct = 65536
  public static let convolution = 54400
  public static let kernelAdjoint = 69760

  /// For sums of `k` terms.
  public static func product(_ k: Int) -> Int { k < 256 ? 256 * k : mostProduct }
}

extension Sequence<Statement> {
  /// What the kernel needs that needs most.
  var scratchBytes: Int {
    var most = 0
    visitAll { if case .kernel(let kernel, _, _, _) = $0 { most = Swift.max(most, kernel.facts.scratchBytes) } }
    return most
  }
}

extension [Step] {
  var scratchBytes: Int { products.reduce(bodies.joined().scratchBytes) { Swift.max($0, $1.scratchBytes) } }
}
