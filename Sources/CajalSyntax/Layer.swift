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
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}
