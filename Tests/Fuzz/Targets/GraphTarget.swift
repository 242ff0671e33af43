import LinearMaps
import TestSupport

/// A text that reads as a graph prints as a text that reads as the same graph, and can be run.
func checkGraph(_ bytes: [UInt8]) throws {
  let graph: Graph
  do { (_, graph) = try parseGraph(String(decoding: bytes, as: UTF8.self)) } catch let error as UnreadableGraph {
    try require(error.line >= 1, "place", "line \(error.line)")
    return
  }
  try checkText(of: graph)
  guard graph.cost < 1e5 else { return }
  let results = Interpreter().run(graph, RandomGraph.arguments(of: graph, seed: 1))
  try require(
    zip(results, graph.results).allSatisfy { $0.count == graph.nodes[$1].space.dimension }, "dimension",
    "of a result")
}

func checkText(of graph: Graph) throws {
  let text = graph.printed(name: "g")
  do {
    let again = try parseGraph(text).graph
    // Numbers are compared by their text: a NaN is not equal to itself.
    try require(again.printed(name: "g") == text.withoutRemarks, "round trip", text)
  } catch let error as UnreadableGraph { throw Falsified("reader", "\(error)\n\(text)") }
}

extension String {
  /// Without the places in the source, which are comments.
  fileprivate var withoutRemarks: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.firstRange(of: " ; ").map { line[..<$0.lowerBound] } ?? line
    }.joined(separator: "\n")
  }
}

extension Graph {
  /// About how many operations the interpreter takes, and how many numbers it holds.
  fileprivate var cost: Double {
    nodes.reduce(0) { total, node in
      let size = Double(node.space.dimension)
      return switch node.operation {
      case .loop(let loop): total + size + Double(loop.trips) * (loop.body.cost + 1)
      case .compute(let computation): total + size + computation.work(node.space.dimension)
      case .parameter, .constant, .output: total + size
      }
    }
  }
}
