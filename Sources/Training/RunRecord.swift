import Foundation
import SwiftCSV

/// What the folder of a run says of it.
public struct RunRecord: Sendable {
  public let path: String
  /// Of config.json.
  public let configuration: [String: String]
  /// Rows of metrics.csv, by the columns' names.
  public let metrics: [[String: String]]
  /// Of steps.csv.
  let losses: [(step: Int, loss: Double)]

  public init(reading path: String) throws {
    self.path = path
    func contents(_ name: String) throws -> Data {
      guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else {
        throw TrainingError("\(path) holds no run of cajal-train: it has no \(name)")
      }
      return data
    }
    let text = try contents("config.json")
    guard let configuration = try? JSONSerialization.jsonObject(with: text) as? [String: String] else {
      throw TrainingError("\(path)/config.json is damaged")
    }
    func table(_ name: String) throws -> [[String: String]] {
      let text = String(decoding: try contents(name), as: UTF8.self)
      do { return try CSV<Named>(string: text, delimiter: .comma, loadColumns: false).rows } catch {
        throw TrainingError("\(path)/\(name) is damaged")
      }
    }
    self.configuration = configuration
    metrics = try table("metrics.csv")
    losses = try table("steps.csv").compactMap { row in
      guard let step = row["step"].flatMap({ Int($0) }), let loss = row["loss"].flatMap(Double.init) else { return nil }
      return (step, loss)
    }
  }

  /// Every step's, or as many of them, evenly, as `count` or fewer.
  func losses(atMost count: Int) -> [(step: Int, loss: Double)] {
    let every = (losses.count + count - 1) / count
    return losses.enumerated().filter { $0.offset % max(every, 1) == 0 }.map(\.element)
  }

  /// The row with the least validation loss; nil where there is none.
  public var best: [String: String]? {
    let measured = metrics.compactMap { row in
      row["validation_loss"].flatMap(Double.init).flatMap { $0.isNaN ? nil : (loss: $0, row: row) }
    }
    return measured.min { $0.loss < $1.loss }?.row
  }
}

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
