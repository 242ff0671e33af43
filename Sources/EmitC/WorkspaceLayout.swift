import LinearMaps
import Schedule

/// The workspace of a program: what the samples of a batch share; then the rows that every sample has; then what is
/// kept of each. In reals.
struct WorkspaceLayout {
  /// What the samples share in a run that keeps nothing.
  let forward: Int
  /// The rows of a sample in such a run.
  let forwardRows: Int
  /// What both directions share where there is an adjoint.
  let shared: Int
  /// The rows of a sample in either direction.
  let rows: Int
  /// Of each sample.
  let kept: Int
  /// What a run for the gradients of each sample has behind all this, in bytes: as each.c lays it out.
  let eachBytes: Int
  /// Of a program: where the adjoint puts gradients that are not wanted, for each port.
  private(set) var aside: [Int] = []
  let realBytes: Int
  /// The workspace has room for a multiple of so many samples.
  let batchMultiple: Int

  init(_ unit: ProgramUnit, _ schedule: ProgramSchedule, lanes: LanePlan?, realBytes: Int) {
    self.realBytes = realBytes
    if let lanes {
      (forwardRows, rows, eachBytes) = (0, 0, 0)
      kept = lanes.kept
      batchMultiple = LanePlan.samples(realBytes: realBytes)
      // From the next multiple of 64 bytes on.
      shared = lanes.room == 0 ? 0 : (lanes.room + 1) * batchMultiple
      forward = shared + (lanes.isUnkeptLocal ? 0 : kept * batchMultiple)
      return
    }
    batchMultiple = 1
    // A program has room for whichever of its ways is taken.
    let fallback: [Procedure] = schedule.isFallback ? [schedule.forward] : []
    let forwards = fallback + schedule.variants.map(\.forward)
    forward = forwards.map(\.workspaceSize).max()!
    forwardRows = forwards.map(\.rowsSize).max()!
    kept = schedule.keptSize
    guard let backward = schedule.backward else {
      shared = forward
      rows = forwardRows
      eachBytes = 0
      return
    }
    let backwards = schedule.variants.compactMap(\.backward)
    var end = 0
    if schedule.isFallback {
      let reals = 64 / realBytes
      end = backward.workspaceSize
      for port in unit.model == nil ? unit.ports : [] {
        aside.append(end)
        end = WorkspaceLayout.sum(end, WorkspaceLayout.sum(port.size, reals - 1) / reals * reals)
      }
    }
    rows = (backwards + (schedule.isFallback ? [backward] : [])).reduce(forwardRows) { max($0, $1.rowsSize) }
    shared = backwards.reduce(max(forward, end)) { max($0, $1.workspaceSize) }
    guard unit.summedGradients(schedule) != nil else {
      eachBytes = 0
      return
    }
    let sample = WorkspaceLayout.sum(shared, WorkspaceLayout.sum(rows, kept))
    let limit = Int.max / 64
    // What is larger is refused, see `isPossible`.
    eachBytes =
      sample > limit || unit.output.size > limit
      ? Int.max
      : sample * realBytes + WorkspaceLayout.roundedUp(unit.output.size * realBytes)
        + WorkspaceLayout.roundedUp(2 * 8 * unit.ports.count)
  }

  private static func roundedUp(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : sum
  }

  /// What the workspace grows by with every sample of a run that keeps.
  var keptRows: Int { rows + kept }

  /// Whether all of it can be addressed for one sample.
  var isPossible: Bool {
    WorkspaceLayout.sum(shared, WorkspaceLayout.sum(rows, kept)) <= Int.max / 64 && eachBytes < Int.max
  }
}

/// The gradients of which the adjoint of a batch has the sum alone.
enum SummedGradients {
  case parameters
  /// In these inputs, where the batch shares them.
  case ports(Set<Int>)
}

extension ProgramUnit {
  /// Nil where the adjoint has every gradient of each sample.
  func summedGradients(_ schedule: ProgramSchedule) -> SummedGradients? {
    guard schedule.backward != nil else { return nil }
    if let model { return model.parameterCount > 0 ? .parameters : nil }
    let ports = Set(schedule.variants.flatMap(\.inputs))
    return ports.isEmpty ? nil : .ports(ports)
  }
}
