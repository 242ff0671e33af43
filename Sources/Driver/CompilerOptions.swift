import CajalTyping
import EmitC
import Lowering

/// What the command line chooses for one compilation.
public struct CompilerOptions: Sendable {
  /// `--horizon`: overrides the file's.
  public var horizon: Int?
  public var strictLinear = false
  public var overflow = OverflowPolicy.warn
  /// `--emit-grad`
  public var gradients = false
  /// 4 or 8.
  public var realBytes = 4
  public var blas = Blas.openblas
  public var checkFinite = false
  /// `--emit-inline`
  public var inlines = false
  /// `--prefix`: the file's stem where it is nil.
  public var prefix: String?
  /// `--type-preserving` and `--frozen`: what takes the place of the models' programs.
  public var typePreserving: TypePreserving?
  /// `--weights`: a safetensors file with the models' parameters.
  public var weights: String?

  public init() {}
}

/// The name and version that generated modules carry.
public let compilerVersion = "0.1.0"
public let compilerName = "cajal2c \(compilerVersion)"
