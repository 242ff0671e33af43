import LinearMaps

/// When a value is needed.
enum Demand: Int, Comparable {
  case never, whenKept, always
  static func < (a: Demand, b: Demand) -> Bool { a.rawValue < b.rawValue }
}

/// When each value of a graph is needed, those of loop bodies included, from what is needed of the results. A loop
/// without rounds needs the initial values of its states alone.
func demand(_ graph: Graph, results: [Demand]) -> GraphFacts<Demand> {
  var fixpoint = NestedFixpoint(bottom: Demand.never, join: max)
  return fixpoint.backward(graph, results: results) { $0.trips > 0 }
}
