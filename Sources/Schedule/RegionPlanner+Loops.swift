import LinearMaps

extension RegionPlanner {
  func plan(_ loop: Loop, at index: Int) {
    guard loop.trips > 0, let needed = demand.loops[index] else { return }
    let variable = context.round(bound: loop.trips)
    let spaces = loop.body.parameters.map(\.space)
    var states: [Cell?] = []
    for j in 0..<loop.stateCount {
      guard needed.states[j] != .never, spaces[j].dimension > 0 else {
        states.append(nil)
        continue
      }
      let state = context.cell(
        size: spaces[j].dimension, name: loop.body.parameters[j].name, region: -1, demand: needed.states[j])
      state.isState = true
      states.append(state)
    }
    let parameters = states.map { $0.map { .whole($0) } ?? .zero } + inputs(of: loop, at: index, needed, variable)
    let body = RegionPlanner(loop.body, demand: needed.body, context: context, parameters: parameters)

    var next: [Cell?] = []
    for (j, state) in states.enumerated() {
      guard let state else {
        next.append(nil)
        continue
      }
      let result = loop.body.results[j]
      let isUnchanged = body.forms[result].wholeCell(size: state.size) === state
      next.append(isUnchanged ? state : body.own(result, name: state.name, demand: state.demand))
    }
    var stacks: [Cell?] = []
    for j in 0..<loop.stackCount {
      let result = loop.body.results[loop.stateCount + j]
      let size = loop.body.nodes[result].space.dimension
      guard needed.stacks[j] != .never, size > 0 else {
        stacks.append(nil)
        continue
      }
      let stack = context.cell(
        size: loop.trips * size, name: "stack", region: region, demand: needed.stacks[j])
      body.deliver(result, to: stack, at: Affine(variable, times: size), demand: needed.stacks[j])
      stacks.append(stack)
    }
    finish(
      loop, at: index, variable: variable, body: body, states: states, next: next, stacks: stacks)
  }

  /// Chooses how each state goes from round to round, and makes the task.
  private func finish(
    _ loop: Loop, at index: Int, variable: LoopVariable, body: RegionPlanner, states: [Cell?], next: [Cell?],
    stacks: [Cell?]
  ) {
    let node = graph.nodes[index]
    var order = TaskOrder(body.tasks)
    var plans: [LoopPlan.State] = []
    var finals: [Cell?] = []
    for (j, (state, next)) in zip(states, next).enumerated() {
      guard let state, let next else {
        finals.append(nil)
        continue
      }
      let mode: LoopPlan.Mode
      var name = state.name
      if next === state {
        mode = .inPlace
      } else if order.placeInState(next, state) {
        next.place(in: state)
        mode = .inPlace
      } else if state.size <= Threshold.tinyVector || state.demand != demand.nodes[index] {
        mode = .copied(next: next)
      } else {
        let pointer = context.cell(
          size: state.size, name: "\(name)_next", kind: .pointer, region: -1, demand: state.demand)
        next.place(in: pointer)
        state.kind = .pointer
        let spare = context.cell(size: state.size, name: "\(name)_b", region: -1, demand: state.demand)
        mode = .swapped(next: pointer, spare: spare)
        name += "_a"
      }
      let final = context.cell(size: state.size, name: name, region: region, demand: state.demand)
      if state.kind == .own { state.place(in: final) }
      plans.append(
        LoopPlan.State(
          cell: state, final: final, initial: forms[node.operands[j]], demand: state.demand, mode: mode))
      finals.append(final)
    }
    body.placeParts()
    var external: [Cell] = []
    var seen = Set<Cell>()
    for task in body.tasks {
      task.visitReads { cell, _ in
        if cell.region != body.region, !states.contains(where: { $0 === cell }), seen.insert(cell).inserted {
          external.append(cell)
        }
      }
    }
    let plan = LoopPlan(
      variable: variable, descending: loop.descending, states: plans,
      stacks: stacks.compactMap { $0.map { LoopPlan.Stack(cell: $0) } },
      tasks: order.sorted(), external: external)
    tasks.append(PlannedTask(.loop(plan), demand: demand.nodes[index], origin: node.origin))
    setOutputs(of: index, states: finals, stacks: stacks)
  }

