import LinearMaps

//   for the batch                                           for the batch when wanted for parameters
//     w_bar[0] = product 50xbatch^T batchx50 (…)              w_bar[0] = product 50xbatch^T batchx50 (…)
//   for every sample                                   →    for every sample
//     x_bar[0] += product 50x50^T 50x1 (w[0], g[0])           when wanted for input 0
//                                                               x_bar[0] += product 50x50^T 50x1 (w[0], g[0])

/// Which gradients the parts of an adjoint contribute to, so that what nobody wants is not computed.
struct WantedGradients {
  private let draft: Draft
  private let signature: GraphSignature
  private let all: Set<Wanted>

  init(_ draft: Draft, _ signature: GraphSignature) {
    self.draft = draft
    self.signature = signature
    all = Set(signature.inputs.compactMap { Wanted(signature.input($0)) })
  }

  private func wanted(ofBuffer buffer: Int) -> Wanted? {
    guard draft.accumulatesOutputs, case .output(let output) = draft.buffers[buffer].storage else { return nil }
    return Wanted(signature.input(GraphSignature.input(ofGradient: output)))
  }

  /// Whether the buffer is only added to, in any order.
  func isSum(_ buffer: Int) -> Bool { wanted(ofBuffer: buffer) != nil }

  /// From the last item to the first: what an item writes is wanted for what its readers are wanted for. Items that
  /// contribute to nothing are removed.
  func find(for items: inout [CutItem]) {
    var wantedFor: [Int: Set<Wanted>] = [:]
    visit(&items, &wantedFor, rowsOfPointers(items))
    removeUnwanted(&items)
  }

  private func removeUnwanted(_ items: inout [CutItem]) {
    items.removeAll { $0.wanted.isEmpty }
    for index in items.indices {
      guard case .rounds(var rounds) = items[index].content else { continue }
      removeUnwanted(&rounds.items)
      items[index].content = .rounds(rounds)
    }
  }

  private func visit(_ items: inout [CutItem], _ wantedFor: inout [Int: Set<Wanted>], _ rows: [Int: Int]) {
    for index in items.indices.reversed() {
      if case .rounds(var rounds) = items[index].content {
        // What is written in one round may be read in the next.
        var known = wantedFor
        while true {
          visit(&rounds.items, &wantedFor, rows)
          if wantedFor == known { break }
          known = wantedFor
        }
        items[index].wanted = rounds.items.reduce([]) { $0.union($1.wanted) }
        items[index].content = .rounds(rounds)
        continue
      }
      for buffer in items[index].writes {
        if let output = wanted(ofBuffer: buffer) {
          items[index].wanted.insert(output)
        } else {
          items[index].wanted.formUnion(wantedFor[rows[buffer] ?? buffer] ?? [])
        }
      }
      // To add to an output is not to read it.
      for buffer in items[index].reads where !items[index].wanted.isEmpty && !isSum(buffer) {
        wantedFor[rows[buffer] ?? buffer, default: []].formUnion(items[index].wanted)
      }
    }
  }

  /// Pointers that are swapped, and the buffers that they point to, are one: by one of them.
  private func rowsOfPointers(_ items: [CutItem]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    func name(_ buffer: Int) -> Int { result[buffer].map { $0 == buffer ? buffer : name($0) } ?? buffer }
    func unite(_ a: Int, _ b: Int) { result[name(a)] = name(b) }
    func visit(_ items: [CutItem]) {
      for item in items {
        guard case .rounds(let rounds) = item.content else { continue }
        for pointer in rounds.pointers {
          if case .rowPointer(let start) = draft.buffers[pointer].storage { unite(pointer, start.buffer) }
        }
        for swap in rounds.swaps { unite(swap.first, swap.second) }
        visit(rounds.items)
      }
    }
    visit(items)
    return result.keys.reduce(into: [:]) { $0[$1] = name($1) }
  }

  // MARK: Conditions

  /// Nothing where the item is wanted whatever is wanted.
  func condition(of item: CutItem) -> [Wanted] { item.wanted == all ? [] : item.wanted.sorted() }

  /// Writes to an output only where that is wanted, in a statement that has other purposes too.
  func guardingOutputs(_ statement: Statement) -> Statement {
    if let target = statement.target, let wanted = wanted(ofBuffer: target.buffer) {
      return .whenWanted([wanted], [statement])
    }
    let guarded = statement.mapBodies { $0.map(guardingOutputs) }
    // Once around the loop, and not in every round.
    if case .loop(let loop) = guarded, loop.body.count == 1, case .whenWanted(let wanted, let inner) = loop.body[0] {
      return .whenWanted(wanted, [.loop(loop.with(body: inner))])
    }
    return guarded
  }
}

extension Wanted: Comparable {
  private var rank: Int {
    switch self {
    case .parameters: -1
    case .port(let port): port
    }
  }
  public static func < (a: Wanted, b: Wanted) -> Bool { a.rank < b.rank }
}
