@testable import Schedule
import TestSupport
import Testing

/// Which task may write over a state, and in which order tasks come then.
@Suite struct TaskOrderTests {
  private func cell(_ id: Int, size: Int = 4) -> Cell {
    Cell(id: id, size: size, name: "c\(id)", kind: .own, region: 0, demand: .always)
  }

  private func state(_ id: Int) -> Cell {
    let state = cell(id)
    state.isState = true
    return state
  }

  /// target = the sum of the sources, entry by entry, those of `moved` from one entry further on.
  private func task(_ target: Cell, _ sources: [Cell], moved: [Cell] = []) -> PlannedTask {
    let forms = sources.map(Form.whole) + moved.map { Form.whole($0).moved(by: -1, dimension: 4) }
    return PlannedTask(.compute(target, base: forms.reduce(.zero) { .add($0, $1) }, kernels: []), demand: .always, origin: nil)
  }

  private func names(_ tasks: [PlannedTask]) -> [Int] { tasks.flatMap(\.written).map(\.id) }

  @Test func readersComeFirst() {
    let (s, next, other) = (state(0), cell(1), cell(2))
    var order = TaskOrder([task(next, [s]), task(other, [s])])
    let isNextPlaced = order.placeInState(next, s)
    #expect(isNextPlaced)
    #expect(names(order.sorted()) == [2, 1])
  }

  @Test func aReaderOfTheResultMustNotReadTheState() {
    let (s, next, other) = (state(0), cell(1), cell(2))
    var order = TaskOrder([task(next, [s]), task(other, [s, next])])
    let isNextPlaced = order.placeInState(next, s)
    #expect(!isNextPlaced)
    #expect(names(order.sorted()) == [1, 2])
  }

  /// What writes an entry may still need the old ones.
  @Test func otherEntriesAreStillNeeded() {
    let (s, next) = (state(0), cell(1))
    var order = TaskOrder([task(next, [], moved: [s])])
    let isNextPlaced = order.placeInState(next, s)
    #expect(!isNextPlaced)
  }

  @Test func statesThatChangePlaces() {
    let (s, t, first, second) = (state(0), state(1), cell(2), cell(3))
    var order = TaskOrder([task(first, [t]), task(second, [s])])
    let isFirstPlaced = order.placeInState(first, s)
    #expect(isFirstPlaced)
    let isSecondPlaced = order.placeInState(second, t)
    #expect(!isSecondPlaced, "one of them has to wait for the other")
    #expect(names(order.sorted()) == [3, 2])
  }

  @Test func withoutAReasonTheOrderStays() {
    let cells = (0..<5).map { cell($0) }
    let tasks = [task(cells[3], []), task(cells[1], [cells[3]]), task(cells[4], [cells[1]])]
    #expect(names(TaskOrder(tasks).sorted()) == [3, 1, 4])
  }

  /// Random tasks over several states: producers come before readers, readers of a state before what overwrites it.
  @Test func allOrdersAreKept() {
    var placed = 0
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let states = (0..<3).map { state($0) }
      let cells = (3..<10).map { cell($0) }
      let tasks = cells.indices.map { index in
        let others = states + cells[..<index]
        return task(cells[index], (0..<random.below(3)).map { _ in others[random.below(others.count)] })
      }
      var order = TaskOrder(tasks)
      var over: [(cell: Cell, state: Cell)] = []
      for (cell, state) in zip(cells.suffix(3), states) where order.placeInState(cell, state) {
        over.append((cell, state))
      }
      placed += over.count
      let sorted = order.sorted()
      #expect(Set(names(sorted)) == Set(names(tasks)))
      let position = Dictionary(uniqueKeysWithValues: names(sorted).enumerated().map { ($1, $0) })
      for task in sorted {
        let (writer, at) = (task.written[0], position[task.written[0].id]!)
        task.visitReads { cell, _ in
          if !cell.isState { #expect(position[cell.id]! < at, "seed \(seed)") }
          for (other, state) in over where state === cell && other !== writer {
            #expect(at < position[other.id]!, "seed \(seed): cell \(writer.id) reads what \(other.id) overwrites")
          }
        }
      }
    }
    #expect(placed > 300)
  }
}
