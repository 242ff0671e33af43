import CajalSyntax
import CajalTyping
import LinearMaps

/// The linear-map graph of a judgement: parameters are its ports, in order; its one result is the term's vector, or
/// the matrix of a function.
///
/// Returns nil where a diagnostic of severity error was added.
public func lower(
  _ judgement: Judgement, in module: TypedModule, source: Source, diagnostics: inout Diagnostics
) -> Graph? {
  let lowering = Lowering(module: module, source: source)
  do {
    let graph = try lowering.graph(of: judgement)
    lowering.warnings.forEach { diagnostics.add($0) }
    return graph
  } catch LoweringError.refused(let diagnostic) {
    lowering.warnings.forEach { diagnostics.add($0) }
    diagnostics.add(diagnostic)
  } catch LoweringError.nonlinear(let function) {
    diagnostics.add(lowering.noMatrix(function))
  } catch {
    preconditionFailure("lowering throws nothing else: \(error)")
  }
  return nil
}
