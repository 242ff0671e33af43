import CajalTyping
import Diagnostics
import LinearMaps

/// The linear-map graph of a judgement: parameters are its ports, in order; its one result is the term's vector, or
/// the matrix of a function.
///
/// Returns nil where a diagnostic of severity error was added.
public func lower(
  _ judgement: Judgement, in module: TypedModule, source: Source, diagnostics: inout Diagnostics
) -> Graph? {
  lowering(module: module, source: source, diagnostics: &diagnostics) { try $0.graph(of: judgement) }
}

/// Runs `body` and adds what it has to say.
func lowering<T>(
  module: TypedModule, source: Source, diagnostics: inout Diagnostics, _ body: (Lowering) throws -> T
) -> T? {
  let lowering = Lowering(module: module, source: source)
  do {
    let result = try body(lowering)
    for warning in lowering.warnings { diagnostics.add(warning) }
    return result
  } catch LoweringError.refused(let diagnostic) {
    for warning in lowering.warnings { diagnostics.add(warning) }
    diagnostics.add(diagnostic)
  } catch LoweringError.nonlinear(let function) {
    diagnostics.add(lowering.noMatrix(function))
  } catch {
    preconditionFailure("lowering throws nothing else: \(error)")
  }
  return nil
}
