import CajalSyntax
import CajalTyping
import Diagnostics

/// The evaluator proper: a machine with its own stack, so that neither a deep term nor an iteration that builds a
/// million closures around each other can overflow the thread's.
final class Machine {
  private let module: TypedModule
  private let stepLimit: Int
  private var steps = 0
  private var frames: [Frame] = []

  private var definitions: [Value?]
  private var memory: [MemoKey: Value] = [:]
  private var nextMemo = 0
  private static let memoryLimit = 1 << 16
  private static let longestRememberedTensor = 64

  /// What to do next: evaluate a term, or hand a value to the topmost frame.
  private enum Control {
    case evaluate(TypedTerm, Binding?)
    case deliver(Value)
    /// A node of a datum, by the alternatives of a `fold`.
    case fold(TypedTerm, Binding?, Value)
  }

  /// What waits for a value.
  private enum Frame {
    case successor(Span)
    case argument(TypedTerm, Binding?, Span)
    case call(FunctionValue, Span)
    case branch(then: TypedTerm, else: TypedTerm, Binding?)
    case count(TypedTerm, Binding?)
    case rounds(left: Int, TypedTerm, Binding?)
    case addend(TypedTerm, Binding?, Span)
    case sum(Value, Span)
    case scaling(Double, Span)
    /// The parts of a tensor before the one that is awaited.
    case part(Parts, TypedTerm, Binding?)
    /// The states of a trajectory before the one that is awaited.
    case trajectory(Parts, TypedTerm, Binding?)
    /// The other function of a sum, for the same argument.
    case callNext(FunctionValue, Value, Span)
    case define(Int)
    case remember(MemoKey)
    case cases(TypedTerm, Binding?)
    case folding(TypedTerm, Binding?)
    /// The folds of a node's first parts, and the node.
    case parts([Value], DataValue, TypedTerm, Binding?)
  }

  /// Tensors one after another, while they come.
  private final class Parts {
    var count = 0
    var entries: [Double] = []

    func append(_ tensor: Tensor) {
      count += 1
      entries += tensor.entries
    }
  }

  private struct MemoKey: Hashable {
    enum Argument: Hashable {
      case bool(Bool)
      case natural(Int)
      case tensor([UInt64])
    }
    let function: Int
    let argument: Argument
  }

  init(module: TypedModule, stepLimit: Int) {
    self.module = module
    self.stepLimit = stepLimit
    definitions = Array(repeating: nil, count: module.definitions.count)
  }

  func run(_ term: TypedTerm, _ environment: Binding?) throws -> Value {
    try run { .evaluate(term, environment) }
  }

  func run(applying function: Value, to argument: Value, at span: Span) throws -> Value {
    guard case .function(let function) = function else { throw misfit("a function", span) }
    return try run { try self.call(function, argument, span) }
  }

  private func run(_ start: () throws -> Control) throws -> Value {
    steps = 0
    defer { frames.removeAll() }
    var control = try start()
    while true {
      switch control {
      case .evaluate(let term, let environment): control = try enter(term, environment)
      case .deliver(let value):
        guard let frame = frames.popLast() else { return value }
        control = try resume(frame, value)
      case .fold(let term, let environment, let value): control = try fold(term, environment, value)
      }
    }
  }

  private func step(_ span: Span, cost: Int = 1) throws {
    let (sum, overflow) = steps.addingReportingOverflow(cost)
    steps = sum
    guard overflow || steps > stepLimit else { return }
    for case .rounds(_, let iteration, _) in frames.reversed() {
      throw EvaluationError.stepsExhausted(limit: stepLimit, iteration.span)
    }
    throw EvaluationError.stepsExhausted(limit: stepLimit, span)
  }

  private func misfit(_ expected: String, _ span: Span) -> EvaluationError {
    .unsuitableValue("a value that is not \(expected) where one is needed", span)
  }

  // MARK: Terms

