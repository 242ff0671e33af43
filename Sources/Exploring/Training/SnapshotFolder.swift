import Foundation
import TensorFiles

/// The folder `snapshots` of a run: arrays of test samples, one after another.
struct SnapshotFolder {
  private let run: String
  private var path: String { run + "/snapshots" }

  init(_ run: String) { self.run = run }

  /// Nil where there is nothing to show, with sentences that say why, or what is left out.
  ///
  /// - Throws: `FileProblem` where a file is damaged or does not fit the model.
  func model(inputs: [PortModel], result: PortModel) throws -> (SnapshotsModel?, [String]) {
    let names = Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
    let steps = names.compactMap { $0.hasSuffix(".npy") ? Int($0.dropLast(4)) : nil }.filter { $0 >= 0 }.sorted()
    guard !steps.isEmpty else {
      return (nil, ["It has no snapshots: `cajal-train --snapshots 0,100` saves outputs after these steps."])
    }
    guard let look = TensorLayout(result) else {
      return (nil, ["Its snapshots are not shown: a result is too large for a page."])
    }
    let bytes = names.reduce(0) { $0 + fileSize($1) }
    guard bytes <= PageLimit.snapshotBytes else {
      return (nil, ["Its snapshots are not shown: they are of \(bytes >> 20) MB, too large for a page."])
    }
    let places = evenly(steps.count, atMost: PageLimit.snapshots)
    var notes: [String] = []
    if places.count < steps.count { notes.append("Of \(steps.count) snapshots \(places.count) are shown.") }
    var arrays: [(SnapshotArray, TensorLayout)] = []
    func take(_ file: String, _ title: String, _ role: SampleColumn.Role, _ port: PortModel, _ look: TensorLayout)
      throws
    {
      guard names.contains(file + ".npy") else { return }
      arrays.append((try read(file, title, role, port), look))
    }
    for port in inputs where names.contains("input-\(port.name).npy") {
      if names.contains("input-\(port.name).nodes.npy") {
        notes.append("The input `\(port.name)` is not shown: it is a table.")
      } else if let look = TensorLayout(port) {
        try take("input-\(port.name)", port.name, .input, port, look)
      } else {
        notes.append("The input `\(port.name)` is not shown: it is too large for a page.")
      }
    }
    for place in places { try take("\(steps[place])", "step \(steps[place])", .output, result, look) }
    try take("target", "target", .target, result, look)
    let counts = Set(arrays.map(\.0.count))
    guard counts.count == 1, let count = counts.first else {
      throw problem("its arrays are of different numbers of samples: \(counts.sorted())")
    }
    let entries = arrays.reduce(0) { $0 + $1.0.size }
    let shown = min(count, PageLimit.samples, PageLimit.snapshotEntries / max(entries, 1))
    guard shown > 0 else { return (nil, ["Its snapshots are not shown: they are too large for a page."]) }
    if shown < count { notes.append("Of \(count) samples the first \(shown) are shown.") }
    let outputScale = SnapshotArray.scale(arrays.map(\.0), shown)
    let columns = arrays.map { $0.column($1, samples: shown, outputScale: outputScale) }
    return (SnapshotsModel(sampleCount: shown, columns: columns), notes)
  }

  private func fileSize(_ name: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  private func problem(_ reason: String) -> any Error { RunProblem.snapshots(run, "\(path): \(reason)") }

  private func read(_ file: String, _ title: String, _ role: SampleColumn.Role, _ port: PortModel) throws
    -> SnapshotArray
  {
    let file = "\(path)/\(file).npy"
    let tensor: Tensor
    do { tensor = try NumpyFile.tensor(title, bytes: try readFile(file), source: file) } catch {
      throw RunProblem.snapshots(run, "\(error)")
    }
    let numbers = try tensor.reals(as: Double.self) { value, _ in
      throw RunProblem.snapshots(run, "\(file) holds \(value), which is no double")
    }
    let expected = port.type.isEmpty ? "" : " of `\(port.type)`"
    guard let numbers, let count = tensor.shape.first, count > 0,
      tensor.shape.dropFirst().reduce(1, *) == port.dimension
    else {
      throw RunProblem.snapshots(
        run, "\(file) has the shape \(tensor.shape), and the model's samples\(expected) have \(port.dimension) entries")
    }
    return SnapshotArray(title: title, role: role, port: port, count: count, size: port.dimension, numbers: numbers)
  }
}

/// A file of the folder.
private struct SnapshotArray {
  let title: String
  let role: SampleColumn.Role
  let port: PortModel
  let count, size: Int
  let numbers: [Double]

  /// From the least to the largest target, so that what is far off hides no other; without targets, of the outputs.
  static func scale(_ arrays: [SnapshotArray], _ samples: Int) -> ClosedRange<Double> {
    let targets = arrays.filter { $0.role == .target }
    return range((targets.isEmpty ? arrays.filter { $0.role == .output } : targets).map { $0.first(samples) })
  }

  private static func range(_ parts: [ArraySlice<Double>]) -> ClosedRange<Double> {
    let finite = parts.joined().filter(\.isFinite)
    return (finite.min() ?? 0)...(finite.max() ?? 0)
  }

  private func first(_ samples: Int) -> ArraySlice<Double> { numbers.prefix(samples * size) }

  func column(_ layout: TensorLayout, samples: Int, outputScale: ClosedRange<Double>) -> SampleColumn {
    let scale =
      switch role {
      case .input: Self.range([first(samples)])
      case .output, .target: outputScale
      }
    let cells = (0..<samples).map { sample in
      let entries = layout.arranged(Array(numbers[sample * size..<(sample + 1) * size]), shape: port.shape)
      return switch layout.look {
      case .picture: SampleCell(numbers: nil, picture: Picture(entries, scale: scale))
      case .curves, .numbers:
        SampleCell(numbers: entries.map { $0.rounded(digits: PageLimit.digits) }, picture: nil)
      }
    }
    let ends = [scale.lowerBound, scale.upperBound].map { $0.rounded(digits: PageLimit.digits) }
    return SampleColumn(
      title: title, role: role, look: layout.look, rows: layout.rows, columns: layout.columns,
      labels: layout.look == .numbers ? port.labels : [], scale: layout.look == .picture ? ends : nil, cells: cells)
  }
}

extension TensorLayout {
  fileprivate init?(_ port: PortModel) { self.init(shape: port.shape, dimension: port.dimension) }
}
