import LinearMaps
import Schedule

/// The code of one direction's steps, one after another.
extension BatchEmitter {
  enum Direction { case forward, adjoint }

  /// - Parameter shared: the ports that are the same for every sample.
  func runSteps(
    _ steps: [StepCode], of procedure: Procedure, direction: Direction, shared: Set<Int> = []
  ) -> [CStatement] {
    let usage = BufferUsage(procedure)
    var hasRows = false
    var hasKept = false
    for (index, buffer) in procedure.buffers.enumerated() where usage.isUsed(index) {
      if buffer.keptAt != nil { hasKept = true }
      switch buffer.storage {
      case .rows: hasRows = true
      case .kept, .keptRows: hasKept = true
      case .input, .output, .table, .workspace, .local, .pointer, .rowPointer, .unplanned: break
      }
    }
    if steps.flatMap(\.functions).contains(where: { $0.arguments.contains(.kept) }) { hasKept = true }
    let work = CExpression.cast("real *", name("work"))
    var body: [CStatement] = []
    if hasRows { body.append(.constant("real *const ", "rows", plus(work, .integer(rowsStart(direction))))) }
    if hasKept {
      let kept = plus(plus(work, .integer(layout.shared)), times(name("batch"), layout.rows))
      switch direction {
      case .forward:
        body.append(
          .constant("real *const ", "kept", .conditional(name("keep"), kept, .cast("real *", .number("0")))))
      case .adjoint: body.append(.constant("const real *const ", "kept", kept))
      }
    }
    var places = StepPlaces(self, procedure, direction, shared)
    return body + statements(steps, &places)
  }

  private func statements(_ steps: [StepCode], _ places: inout StepPlaces) -> [CStatement] {
    steps.flatMap { step -> [CStatement] in
      switch step {
      case .once(let function): return [.call(function.function.name, places.arguments(function))]
      case .samples(let function):
        places.isInLoop = true
        defer { places.isInLoop = false }
        let call = CStatement.call(function.function.name, places.arguments(function))
        return [forEachSample(hiding: places.conditions(of: function), [call])]
      case .batch(let product, let wanted):
        let call = CStatement.expression(places.call(product))
        return [wanted.isEmpty ? call : .ifThen(.any(wanted.map(bar)), [call])]
      case .rounds(let rounds, let body):
        let pointers = rounds.pointers.map { places.declaration(ofPointer: $0) }
        let counter = places.enter(rounds.loop)
        defer { places.leave() }
        let inner = statements(body, &places) + rounds.swaps.flatMap { places.exchange($0) }
        return pointers + [.counted(rounds.loop, counter, inner)]
      }
    }
  }

  private func rowsStart(_ direction: Direction) -> Int {
    switch direction {
    case .forward: layout.forward
    case .adjoint: layout.shared
    }
  }

  /// Where a gradient goes; null where it is not wanted.
  func bar(_ wanted: Wanted) -> CExpression {
    switch wanted {
    case .parameters: name("params_bar")
    case .port(let port): .index(name("in_bar"), .integer(port))
    }
  }

  /// From one sample's gradient to the next; 0 where they are summed.
  func barStride(_ port: Int) -> CExpression { .index(name("bar_stride"), .integer(port)) }

  func plus(_ a: CExpression, _ b: CExpression) -> CExpression { b.isZero ? a : a + b }

  func times(_ a: CExpression, _ factor: Int) -> CExpression {
    factor == 0 ? .number("0") : factor == 1 ? a : a * .integer(factor)
  }
}

/// Where the steps of a procedure find their buffers.
private struct StepPlaces {
  private let emitter: BatchEmitter
  private let procedure: Procedure
  private let direction: BatchEmitter.Direction
  private let shared: Set<Int>
  /// Whether a sample's number is at hand, in `b`.
  var isInLoop = false
  private var scope: NameScope
  /// The counters of loops, by their depth, and the number of loops around.
  private var counters: [String] = []
  private var depth = 0
  private var indices = IndexText()
  private var pointers: [Int: String] = [:]