  private func enter(_ term: TypedTerm, _ environment: Binding?) throws -> Control {
    try step(term.span)
    switch term.kind {
    case .variable(let variable): return .deliver(try lookUp(variable, environment, term.span))
    case .definition(let index): return define(index)
    case .bool(let value): return .deliver(.bool(value))
    case .natural(let numeral):
      guard let value = Int(exactly: numeral) else { throw EvaluationError.numberTooLarge(term.span) }
      return .deliver(.natural(value))
    case .literal(let entries): return .deliver(.tensor(Tensor(shape: term.type.realShape ?? [], entries: entries)))
    case .matrix(let rows): return .deliver(.function(FunctionValue(term.type, .matrix(rows.flatMap { $0 }))))
    case .primitive(let primitive): return .deliver(.function(FunctionValue(term.type, .primitive(primitive, []))))
    case .lambda(let variable, let body):
      return .deliver(.function(FunctionValue(term.type, .closure(variable, body, environment))))
    case .succ(let operand): return push(.successor(term.span), operand, environment)
    case .apply(let function, let argument):
      return push(.argument(argument, environment, term.span), function, environment)
    case .conditional(let condition, let a, let b):
      return push(.branch(then: a, else: b, environment), condition, environment)
    case .iterate(_, _, _, let count): return push(.count(term, environment), count, environment)
    case .add(let left, let right): return push(.addend(right, environment, term.span), left, environment)
    case .scale(let factor, let operand): return push(.scaling(factor.value, term.span), operand, environment)
    case .concatenate(let parts): return push(.part(Parts(), term, environment), parts[0], environment)
    case .scan(let base, _, _, _): return push(.trajectory(Parts(), term, environment), base, environment)
    case .constructor(let data, let index):
      return .deliver(
        data.constructors[index].fields.isEmpty
          ? .data(DataValue(data, index, [])) : .function(FunctionValue(term.type, .constructor(data, index, []))))
    case .cases(let operand, _): return push(.cases(term, environment), operand, environment)
    case .fold(let operand, _): return push(.folding(term, environment), operand, environment)
    case .network: preconditionFailure("only models hold nets, and a model is not evaluated: its weights are not here")
    }
  }

  private func push(_ frame: Frame, _ next: TypedTerm, _ environment: Binding?) -> Control {
    frames.append(frame)
    return .evaluate(next, environment)
  }

  private func lookUp(_ variable: Variable, _ environment: Binding?, _ span: Span) throws -> Value {
    var binding = environment
    while let here = binding {
      if here.variable == variable { return here.value }
      binding = here.next
    }
    throw EvaluationError.missingValue(name: variable.name, span)
  }

  private func define(_ index: Int) -> Control {
    if let value = definitions[index] { return .deliver(value) }
    return push(.define(index), module.definitions[index].term, nil)
  }

  // MARK: Frames

  private func resume(_ frame: Frame, _ value: Value) throws -> Control {
    switch frame {
    case .successor(let span):
      guard case .natural(let number) = value else { throw misfit("a Nat", span) }
      let (next, overflow) = number.addingReportingOverflow(1)
      if overflow { throw EvaluationError.numberTooLarge(span) }
      return .deliver(.natural(next))
    case .argument(let argument, let environment, let span):
      guard case .function(let function) = value else { throw misfit("a function", span) }
      return push(.call(function, span), argument, environment)
    case .call(let function, let span): return try call(function, value, span)
    case .branch(let a, let b, let environment):
      guard case .bool(let condition) = value else { throw misfit("a Bool", a.span) }
      return .evaluate(condition ? a : b, environment)
    case .count(let iteration, let environment):
      guard case .natural(let count) = value, case .iterate(let base, _, _, _) = iteration.kind else {
        throw misfit("a Nat", iteration.span)
      }
      return push(.rounds(left: count, iteration, environment), base, environment)
    case .rounds(let left, let iteration, let environment):
      guard left > 0, case .iterate(_, let state, let step, _) = iteration.kind else { return .deliver(value) }
      try self.step(iteration.span)
      return push(.rounds(left: left - 1, iteration, environment), step, Binding(state, value, environment))
    case .addend(let right, let environment, let span): return push(.sum(value, span), right, environment)
    case .sum(let left, let span): return .deliver(try add(left, value, span))
    case .scaling(let factor, let span): return .deliver(try scale(factor, value, span))
    case .part(let done, let term, let environment):
      guard case .tensor(let tensor) = value, case .concatenate(let parts) = term.kind else {
        throw misfit("a tensor", term.span)
      }
      done.append(tensor)
      guard done.count == parts.count else {
        return push(.part(done, term, environment), parts[done.count], environment)
      }
      return .deliver(.tensor(Tensor(shape: term.type.realShape ?? [], entries: done.entries)))
    case .trajectory(let done, let term, let environment): return try nextState(done, value, term, environment)
    case .callNext(let function, let argument, let span):
      frames.append(.sum(value, span))
      return try call(function, argument, span)
    case .define(let index):
      let kept = rememberable(value)
      definitions[index] = kept
      return .deliver(kept)
    case .remember(let key):
      let kept = rememberable(value)
      if memory.count < Machine.memoryLimit { memory[key] = kept }
      return .deliver(kept)
    case .cases(let term, let environment): return try choose(term, environment, value)
    case .folding(let term, let environment): return .fold(term, environment, value)
    case .parts(let done, let node, let term, let environment):
      return try next(done + [value], node, term, environment)
    }
  }

