/// What the parameters and results of a program's graphs are to its callers.
///
///     forward     inputs                         → result, residuals
///     adjoint     inputs, cotangent              → result, gradients
///     backward    inputs, residuals, cotangent   → gradients
///
/// Inputs are a model's tensors, then the ports; gradients are in the order of inputs. The adjoint is what `reverse`
/// makes, and `split` cuts it into the other two.
public struct GraphSignature: Hashable, Sendable {
  public enum Input: Hashable, Sendable {
    case tensor(Int)
    case port(Int)
    /// Of the result: an input of the adjoint, without a gradient.
    case cotangent
  }
  /// A model has parameters of its own, or none; a program has ports alone.
  public let isModel: Bool
  /// The numbers of the inputs that are a model's tensors.
  public let tensors: Range<Int>
  public let ports: Range<Int>

  public static func program(ports: Int) -> GraphSignature {
    GraphSignature(isModel: false, tensors: 0..<0, ports: 0..<ports)
  }

  public static func model(tensors: Int, ports: Int) -> GraphSignature {
    GraphSignature(isModel: true, tensors: 0..<tensors, ports: tensors..<(tensors + ports))
  }

  /// The numbers of what has a gradient.
  public var inputs: Range<Int> { 0..<ports.upperBound }

  /// What the input of a number is, the cotangent counted last.
  public func input(_ number: Int) -> Input {
    if tensors.contains(number) { return .tensor(number) }
    return ports.contains(number) ? .port(number - ports.lowerBound) : .cotangent
  }

  /// Of the cotangent, which is no parameter of forward.
  public var cotangent: Int { ports.upperBound }

  public func number(ofPort port: Int) -> Int { ports.lowerBound + port }

  /// Of the adjoint.
  public static let result = 0
  public static func result(ofGradientIn input: Int) -> Int { result + 1 + input }

  /// Of the backward graph: the number of the input that a result is the gradient in.
  public static func input(ofGradient result: Int) -> Int { result }

  /// The parameter of a backward graph, or of an adjoint, that is the cotangent.
  public static func cotangent(of graph: Graph) -> Int { graph.parameters.count - 1 }

  /// The parameters of a backward graph that forward kept.
  public func residuals(of backward: Graph) -> Range<Int> { inputs.upperBound..<GraphSignature.cotangent(of: backward) }
}
