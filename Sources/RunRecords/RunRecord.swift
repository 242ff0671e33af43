import Foundation
import TensorFiles

/// What the folder of a run of `cajal-train` says of it.
public struct RunRecord: Sendable {
  public let path: String
  /// Of config.json.
  public let configuration: [String: String]
  /// Rows of metrics.csv, by the columns' names.
  public let metrics: [[String: String]]
  /// Of steps.csv.
  public let losses: [(step: Int, loss: Double)]

  public init(reading path: String) throws(RunRecordError) {
    self.path = path
    func contents(_ name: String) throws(RunRecordError) -> [UInt8] {
      do { return try readFile("\(path)/\(name)") } catch {
        throw RunRecordError(
          error.isMissing ? "\(path) holds no run of cajal-train: it has no \(name)" : error.description)
      }
    }
    let text = Data(try contents("config.json"))
    let object = try? JSONSerialization.jsonObject(with: text)
    guard let configuration = object as? [String: String] else {
      throw RunRecordError("\(path)/config.json is damaged")
    }
    self.configuration = configuration
    metrics = try RunTable(try contents("metrics.csv"), path: "\(path)/metrics.csv").rows
    losses = try RunTable(try contents("steps.csv"), path: "\(path)/steps.csv").points(of: "loss")
  }

  /// A column of metrics.csv, by steps; empty where nothing was measured.
  public func measured(_ column: String) -> [(step: Int, loss: Double)] {
    metrics.compactMap { row in
      guard let step = row["step"].flatMap({ Int($0) }), let loss = row[column].flatMap(Double.init) else { return nil }
      return (step, loss)
    }
  }

  /// Every step's, or as many of them, evenly, as `count` or fewer.
  public func losses(atMost count: Int) -> [(step: Int, loss: Double)] {
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

/// What is wrong with a run's folder, as a message for its user.
public struct RunRecordError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
