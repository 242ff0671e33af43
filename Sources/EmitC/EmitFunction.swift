import LinearMaps
import Schedule

/// The C of one step of a procedure: a static function that computes one sample.
struct SampleFunction {
  let function: CFunction
  /// What the function takes, in order.
  let arguments: [SampleArgument]
}

enum SampleArgument: Hashable {
  case input(Int)
  case output(Int)
  /// Of a model: the sample's row of a buffer.
  case row(buffer: Int)
  /// Of a program: what is kept of the sample, or of several in lanes.
  case kept
  /// Of a model: whether this run keeps anything.
  case keep
  case wants(Wanted)
  /// The round of a loop around the step.
  case round(LoopVariable)
  case work
}

/// What stands where the schedule has a real.
enum Element: Equatable {
  case real
  /// Of several samples (cajal_lanes.h). What is a buffer of the workspace in the schedule is one there too, or a local
  /// array.
  case lanes(hasWorkspace: Bool)
  /// Of one sample without a workspace: what is a buffer of it in the schedule is a local array.
  case alone(Header?)

  /// The header in which the function stands, where it does: C++ reads it too, and it has no typedefs of its own.
  struct Header: Equatable {
    /// "float" or "double".
    let real: String
  }

  var isLanes: Bool {
    switch self {
    case .real, .alone: false
    case .lanes: true
    }
  }

  var type: String {
    switch self {
    case .real, .alone(nil): "real"
    case .lanes: "lanes"
    case .alone(let header?): header.real
    }
  }

  /// Of a real that is the same for all samples.
  fileprivate var scalar: String { isLanes ? "real" : type }

  /// Of what may lie in a workspace.
  var typeInMemory: String { isLanes ? "cajal_unaligned_lanes" : type }

  fileprivate var restrict: String {
    switch self {
    case .real, .lanes, .alone(nil): "restrict"
    case .alone(.some): "__restrict"
    }
  }

  /// Whether buffers of the workspace are local arrays.
  fileprivate var isOnStack: Bool {
    switch self {
    case .real: false
    case .lanes(let hasWorkspace): !hasWorkspace
    case .alone: true
    }
  }
}

/// Emits one step of a procedure.
struct FunctionEmitter {
  private let procedure: Procedure
  let realBytes: Int
  let element: Element
  private var scope: NameScope
  /// Of the buffers that the step uses.
  private var names: [Int: String] = [:]
  private var usage: BufferUsage
  private let isModel: Bool
  private var wantsName: [Wanted: String] = [:]

  /// - Parameter loops: the variables of the loops around the step.
  static func emit(
    _ statements: [Statement], of procedure: Procedure, name: String, names: ProcedureScope, realBytes: Int,
    element: Element = .real, readsKept: Bool, loops: [LoopVariable] = []
  ) -> SampleFunction {
    var emitter = FunctionEmitter(statements, procedure, names, realBytes, element, loops)
    var body = emitter.statements(statements, depth: loops.count)
    var parameters: [CParameter] = []
    var arguments: [SampleArgument] = []
    func add(_ argument: SampleArgument, _ type: String, _ name: String) {
      arguments.append(argument)
      parameters.append(CParameter(type, name))
    }
    var inputs: [Int: String] = [:]
    var outputs: [Int: String] = [:]
    var rows: [Int] = []
    var usesKept = false
    var usesWork = false
    for index in emitter.usage.used {
      let buffer = procedure.buffers[index]
      switch buffer.storage {
      case .input(let input): inputs[input] = emitter.names[index]!
      case .output(let output): outputs[output] = emitter.names[index]!
      case .kept: usesKept = true
      case .rows, .keptRows, .rowPointer: rows.append(index)
      case .workspace:
        if emitter.isLocal(index) { break }
        if buffer.keptAt == nil { usesWork = true } else { rows.append(index) }
      case .table, .local, .pointer, .unplanned: break
      }
    }
    if emitter.usage.branchesOnKept, !element.isLanes, names.ports == nil {
      usesKept = true
      let isKept = CExpression.binary("!=", .name("kept"), .number("0"))
      body.insert(
        .variable(CVariable(type: "int", name: "keep", extent: nil, initial: .expression(isKept))), at: 0)
    } else if emitter.usage.branchesOnKept, names.ports == nil {
      usesKept = true
    }
    let type = element.type
    for (input, name) in inputs.sorted(by: { $0.key < $1.key }) { add(.input(input), "const \(type) *", name) }
    for (output, name) in outputs.sorted(by: { $0.key < $1.key }) {
      add(.output(output), "\(type) *\(element.restrict) ", name)
    }
    for index in rows {
      add(.row(buffer: index), emitter.rowType(index), emitter.names[index]!)
    }
    if usesKept { add(.kept, "\(readsKept ? "const " : "")\(element.typeInMemory) *", "kept") }
    if emitter.usage.branchesOnKept, names.ports != nil { add(.keep, "int", "keep") }
    for wanted in emitter.usage.wanted.sorted() { add(.wants(wanted), "int", emitter.wantsName[wanted]!) }
    for loop in loops where emitter.usage.counters.contains(loop) {
      add(.round(loop), "size_t", emitter.indices.names[loop]!)
    }
    if usesWork || emitter.usage.usesScratch { add(.work, "\(type) *", "work") }
    let function = CFunction(
      specifiers: "static", result: "void", name: name, parameters: parameters, body: body)
    return SampleFunction(function: function, arguments: arguments)
  }