  private func nextState(
    _ done: Parts, _ value: Value, _ term: TypedTerm, _ environment: Binding?
  ) throws -> Control {
    guard case .tensor(let tensor) = value, case .scan(_, let state, let step, let rounds) = term.kind else {
      throw misfit("a tensor", term.span)
    }
    try self.step(term.span)
    done.append(tensor)
    guard done.count <= rounds else {
      return .deliver(.tensor(Tensor(shape: term.type.realShape ?? [], entries: done.entries)))
    }
    return push(.trajectory(done, term, environment), step, Binding(state, value, environment))
  }

  // MARK: Data

  private func choose(_ term: TypedTerm, _ environment: Binding?, _ value: Value) throws -> Control {
    guard case .cases(_, let alternatives) = term.kind else { throw misfit("taken apart", term.span) }
    switch value {
    case .bool(let value): return .evaluate(alternatives[value ? 0 : 1].body, environment)
    case .natural(0): return .evaluate(alternatives[0].body, environment)
    case .natural(let number): return enter(alternatives[1], [.natural(number - 1)], environment)
    case .data(let datum): return enter(alternatives[datum.constructor], datum.fields, environment)
    case .tensor, .function: throw misfit("of a declared type", term.span)
    }
  }

  private func enter(_ alternative: TypedAlternative, _ fields: [Value], _ environment: Binding?) -> Control {
    .evaluate(
      alternative.body, zip(alternative.binders, fields).reduce(environment) { Binding($1.0, $1.1, $0) })
  }

  private func fold(_ term: TypedTerm, _ environment: Binding?, _ value: Value) throws -> Control {
    try step(term.span)
    guard case .data(let node) = value else { throw misfit("of a declared type", term.span) }
    return try next([], node, term, environment)
  }

  /// Goes on with the next part of a node, or, once all are folded, with its alternative.
  private func next(
    _ done: [Value], _ node: DataValue, _ term: TypedTerm, _ environment: Binding?
  ) throws -> Control {
    let parts = node.parts
    if done.count < parts.count {
      frames.append(.parts(done, node, term, environment))
      return .fold(term, environment, parts[done.count])
    }
    guard case .fold(_, let alternatives) = term.kind else { throw misfit("folded", term.span) }
    var folded = done[...]
    let fields = zip(node.type.constructors[node.constructor].fields, node.fields).map { field, value in
      field == .recursive ? folded.removeFirst() : value
    }
    return enter(alternatives[node.constructor], fields, environment)
  }

  // MARK: Functions

  private func call(_ function: FunctionValue, _ argument: Value, _ span: Span) throws -> Control {
    try step(span)
    if let key = memoKey(function, argument) {
      if let known = memory[key] { return .deliver(known) }
      if memory.count < Machine.memoryLimit { frames.append(.remember(key)) }
    }
    switch function.form {
    case .closure(let variable, let body, let environment):
      return .evaluate(body, Binding(variable, argument, environment))
    case .matrix(let matrix): return .deliver(try multiply(matrix, function.type, argument, span))
    case .primitive(let primitive, let operands):
      return .deliver(try apply(primitive, operands + [argument], function.type, span))
    case .sum(let left, let right):
      frames.append(.callNext(right, argument, span))
      return try callOperand(left, argument, span)
    case .scaled(let factor, let operand):
      frames.append(.scaling(factor, span))
      return try callOperand(operand, argument, span)
    case .constructor(let data, let index, let fields):
      let fields = fields + [argument]
      guard fields.count < data.constructors[index].fields.count, case .function(_, let result) = function.type else {
        return .deliver(.data(DataValue(data, index, fields)))
      }
      return .deliver(.function(FunctionValue(result, .constructor(data, index, fields))))
    case .released: throw misfit("a function", span)
    }
  }

