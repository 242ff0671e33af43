import Schedule

/// The names by which a procedure knows what it is given: the same in all of its steps, which may be thousands.
struct ProcedureScope {
  let inputs: [String]
  let outputs: [String]
  /// One for each table of the module.
  let tables: [String]
  /// Of a model: in the order of its ports. Nil for a program.
  let ports: [String]?
  /// What the steps' own names must differ from.
  let scope: NameScope

  init(inputs: [String], outputs: [String], tables: [String], ports: [String]?, fileNames: NameScope) {
    var scope = NameScope(inside: fileNames)
    for name in LoopVariable.indexNames + ["keep", "work"] + (ports == nil ? ["kept"] : []) { _ = scope.take(name) }
    // `result` and `result_bar` are names that no port gets.
    func claim(_ name: String) -> String { scope.take(name) ? name : scope.claim(name) }
    self.inputs = inputs.map(claim)
    self.outputs = outputs.map(claim)
    self.tables = tables
    self.ports = ports
    self.scope = scope
  }
}
