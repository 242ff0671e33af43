/// Programs on small spaces are computed for several samples at once: entry i of all of them is one vector
/// (cajal_lanes.h). Their schedule is that of one sample; only what a real is changes.
public struct LanePlan: Hashable, Sendable {
  /// What forward_keep keeps of a sample, in reals.
  public let kept: Int
  /// Whether a run that keeps nothing puts it on the stack; otherwise into the workspace.
  public let isUnkeptLocal: Bool

  /// Lanes hold so many samples, or a part of them that divides them.
  public static func samples(realBytes: Int) -> Int { 64 / realBytes }
}

extension ProgramSchedule {
  /// How the program is computed in lanes, where it can be: it is no model, calls nothing of the runtime, and fits.
  public var lanes: LanePlan? {
    let procedures = [forward] + (backward.map { [$0] } ?? [])
    guard procedures.allSatisfy(\.fitsLanes) else { return nil }
    let kept = forward.keptReals
    guard kept <= Threshold.laneKeptReals else { return nil }
    return LanePlan(kept: kept, isUnkeptLocal: forward.lanesOnStack + kept <= Threshold.lanesOnStack)
  }
}

extension Procedure {
  fileprivate var fitsLanes: Bool {
    guard steps.count == 1, case .samples(let body) = steps[0] else { return false }
    var isPlain = true
    body.visitAll { statement in
      if case .kernel = statement { isPlain = false }
      if case .whenWanted = statement { isPlain = false }
    }
    guard isPlain else { return false }
    var total = 0
    for buffer in buffers {
      guard buffer.keptAt == nil else { return false }
      switch buffer.storage {
      case .rows, .keptRows, .rowPointer: return false
      case .kept: break
      case .input, .output, .workspace, .local, .unplanned:
        // No overflow: what came before is small.
        guard buffer.size <= Threshold.laneReals else { return false }
        total += buffer.size
      case .table, .pointer: break
      }
      guard total <= Threshold.laneReals else { return false }
    }
    return lanesOnStack <= Threshold.lanesOnStack
  }

  /// Of a run over a batch, without what is kept: the inputs that it reads and the outputs are there twice, as they
  /// come and as lanes, and the largest output once more.
  fileprivate var lanesOnStack: Int {
    guard case .samples(let body)? = steps.first else { return 0 }
    let used = Accesses(body, buffers).all
    var largest = 0
    let sizes = buffers.enumerated().map { index, buffer in
      switch buffer.storage {
      case .output:
        largest = max(largest, buffer.size)
        return 2 * buffer.size
      case .input: return used.contains(index) ? 2 * buffer.size : 0
      case .workspace, .local, .unplanned: return buffer.size
      case .kept, .table, .pointer, .rows, .keptRows, .rowPointer: return 0
      }
    }
    return sizes.reduce(largest, +)
  }

  fileprivate var keptReals: Int {
    buffers.reduce(0) { end, buffer in
      if case .kept(let offset) = buffer.storage { max(end, offset + buffer.size) } else { end }
    }
  }
}
