import CajalEvaluator
import EmitC
import LinearMaps

extension TableDescription {
  private var random: RandomTable {
    // Weights stand first, one for each constructor, whose name has no dot.
    let constructors = parts.prefix { !$0.name.contains(".") }
    var start = constructors.count
    let fields = constructors.map { constructor in
      let size = parts.reduce(0) { $0 + ($1.name.hasPrefix(constructor.name + ".") ? $1.size : 0) }
      defer { start += size }
      return start..<(start + size)
    }
    return RandomTable(rows: rows, arity: arity, isChain: isChain, fields: fields)
  }

  /// Rows, or nodes, that fit any other of the table.
  func input(_ port: PortDescription, _ choice: CallCheck.Choice, _ random: inout SplitMix64) -> [Double] {
    if port.isNodes { return self.random.nodes(&random) }
    switch choice {
    case .positive: return self.random.entries(&random, areNegative: false)
    case .signed: return self.random.entries(&random)
    }
  }
}

extension Graph {
  /// Arithmetic, and what each operation costs that is interpreted.
  var interpretedWork: Double { operations + 64 * visits }

  /// How many operations one run interprets.
  var visits: Double {
    nodes.reduce(0.0) { total, node in
      switch node.operation {
      case .loop(let loop): total + Double(loop.trips) * loop.body.visits
      case .output, .parameter, .constant, .compute: total + 1
      }
    }
  }
}