  init(
    _ emitter: BatchEmitter, _ procedure: Procedure, _ direction: BatchEmitter.Direction, _ shared: Set<Int>
  ) {
    self.emitter = emitter
    self.procedure = procedure
    self.direction = direction
    self.shared = shared
    scope = NameScope(inside: emitter.fileNames)
    for name in ["b", "i", "rows", "kept", "aside", "params", "params_bar", "bar_stride"] { _ = scope.take(name) }
  }

  private var unit: ProgramUnit { emitter.unit }
  private func name(_ text: String) -> CExpression { .name(text) }

  func arguments(_ function: SampleFunction) -> [CExpression] {
    function.arguments.map { argument in
      switch argument {
      case .input(let index): input(index)
      case .output(let index): output(index)
      case .row(let buffer): row(buffer)
      case .kept: keptRow(name("kept") + name("b") * .integer(emitter.layout.kept), otherwise: name("kept"))
      case .keep: name("keep")
      case .round(let variable): indices.index(Affine(variable))
      case .wants(let wanted): .binary("!=", emitter.bar(wanted), .number("0"))
      case .work: name("work")
      }
    }
  }

  /// What the arguments of the function depend on that is the same for all samples.
  func conditions(of function: SampleFunction) -> [String] {
    var result = Set<String>()
    for argument in function.arguments {
      switch argument {
      case .kept, .keep, .row: if direction == .forward { result.insert("keep") }
      case .output(let index) where direction == .adjoint:
        result.insert(
          unit.signature.tensors.contains(GraphSignature.input(ofGradient: index)) ? "params_bar" : "in_bar")
      case .wants(.parameters): result.insert("params_bar")
      case .wants(.port): result.insert("in_bar")
      case .input, .output, .round, .work: break
      }
    }
    return result.sorted()
  }

  private func keptRow(_ place: CExpression, otherwise: CExpression) -> CExpression {
    switch direction {
    case .forward: .conditional(name("keep"), place, otherwise)
    case .adjoint: place
    }
  }

  private func input(_ index: Int) -> CExpression {
    if case .port(let port) = unit.signature.input(index), shared.contains(port) {
      return .cast("const real *", .index(name("in"), .integer(port)))
    }
    return emitter.input(index)
  }

  private func output(_ index: Int) -> CExpression {
    switch direction {
    case .forward:
      let out = CExpression.cast("real *", name("out"))
      return isInLoop ? out + name("b") * .integer(unit.output.size) : out
    case .adjoint:
      switch unit.signature.input(GraphSignature.input(ofGradient: index)) {
      case .tensor(let tensor):
        let bar = name("params_bar")
        let place = emitter.tensor(tensor, of: "real *", bar)
        return unit.model!.offsets[tensor] == 0 ? place : .conditional(bar, place, .cast("real *", .number("0")))
      case .port(let port):
        let bar = emitter.bar(.port(port))
        if shared.contains(port) { return .cast("real *", bar) }
        return .conditional(
          bar, .cast("real *", bar) + name("b") * emitter.barStride(port), .cast("real *", .number("0")))
      case .cotangent: preconditionFailure("has no gradient")
      }
    }
  }

  /// The sample's row of a buffer, or outside of the loop the first one.
  private func row(_ index: Int) -> CExpression {
    let buffer = procedure.buffers[index]
    func row(_ base: String, _ offset: Int) -> CExpression {
      let start = emitter.plus(name(base), emitter.times(name("batch"), offset))
      return isInLoop ? start + emitter.times(name("b"), buffer.size) : start
    }
    func keptRow(_ offset: Int, otherwise: CExpression) -> CExpression {
      self.keptRow(row("kept", offset), otherwise: otherwise)
    }
    let place: CExpression =
      switch buffer.storage {
      case .rows(let offset): row("rows", offset)
      case .keptRows(let offset): keptRow(offset, otherwise: name("kept"))
      case .workspace(let offset): emitter.plus(.cast("real *", name("work")), .integer(offset))
      case .rowPointer:
        isInLoop
          ? name(pointers[index]!) + emitter.times(name("b"), buffer.size) : name(pointers[index]!)
      case .input, .output, .kept, .table, .local, .pointer, .unplanned: preconditionFailure("has no rows")
      }
    return buffer.keptAt.map { keptRow($0, otherwise: place) } ?? place
  }

