import CajalSyntax
import Diagnostics

public struct CheckOptions: Sendable {
  /// `--horizon`: overrides the file's.
  public var horizonOverride: Int?
  /// `--strict-linear`: every variable, bound ones included, must be linear (LANGUAGE.md, section 2, Degree).
  public var strictLinear: Bool

  public init(horizonOverride: Int? = nil, strictLinear: Bool = false) {
    self.horizonOverride = horizonOverride
    self.strictLinear = strictLinear
  }
}

/// The dimension of `Nat` where neither the file nor the command line gives one.
public let defaultHorizon = 10
/// The largest dimension of `Nat`.
public let maximumHorizon = 1 << 24

/// Checks a file by the rules of LANGUAGE.md, sections 2 and 5, and elaborates it.
///
/// Reports every independent error, in the order of the file; nil if there was one.
///
/// - Parameter observations: is told what is found out on the way.
public func check(
  _ tree: SyntaxTree, options: CheckOptions = CheckOptions(), observing observations: Observations? = nil,
  diagnostics: inout Diagnostics
) -> TypedModule? {
  let checker = Checker()
  checker.context.observations = observations
  defer { checker.observeGlobals() }
  var module = checker.checkFile(tree, options: options)
  if let typed = module {
    module = judgeDegrees(of: typed, strict: options.strictLinear, report: { checker.report($0) })
  }
  // Where something could not be read or checked, that may be what is claimed, or what uses a name.
  if !checker.hasErrors, !diagnostics.hasErrors { module?.proveClaims { checker.report($0) } }
  if !checker.hasErrors, !diagnostics.hasErrors {
    for warning in checker.unused.diagnostics { checker.report(warning) }
  }
  diagnostics.add(contentsOf: checker.takeDiagnostics())
  // A tree that could not be read in full is looked at for further errors, and no more.
  return diagnostics.hasErrors ? nil : module
}

/// Checks a closed term that may use a checked file's declarations, against a type if one is given.
///
/// Its variables have ids from `module.variableCount` on.
public func checkClosedTerm(
  _ term: Term, against type: Type?, in module: TypedModule, diagnostics: inout Diagnostics
) -> TypedTerm? {
  let checker = Checker(module: module)
  let typed = checker.elaborate(term, type.map { .type($0, .port) } ?? .nothing)
  diagnostics.add(contentsOf: checker.takeDiagnostics())
  return diagnostics.hasErrors ? nil : typed
}
