/// Programs on small spaces are computed for several samples at once: entry i of all of them is one vector (cajal_lanes.h).
/// Their schedule is that of one sample; only what a real is changes.
public struct LanePlan: Hashable, Sendable {
  /// What forward_keep keeps of a sample, in reals.
  public let kept: Int

  /// Up to this many reals a sample, all buffers of a direction taken together, lanes stay in the fastest cache.
  static var limit: Int { 192 }
  /// What is kept is written once and read once, but it is on the stack of a run that keeps nothing.
  static var keptLimit: Int { 1024 }

  /// Lanes hold so many samples, or a part of them that divides them.
  public static func samples(realBytes: Int) -> Int { 64 / realBytes }
}

extension ProgramSchedule {
  /// How the program is computed in lanes, where it can be: it is no model, calls nothing of the runtime, and fits.
  public var lanes: LanePlan? {
    let procedures = [forward] + (backward.map { [$0] } ?? [])
    guard procedures.allSatisfy(\.fitsLanes) else { return nil }
    let kept = forward.keptReals
    return kept <= LanePlan.keptLimit ? LanePlan(kept: kept) : nil
  }
}

extension Procedure {
  fileprivate var fitsLanes: Bool {
    guard steps.count == 1, case .samples(let body) = steps[0], body.allSatisfy(\.fitsLanes) else { return false }
    var total = 0
    for buffer in buffers {
      guard buffer.keptAt == nil else { return false }
      switch buffer.storage {
      case .rows, .keptRows, .rowPointer: return false
      case .kept: break
      case .input, .output, .workspace, .local, .unplanned:
        // No overflow: what came before is small.
        guard buffer.size <= LanePlan.limit else { return false }
        total += buffer.size
      case .table, .pointer: break
      }
      guard total <= LanePlan.limit else { return false }
    }
    return true
  }

  fileprivate var keptReals: Int {
    buffers.reduce(0) { end, buffer in
      if case .kept(let offset) = buffer.storage { max(end, offset + buffer.size) } else { end }
    }
  }
}

extension Statement {
  fileprivate var fitsLanes: Bool {
    switch self {
    case .note, .declare, .assign, .accumulate, .swap: true
    case .loop(let loop): loop.body.allSatisfy(\.fitsLanes)
    case .whenKept(let body), .whenInside(_, _, let body): body.allSatisfy(\.fitsLanes)
    case .kernel, .whenWanted: false
    }
  }
}
