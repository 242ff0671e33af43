import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Builds the models of Tests/Models/models.c, or another source, as a shared object.
func buildModels(
  _ folder: String, _ flags: [String] = [], source: String = projectRoot + "/Tests/Models/models.c",
  name: String = "models.so"
) throws -> String {
  let path = "\(folder)/\(name)"
  let built = try run(
    "gcc",
    ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-I\(projectRoot)/Runtime/include"]
      + flags + [source, "-o", path, "-lm"])
  try #require(built.status == 0, "\(built.errors)")
  return path
}

/// Flags for models on images of so many rows and columns, and results of the same shape.
func imageFlags(rows: Int, columns: Int) -> [String] {
  let (size, dims) = (rows * columns, "{\(rows),\(columns)}")
  return [
    "-DINPUTS=\(size)", "-DOUTPUTS=\(size)", "-DINPUT_RANK=2", "-DOUTPUT_RANK=2", "-DINPUT_DIMS=\(dims)",
    "-DOUTPUT_DIMS=\(dims)",
  ]
}

func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

/// An IDX file of unsigned bytes.
func idx(_ dims: [Int], _ entries: [UInt8]) -> [UInt8] {
  [0, 0, 8, UInt8(dims.count)] + dims.flatMap(bigEndian) + entries
}

func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

/// Writes MNIST's four files with random images.
func writeDataset(_ folder: String, train: Int = 40, test: Int = 20, rows: Int = 4, columns: Int = 3) throws {
  var random = SplitMix(seed: 11)
  for (prefix, count) in [("train", train), ("t10k", test)] {
    let pixels = (0..<count * rows * columns).map { _ in UInt8(random.below(256)) }
    let labels = (0..<count).map { _ in UInt8(random.below(10)) }
    try write(idx([count, rows, columns], pixels), to: "\(folder)/\(prefix)-images-idx3-ubyte")
    try write(idx([count], labels), to: "\(folder)/\(prefix)-labels-idx1-ubyte")
  }
}

/// The rows of a table without its header.
func rows(_ path: String) throws -> [[String]] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
    .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
}

/// metrics.csv without its last column, the seconds.
func timelessMetrics(_ folder: String) throws -> [[String]] {
  try rows(folder + "/metrics.csv").map { Array($0.dropLast()) }
}

func contents(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

let silent = Progress(isTerminal: false) { _ in }

/// The trainer as SwiftPM built it, beside the test bundle.
let trainerPath = URL(fileURLWithPath: compilerPath).deletingLastPathComponent().appendingPathComponent("cajal-train")
  .path

func isClose(_ a: Double, _ b: Double, relative: Double = 1e-12, absolute: Double = 1e-15) -> Bool {
  abs(a - b) <= max(absolute, relative * max(abs(a), abs(b)))
}

func isClose(_ a: [Double], _ b: [Double], relative: Double = 1e-12, absolute: Double = 1e-15) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1, relative: relative, absolute: absolute) }
}

extension InputColumn {
  /// Of an input of reals.
  func row(_ sample: Int) -> UnsafeMutablePointer<Real> {
    guard case .reals(let column) = self else { preconditionFailure("an input of nodes") }
    return column.row(sample)
  }

  /// The reals of some samples.
  func reals(_ samples: [Int]) -> [Real] {
    guard case .reals(let column) = self else { preconditionFailure("an input of nodes") }
    return column.values(of: samples)
  }

  func nodes(_ samples: [Int]) -> [Int32] {
    guard case .nodes(let column) = self else { preconditionFailure("an input of reals") }
    return column.values(of: samples)
  }
}

/// Builds the model of Tests/Models/tables.c.
func buildTable(_ folder: String, _ flags: [String] = [], name: String = "table.so") throws -> String {
  try buildModels(folder, flags, source: projectRoot + "/Tests/Models/tables.c", name: name)
}
