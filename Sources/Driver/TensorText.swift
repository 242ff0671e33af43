import CajalSyntax
import TensorFiles

/// How `cajal2c matrix` writes a tensor.
public enum TensorFormat: String, CaseIterable, Sendable { case text, csv, npy }

extension ProgramTensor {
  private var rows: Int { axes[0].dimension }
  private var columns: Int { axes.dropFirst().reduce(1) { $0 * $1.dimension } }

  /// For readers: a row for each basis vector of the result, a column for each of the last axis, a block for each
  /// choice on the axes between.
  public var text: String {
    let last = axes.count > 1 ? axes[axes.count - 1] : nil
    let width = last?.dimension ?? 1
    let between = Array(axes.dropFirst().dropLast())
    var lines: [String] = []
    for block in 0..<(columns / width) {
      if !between.isEmpty { lines.append((block == 0 ? "" : "\n") + title(of: block, between)) }
      var table = [[""] + (last.map { axis in (0..<width).map { axis.label($0) } } ?? [])]
      for row in 0..<rows {
        let start = row * columns + block * width
        table.append([axes[0].label(row)] + entries[start..<(start + width)].map(number))
      }
      if last == nil { table.removeFirst() }
      lines += aligned(table)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Up to one axis beside the result's: the matrix, a line for a row. More: a line for an entry, with its indices.
  public var csv: String {
    if axes.count <= 2 {
      return (0..<rows).map { row in
        (0..<columns).map { number(entries[row * columns + $0]) }.joined(separator: ",") + "\n"
      }.joined()
    }
    let names = axes.enumerated().map { $0 == 0 ? "result" : $1.name.isEmpty ? "argument\($0)" : $1.name }
    var lines = [(names + ["value"]).joined(separator: ",")]
    for (index, entry) in entries.enumerated() {
      lines.append((indices(of: index, axes).map(String.init) + [number(entry)]).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// NumPy's format.
  public var npy: [UInt8] { NumpyFile.bytes(entries, shape: axes.map(\.dimension)) }

  private func title(of block: Int, _ between: [Axis]) -> String {
    zip(between, indices(of: block, between)).map { axis, index in
      (axis.name.isEmpty ? "" : "\(axis.name) = ") + axis.label(index)
    }.joined(separator: ", ") + ":"
  }

  private func indices(of index: Int, _ axes: [Axis]) -> [Int] {
    var (rest, indices) = (index, [Int]())
    for axis in axes.reversed() {
      indices.insert(rest % axis.dimension, at: 0)
      rest /= axis.dimension
    }
    return indices
  }

  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private func aligned(_ table: [[String]]) -> [String] {
    let widths = (0..<(table.first?.count ?? 0)).map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
  }
}

extension ProgramTensor.Axis {
  /// The name of a basis vector: the value that it denotes, or its indices.
  public func label(_ index: Int) -> String {
    switch type {
    case .bool: return index == 0 ? "true" : "false"
    case .nat, .natBelow, .data, .function: return "\(index)"
    case .real(let shape):
      var (rest, indices) = (index, [String]())
      for extent in shape.reversed() {
        indices.insert("\(rest % extent)", at: 0)
        rest /= extent
      }
      return "[\(indices.joined(separator: ","))]"
    }
  }
}
