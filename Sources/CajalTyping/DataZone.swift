import CajalSyntax
import Diagnostics

/// What is known about a model's data while its body is checked (LANGUAGE.md, section 6).
struct DataZone {
  let states: DataStates
  /// The variables of learnt tensors that it mentions, by their places in `TypedModule.learnt`.
  var learnt: [Int: Variable] = [:]

  init(states: DataStates) { self.states = states }
}
