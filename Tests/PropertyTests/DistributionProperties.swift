import CajalSyntax
import CajalTyping
import LinearMaps
import TestSupport
import Testing

/// What `check` calls a distribution is one, for random links that are (LANGUAGE.md, section 8, Distributions).
@Suite struct DistributionProperties {
  /// A mixture of values; of a function, one in every column.
  private func mixture(_ type: Type, horizon: Int, _ random: inout SplitMix) -> [Double] {
    let rows = type.finalResult.dimension(horizon: horizon)!
    let columns = type.dimension(horizon: horizon)! / rows
    var entries = [Double](repeating: 0, count: rows * columns)
    for column in 0..<columns {
      let weights = (0..<rows).map { _ in Double(random.below(8)) + (rows == 1 ? 1 : 0) }
      let total = weights.reduce(0, +)
      for row in 0..<rows { entries[row * columns + column] = total == 0 ? (row == 0 ? 1 : 0) : weights[row] / total }
    }
    return entries
  }

  /// Rows and nodes of a table: weights where no child is missing, and mixtures in every field.
  private func table(_ type: DataType, rows: Int, horizon: Int, _ random: inout SplitMix) -> [[Double]] {
    let counted = 1 + random.below(rows)
    let children = (0..<rows).map { row in
      (0..<type.arity).map { _ in
        row + 1 < rows && random.below(3) > 0 ? row + 1 + random.below(rows - row - 1) : -1
      }
    }
    var entries: [Double] = []
    for row in 0..<rows {
      var weights = type.constructors.map { constructor in
        let isThere =
          type.isChain
          ? constructor.arity == 0 || row + 1 < counted : children[row].prefix(constructor.arity).allSatisfy { $0 >= 0 }
        return isThere ? Double(1 + random.below(5)) : 0
      }
      let total = weights.reduce(0, +)
      weights = weights.map { $0 / total }
      entries += weights
      for constructor in type.constructors {
        for case .other(let field) in constructor.fields { entries += mixture(field, horizon: horizon, &random) }
      }
    }
    return [entries, type.isChain ? [Double(counted)] : children.flatMap { $0.map(Double.init) }]
  }

  @Test(arguments: [false, true]) func resultsAddUpToOne(hasData: Bool) {
    var options = ProgramGenerator.Options()
    options.size = 14
    options.hasData = hasData
    hold(options, share: 0.5, atLeast: 0.05) { program, random in
      let horizon = HorizonAnalysis.analyse(program.module).last!
      guard DistributionAnalysis(program.module).result(of: program.judgement, horizon) != nil else {
        throw Discarded("nothing is claimed")
      }
      let point = program.context.flatMap { port -> [[Double]] in
        guard let rows = port.rows, let type = port.variable.type.asRecursive else {
          return [self.mixture(port.variable.type, horizon: program.horizon, &random)]
        }
        return self.table(type, rows: rows, horizon: program.horizon, &random)
      }
      let result = Interpreter().run(try program.graph(), point)[0]
      let rows = program.judgement.type.finalResult.dimension(horizon: program.horizon)!
      let columns = result.count / rows
      for column in 0..<columns {
        let entries = (0..<rows).map { result[$0 * columns + column] }
        try require(
          entries.allSatisfy { $0 >= -1e-9 } && abs(entries.reduce(0, +) - 1) <= 1e-9, "distribution",
          "column \(column) is \(short(entries)) at \(point.map(short))")
      }
    }
  }
}