  /// Buffers that share the workspace with others, one after another, must not be `restrict`.
  private func rowType(_ index: Int) -> String {
    if usage.writes(index) == 0 { return "const real *" }
    if case .workspace = procedure.buffers[index].storage { return "real *" }
    return "real *restrict "
  }

  private init(
    _ body: [Statement], _ procedure: Procedure, _ given: ProcedureScope, _ realBytes: Int, _ element: Element,
    _ loops: [LoopVariable]
  ) {
    self.procedure = procedure
    self.realBytes = realBytes
    self.element = element
    isModel = given.ports != nil
    usage = BufferUsage(body, of: procedure)
    scope = NameScope(inside: given.scope)
    for index in usage.used {
      let buffer = procedure.buffers[index]
      switch buffer.storage {
      case .input(let input): names[index] = given.inputs[input]
      case .output(let output): names[index] = given.outputs[output]
      case .table(let table): names[index] = given.tables[table]
      case .kept: names[index] = "kept"
      case .workspace, .rows, .keptRows, .local, .pointer, .rowPointer, .unplanned:
        names[index] = scope.claim(CName.joined(buffer.name))
      }
    }
    for wanted in usage.wanted.sorted() {
      switch wanted {
      case .parameters: wantsName[wanted] = scope.claim("wants_params")
      case .port(let port): wantsName[wanted] = scope.claim("wants_\(given.ports![port])")
      }
    }
    for depth in 0...(loops.count + usage.depth) { counters.append(scope.claim(depth == 0 ? "k" : "k\(depth)")) }
    for (loop, counter) in zip(loops, counters) { indices.names[loop] = counter }
  }

  /// The counters of loops over rounds, by their depth.
  private var counters: [String] = []
  private var indices = IndexText()
  private var isInIndexLoop = false

  // MARK: Statements

  private mutating func statements(_ body: [Statement], depth: Int) -> [CStatement] {
    var result: [CStatement] = []
    var index = body.startIndex
    while index < body.endIndex {
      defer { index += 1 }
      if case .declare(let buffer) = body[index],
        let value = initialValue(of: buffer, followedBy: index + 1 < body.count ? body[index + 1] : nil)
      {
        let isConstant = usage.writes(buffer) == 1
        result.append(
          .constant(isConstant ? "const \(element.type)" : element.type, names[buffer]!, assigned(value)))
        index += 1
      } else {
        result += statement(body[index], depth)
      }
    }
    return result
  }

  /// The value of a variable that is set where it is declared.
  private func initialValue(of buffer: Int, followedBy next: Statement?) -> Expression? {
    guard case .local = procedure.buffers[buffer].storage, procedure.buffers[buffer].size == 1,
      case .assign(let place, let value)? = next, place.buffer == buffer
    else { return nil }
    return value
  }

  private func declaration(of buffer: Int) -> CStatement {
    let size = procedure.buffers[buffer].size
    var variable = CVariable(type: element.type, name: names[buffer]!, extent: nil, initial: nil)
    switch procedure.buffers[buffer].storage {
    case .workspace where isLocal(buffer): variable.extent = "\(size)"
    case .workspace(let offset):
      variable.type = "\(element.type) *const "
      variable.initial = .expression(offset == 0 ? .name("work") : .name("work") + .integer(offset))
    case .pointer(let start):
      variable.type = "\(element.typeInMemory) *"
      variable.initial = .expression(pointer(start))
    case .local, .unplanned, .input, .output, .kept, .rows, .keptRows, .rowPointer, .table:
      if size > 1 { variable.extent = "\(size)" }
      // Written in one conditional block and read in another.
      if usage.isWrittenConditionally(buffer) {
        let zero = CInitialiser.expression(element.isLanes ? .call("CAJAL_LANES_OF", [.number("0")]) : .number("0"))
        variable.initial = size > 1 ? .list([zero]) : zero
      }
    }
    return .variable(variable)
  }