  /// Outside of the loop over samples.
  private func matrix(_ place: Place) -> CExpression {
    let start: CExpression =
      switch procedure.buffers[place.buffer].storage {
      case .input(let index): input(index)
      case .output(let index): output(index)
      case .table(let table): name(emitter.tables[table])
      case .rows, .keptRows, .workspace, .rowPointer: row(place.buffer)
      case .kept, .local, .pointer, .unplanned: preconditionFailure("is in no product of the batch")
      }
    return emitter.plus(start, indices.index(place.index))
  }

  func call(_ product: BatchProduct) -> CExpression {
    /// How far apart the rows of samples are.
    func step(_ place: Place, _ columns: Int) -> Int {
      product.rows == 1 ? procedure.buffers[place.buffer].size : columns
    }
    let suffix = emitter.options.realBytes == 4 ? "f32" : "f64"
    let batch = emitter.times(name("batch"), product.rows)
    let m: CExpression
    let k: CExpression
    let n: Int
    let isLeftTransposed: Bool
    let isRightTransposed: Bool
    let columns: [Int]
    let steps: [Int]
    switch product.role {
    case .apply(let depth, let size, let transposed):
      (m, k, n, isLeftTransposed, isRightTransposed) = (batch, .integer(depth), size, false, transposed)
      let rows = transposed ? depth : size
      columns = [depth, rows, size]
      steps = [step(product.left, depth), rows, step(product.target, size)]
    case .sum(let rows, let size):
      (m, k, n, isLeftTransposed, isRightTransposed) = (.integer(rows), batch, size, true, false)
      columns = [rows, size, size]
      steps = [step(product.left, rows), step(product.right, size), size]
    case .middle(let p):
      return .call(
        "cajal_middle_product_\(suffix)",
        [
          name("batch"), .integer(p.outer), .integer(p.inner), .integer(p.columns), matrix(product.right),
          matrix(product.left), .integer(step(product.left, p.inner)), matrix(product.target),
          .integer(step(product.target, p.outer * p.columns)), name("work"),
        ])
    }
    let isStrided = steps != columns
    func argument(_ place: Place, _ index: Int) -> [CExpression] {
      [matrix(place)] + (isStrided ? [.integer(steps[index])] : [])
    }
    func flag(_ isSet: Bool) -> CExpression { .integer(isSet ? 1 : 0) }
    let function =
      "cajal_\(product.blas ? "blas_" : "")\(isStrided ? "strided_" : "")product_\(suffix)"
    return .call(
      function,
      [m, k, .integer(n)] + argument(product.left, 0) + [flag(isLeftTransposed)] + argument(product.right, 1)
        + [flag(isRightTransposed)] + argument(product.target, 2) + [flag(product.accumulate), name("work")])
  }

  // MARK: Loops

  /// The name of the loop's counter.
  mutating func enter(_ loop: CountedLoop) -> String {
    if depth == counters.count { counters.append(scope.claim(depth == 0 ? "k" : "k\(depth)")) }
    indices.names[loop.variable] = counters[depth]
    depth += 1
    return counters[depth - 1]
  }

  mutating func leave() { depth -= 1 }

  mutating func declaration(ofPointer buffer: Int) -> CStatement {
    guard case .rowPointer(let start) = procedure.buffers[buffer].storage else {
      preconditionFailure("is no pointer to rows")
    }
    let pointer = scope.claim(CName.joined(procedure.buffers[buffer].name))
    pointers[buffer] = pointer
    return CStatement.constant("real *", pointer, matrix(start))
  }

  mutating func exchange(_ swap: PointerSwap) -> [CStatement] {
    let (a, b) = (pointers[swap.first]!, pointers[swap.second]!)
    let last = scope.claim("\(a)_last")
    return [
      CStatement.constant("real *const ", last, name(a)), .expression(.assign(name(a), name(b))),
      .expression(.assign(name(b), name(last))),
    ]
  }
}

extension CExpression {
  fileprivate var isZero: Bool { if case .number("0") = self { true } else { false } }
}
