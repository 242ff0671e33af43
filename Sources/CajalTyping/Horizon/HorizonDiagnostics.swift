import Diagnostics

extension ProgramHorizon {
  /// One message for each place where an entry may be dropped.
  public func diagnostics(overflow: OverflowPolicy) -> [Diagnostic] {
    drops.map { $0.diagnostic(horizon: horizon, overflow: overflow, isConservative: isConservative) }
  }
}

extension HorizonAnalysis {
  /// The messages for a whole file: a place that several programs reach, in a definition they share, is named once,
  /// with the most that can be said against it.
  public static func diagnostics(_ programs: [ProgramHorizon], overflow: OverflowPolicy) -> [Diagnostic] {
    var worst: [Span: (drop: Drop, program: ProgramHorizon)] = [:]
    for program in programs {
      for drop in program.drops {
        if let known = worst[drop.span]?.drop, !drop.isWorse(than: known) { continue }
        worst[drop.span] = (drop, program)
      }
    }
    return worst.values.sorted { ($0.drop.span.start, $0.drop.span.end) < ($1.drop.span.start, $1.drop.span.end) }.map {
      $0.drop.diagnostic(horizon: $0.program.horizon, overflow: overflow, isConservative: $0.program.isConservative)
    }
  }
}

extension Drop {
  fileprivate func isWorse(than other: Drop) -> Bool {
    switch (leastHorizon, other.leastHorizon) {
    case (nil, .some): true
    case (.some, nil): false
    case (let a, let b): (a ?? 0, largestIndex) > (b ?? 0, other.largestIndex)
    }
  }

  fileprivate func diagnostic(horizon: Int, overflow: OverflowPolicy, isConservative: Bool) -> Diagnostic {
    let code: DiagnosticCode = overflow == .warn ? .entryMayBeDropped : .droppedEntry
    let beyond = count == nil ? "the horizon" : "its type"
    let what = isNumeral ? "this numeral is beyond \(beyond)" : "`succ` may drop an entry here"
    let reach = largestIndex == Int.max ? "beyond all bounds" : "index \(largestIndex)"
    var notes = [
      count.map { "a `Nat[\($0)]` has the entries 0 … \($0 - 1); what goes further is dropped" }
        ?? "at horizon \(horizon) a `Nat` has the entries 0 … \(horizon - 1); what goes further is dropped"
    ]
    let help: String?
    var fixes: [Fix] = []
    if let count, !isConservative {
      help =
        largestIndex < HorizonAnalysis.largestHorizon
        ? "use `Nat[\(largestIndex + 1)]`" : "the result is exact where nothing leads beyond \(count - 1)"
    } else if isConservative {
      notes.append("the program is too large for a closer look: this may never happen")
      help = nil
    } else if let leastHorizon {
      help = "use `horizon \(leastHorizon)` or more"
      fixes = [Fix("use `horizon \(leastHorizon)`", .horizon(leastHorizon))]
    } else if largestIndex >= HorizonAnalysis.largestHorizon {
      notes.append("no horizon that can be compiled suffices")
      help = nil
    } else {
      notes.append("no horizon suffices: a `Nat` from outside may have any entry below it, and grows with it")
      help = "the result is exact where no entry that comes in leads beyond \(horizon - 1)"
    }
    return Diagnostic(code, what, at: Label(span, "reaches \(reach)"), notes: notes, help: help, fixes: fixes)
  }
}
