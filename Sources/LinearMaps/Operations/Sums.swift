struct Add: Family {
  var text: String { "add" }
  var noun: String { "sum" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) -> Computation? { text.name == "add" ? .add : nil }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(operands[0] == result && operands[1] == result, "adds \(operands) in \(result)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] { zip(operands[0], operands[1]).map { $0 + $1 } }
  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].adding(operands[1]) }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}

struct Times: Family {
  var text: String { "times" }
  var noun: String { "product" }
  var operandCount: Int { 2 }
  var isCheap: Bool { false }

  static func read(_ text: ComputationText) -> Computation? { text.name == "times" ? .times : nil }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(operands[0] == result && operands[1] == result, "multiplies \(operands) in \(result)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] { zip(operands[0], operands[1]).map { $0 * $1 } }
  func dependence(_ operands: [Dependence]) -> Dependence { operands[0].multiplying(operands[1]) }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}

struct Scale: Family {
  let factor: Double

  var text: String { "scale[\(factor)]" }
  var noun: String { "scaled" }
  var operandCount: Int { 1 }
  var isCheap: Bool { true }

  static func read(_ text: ComputationText) throws -> Computation? {
    guard text.name == "scale" else { return nil }
    guard let factor = text.settings.first.flatMap(Double.init) else { throw text.fail("`scale` wants a factor") }
    return .scale(factor)
  }

  func violation(_ operands: [Space], _ result: Space) -> String? {
    require(operands[0] == result, "leads from \(operands[0]) to \(result)")
  }

  func run(_ operands: [[Double]], _ dimension: Int) -> [Double] { operands[0].map { factor * $0 } }
  func dependence(_ operands: [Dependence]) -> Dependence { factor == 0 ? .zero : operands[0] }
  func work(_ dimension: Int) -> Double { Double(dimension) }
}
