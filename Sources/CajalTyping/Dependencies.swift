import CajalSyntax
import Diagnostics

/// What a declaration refers to: each name once, with the place of its first occurrence, in the order of the text.
struct References {
  private(set) var places: [(name: String, span: Span)] = []
  private var seen: Set<String> = []
  private var bound: [String: Int] = [:]

  /// The names that occur free in a term.
  init(in term: Term) { collect(term) }

  /// The aliases that a type uses.
  init(in type: TypeExpression) { collect(type) }

  private mutating func note(_ name: String, _ span: Span) {
    if bound[name, default: 0] == 0, seen.insert(name).inserted { places.append((name, span)) }
  }

  private mutating func collect(_ type: TypeExpression) {
    switch type.kind {
    case .name(let name): note(name, type.span)
    case .function(let a, let b):
      collect(a)
      collect(b)
    case .bool, .nat, .natBelow, .real, .error: break
    }
  }

  private mutating func collect(_ term: Term) {
    switch term.kind {
    case .variable(let name): note(name, term.span)
    case .function(let binder, let body): collect(body, binding: binder.name.text)
    case .letIn(let name, let value, let body):
      collect(value)
      collect(body, binding: name.text)
    case .iterate(let iteration):
      collect(iteration.base)
      collect(iteration.step, binding: iteration.state.text)
      collect(iteration.count)
    case .cases(let alternatives, let operand), .fold(let alternatives, let operand):
      for alternative in alternatives { collect(alternative) }
      collect(operand)
    case .bool, .numeral, .decimal, .vector, .matrix, .error: break
    case .succ, .apply, .conditional, .add, .subtract, .negate, .scale, .divide, .power, .list, .ascription:
      for child in term.kind.children { collect(child) }
    }
  }

  private mutating func collect(_ alternative: Alternative) {
    let binders = alternative.pattern.binders
    for binder in binders { bound[binder.text, default: 0] += 1 }
    collect(alternative.body)
    for binder in binders { bound[binder.text, default: 0] -= 1 }
  }

  private mutating func collect(_ term: Term, binding name: String) {
    bound[name, default: 0] += 1
    collect(term)
    bound[name, default: 0] -= 1
  }
}

/// A directed graph of declarations, edges to what they use.
struct DependencyGraph {
  struct Edge {
    let target: Int
    let span: Span
  }
  let edges: [[Edge]]

  struct Order {
    /// All nodes, each after those it uses (where there is no cycle).
    var nodes: [Int] = []
    /// The edges of each cycle that was met, from the first node around to it; at most one for each first node.
    var cycles: [[(from: Int, edge: Edge)]] = []
  }

  /// A depth-first search with a stack of its own: chains of declarations may be as long as the file.
  func ordered() -> Order {
    var order = Order()
    var state = [State](repeating: .new, count: edges.count)
    var closing: Set<Int> = []
    var stack: [(node: Int, next: Int)] = []
    for root in edges.indices where state[root] == .new {
      state[root] = .open
      stack.append((root, 0))
      while let top = stack.last {
        guard top.next < edges[top.node].count else {
          state[top.node] = .done
          order.nodes.append(top.node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let target = edges[top.node][top.next].target
        switch state[target] {
        case .new:
          state[target] = .open
          stack.append((target, 0))
        case .open:
          guard closing.insert(target).inserted,
            let start = stack.firstIndex(where: { $0.node == target })
          else { break }
          order.cycles.append(stack[start...].map { ($0.node, edges[$0.node][$0.next - 1]) })
        case .done: break
        }
      }
    }
    return order
  }

  private enum State { case new, open, done }
}