  /// What the body's parameters other than states are.
  private func inputs(of loop: Loop, at index: Int, _ needed: LoopFacts<Demand>, _ variable: LoopVariable) -> [Form] {
    let operands = graph.nodes[index].operands
    var result: [Form] = []
    for parameter in loop.stateCount..<loop.body.parameters.count {
      let dimension = loop.body.parameters[parameter].space.dimension
      if dimension == 0 || needed.body.nodes[parameter] == .never {
        result.append(.zero)
      } else if parameter < loop.stateCount + loop.sequenceCount {
        result.append(slice(of: operands[parameter], at: variable, dimension: dimension))
      } else if parameter < loop.firstInvariant {
        result.append(
          .atom(Atom(kind: .unit(position: Affine(variable)), lower: 0, upper: dimension)))
      } else {
        let operand = operands[parameter - (loop.basis == nil ? 0 : 1)]
        result.append(isInvariantAsItIs(operand) ? forms[operand] : .whole(memory(of: operand), size: dimension))
      }
    }
    return result
  }

  private func slice(of operand: Int, at variable: LoopVariable, dimension: Int) -> Form {
    let size = graph.nodes[operand].space.dimension
    if case .atom(let atom) = forms[operand], atom.lower == 0, atom.upper == size {
      switch atom.kind {
      case .cell(let cell, let base, let stride):
        let base = base + Affine(variable, times: stride * dimension)
        return .atom(Atom(kind: .cell(cell, base: base, stride: stride), lower: 0, upper: dimension))
      case .unit(let position):
        let position = position + Affine(variable, times: -dimension)
        return .atom(Atom(kind: .unit(position: position), lower: 0, upper: dimension))
      case .constant(let runs, let offset):
        // Equal entries have equal slices.
        if runs.runs.contains(where: { $0.lower <= offset && $0.upper >= offset + size }) {
          return forms[operand].moved(by: 0, dimension: dimension)
        }
      case .entries: break
      }
    }
    if isZero(operand) { return .zero }
    let memory = memory(of: operand)
    return .atom(
      Atom(
        kind: .cell(memory.cell, base: memory.base + Affine(variable, times: dimension), stride: 1), lower: 0,
        upper: dimension))
  }

  /// Whether the body can read the value from where it is, or knows what it is.
  private func isInvariantAsItIs(_ operand: Int) -> Bool {
    guard case .atom(let atom) = forms[operand] else { return isZero(operand) }
    switch atom.kind {
    case .cell, .entries: return forms[operand].memory(dimension: graph.nodes[operand].space.dimension) != nil
    case .constant, .unit: return true
    }
  }

  /// A cell of this region that holds the result and may be put anywhere.
  func own(_ result: Int, name: String, demand: Demand) -> Cell {
    let size = graph.nodes[result].space.dimension
    if let cell = forms[result].wholeCell(size: size), cell.region == region, !cell.isPlaced, cell.demand == demand {
      cell.isPlaced = true
      return cell
    }
    let cell = copy(forms[result], size: size, name: "\(name)_next", demand: demand)
    cell.isPlaced = true
    return cell
  }

  /// Has the result written to its place, by the task that computes it where that is possible.
  func deliver(_ result: Int, to cell: Cell, at offset: Affine, demand: Demand) {
    own(result, name: cell.name, demand: demand).place(in: cell, at: offset)
  }
}

extension Form {
  static func whole(_ memory: Memory, size: Int) -> Form {
    .atom(Atom(kind: .cell(memory.cell, base: memory.base, stride: 1), lower: 0, upper: size))
  }
}
