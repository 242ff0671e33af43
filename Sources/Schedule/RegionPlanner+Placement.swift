import LinearMaps

// Values with one reader are computed where the reader wants them: the initial value of a state in the state's buffer,
// the parts of a sum or of a concatenation in the buffer of the whole. What was a copy is then nothing, and what was a
// sum accumulates in place.

extension RegionPlanner {
  /// To be called when the places of all results are known. Later tasks come first: where they want a value decides
  /// where its parts go.
  func placeParts() {
    var readers: [Cell: Int] = [:]
    for task in tasks { task.visitReads { cell, _ in if cell.region == region { readers[cell, default: 0] += 1 } } }
    for task in tasks.reversed() {
      switch task.kind {
      case .compute(let cell, let base, _):
        // An old state in that place is still to be read.
        if cell.overwritesState { continue }
        var taken: [Range<Int>] = []
        for atom in base.atoms {
          guard case .cell(let part, let base, let stride) = atom.kind, base == Affine(-atom.lower),
            stride == 1 || part.size == 1, atom.upper - atom.lower == part.size,
            isMovable(part, task.demand, readers), !taken.contains(where: { $0.overlaps(atom.lower..<atom.upper) })
          else { continue }
          taken.append(atom.lower..<atom.upper)
          part.place(in: cell, at: Affine(atom.lower))
        }
      case .loop(let plan):
        for state in plan.states {
          let start = plan.start(of: state)
          guard let cell = state.initial.wholeCell(size: start.size), isMovable(cell, state.demand, readers),
            !start.overwritesState
          else { continue }
          cell.place(in: start)
        }
      }
    }
  }

  private func isMovable(_ cell: Cell, _ demand: Demand, _ readers: [Cell: Int]) -> Bool {
    cell.region == region && !cell.isPlaced && cell.demand == demand && readers[cell] == 1
  }
}

extension Form {
  fileprivate var atoms: [Atom] {
    switch self {
    case .zero: []
    case .atom(let atom): [atom]
    case .sum(let a, let b), .entrywise(let a, let b): a.atoms + b.atoms
    case .scale(_, let a), .scaled(_, let a): a.atoms
    }
  }
}
