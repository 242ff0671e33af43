import LinearMaps

/// Programs on small spaces are computed for several samples at once: entry i of all of them is one vector
/// (cajal_lanes.h). Their schedule is that of one sample; only what a real is changes.
public struct LanePlan: Hashable, Sendable {
  /// What forward_keep keeps of a sample, in reals.
  public let kept: Int
  /// Whether a run that keeps nothing puts it on the stack; otherwise into the workspace.
  public let isUnkeptLocal: Bool
  /// How many lanes of the workspace hold what would be too much for the stack: the inputs and outputs of a group of
  /// samples, and the buffers. 0 where all of it is on the stack.
  public let room: Int

  /// Lanes hold so many samples, or a part of them that divides them.
  public static func samples(realBytes: Int) -> Int { 64 / realBytes }

  /// Batches of fewer samples than these leave more lanes empty than they are worth.
  public static let fewestSamples = Threshold.laneBatch
}

extension ProgramSchedule {
  /// How the program is computed in lanes, where it can be: it is no model, calls nothing of the runtime, and fits.
  public var lanes: LanePlan? {
    let procedures = [forward] + (backward.map { [$0] } ?? [])
    let kept = forward.keptReals
    if procedures.contains(where: \.readsTables) {
      guard kept <= Threshold.laneWorkspaceReals, procedures.allSatisfy(\.fitsLanesInWorkspace) else { return nil }
      return LanePlan(kept: kept, isUnkeptLocal: false, room: procedures.map(\.lanesInWorkspace).max()!)
    }
    guard kept <= Threshold.laneKeptReals, procedures.allSatisfy(\.fitsLanes) else { return nil }
    return LanePlan(kept: kept, isUnkeptLocal: forward.lanesOnStack + kept <= Threshold.lanesOnStack, room: 0)
  }
}

extension ScheduleOptions {
  /// For what is tried in lanes that lie in the workspace: there nothing of the runtime can be called.
  var inLanes: ScheduleOptions {
    var options = self
    options.writtenOutProduct = Threshold.laneProduct
    return options
  }
}

extension Graph {
  var readsTables: Bool {
    nodes.contains { if case .counted? = $0.operation.computation { true } else { false } }
  }
}

extension Kernel {
  /// Whether there is a form of it for lanes: those of tables, for which a row is looked up in each lane.
  public var isInLanes: Bool {
    switch self {
    case .counted, .gatherRow, .scatterRow: true
    case .product, .middleProduct, .convolution, .layer, .reluAdjointOfImage, .reluAdjointOfPool, .averagePool,
      .averageUnpool, .nonlinear, .nonlinearAdjoint:
      false
    }
  }
}

extension Procedure {
  fileprivate var readsTables: Bool {
    var found = false
    for body in steps.bodies {
      body.visitAll { if case .kernel(let kernel, _, _, _) = $0, kernel.isInLanes { found = true } }
    }
    return found
  }

  private func isTable(_ place: Place) -> Bool {
    if case .table = buffers[place.buffer].storage { true } else { false }
  }

  fileprivate var fitsLanes: Bool { fits(Threshold.laneReals) && lanesOnStack <= Threshold.lanesOnStack }

  fileprivate var fitsLanesInWorkspace: Bool {
    fits(Threshold.laneWorkspaceReals) && localReals <= Threshold.lanesOnStack
  }

  /// Whether its statements have a form for lanes, and its buffers at most so many reals.
  private func fits(_ reals: Int) -> Bool {
    guard steps.count == 1, case .samples(let body) = steps[0] else { return false }
    var isPlain = true
    body.visitAll { statement in
      if case .kernel(let kernel, let operands, _, _) = statement {
        // A literal is no lanes.
        isPlain = isPlain && kernel.isInLanes && operands.allSatisfy { !isTable($0) }
      }
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
        guard buffer.size <= reals else { return false }
        total += buffer.size
      case .table, .pointer: break
      }
      guard total <= reals else { return false }
    }
    return true
  }

  /// Of a run over a batch, without what is kept.
  fileprivate var lanesOnStack: Int {
    var total = portLanes + localReals
    for buffer in buffers { if case .workspace = buffer.storage { total += buffer.size } }
    return total
  }

  /// The same where only small buffers are on the stack.
  fileprivate var lanesInWorkspace: Int { workspaceSize + portLanes }

  private var localReals: Int {
    buffers.reduce(0) { total, buffer in
      switch buffer.storage {
      case .local, .unplanned: total + buffer.size
      case .input, .output, .workspace, .kept, .table, .pointer, .rows, .keptRows, .rowPointer: total
      }
    }
  }

  /// The inputs that it reads and the outputs are there twice, as they come and as lanes, and the largest output once
  /// more.
  private var portLanes: Int {
    guard case .samples(let body)? = steps.first else { return 0 }
    let used = Accesses(body, buffers).all
    var largest = 0
    let sizes = buffers.enumerated().map { index, buffer in
      switch buffer.storage {
      case .output:
        largest = max(largest, buffer.size)
        return 2 * buffer.size
      case .input: return used.contains(index) ? 2 * buffer.size : 0
      case .workspace, .local, .unplanned, .kept, .table, .pointer, .rows, .keptRows, .rowPointer: return 0
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
