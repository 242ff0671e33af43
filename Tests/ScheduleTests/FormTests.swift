import LinearMaps
import TestSupport
import Testing

@testable import Schedule

/// Vectors that are not computed yet, against vectors.
@Suite struct FormTests {
  /// What the cells hold.
  private let contents: [[Double]]
  private let cells: [Cell]
  private let context = PlanContext(tables: TableStore())
  private static let dimension = 7
  private static let index = LoopVariable(kind: .row, id: 99, bound: dimension)

  init() {
    var random = SplitMix(seed: 5)
    contents = [7, 7, 1, 20].map { random.vector($0) }
    cells = contents.enumerated().map {
      Cell(id: $0, size: $1.count, name: "c", kind: .own, region: 0, demand: .always)
    }
  }

  // MARK: What a form and its entries are

  private func value(_ index: Affine, _ i: Int?) -> Int {
    index.terms.reduce(index.constant) { $0 + $1.coefficient * i! }
  }

  private func value(_ scalar: Scalar?, _ i: Int? = nil) -> Double {
    switch scalar {
    case nil: 0
    case .literal(let number): number
    case .load(let cell, let index): contents[cell.id][value(index, i)]
    case .sum(let a, let b): value(a, i) + value(b, i)
    case .difference(let a, let b): value(a, i) - value(b, i)
    case .product(let a, let b): value(a, i) * value(b, i)
    case .negation(let a): -value(a, i)
    case .indicator(let index): value(index, i) == 0 ? 1 : 0
    }
  }

  /// A random form with the vector that it stands for.
  private func make(_ random: inout SplitMix, _ depth: Int) -> (form: Form, vector: [Double]) {
    let d = Self.dimension
    switch random.below(depth > 0 ? 9 : 5) {
    case 0:
      let cell = random.below(2)
      return (.whole(cells[cell]), contents[cell])
    case 1:
      let (base, stride) = (random.below(3), 1 + random.below(2))
      let atom = Atom(kind: .cell(cells[3], base: Affine(base), stride: stride), lower: 0, upper: d)
      return (.atom(atom), (0..<d).map { contents[3][base + stride * $0] })
    case 2:
      let dense = (0..<d).map { _ in [0, 0, 1, -2][random.below(4)] }.map(Double.init)
      return (context.constant(SparseVector(dense: dense), dimension: d), dense)
    case 3:
      let entries = (0..<d).map { _ -> Scalar? in
        random.below(3) == 0 ? nil : .load(cells[3], Affine(random.below(20)))
      }
      return (.entries(entries), entries.map { value($0) })
    case 4:
      let position = random.below(d + 2) - 1
      let atom = Atom(kind: .unit(position: Affine(position)), lower: 0, upper: d)
      return (.atom(atom), (0..<d).map { $0 == position ? 1 : 0 })
    case 5, 6:
      let (a, b) = (make(&random, depth - 1), make(&random, depth - 1))
      return (.add(a.form, b.form), zip(a.vector, b.vector).map { $0 + $1 })
    case 7:
      let (a, factor) = (make(&random, depth - 1), [1, -1, 0.5][random.below(3)])
      guard random.below(2) == 0 else { return (.multiply(factor, a.form), a.vector.map { factor * $0 }) }
      return (.multiply(.load(cells[2], Affine(0)), a.form), a.vector.map { contents[2][0] * $0 })
    default:
      let (a, distance) = (make(&random, depth - 1), random.below(2 * d) - d)
      return (
        a.form.moved(by: distance, dimension: d),
        (0..<d).map { (0..<d).contains($0 - distance) ? a.vector[$0 - distance] : 0 }
      )
    }
  }

  @Test func entriesAreThoseOfTheVector() {
    for seed in 0..<400 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let (form, vector) = make(&random, 4)
      #expect(agree((0..<Self.dimension).map { value(form.entry($0)) }, vector, within: 1e-12), "seed \(seed)")
    }
  }

  /// Between two edges one expression in a loop's variable is every entry.
  @Test func betweenEdgesOneExpressionIsAll() {
    var stretches = 0
    for seed in 0..<400 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let (form, vector) = make(&random, 4)
      var edges: Set = [0, Self.dimension]
      form.edges(into: &edges)
      let ends = edges.filter { (0...Self.dimension).contains($0) }.sorted()
      for (lower, upper) in zip(ends, ends.dropFirst()) {
        let entry = form.entry(at: Affine(Self.index), probe: lower)
        #expect(
          agree((lower..<upper).map { value(entry, $0) }, Array(vector[lower..<upper]), within: 1e-12), "seed \(seed)")
        if upper - lower > 1 { stretches += 1 }
      }
    }
    #expect(stretches > 300)
  }

  /// A form that is said to be memory is there as it stands.
  @Test func memoryIsWhatItSays() throws {
    var found = 0
    for seed in 0..<400 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let (form, vector) = make(&random, 2)
      guard let memory = form.memory(dimension: Self.dimension) else { continue }
      found += 1
      let start = value(memory.base, nil)
      #expect(Array(contents[memory.cell.id][start..<(start + Self.dimension)]) == vector)
    }
    #expect(found > 40)
  }

  /// What an entry reads is visited, and what is visited at the same index alone is not read at another.
  @Test func allReadsAreVisited() {
    for seed in 0..<400 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let (form, _) = make(&random, 4)
      var (visited, others): (Set<Int>, Set<Int>) = ([], [])
      form.visit { cell, sameIndex in
        visited.insert(cell.id)
        if !sameIndex { others.insert(cell.id) }
      }
      for i in 0..<Self.dimension {
        form.entry(i)?.visit { cell, index in
          #expect(visited.contains(cell.id), "seed \(seed)")
          if index != Affine(i), cell.size > 1 { #expect(others.contains(cell.id), "seed \(seed), entry \(i)") }
        }
      }
    }
  }
}
