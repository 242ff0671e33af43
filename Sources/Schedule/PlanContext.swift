import LinearMaps

/// The literals of a module, each once.
public final class TableStore {
  public private(set) var tables: [Table] = []
  private var known: [Table: Int] = [:]
  public init() {}

  func index(of table: Table) -> Int {
    if let index = known[table] { return index }
    tables.append(table)
    known[table] = tables.count - 1
    return tables.count - 1
  }
}

/// What the regions of one procedure share while it is planned.
final class PlanContext {
  let tables: TableStore
  private var cells = 0
  private var rounds = 0
  private var regions = 0
  private var constants: [Table: Cell] = [:]
  private var filled: [FilledKey: Cell] = [:]
  /// Constants that are no tables are written at the start.
  private(set) var prelude: [PlannedTask] = []

  private struct FilledKey: Hashable {
    let vector: SparseVector
    let dimension: Int
  }

  init(tables: TableStore) { self.tables = tables }

  func cell(
    size: Int, name: String, kind: Cell.Kind = .own, region: Int, demand: Demand
  ) -> Cell {
    cells += 1
    return Cell(id: cells, size: size, name: name, kind: kind, region: region, demand: demand)
  }

  func round(bound: Int) -> LoopVariable {
    rounds += 1
    return LoopVariable(kind: .round, id: rounds, bound: bound)
  }

  func region() -> Int {
    regions += 1
    return regions
  }

  func constant(_ vector: SparseVector, dimension: Int) -> Form {
    if vector.entries.isEmpty || dimension == 0 { return .zero }
    if let runs = ConstantRuns(vector, dimension: dimension, limit: Threshold.constantRuns) {
      return .atom(Atom(kind: .constant(runs, offset: 0), lower: 0, upper: dimension))
    }
    return .whole(memory(of: vector, dimension: dimension))
  }

  /// The constant in memory: a table where it is dense or small, else written once a sample. A table never has many
  /// more numbers than the constant has entries.
  func memory(of vector: SparseVector, dimension: Int) -> Cell {
    if dimension <= Threshold.smallTable || vector.entries.count >= dimension / Threshold.tableSparsity,
      !isProgression(vector)
    {
      let table = Table(values: vector.dense(dimension))
      if let cell = constants[table] { return cell }
      let cell = cell(
        size: dimension, name: "constant", kind: .fixed(.table(tables.index(of: table))), region: -1, demand: .always)
      constants[table] = cell
      return cell
    }
    let key = FilledKey(vector: vector, dimension: dimension)
    if let cell = filled[key] { return cell }
    let cell = cell(size: dimension, name: "constant", region: 0, demand: .always)
    filled[key] = cell
    let runs = ConstantRuns(vector, dimension: dimension, limit: Int.max)!
    prelude.append(
      PlannedTask(
        .compute(
          cell, base: .atom(Atom(kind: .constant(runs, offset: 0), lower: 0, upper: dimension)), kernels: []),
        demand: .always, origin: nil))
    return cell
  }

  /// Many equal entries at equal distances (an identity matrix, all ones): a loop writes them.
  private func isProgression(_ vector: SparseVector) -> Bool {
    vector.entries.count > Threshold.smallTable && Progression.split(vector).count <= Threshold.constantRuns
  }
}

/// Equal entries at equal distances.
struct Progression {
  let start: Int
  let step: Int
  var count: Int
  let value: Double

  static func split(_ vector: SparseVector) -> [Progression] {
    var result: [Progression] = []
    for entry in vector.entries {
      if let last = result.last, last.value == entry.value {
        if last.count == 1 {
          result[result.count - 1] = Progression(
            start: last.start, step: entry.index - last.start, count: 2, value: last.value)
          continue
        }
        if entry.index == last.start + last.step * last.count {
          result[result.count - 1].count += 1
          continue
        }
      }
      result.append(Progression(start: entry.index, step: 1, count: 1, value: entry.value))
    }
    return result
  }
}
