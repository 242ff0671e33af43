import LinearMaps

/// Turns planned tasks into statements over buffers.
final class Emission {
  let options: ScheduleOptions
  private(set) var buffers: [Buffer] = []
  private var bufferOf: [Cell: Int] = [:]
  private var declared: Set<Cell> = []
  private var fixed: [Storage: Int] = [:]
  private var variables = 0
  private var lastOrigin: Origin?

  init(options: ScheduleOptions) { self.options = options }

  // MARK: Tasks

  func statements(of tasks: [PlannedTask], isKept: Bool) -> [Statement] {
    var result: [Statement] = []
    for task in tasks {
      let declarations = declare(task)
      let isGuarded = task.demand == .whenKept && !isKept
      let outerOrigin = lastOrigin
      var body: [Statement] = []
      if let origin = task.origin, origin != lastOrigin {
        lastOrigin = origin
        body.append(.note(origin))
      }
      let noted = body.count
      switch task.kind {
      case .compute(let cell, let base, let kernels): body += compute(cell, base, kernels)
      case .loop(let plan): body += loop(plan, isKept: isKept || isGuarded)
      }
      if body.count == noted {
        lastOrigin = outerOrigin
        result += declarations
      } else if !isGuarded {
        result += declarations + body
      } else if case .whenKept(let others)? = result.last {
        result.removeLast()
        result += declarations + [.whenKept(others + body)]
      } else {
        result += declarations + [.whenKept(body)]
      }
    }
    return result
  }

  private func declare(_ task: PlannedTask) -> [Statement] {
    var cells = task.written
    if case .loop(let plan) = task.kind {
      for state in plan.states { if case .swapped(_, let spare) = state.mode { cells.append(spare) } }
    }
    var result: [Statement] = []
    for cell in cells {
      let root = cell.root
      if root.kind == .own, declared.insert(root).inserted { result.append(.declare(buffer(of: root))) }
    }
    return result
  }

  private func compute(_ cell: Cell, _ base: Form, _ kernels: [PlannedKernel]) -> [Statement] {
    let target = place(cell)
    if let layer = layer(base, kernels, target, size: cell.size) { return [layer] }
    var result: [Statement] = []
    var isWritten = false
    if case .zero = base {} else { isWritten = true }
    if !isWritten, kernels.isEmpty || kernels[0].isPartial { isWritten = true }
    if isWritten { result += assign(base, to: target, size: cell.size) }
    for kernel in kernels.filter(\.isCheap) + kernels.filter({ !$0.isCheap }) {
      let operands = kernel.operands.map { place($0.cell, $0.base) }
      result += statements(of: kernel, operands, target, accumulate: isWritten)
      isWritten = true
    }
    return result
  }

  /// A convolution and a bias for each of its channels, if that is all.
  private func layer(_ base: Form, _ kernels: [PlannedKernel], _ target: Place, size: Int) -> Statement? {
    guard case .zero = base, kernels.count == 2, let bias = kernels.first(where: \.isCheap),
      case .broadcast(let rows, let columns, 1) = bias.kind, let other = kernels.first(where: { !$0.isCheap }),
      case .kernel(.convolution(let convolution)) = other.kind, convolution.role == .out, convolution.out[0] == rows,
      rows * columns == size, convolution.out.reduce(1, *) == size
    else { return nil }
    let operands = (other.operands + bias.operands).map { place($0.cell, $0.base) }
    return .kernel(
      .layer(convolution, rectified: false), operands: operands, target: target, accumulate: false)
  }

  // MARK: Loops

  private func loop(_ plan: LoopPlan, isKept: Bool) -> [Statement] {
    var before: [Statement] = []
    var after: [Statement] = []
    for state in plan.states {
      let isGuarded = state.demand == .whenKept && !isKept
      let start = place(plan.start(of: state))
      append(assign(state.initial, to: start, size: state.cell.size), to: &before, isGuarded)
      switch state.mode {
      case .inPlace: break
      case .copied(let next):
        append(assign(.whole(next), to: place(state.cell), size: state.cell.size), to: &after, isGuarded)
      case .swapped(let next, let spare):
        let other = place(plan.trips % 2 == 0 ? spare : state.final)
        let now = pointer(state.cell, at: start)
        let then = pointer(next, at: other)
        before += [.declare(now), .declare(then)]
        after.append(.swap(now, then))
      }
    }
    let outerOrigin = lastOrigin
    let body = statements(of: plan.tasks, isKept: isKept) + after
    lastOrigin = outerOrigin
    if body.isEmpty { return before }
    let loop = CountedLoop(
      variable: plan.variable, lower: 0, upper: plan.trips, descending: plan.descending, body: body)
    return before + [.loop(loop)]
  }

  private func append(_ statements: [Statement], to list: inout [Statement], _ isGuarded: Bool) {
    if statements.isEmpty { return }
    list += isGuarded ? [.whenKept(statements)] : statements
  }

  // MARK: Buffers

  private func buffer(of root: Cell) -> Int {
    if let buffer = bufferOf[root] { return buffer }
    let storage: Storage
    switch root.kind {
    case .own, .pointer: storage = .unplanned
    case .fixed(let known):
      storage = known
      if let buffer = fixed[known] { return buffer }
      fixed[known] = buffers.count
    }
    buffers.append(Buffer(name: root.name, size: root.size, storage: storage))
    bufferOf[root] = buffers.count - 1
    return buffers.count - 1
  }

  private func pointer(_ cell: Cell, at start: Place) -> Int {
    let buffer = buffer(of: cell)
    buffers[buffer].storage = .pointer(start)
    return buffer
  }

  func scalar(_ name: String) -> Int {
    buffers.append(Buffer(name: name, size: 1, storage: .unplanned))
    return buffers.count - 1
  }

  func place(_ cell: Cell, _ index: Affine = Affine(0)) -> Place {
    var cell = cell
    var index = index
    while let alias = cell.alias {
      index = index + alias.offset
      cell = alias.cell
    }
    return Place(buffer: buffer(of: cell), index: index)
  }

  func variable(_ kind: LoopVariable.Kind, bound: Int) -> LoopVariable {
    variables += 1
    return LoopVariable(kind: kind, id: variables, bound: bound)
  }

  func expression(_ scalar: Scalar?) -> Expression {
    guard let scalar else { return .literal(0) }
    switch scalar {
    case .literal(let value): return .literal(value)
    case .load(let cell, let index): return .load(place(cell, index))
    case .sum(let a, let b): return .sum(expression(a), expression(b))
    case .difference(let a, let b): return .difference(expression(a), expression(b))
    case .product(let a, let b): return .product(expression(a), expression(b))
    case .negation(let a): return .negation(expression(a))
    case .indicator(let index): return .indicator(index)
    }
  }
}
