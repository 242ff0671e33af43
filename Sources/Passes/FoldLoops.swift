import LinearMaps

extension Pass {
  /// A loop that is linear in what it reads, with a step and a base that are known while compiling, is a constant matrix:
  /// its powers are computed here, where the matrix has few entries and costs less than the rounds.
  public static let foldLoops = Pass("fold-loops") { graph in
    let pass = FoldLoops()
    return graph.hasLoop(where: { pass.matrices(of: $0) != nil }) ? pass.rewrite(graph) : nil
  }
}

private final class FoldLoops: Rewriter {
  /// Code must not grow with the horizon, so large matrices stay loops.
  private static let entryLimit = FoldConstants.entryLimit
  /// Of the interpreter, in entries that it visits, so that compiling stays fast.
  private static let workLimit = 200_000.0

  private var known: [Loop: [[SparseMatrix]]?] = [:]

  override func closed(_ loop: Loop, _ operands: [Value], in builder: GraphBuilder) -> [Value]? {
    guard let matrices = matrices(of: loop), case .tuple(let spaces) = loop.resultSpace else { return nil }
    return zip(matrices, spaces).map { blocks, space in
      var sum: Value?
      for (block, operand) in zip(blocks, operands) {
        guard !block.entries.isEmpty else { continue }
        let matrix = builder.constant(
          block.matrix(columns: operand.space.dimension), .real([space.dimension, operand.space.dimension]))
        let part = builder.apply(matrix, operand, space)
        sum = sum.map { builder.add($0, part) } ?? part
      }
      return sum ?? builder.zero(space)
    }
  }

  /// For every result, the matrix of every operand; nil where the loop is better kept.
  func matrices(of loop: Loop) -> [[SparseMatrix]]? {
    if let result = known[loop] { return result }
    let result = computed(loop)
    known[loop] = result
    return result
  }

  private func computed(_ loop: Loop) -> [[SparseMatrix]]? {
    // Invariants other than constants of the body would be factors of the state.
    guard loop.trips > 1, loop.invariantCount == 0, Double(loop.body.size) <= FoldLoops.workLimit,
      case .tuple(let spaces) = loop.resultSpace
    else { return nil }
    let slices = loop.body.parameters.prefix(loop.stateCount + loop.sequenceCount)
    let dimensions = slices.enumerated().map { index, parameter in
      index < loop.stateCount ? parameter.space.dimension : loop.trips * parameter.space.dimension
    }
    let inputs = dimensions.reduce(0, +)
    let rounds = loop.body.work * Double(loop.trips)
    guard Double(inputs) <= FoldLoops.workLimit, rounds <= FoldLoops.workLimit,
      rounds * Double(inputs) <= FoldLoops.workLimit
    else { return nil }
    var builder = GraphBuilder()
    let parameters = dimensions.enumerated().map { builder.parameter("x\($0)", .real([$1])) }
    let outputs = builder.append(loop, operands: parameters)
    let graph = builder.finish(results: outputs.states + outputs.stacks)
    builder = GraphBuilder()
    guard graph.dependence(on: Set(parameters.indices)).allSatisfy({ $0 == .linear || $0 == .zero }) else { return nil }

    var matrices = spaces.map { _ in dimensions.map { _ in SparseMatrix() } }
    var count = 0
    var arguments = dimensions.map { [Double](repeating: 0, count: $0) }
    for (operand, dimension) in dimensions.enumerated() {
      for column in 0..<dimension {
        arguments[operand][column] = 1
        defer { arguments[operand][column] = 0 }
        for (result, vector) in Interpreter().run(graph, arguments).enumerated() {
          for (row, value) in vector.enumerated() where value != 0 {
            guard value.isFinite else { return nil }
            count += 1
            if count > FoldLoops.entryLimit { return nil }
            matrices[result][operand].entries.append((row, column, value))
          }
        }
      }
    }
    // A multiplication and an addition an entry, against what the rounds visit.
    guard Double(count) <= rounds else { return nil }
    return matrices
  }
}

private struct SparseMatrix {
  var entries: [(row: Int, column: Int, value: Double)] = []

  /// Row-major. A sequence may be longer than the rounds that read it.
  func matrix(columns: Int) -> SparseVector {
    SparseVector(
      entries: entries.map { .init(index: $0.row * columns + $0.column, value: $0.value) }
        .sorted { $0.index < $1.index })
  }
}
