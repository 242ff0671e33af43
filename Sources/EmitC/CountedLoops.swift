import Schedule

extension CStatement {
  /// A loop over rounds.
  static func counted(_ loop: CountedLoop, _ name: String, _ body: [CStatement]) -> CStatement {
    func counter(_ value: Int) -> CVariable {
      CVariable(type: "size_t", name: name, extent: nil, initial: .expression(.integer(value)))
    }
    if loop.descending {
      return .forLoop(
        first: counter(loop.upper), condition: .binary(">", .postfix("--", .name(name)), .integer(loop.lower)),
        step: nil, body: body)
    }
    return .forLoop(
      first: counter(loop.lower), condition: .binary("<", .name(name), .integer(loop.upper)),
      step: .postfix("++", .name(name)), body: body)
  }
}
