import CajalSyntax

/// The values of a recursive type, numbered: those of fewer nodes first.
struct RecursiveValues {
  let data: DataType
  /// Of each constructor, how many values its fields have that are not recursive.
  private let fields: [Int]
  /// By k and n, how many k values there are that have n nodes together.
  private var tuples: [[Int]]

  /// Nil where the values of some field are not enumerated.
  init?(_ data: DataType, horizon: Int) {
    self.data = data
    var fields: [Int] = []
    for constructor in data.constructors {
      var factors: [Int] = []
      for case .other(let type) in constructor.fields {
        guard let size = ValueTerms.size(of: type, horizon: horizon) else { return nil }
        factors.append(size)
      }
      fields.append(saturatingProduct(factors))
    }
    self.fields = fields
    tuples = (0...max(1, data.arity)).map { [$0 == 0 ? 1 : 0] }
  }

  /// How many values have at most so many nodes, saturating.
  mutating func count(nodes: Int) -> Int {
    while tuples[1].count <= nodes { extend() }
    return tuples[1].prefix(nodes + 1).reduce(0) { sum($0, $1) }
  }

  private func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  private mutating func extend() {
    let nodes = tuples[1].count
    let single = zip(data.constructors, fields).reduce(0) { total, next in
      sum(total, saturatingProduct([next.1, tuples[next.0.arity][nodes - 1]]))
    }
    tuples[0].append(0)
    tuples[1].append(single)
    for k in tuples.indices.dropFirst(2) {
      tuples[k].append(
        (1...nodes).reduce(0) { sum($0, saturatingProduct([tuples[1][$1], tuples[k - 1][nodes - $1]])) })
    }
  }

  /// A node, by the number of its constructor, the number of its fields' values, and its parts.
  indirect enum Node { case node(Int, fields: Int, parts: [Node]) }

  /// The value with this number among those that `count` has counted.
  func node(number: Int) -> Node? {
    var rest = number
    for nodes in tuples[1].indices {
      if rest < tuples[1][nodes] { return node(rest, nodes: nodes) }
      rest -= tuples[1][nodes]
    }
    return nil
  }

  private func node(_ number: Int, nodes: Int) -> Node? {
    var rest = number
    for (index, constructor) in data.constructors.enumerated() {
      let count = saturatingProduct([fields[index], tuples[constructor.arity][nodes - 1]])
      if rest >= count {
        rest -= count
        continue
      }
      let own = rest % fields[index]
      return parts(rest / fields[index], constructor.arity, nodes: nodes - 1).map {
        .node(index, fields: own, parts: $0)
      }
    }
    return nil
  }

  private func parts(_ number: Int, _ count: Int, nodes: Int) -> [Node]? {
    guard count > 0 else { return [] }
    var rest = number
    for first in 1...max(1, nodes) where first <= nodes {
      let others = tuples[count - 1][nodes - first]
      let all = saturatingProduct([tuples[1][first], others])
      if rest >= all {
        rest -= all
        continue
      }
      guard let node = node(rest / others, nodes: first),
        let more = parts(rest % others, count - 1, nodes: nodes - first)
      else { return nil }
      return [node] + more
    }
    return nil
  }
}
