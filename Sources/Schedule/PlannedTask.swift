import LinearMaps

/// One step of a region that writes cells.
final class PlannedTask {
  enum Kind {
    /// cell = base + the kernels, one after another.
    case compute(Cell, base: Form, kernels: [PlannedKernel])
    case loop(LoopPlan)
  }
  let kind: Kind
  let demand: Demand
  let origin: Origin?

  init(_ kind: Kind, demand: Demand, origin: Origin?) {
    self.kind = kind
    self.demand = demand
    self.origin = origin
  }

  var written: [Cell] {
    switch kind {
    case .compute(let cell, _, _): [cell]
    case .loop(let plan): plan.states.map(\.final) + plan.stacks.map(\.cell)
    }
  }

  /// Every read of a cell that the task's region, or one around it, holds.
  func visitReads(_ visitor: (Cell, _ sameIndex: Bool) -> Void) {
    switch kind {
    case .compute(_, let base, let kernels):
      base.visit(visitor)
      for kernel in kernels { for operand in kernel.operands { visitor(operand.cell, false) } }
    case .loop(let plan):
      for state in plan.states { state.initial.visit(visitor) }
      for cell in plan.external { visitor(cell, false) }
    }
  }
}

/// A computation that is no expression for each entry.
struct PlannedKernel {
  enum Kind {
    case kernel(Kernel)
    case transpose(rows: Int, columns: Int)
    /// Adds entry i of the operand at offset + stride · i.
    case scatter(count: Int, stride: Int, offset: Affine)
    /// Entry i of the operand times the factor, everywhere in row i.
    case broadcast(rows: Int, columns: Int, factor: Double)
  }
  let kind: Kind
  let operands: [Memory]
  var canAccumulate: Bool {
    switch kind {
    case .kernel(let kernel): kernel.facts.canAdd
    case .transpose, .scatter, .broadcast: true
    }
  }
  /// As cheap to write as zeros, so that it should come before what costs more.
  var isCheap: Bool {
    if case .broadcast = kind { true } else { false }
  }
  /// Leaves entries alone, so that the target must hold something before.
  var isPartial: Bool {
    if case .scatter = kind { true } else { false }
  }
}

/// A loop whose body is planned.
final class LoopPlan {
  struct State {
    /// What the body reads.
    let cell: Cell
    /// What holds the last state after the loop.
    let final: Cell
    let initial: Form
    let demand: Demand
    let mode: Mode
  }
  enum Mode {
    /// The next state is written over the old one.
    case inPlace
    /// The next state is copied over the old one at the end of a round.
    case copied(next: Cell)
    /// Two pointers change places at the end of a round; the spare cell is the second buffer.
    case swapped(next: Cell, spare: Cell)
  }
  struct Stack {
    let cell: Cell
  }
  let variable: LoopVariable
  let descending: Bool
  let states: [State]
  let stacks: [Stack]
  let tasks: [PlannedTask]
  /// Cells of the regions around that the body reads.
  let external: [Cell]

  init(
    variable: LoopVariable, descending: Bool, states: [State], stacks: [Stack], tasks: [PlannedTask], external: [Cell]
  ) {
    self.variable = variable
    self.descending = descending
    self.states = states
    self.stacks = stacks
    self.tasks = tasks
    self.external = external
  }

  var trips: Int { variable.bound }

  /// Where the initial value of a state belongs, so that the last one is in the final cell.
  func start(of state: State) -> Cell {
    switch state.mode {
    case .inPlace, .copied: state.final
    case .swapped(_, let spare): trips % 2 == 0 ? state.final : spare
    }
  }
}
