/// What a program's functions may need of the machine's stack, in bytes.
public struct StackBytes: Sendable {
  /// Of any of them.
  public let all: Int
  /// Of those for one sample.
  public let one: Int

  /// - Parameters:
  ///   - batch: what those need that run over a batch.
  ///   - plainOne: what those need that compute one sample, where they do so without a batch of one.
  ///   - calls: how often at most one of the functions is called by the runtime, which another one has called.
  init(batch: Int, plainOne: Int?, calls: Int) {
    all = StackBound.rest + max(batch + calls * StackBound.caller, plainOne ?? 0)
    one = plainOne ?? all
  }
}

/// What functions of a C file may need of the machine's stack, in bytes, with what they call.
///
/// Compilers decide on frames, so nothing in C bounds them. What they put there comes of what the C says: the variables,
/// and the entries of arrays that are read or written one by one, which are variables too once they are in registers. A
/// compiler that overlaps rounds of a loop, or makes vectors of what are single reals, has them twice. Beside them there
/// is a fixed rest. StackTests compares this with the frames of compilers.
struct StackBound {
  private let functions: [String: CFunction]
  private let realBytes: Int
  private var found: [String: Int] = [:]

  /// Of a frame, beside its variables: saved registers, and what is computed in between.
  fileprivate static let rest = 384
  /// Of a kernel, with what it calls; the middle product has the most rows of registers.
  private static func kernel(_ name: String) -> Int { name.hasPrefix("cajal_middle_product") ? 6144 : 4096 }
  /// Of what is always inlined (cajal_lanes.h), and has its variables in every place then.
  fileprivate static let inlined = 256
  /// Of what the runtime does before and after it calls the module's own functions.
  fileprivate static let caller = 1024

  init(_ items: [CItem], realBytes: Int) {
    self.realBytes = realBytes
    var functions: [String: CFunction] = [:]
    for case .function(let function) in items where function.body != nil { functions[function.name] = function }
    self.functions = functions
  }

  mutating func bytes(of name: String) -> Int {
    if let known = found[name] { return known }
    guard let function = functions[name] else { return Self.isKernel(name) ? Self.kernel(name) : 0 }
    let frame = Frame(function, realBytes: realBytes)
    // No function of ours calls itself.
    let deepest = frame.calls.map { bytes(of: $0) }.max() ?? 0
    let total = Self.rest + 2 * frame.values + deepest
    found[name] = total
    return total
  }

  private static func isKernel(_ name: String) -> Bool { name.hasSuffix("_f32") || name.hasSuffix("_f64") }
}

/// The values that a function has by name, in bytes, and what it calls.
private struct Frame {
  private let realBytes: Int
  private(set) var values = 0
  private(set) var calls: Set<String> = []
  /// The bytes of an entry, by the array's name.
  private var entries: [String: Int] = [:]
  private var seen: Set<String> = []

  init(_ function: CFunction, realBytes: Int) {
    self.realBytes = realBytes
    for parameter in function.parameters {
      entries[parameter.name] = bytes(of: String(parameter.type.prefix { $0 != "*" }))
    }
    visit(function.body ?? [])
  }

  private static func isInlined(_ name: String) -> Bool {
    name.hasPrefix("cajal_") && (name.hasSuffix("_lanes") || name.hasSuffix("_gradient"))
  }

  private mutating func visit(_ statements: [CStatement]) {
    for statement in statements {
      switch statement {
      case .comment: break
      case .variable(let variable): visit(variable)
      case .expression(let value), .returnValue(let value): visit(value)
      case .forLoop(let first, let condition, let step, let body):
        visit(first)
        visit(condition)
        if let step { visit(step) }
        visit(body)
      case .ifThen(let condition, let body):
        visit(condition)
        visit(body)
      }
    }
  }

  private mutating func visit(_ variable: CVariable) {
    var count = 1
    switch variable.extent {
    case nil: break
    case "": if case .list(let values)? = variable.initial { count = values.count }
    case let extent?: count = Int(extent)!
    }
    values += count * bytes(of: variable.type)
    if let initial = variable.initial { visit(initial) }
  }

  /// A pointer, a size or an int takes a register's room.
  private func bytes(of type: String) -> Int {
    switch type.split(separator: " ").filter({ $0 != "const" }) {
    case ["lanes"], ["cajal_unaligned_lanes"]: 64
    case ["real"], ["float"], ["double"]: realBytes
    default: 8
    }
  }

  private mutating func visit(_ initialiser: CInitialiser) {
    switch initialiser {
    case .expression(let value): visit(value)
    case .list(let values): for value in values { visit(value) }
    case .fields(let fields): for field in fields { visit(field.value) }
    }
  }

  private mutating func visit(_ expression: CExpression) {
    switch expression {
    case .name, .number, .string: break
    case .call(let function, let arguments):
      calls.insert(function)
      if Self.isInlined(function) { values += StackBound.inlined }
      for argument in arguments { visit(argument) }
    case .index(.name(let array), .number(let place)):
      if let bytes = entries[array], seen.insert("\(array)[\(place)]").inserted { values += bytes }
    case .index(let a, let b), .binary(_, let a, let b):
      visit(a)
      visit(b)
    case .prefix(_, let a), .postfix(_, let a), .cast(_, let a): visit(a)
    case .conditional(let a, let b, let c):
      visit(a)
      visit(b)
      visit(c)
    case .compound(_, let values): for value in values { visit(value) }
    }
  }
}
