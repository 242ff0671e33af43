import CajalRuntime

/// What a module, or this library, refuses.
public struct CajalError: Error, CustomStringConvertible, Sendable {
  /// The module's `cajal_status`; that of a bad argument too where a module cannot be loaded.
  public let status: Int32
  public let description: String

  init(_ description: String, status: Int32 = Int32(CAJAL_BAD_ARGUMENT.rawValue)) {
    self.status = status
    self.description = description
  }
}

/// The reals that a module computes with.
public protocol CajalReal: BinaryFloatingPoint, BitwiseCopyable, Sendable {}
extension Float: CajalReal {}
extension Double: CajalReal {}