  private mutating func statement(_ statement: Statement, _ depth: Int) -> [CStatement] {
    switch statement {
    case .declare(let buffer):
      return usage.isUsed(buffer) && procedure.buffers[buffer].keptAt == nil ? [declaration(of: buffer)] : []
    case .note(let origin): return [.comment("line \(origin.line): \(origin.text)")]
    case .loop(let loop): return [forLoop(loop, depth)]
    case .assign(let place, let value): return [.expression(.assign(entry(place), assigned(value)))]
    case .accumulate(let place, let value):
      if case .negation(let positive) = value {
        return [.expression(.binary("-=", entry(place), expression(positive)))]
      }
      return [.expression(.binary("+=", entry(place), expression(value)))]
    case .kernel(let kernel, let operands, let target, let accumulate):
      return [.expression(call(kernel, operands, target, accumulate))]
    case .whenKept(let body) where element.isLanes:
      // What nobody wants kept is written aside.
      return statements(body, depth: depth)
    case .whenKept(let body):
      return [.hide("keep"), .ifThen(.name("keep"), statements(body, depth: depth))]
    case .whenWanted(let wanted, let body):
      let names = wanted.map { wantsName[$0]! }
      // A loop over entries is a vector's, which what is hidden would keep it from being.
      let hidden = isInIndexLoop ? [] : names.map { CStatement.hide($0) }
      return hidden + [.ifThen(.any(names.map { .name($0) }), statements(body, depth: depth))]
    case .whenInside(let index, let count, let body):
      return conditional(index, count, statements(body, depth: depth))
    case .swap(let a, let b):
      let (first, second) = (names[a]!, names[b]!)
      let last = scope.claim("\(first)_last")
      return [
        .constant("\(element.typeInMemory) *const ", last, .name(first)),
        .expression(.assign(.name(first), .name(second))),
        .expression(.assign(.name(second), .name(last))),
      ]
    }
  }

  private mutating func forLoop(_ loop: CountedLoop, _ depth: Int) -> CStatement {
    let isRound = loop.variable.kind == .round
    let name = isRound ? counters[depth] : loop.variable.name
    indices.names[loop.variable] = name
    let wasInIndexLoop = isInIndexLoop
    isInIndexLoop = isInIndexLoop || !isRound
    defer { isInIndexLoop = wasInIndexLoop }
    var body = statements(loop.body, depth: isRound ? depth + 1 : depth)
    // gcc 12 with AVX-512 takes wrong entries where it computes several rounds of such a loop at once.
    if isRound, !element.isLanes, loop.comparesCounter { body.insert(.hide(name), at: 0) }
    return .counted(loop, name, body)
  }

  private func conditional(_ index: Affine, _ count: Int, _ body: [CStatement]) -> [CStatement] {
    let range = index.range
    if range.upperBound < 0 || range.lowerBound >= count { return [] }
    let (positive, negative) = indices.sides(of: index)
    var conditions: [CExpression] = []
    if range.lowerBound < 0 { conditions.append(.binary(">=", positive, negative)) }
    if range.upperBound >= count {
      let (below, limit) = indices.sides(of: index + -count)
      conditions.append(.binary("<", below, limit))
    }
    return conditions.isEmpty ? body : [.ifThen(.all(conditions), body)]
  }

  // MARK: Expressions

  /// What can be assigned: a real that is the same for all samples becomes lanes.
  private func assigned(_ value: Expression) -> CExpression {
    let plain = expression(value)
    return element.isLanes && isScalar(value) ? .call("CAJAL_LANES_OF", [plain]) : plain
  }

  /// Whether the value is a real in lanes too.
  private func isScalar(_ value: Expression) -> Bool {
    switch value {
    case .literal, .indicator: return true
    case .load(let place):
      if case .table = procedure.buffers[place.buffer].storage { return true } else { return false }
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b): return isScalar(a) && isScalar(b)
    case .negation(let a): return isScalar(a)
    }
  }

  /// Whether the buffer is a variable of the function.
  private func isLocal(_ buffer: Int) -> Bool {
    switch procedure.buffers[buffer].storage {
    case .local, .unplanned: true
    case .workspace: element.isOnStack
    case .input, .output, .kept, .table, .rows, .keptRows, .pointer, .rowPointer: false
    }
  }

  private func expression(_ value: Expression) -> CExpression {
    switch value {
    case .literal(let number): return CText.number(number, realBytes: realBytes)
    case .load(let place): return entry(place)
    case .sum(let a, let b): return .binary("+", expression(a), expression(b))
    case .difference(let a, let b): return .binary("-", expression(a), expression(b))
    case .product(let a, let b): return .binary("*", expression(a), expression(b))
    case .negation(let a): return .prefix("-", expression(a))
    case .indicator(let index):
      let (positive, negative) = indices.sides(of: index)
      return .cast(element.scalar, .binary("==", positive, negative))
    }
  }

  func entry(_ place: Place) -> CExpression {
    let buffer = procedure.buffers[place.buffer]
    let base = CExpression.name(names[place.buffer]!)
    switch buffer.storage {
    case .local, .unplanned: return buffer.size == 1 ? base : .index(base, indices.index(place.index))
    case .kept(let offset): return .index(base, indices.index(place.index + offset))
    case .input, .output, .table, .workspace, .rows, .keptRows, .pointer, .rowPointer:
      return .index(base, indices.index(place.index))
    }
  }

  func pointer(_ place: Place) -> CExpression {
    let buffer = procedure.buffers[place.buffer]
    let base = CExpression.name(names[place.buffer]!)
    var offset = place.index
    switch buffer.storage {
    case .local, .unplanned: if buffer.size == 1 { return .prefix("&", base) }
    case .kept(let start): offset = offset + start
    case .input, .output, .table, .workspace, .rows, .keptRows, .pointer, .rowPointer: break
    }
    return offset == Affine(0) ? base : .binary("+", base, indices.index(offset))
  }
}
