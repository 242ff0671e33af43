import RunRecords

/// Several runs beside each other, as a table: what they were asked for where they differ, and what came of them. Of a
/// run with a validation the row is that of its best parameters, else the last one.
public func compare(_ runs: [RunRecord]) -> [[String]] {
  let asked = Set(runs.flatMap(\.configuration.keys)).filter { name in
    Set(runs.map { $0.configuration[name] ?? "" }).count > 1
  }.sorted()
  let rows = runs.map { $0.best ?? $0.metrics.last ?? [:] }
  let measured = [
    "step", "train_loss", "validation_loss", "test_loss", "test_l1", "psnr", "psnr_1", "rmse", "r2", "relative_error",
    "accuracy",
  ]
  .filter { name in rows.contains { !($0[name] ?? "").isEmpty } }
  let header = ["run"] + asked + measured + ["seconds"]
  return [header]
    + zip(runs, rows).map { run, row in
      [run.path] + asked.map { run.configuration[$0] ?? "" }
        + measured.map { name in Double(row[name] ?? "").map { significant($0, 6) } ?? "" }
        + [run.metrics.last?["seconds"] ?? ""]
    }
}
