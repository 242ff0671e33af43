import CajalSyntax
import Diagnostics

/// Nets that no model applies, learnt tensors that none mentions, and data of a model that nothing uses: allowed, and probably not what was meant. What is
/// linear and unused is an error, and not looked for here. A name that begins with `_` says that it is not used.
struct UnusedNames {
  private var nets: [String: Name] = [:]
  private var learnt: [String: Name] = [:]
  private var used: Set<Int> = []
  private var ended: [(name: Name, message: String, help: String)] = []

  mutating func declare(_ net: Name) { nets[net.text] = net }

  mutating func declare(learnt name: Name) { learnt[name.text] = name }

  /// A net is applied, or a learnt tensor mentioned.
  mutating func use(_ name: Name) {
    nets[name.text] = nil
    learnt[name.text] = nil
  }

  mutating func use(_ datum: Binding) { used.insert(datum.id) }

  /// The scope of a datum ends.
  ///
  /// - Parameter what: it is, in words.
  mutating func end(_ datum: Binding, _ what: String) {
    guard used.remove(datum.id) == nil, !datum.name.hasPrefix("_") else { return }
    ended.append(
      (
        Name(datum.name, datum.span), "`\(datum.name)` is never used: a \(what)",
        "use `\(datum.name)` or remove it; call it `_\(datum.name)` if it is to be left out"
      ))
  }

  /// The warnings, for a file without errors.
  var diagnostics: [Diagnostic] {
    let unappliedNets = nets.values.filter { !$0.text.hasPrefix("_") }.map { net in
      Diagnostic(
        .unused, "no model applies the net `\(net.text)`", at: Label(net.span, "declared here"),
        notes: ["what is compiled are programs and models; a net becomes part of the models that apply it"],
        help: "apply it in a `model`, or remove it")
    }
    let unmentioned = learnt.values.filter { !$0.text.hasPrefix("_") }.map { name in
      Diagnostic(
        .unused, "no model mentions the learnt tensor `\(name.text)`", at: Label(name.span, "declared here"),
        notes: ["a `param` becomes part of the models that mention it"], help: "use it in a `model`, or remove it")
    }
    let data = ended.map { name, message, help in
      Diagnostic(
        .unused, message, at: Label(name.span, "bound here and never used"),
        notes: ["data may be used any number of times or not at all, but this has no influence on any result"],
        help: help, fixes: [.insert("_", at: name.span.start, "call it `_\(name.text)`")])
    }
    return unappliedNets + unmentioned + data
  }
}
