import LinearMaps

/// Plans a graph, or the body of a loop: which values are computed where they are used, and which get memory.
///
/// A value is folded into its consumer where that is its only one and reads each of its entries once; slices,
/// reshapes and the like are other views of the same memory. What remains is a list of tasks.
final class RegionPlanner {
  let graph: Graph
  let demand: GraphFacts<Demand>
  let context: PlanContext
  let region: Int
  var forms: [Form]
  /// Kernels that are to be added to the form of a node.
  var pending: [[PlannedKernel]]
  var tasks: [PlannedTask] = []
  private var outputs: [Int: (states: [Cell?], stacks: [Cell?])] = [:]
  private var copies: [Int: Memory] = [:]
  /// The number of uses, and the last user with the position of the operand; -1 for a result.
  private var uses: [Int]
  private var user: [(node: Int, slot: Int)]

  init(_ graph: Graph, demand: GraphFacts<Demand>, context: PlanContext, parameters: [Form]) {
    self.graph = graph
    self.demand = demand
    self.context = context
    region = context.region()
    forms = [Form](repeating: .zero, count: graph.nodes.count)
    pending = [[PlannedKernel]](repeating: [], count: graph.nodes.count)
    uses = [Int](repeating: 0, count: graph.nodes.count)
    user = [(Int, Int)](repeating: (-1, 0), count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() where demand.nodes[index] != .never {
      for (slot, operand) in node.operands.enumerated() {
        uses[operand] += 1
        user[operand] = (index, slot)
      }
    }
    for result in graph.results {
      uses[result] += 1
      user[result] = (-1, 0)
    }
    for (index, node) in graph.nodes.enumerated() where demand.nodes[index] != .never {
      if node.space.dimension == 0 { continue }
      switch node.operation {
      case .parameter(let parameter): forms[index] = parameters[parameter]
      case .constant(let vector): forms[index] = context.constant(vector, dimension: node.space.dimension)
      case .compute(let computation):
        if computation.vanishes(where: node.operands.map(isZero)) { continue }
        plan(computation, at: index)
      case .loop(let loop):
        plan(loop, at: index)
        continue
      case .output(let output): forms[index] = form(ofOutput: output, of: node.operands[0])
      }
      settle(index)
    }
  }

  private func plan(_ computation: Computation, at index: Int) {
    let operands = graph.nodes[index].operands
    let size = graph.nodes[index].space.dimension
    switch computation {
    case .add:
      forms[index] = .add(forms[operands[0]], forms[operands[1]])
      pending[index] = pending[operands[0]] + pending[operands[1]]
    case .times: forms[index] = .times(forms[operands[0]], forms[operands[1]])
    case .scale(let factor): forms[index] = .multiply(factor, forms[operands[0]])
    case .product(let product): plan(product, at: index)
    case .middleProduct(let product): add(.kernel(.middleProduct(product)), at: index)
    case .view(.shift(let distance)), .view(.embed(let distance)):
      forms[index] = forms[operands[0]].moved(by: distance, dimension: size)
    case .view(.slice(let offset)): forms[index] = forms[operands[0]].moved(by: -offset, dimension: size)
    case .view(.reshape): forms[index] = forms[operands[0]]
    case .view(.transpose(let rows, let columns)): planTranspose(rows, columns, at: index)
    case .conv2d(let convolution): add(.kernel(.convolution(convolution)), at: index)
    case .averagePool(let pooling): add(.kernel(.averagePool(pooling)), at: index)
    case .averageUnpool(let pooling): add(.kernel(.averageUnpool(pooling)), at: index)
    case .counted(let layout, let isCotangent): add(.kernel(.counted(layout, isCotangent: isCotangent)), at: index)
    case .gatherRow(let access): add(.kernel(.gatherRow(access)), at: index)
    case .scatterRow(let access): add(.kernel(.scatterRow(access)), at: index)
    case .nonlinear(let map):
      add(.kernel(.nonlinear(map, size: graph.nodes[operands[0]].space.dimension)), at: index)
    case .nonlinearAdjoint(let map): add(.kernel(.nonlinearAdjoint(map, size: size)), at: index)
    }
  }

  func isZero(_ node: Int) -> Bool {
    // What is left to its consumer has no form.
    if isAbsorbed(node) { return isZero(graph.nodes[node].operands[0]) }
    return if case .zero = forms[node], pending[node].isEmpty { true } else { false }
  }

  func add(_ kind: PlannedKernel.Kind, at index: Int) {
    let operands = graph.nodes[index].operands.map { memory(of: $0) }
    add(kind, operands, at: index)
  }

  func add(_ kind: PlannedKernel.Kind, _ operands: [Memory], at index: Int) {
    pending[index] = [PlannedKernel(kind: kind, operands: operands)]
  }

  /// Leaves the value to its consumer, or gives it memory.
  private func settle(_ index: Int) {
    if pending[index].isEmpty && forms[index].isFree { return }
    if isFolded(index) { return }
    let node = graph.nodes[index]
    let cell = context.cell(
      size: node.space.dimension, name: node.operation.computation?.noun ?? "t", region: region,
      demand: demand.nodes[index])
    tasks.append(
      PlannedTask(
        .compute(cell, base: forms[index], kernels: pending[index]), demand: demand.nodes[index], origin: node.origin))
    forms[index] = .whole(cell)
    pending[index] = []
  }

  private func isFolded(_ index: Int) -> Bool {
    guard uses[index] == 1, user[index].node >= 0, forms[index].weight <= Threshold.expressionAtoms else {
      return false
    }
    let (node, slot) = user[index]
    switch graph.nodes[node].operation {
    case .compute(let computation): return takes(index, slot, computation, at: node)
    case .loop(let loop): return pending[index].isEmpty && slot < loop.stateCount
    case .parameter, .constant, .output: return false
    }
  }

  /// Whether a computation reads each entry of that operand once, in expressions.
  private func takes(_ index: Int, _ slot: Int, _ computation: Computation, at node: Int) -> Bool {
    if !pending[index].isEmpty {
      return computation == .add && pending[index].allSatisfy(\.canAccumulate)
        && pending[index].count <= Threshold.expressionAtoms
    }
    switch computation {
    case .add, .times, .scale, .view(.shift), .view(.slice), .view(.embed), .view(.reshape): return true
    case .product(let product):
      if product.isScaling {
        let scalarSlot = product.m == 1 ? 0 : 1
        return slot != scalarSlot || graph.nodes[node].space.dimension == 1
      }
      return product.isTiny && (slot == 0 ? product.n == 1 : product.m == 1)
    case .view(.transpose(let rows, let columns)): return rows * columns <= Threshold.tinyVector
    case .middleProduct, .conv2d, .averagePool, .averageUnpool, .counted, .gatherRow, .scatterRow, .nonlinear,
      .nonlinearAdjoint:
      return false
    }
  }

  /// The value as reals in a row; it is copied where it is none.
  func memory(of index: Int) -> Memory {
    let dimension = graph.nodes[index].space.dimension
    if let memory = forms[index].memory(dimension: dimension) { return memory }
    if let memory = copies[index] { return memory }
    let memory: Memory
    if let vector = forms[index].constantVector {
      memory = Memory(cell: context.memory(of: vector, dimension: dimension), base: Affine(0))
    } else {
      let cell = copy(forms[index], size: dimension, name: "copy", demand: demand.nodes[index])
      memory = Memory(cell: cell, base: Affine(0))
    }
    copies[index] = memory
    return memory
  }

  /// A task that writes the form into a cell of its own.
  func copy(_ form: Form, size: Int, name: String, demand: Demand) -> Cell {
    let cell = context.cell(size: size, name: name, region: region, demand: demand)
    tasks.append(PlannedTask(.compute(cell, base: form, kernels: []), demand: demand, origin: nil))
    return cell
  }

  func onlyUser(of node: Int) -> (node: Int, slot: Int)? {
    uses[node] == 1 && user[node].node >= 0 ? user[node] : nil
  }

  func setOutputs(of node: Int, states: [Cell?], stacks: [Cell?]) { outputs[node] = (states, stacks) }

  private func form(ofOutput output: Int, of node: Int) -> Form {
    guard case .loop(let loop) = graph.nodes[node].operation else { return .zero }
    // Without a round the states are the initial values.
    if loop.trips == 0 { return forms[graph.nodes[node].operands[output]] }
    guard let cells = outputs[node] else { return .zero }
    let cell = output < loop.stateCount ? cells.states[output] : cells.stacks[output - loop.stateCount]
    return cell.map { .whole($0) } ?? .zero
  }
}

extension Form {
  /// The vector where the form is a constant, read from its start to its end.
  var constantVector: SparseVector? {
    switch self {
    case .zero: return .zero
    case .atom(let atom):
      guard case .constant(let runs, let offset) = atom.kind else { return nil }
      let (lower, upper) = (atom.lower, atom.upper)
      return SparseVector(
        entries: runs.vector.entries.lazy
          .filter { $0.index - offset >= lower && $0.index - offset < upper }
          .map { SparseVector.Entry(index: $0.index - offset, value: $0.value) })
    case .sum, .scale, .scaled, .entrywise: return nil
    }
  }
}

extension Product {
  /// Computed entry by entry, in the expressions of its consumer.
  var isTiny: Bool { m * n <= Threshold.tinyVector && m * k * n <= Threshold.tinyProduct && k < Threshold.shortestDot }
}
