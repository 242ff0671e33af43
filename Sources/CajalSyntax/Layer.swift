import Diagnostics

/// One layer of a net, as it was written (LANGUAGE.md, section 6).
public struct Layer: Sendable {
  public enum Kind: Hashable, Sendable {
    /// `conv C KxK [stride S] [valid]`: zero padding "same" unless `isValid`.
    case convolution(channels: Int, kernel: [Int], stride: Int, isValid: Bool)
    /// `dense [N]`; nil takes the size from the net's result type.
    case dense(Int?)
    case pool(Pool, size: Int)
    case activation(Activation)
    case within(Bound)
  }
  public enum Pool: String, Hashable, Sendable, CaseIterable { case maxpool, avgpool }
  public enum Activation: String, Hashable, Sendable, CaseIterable { case relu, tanh, sigmoid, softplus, softmax }

  public let kind: Kind
  /// From its first word to its last.
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

extension Layer.Kind: CustomStringConvertible {
  /// Concrete syntax.
  public var description: String {
    switch self {
    case .convolution(let channels, let kernel, let stride, let isValid):
      "conv \(channels) \(kernel.map(String.init).joined(separator: "x"))"
        + (stride == 1 ? "" : " stride \(stride)") + (isValid ? " valid" : "")
    case .dense(let size): size.map { "dense \($0)" } ?? "dense"
    case .pool(let pool, let size): "\(pool.rawValue) \(size)"
    case .activation(let activation): activation.rawValue
    case .within(let bound): bound.description
    }
  }
}

extension Bound: CustomStringConvertible {
  /// Concrete syntax.
  public var description: String { "within \(norm.rawValue) \(PrettyPrinter.number(radius))" }
}
