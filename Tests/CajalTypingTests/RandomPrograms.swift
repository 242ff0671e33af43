/// Writes well-typed kernel programs: every variable of a context is used exactly once on each path by construction.
struct RandomPrograms {
  indirect enum Shape: Equatable {
    case bool, nat
    case function(Shape, Shape)

    var text: String {
      switch self {
      case .bool: "Bool"
      case .nat: "Nat"
      case .function(let a, let b): "(\(a.text) -o \(b.text))"
      }
    }
  }

  typealias Port = (name: String, type: Shape)
  private var state: UInt64
  private var names = 0

  init(seed: UInt64) { state = seed }

  mutating func program() -> String {
    let ports = (0..<below(4)).map { _ in (name: fresh(), type: type(2)) }
    let parameters = ports.map { "\($0.name) : \($0.type.text)" }.joined(separator: ", ")
    let result = type(1)
    return "program p (\(parameters)) : \(result.text) = \(term(ports, result, 4))"
  }

  /// SplitMix64.
  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }

  private mutating func fresh() -> String {
    names += 1
    return "x\(names)"
  }

  private mutating func type(_ order: Int) -> Shape {
    if order > 0, below(2) == 0 { return .function(type(order - 1), type(order)) }
    return below(3) == 0 ? .nat : .bool
  }

  private mutating func split(_ context: [Port], _ parts: Int) -> [[Port]] {
    var result = [[Port]](repeating: [], count: parts)
    for port in context { result[below(parts)].append(port) }
    return result
  }

  private mutating func term(_ context: [Port], _ goal: Shape, _ depth: Int) -> String {
    if context.count == 1, context[0].type == goal, below(3) > 0 { return context[0].name }
    if depth <= 0 { return last(context, goal) }
    switch below(6) {
    case 0:
      let parts = split(context, 2)
      let condition = term(parts[0], .bool, depth - 1)
      return "(if \(condition) then \(term(parts[1], goal, depth - 1)) else \(term(parts[1], goal, depth - 1)))"
    case 1, 2:
      let parts = split(context, 3)
      let state = fresh()
      let base = term(parts[0], goal, depth - 1)
      let step = term(parts[1] + [(state, goal)], goal, depth - 1)
      return "iter { (\(base) : \(goal.text)) | \(state) => \(step) } (\(term(parts[2], .nat, depth - 1)))"
    case 3:
      let parts = split(context, 2)
      let bound: Port = (fresh(), type(2))
      let value = term(parts[0], bound.type, depth - 1)
      return "(let \(bound.name) = (\(value) : \(bound.type.text)) in \(term(parts[1] + [bound], goal, depth - 1)))"
    case 4:
      if let index = context.firstIndex(where: { if case .function = $0.type { true } else { false } }) {
        var rest = context
        return call(rest.remove(at: index), rest, goal, depth)
      }
      return introduce(context, goal, depth)
    default: return introduce(context, goal, depth)
    }
  }

  private mutating func call(_ function: Port, _ rest: [Port], _ goal: Shape, _ depth: Int) -> String {
    guard case .function(let argument, let result) = function.type else { return function.name }
    let parts = split(rest, 2)
    let value = term(parts[0], argument, depth - 1)
    if parts[1].isEmpty, result == goal { return "\(function.name) (\(value))" }
    let bound: Port = (fresh(), result)
    return "(let \(bound.name) = \(function.name) (\(value)) in \(term(parts[1] + [bound], goal, depth - 1)))"
  }

  private mutating func introduce(_ context: [Port], _ goal: Shape, _ depth: Int) -> String {
    switch goal {
    case .function(let argument, let result):
      let name = fresh()
      return "(fun (\(name) : \(argument.text)) => \(term(context + [(name, argument)], result, depth)))"
    case .nat where below(2) == 0: return "(succ (\(term(context, .nat, depth - 1))))"
    case .bool, .nat: return last(context, goal)
    }
  }

  /// Uses up a context with as little as possible.
  private mutating func last(_ context: [Port], _ goal: Shape) -> String {
    if context.count == 1, context[0].type == goal { return context[0].name }
    if case .function = goal { return introduce(context, goal, 0) }
    guard let port = context.last else {
      return goal == .nat ? "\(below(3))" : below(2) == 0 ? "true" : "false"
    }
    var rest = context
    rest.removeLast()
    switch port.type {
    case .bool:
      return "(if \(port.name) then \(last(rest, goal)) else \(last(rest, goal)))"
    case .nat: return "iter { (\(last(rest, goal)) : \(goal.text)) | y => y } (\(port.name))"
    case .function(let argument, let result):
      let name = fresh()
      let value = last([], argument)
      return "(let \(name) = \(port.name) (\(value)) in \(last(rest + [(name, result)], goal)))"
    }
  }
}
