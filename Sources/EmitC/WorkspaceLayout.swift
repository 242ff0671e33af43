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
  /// Of a program: where the adjoint puts gradients that are not wanted, for each port.
  private(set) var aside: [Int] = []
  let realBytes: Int
  /// The workspace has room for a multiple of so many samples.
  let batchMultiple: Int

  init(_ unit: ProgramUnit, _ schedule: ProgramSchedule, lanes: LanePlan?, realBytes: Int) {
    self.realBytes = realBytes
    if let lanes {
      (forward, forwardRows, shared, rows) = (0, 0, 0, 0)
      kept = lanes.kept
      batchMultiple = LanePlan.samples(realBytes: realBytes)
      return
    }
    batchMultiple = 1
    forward = schedule.forward.workspaceSize
    forwardRows = schedule.forward.rowsSize
    kept = schedule.keptSize
    guard let backward = schedule.backward else {
      shared = forward
      rows = forwardRows
      return
    }
    rows = max(forwardRows, backward.rowsSize)
    let reals = 64 / realBytes
    var end = backward.workspaceSize
    for port in unit.model == nil ? unit.ports : [] {
      aside.append(end)
      end = WorkspaceLayout.sum(end, WorkspaceLayout.sum(port.size, reals - 1) / reals * reals)
    }
    shared = max(forward, end)
  }

  private static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : sum
  }

  /// What the workspace grows by with every sample of a run that keeps.
  var keptRows: Int { rows + kept }

  /// Whether all of it can be addressed for one sample.
  var isPossible: Bool { WorkspaceLayout.sum(shared, WorkspaceLayout.sum(rows, kept)) <= Int.max / 64 }
}
