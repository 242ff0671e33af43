import Adjoint
import Diagnostics
import Foundation
import LinearMaps
import TensorFiles
import TestSupport

/// First inputs: what the project's own files hold, and a few that are generated.
enum Seeds {
  /// Examples, goldens, and the blocks of `cajal2c explain`.
  static var programs: [[UInt8]] {
    let files = ["Examples", "Tests/Goldens"].flatMap { contents(of: $0, extension: "cajal") }
    let blocks = DiagnosticCode.allCases.flatMap { code in
      code.explanation.components(separatedBy: "```").filter { $0.hasPrefix("cajal") }.map { block in
        Array(block.drop { $0 != "\n" }.dropFirst().utf8)
      }
    }
    // Seconds go into the deepest ones; the mutators have numbers at limits of their own.
    let quick = (files + blocks).filter { !String(decoding: $0, as: UTF8.self).contains(/horizon \d{4}/) }
    return quick + (1...60).map { AlmostRight.program(seed: $0) }
  }

  static var graphs: [[UInt8]] {
    (1...60 as ClosedRange<UInt64>).flatMap { seed -> [[UInt8]] in
      let graph = RandomGraph.make(seed: seed, size: 12)
      return [graph, reverse(graph)].map { Array($0.printed(name: "g").utf8) }
    }
  }

  static var tensors: [[UInt8]] {
    let numbers = Tensor("w", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] as [Float])
    let more = Tensor("b", shape: [2], values: [1, 2] as [Double])
    let files = [
      TensorFile(), TensorFile(tensors: [numbers]), TensorFile(metadata: ["step": "3"], tensors: [numbers, more]),
    ]
    return files.map { $0.serialised() } + contents(of: "Tests/Goldens/safetensors", extension: "safetensors")
  }

  /// Archives of one array, stored and, as Python's zipfile packs it, deflated; and an empty one.
  static var archives: [[UInt8]] {
    let packed =
      "UEsDBBQAAAAIAAAAIQB3pkDRTwAAAIwAAAAFAAAAeC5ucHmb7BfqGxDJyFDGUK2eklqcXKRupaBuk2airqOgnpZfVFKUmBefX5SS"
      + "ChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBoYGewYGBgcgcgAAUEsBAhQDFAAAAAgAAAAhAHemQNFPAAAAjAAAAAUAAAAAAAAA"
      + "AAAAAIABAAAAAHgubnB5UEsFBgAAAAABAAEAMwAAAHIAAAAAAA=="
    let array = NumpyFile.bytes([1, 2, 3] as [Double], shape: [3])
    return [storedArchive([("x.npy", array)]), storedArchive([])] + [
      Data(base64Encoded: packed).map { Array($0) } ?? []
    ]
  }

  static var tables: [[UInt8]] {
    [
      "x[0],x[1],t\n1,2,3\n4,5e-3,-6\n", "n;b;x[0];x[1]\n2;true;1;2\n0;false;3;4\n",
      "\"target[0,0]\",\"target[0,1]\",target[1][0],target[1][1]\r\n1,2,3,4\r\n", "t\nNaN\n", "t\t x[0]\n1\t2\n", "",
    ].map { Array($0.utf8) }
  }

  /// Labels and images, plain and compressed; the last byte chooses the rank.
  static var images: [[UInt8]] {
    let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]
    let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 1, 2, 3, 4]
    let compressed: [UInt8] = [
      0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff, 0x63, 0x60, 0xe0, 0x60, 0x64, 0x60, 0x60, 0x60, 0x66, 0x64, 0x62, 6, 0,
      0x8b, 0xe5, 0xbd, 0xa4, 11, 0, 0, 0,
    ]
    return [labels + [0], images + [1], compressed + [0], Array(labels.prefix(9)) + [0]]
  }

  private static func contents(of folder: String, extension suffix: String) -> [[UInt8]] {
    let root = projectRoot + "/" + folder
    let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix("." + suffix) }.sorted().compactMap { path in
      FileManager.default.contents(atPath: root + "/" + path).map { [UInt8]($0) }
    }.filter { $0.count <= 65_536 }
  }
}