  /// Sums of sums can be as deep as an iteration is long, so that `call` must not call itself for them: the operand
  /// is applied by the frame that waits for the argument.
  private func callOperand(_ function: FunctionValue, _ argument: Value, _ span: Span) throws -> Control {
    frames.append(.call(function, span))
    return .deliver(argument)
  }

  private func memoKey(_ function: FunctionValue, _ argument: Value) -> MemoKey? {
    guard let memo = function.memo else { return nil }
    switch argument {
    case .bool(let value): return MemoKey(function: memo, argument: .bool(value))
    case .natural(let value): return MemoKey(function: memo, argument: .natural(value))
    case .tensor(let tensor):
      guard tensor.entries.count <= Machine.longestRememberedTensor else { return nil }
      return MemoKey(function: memo, argument: .tensor(tensor.entries.map(\.bitPattern)))
    case .function, .data: return nil
    }
  }

  /// The value; a function gets a name, under which its results at ground values are kept.
  private func rememberable(_ value: Value) -> Value {
    guard case .function(let function) = value, function.memo == nil else { return value }
    nextMemo += 1
    return .function(function.remembered(as: nextMemo))
  }

  private func multiply(_ matrix: [Double], _ type: Type, _ argument: Value, _ span: Span) throws -> Value {
    guard case .tensor(let tensor) = argument, case .function(_, let result) = type else {
      throw misfit("a tensor", span)
    }
    try step(span, cost: matrix.count / 64)
    let entries = CajalEvaluator.multiply(matrix, tensor.entries, columns: tensor.entries.count)
    if let shape = result.realShape { return .tensor(Tensor(shape: shape, entries: entries)) }
    return .function(FunctionValue(result, .matrix(entries)))
  }

  private func apply(_ primitive: Primitive, _ operands: [Value], _ type: Type, _ span: Span) throws -> Value {
    guard case .function(_, let result) = type else { throw misfit("a function", span) }
    if operands.count < primitive.arity { return .function(FunctionValue(result, .primitive(primitive, operands))) }
    if case .scale = primitive, case .tensor(let factor) = operands[0] {
      return try scale(factor.entries[0], operands[1], span)
    }
    if case .widen = primitive { return operands[0] }
    var vectors: [[Double]] = []
    for operand in operands {
      guard case .tensor(let tensor) = operand else { throw misfit("a tensor", span) }
      vectors.append(tensor.entries)
    }
    try step(span, cost: primitive.work(resultSize: result.dimension(horizon: 1) ?? Int.max) / 64)
    return .tensor(Tensor(shape: result.realShape ?? [], entries: primitive.compute(vectors)))
  }

  private func add(_ left: Value, _ right: Value, _ span: Span) throws -> Value {
    switch (left, right) {
    case (.tensor(let a), .tensor(let b)):
      try step(span, cost: a.entries.count / 64)
      return .tensor(Tensor(shape: a.shape, entries: zip(a.entries, b.entries).map { $0 + $1 }))
    case (.function(let f), .function(let g)): return .function(FunctionValue(f.type, .sum(f, g)))
    case (.bool, _), (.natural, _), (.tensor, _), (.function, _), (.data, _): throw misfit("something to add", span)
    }
  }

  private func scale(_ factor: Double, _ value: Value, _ span: Span) throws -> Value {
    switch value {
    case .tensor(let tensor):
      try step(span, cost: tensor.entries.count / 64)
      return .tensor(Tensor(shape: tensor.shape, entries: tensor.entries.map { factor * $0 }))
    case .function(let function): return .function(FunctionValue(function.type, .scaled(factor, function)))
    case .bool, .natural, .data: throw misfit("something to scale", span)
    }
  }
}

extension Type {
  /// The shape of a tensor type.
  var realShape: [Int]? { if case .real(let shape) = self { shape } else { nil } }
}
