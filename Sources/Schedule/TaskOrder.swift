/// The order of a region's tasks: as they were planned, except that the task that overwrites a state comes after
/// those that read the state.
struct TaskOrder {
  private let tasks: [PlannedTask]
  private var producer: [Cell: Int] = [:]
  /// Tasks that read each state, by cell.
  private var readers: [Cell: [Int]] = [:]
  private var successors: [[Int]]
  private var isChanged = false

  init(_ tasks: [PlannedTask]) {
    self.tasks = tasks
    successors = [[Int]](repeating: [], count: tasks.count)
    for (index, task) in tasks.enumerated() {
      for cell in task.written { producer[cell] = index }
    }
    for (index, task) in tasks.enumerated() {
      var sources = Set<Int>()
      var states = Set<Cell>()
      task.visitReads { cell, _ in
        if cell.isState { states.insert(cell) }
        if let source = producer[cell] { sources.insert(source) }
      }
      for source in sources { successors[source].append(index) }
      for state in states { readers[state, default: []].append(index) }
    }
  }

  /// Whether the cell can be computed in the place of the state. Then all who read the state come first.
  mutating func placeInState(_ cell: Cell, _ state: Cell) -> Bool {
    guard let writer = producer[cell], tasks[writer].canWrite(cell, over: state) else { return false }
    let others = (readers[state] ?? []).filter { $0 != writer }
    if others.isEmpty { return true }
    var reached = Set([writer])
    var stack = [writer]
    while let task = stack.popLast() {
      for next in successors[task] where reached.insert(next).inserted { stack.append(next) }
    }
    if others.contains(where: reached.contains) { return false }
    for other in others { successors[other].append(writer) }
    isChanged = isChanged || others.contains { $0 > writer }
    return true
  }

  /// The first of the tasks that are ready, again and again.
  func sorted() -> [PlannedTask] {
    if !isChanged { return tasks }
    var missing = [Int](repeating: 0, count: tasks.count)
    for list in successors { for task in list { missing[task] += 1 } }
    var ready = MinimumHeap()
    for (task, count) in missing.enumerated() where count == 0 { ready.insert(task) }
    var result: [PlannedTask] = []
    while let task = ready.popMinimum() {
      result.append(tasks[task])
      for next in successors[task] {
        missing[next] -= 1
        if missing[next] == 0 { ready.insert(next) }
      }
    }
    precondition(result.count == tasks.count, "the tasks of a region depend on each other in a circle")
    return result
  }
}

extension PlannedTask {
  /// The cell, one of this task's, may lie where the state lies: the state is read only where it is overwritten.
  fileprivate func canWrite(_ cell: Cell, over state: Cell) -> Bool {
    var result = true
    func forbid(_ read: Cell) { if read === state { result = false } }
    switch kind {
    case .compute(_, let base, let kernels):
      base.visit { read, sameIndex in if !sameIndex { forbid(read) } }
      for kernel in kernels { for operand in kernel.operands { forbid(operand.cell) } }
    case .loop(let plan):
      plan.external.forEach(forbid)
      for other in plan.states {
        other.initial.visit { read, sameIndex in if !(other.final === cell && sameIndex) { forbid(read) } }
      }
      if !plan.states.contains(where: { $0.final === cell }) {
        visitReads { read, _ in forbid(read) }
      }
    }
    return result
  }
}

private struct MinimumHeap {
  private var items: [Int] = []

  mutating func insert(_ item: Int) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[child] < items[(child - 1) / 2] {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popMinimum() -> Int? {
    guard let minimum = items.first else { return nil }
    items[0] = items[items.count - 1]
    items.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] {
        least = child
      }
      if least == parent { return minimum }
      items.swapAt(parent, least)
      parent = least
    }
  }
}
