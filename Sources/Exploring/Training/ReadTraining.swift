import RunRecords
import TensorFiles

extension TrainingModel {
  /// - Parameters:
  ///   - inputs: of the model, without its tensors.
  ///   - otherWeights: the page's parameters are not the run's.
  init(_ run: ModelRun, inputs: [PortModel], result: PortModel, otherWeights: Bool) throws {
    let record = run.record
    let curves = CurveModel.all(of: record)
    let (snapshots, snapshotNotes) = try SnapshotFolder(record.path).model(inputs: inputs, result: result)
    self.init(
      notes: Self.notes(run, otherWeights: otherWeights) + curves.notes,
      loss: record.configuration["loss"] ?? "", curves: curves.all,
      measures: TextTable(measuresOf: record),
      settings: TextTable(
        header: ["setting", "value"], rows: record.configuration.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }),
      snapshots: snapshots, snapshotNotes: snapshotNotes)
  }

  private static func notes(_ run: ModelRun, otherWeights: Bool) -> [String] {
    let done = max(run.record.losses.last?.step ?? 0, run.record.metrics.last?["step"].flatMap { Int($0) } ?? 0)
    let steps = run.record.configuration["steps"].map { "\(done) of \($0) steps" } ?? "\(done) steps"
    var notes = ["The run has done \(steps)."]
    if let weights = run.weights {
      let name = "`\(weights.name)`" + (weights.step.map { ", of step \($0)" } ?? "")
      notes.append(
        otherWeights
          ? "The parameters on this page are not the run's: `--weights` named others."
          : "The parameters on this page are those of \(name).")
    } else {
      notes.append(
        "It has no parameters yet: it goes on, or was stopped before its end. `cajal-train --resume` goes on with it.")
    }
    return notes
  }
}

extension CurveModel {
  /// With a sentence for what is left out.
  fileprivate static func all(of run: RunRecord) -> (all: [CurveModel], notes: [String]) {
    let training = run.losses(atMost: PageLimit.points)
    var notes: [String] = []
    if training.count < run.losses.count {
      notes.append("Of the training losses \(training.count) of \(run.losses.count) are drawn, evenly.")
    }
    func curve(_ name: String, _ points: [(step: Int, loss: Double)], hasMarks: Bool) -> CurveModel? {
      let finite = points.filter { $0.loss.isFinite }
      if finite.count < points.count {
        let count = points.count - finite.count
        notes.append("\(count) \(name) \(count == 1 ? "loss" : "losses") left out: not a finite number.")
      }
      guard !finite.isEmpty else { return nil }
      return CurveModel(
        name: name, steps: finite.map(\.step), values: finite.map { $0.loss.rounded(digits: PageLimit.digits) },
        hasMarks: hasMarks)
    }
    let curves = [
      curve("training", training, hasMarks: false),
      curve("validation", few(run.measured("validation_loss")), hasMarks: true),
      curve("test", few(run.measured("test_loss")), hasMarks: true),
    ].compactMap { $0 }
    return (curves, notes)
  }

  private static func few(_ points: [(step: Int, loss: Double)]) -> [(step: Int, loss: Double)] {
    evenly(points.count, atMost: PageLimit.points).map { points[$0] }
  }
}

extension TextTable {
  /// The columns that hold something, of so many rows.
  fileprivate init(measuresOf run: RunRecord) {
    let order = [
      "step", "epoch", "train_loss", "validation_loss", "test_loss", "test_l1", "psnr", "psnr_1", "exact", "rmse", "r2",
      "relative_error", "accuracy", "grad_norm", "seconds",
    ]
    let columns = order.filter { name in run.metrics.contains { !($0[name] ?? "").isEmpty } }
    let rows = evenly(run.metrics.count, atMost: PageLimit.measures).map { place in
      columns.map { column -> String in
        let text = run.metrics[place][column] ?? ""
        guard let number = Double(text), Int(text) == nil else { return text }
        return "\(number.rounded(digits: PageLimit.digits))"
      }
    }
    self.init(header: columns.map { $0.replacing("_", with: " ") }, rows: rows)
  }
}

/// So many places of `count`, or fewer, the first and the last among them.
func evenly(_ count: Int, atMost most: Int) -> [Int] {
  guard count > most else { return Array(0..<count) }
  guard most > 1 else { return most == 1 ? [count - 1] : [] }
  return (0..<most).map { $0 * (count - 1) / (most - 1) }
}
