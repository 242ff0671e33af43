import CajalSyntax
import TestSupport

/// The kinds of things that a program has: what the report counts.
extension RandomProgram {
  var featureNames: Set<String> {
    var found: Set<String> = []
    func note(_ name: String, _ holds: Bool) { if holds { found.insert(name) } }
    for body in definitions.map(\.body) + [body] { body.features(inStep: false, nets: nets.map(\.name), &found) }
    note("definitions", !definitions.isEmpty)
    for port in context {
      note("input Nat", port.type == .nat)
      note("input Bool", port.type == .bool)
      note("input Real", !port.type.isFunction && port.type.endsInReal)
      note("input of function type", port.type.isFunction)
      note("input of second order", !port.type.isFirstOrder)
      note("input within a ball", port.bound != nil)
      note("datum used several times", isModel && body.occurrences(of: port.name) > 1)
    }
    note("result of function type", type.isFunction)
    for net in nets {
      note("net", true)
      note("net of several arguments", net.parameters.count > 1)
      note("net with a function for a result", net.result.isFunction)
      for layer in net.layers {
        switch layer {
        case .convolution: note("convolutional layer", true)
        case .pool: note("pooling layer", true)
        case .within: note("layer within a ball", true)
        case .activation(.softmax): note("softmax layer", true)
        case .activation, .dense: break
        }
      }
    }
    return found
  }
}

extension Term {
  fileprivate func features(inStep: Bool, nets: [String], _ found: inout Set<String>) {
    switch kind {
    case .iterate(let iteration):
      let (base, state, step, count) = (iteration.base, iteration.state, iteration.step, iteration.count)
      found.insert(iteration.form == .all ? "scan" : "iteration")
      if iteration.isData { found.insert("state that is data") }
      if inStep { found.insert("iteration in an iteration's step") }
      base.features(inStep: inStep, nets: nets, &found)
      step.features(inStep: true, nets: nets, &found)
      count.features(inStep: inStep, nets: nets, &found)
      if nets.contains(where: { step.applies($0, to: state.text) }) { found.insert("net on a state") }
      return
    case .apply(let function, let argument):
      if case .variable(let name) = function.kind, nets.contains(name), !argument.freeNames.isDisjoint(with: nets) {
        found.insert("net of a net's result")
      }
    case .conditional: found.insert("conditional")
    case .cases: found.insert("case")
    case .fold: found.insert("fold")
    case .function: found.insert("function")
    case .letIn: found.insert("let")
    case .variable("conv2d"): found.insert("conv2d")
    case .variable("dot"): found.insert("dot")
    case .divide: found.insert("quotient")
    case .power: found.insert("power")
    case .list: found.insert("bracket of expressions")
    case .variable, .bool, .numeral, .decimal, .succ, .add, .subtract, .negate, .scale, .ascription, .vector,
      .matrix, .error:
      break
    }
    for child in kind.children { child.features(inStep: inStep, nets: nets, &found) }
  }

  private func applies(_ net: String, to state: String) -> Bool {
    if case .apply(let function, let argument) = kind, case .variable(net) = function.kind,
      argument.occurrences(of: state) > 0
    {
      return true
    }
    return kind.children.contains { $0.applies(net, to: state) }
  }
}
