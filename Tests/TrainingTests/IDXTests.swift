import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct IDXTests {
  static let good = idx([2, 3], [1, 2, 3, 4, 5, 6])

  static let malformed: [(what: String, bytes: [UInt8], message: String)] = [
    ("empty", [], "ends within its header"),
    ("cut in the header", Array(good.prefix(9)), "ends within its header"),
    ("cut in the entries", Array(good.dropLast()), "ends within its entries"),
    ("without entries", Array(good.prefix(12)), "ends within its entries"),
    ("trailing bytes", good + [0], "goes on after its last entry"),
    ("magic", [1] + good.dropFirst(), "begins with the bytes 1 0"),
    ("second byte", [0, 2] + good.dropFirst(2), "begins with the bytes 0 2"),
    ("type", [0, 0, 13] + good.dropFirst(3), "holds entries of type 13"),
    ("rank", idx([6], [1, 2, 3, 4, 5, 6]), "has 1 dimensions instead of 2"),
    ("larger rank", idx([1, 2, 3], [1, 2, 3, 4, 5, 6]), "has 3 dimensions instead of 2"),
    ("no entries", idx([2, 0], []), "dimension 2 is 0"),
    ("too much", idx([0xffff_ffff, 0xffff_ffff], []), "claims more than"),
    ("more than is there", idx([1 << 15, 1 << 15], []), "ends within its entries"),
    ("text", Array("hello, world".utf8), "is not an IDX file"),
  ]

  @Test(arguments: malformed.indices) func isRefused(index: Int) throws {
    let (what, bytes, message) = Self.malformed[index]
    try withScratch { folder in
      try write(bytes, to: folder + "/file")
      let error = #expect(throws: TrainingError.self) { try IDXFile(reading: folder + "/file", rank: 2) }
      #expect(error?.description.contains(message) == true, "\(what): \(error as Any)")
      #expect(error?.description.hasPrefix(folder + "/file: ") == true)
    }
  }

  @Test func plainAndCompressed() throws {
    try withScratch { folder in
      let path = folder + "/file"
      try write(Self.good, to: path)
      #expect(try IDXFile(reading: path, rank: 2).bytes == [1, 2, 3, 4, 5, 6])
      #expect(try run("gzip", [path]).status == 0)
      let file = try IDXFile(reading: path + ".gz", rank: 2)
      #expect(file.dims == [2, 3] && file.bytes == [1, 2, 3, 4, 5, 6])

      var compressed = [UInt8](try #require(contents(path + ".gz")))
      try write(Array(compressed.dropLast(4)), to: path + "cut.gz")
      #expect(throws: TrainingError.self) { try IDXFile(reading: path + "cut.gz", rank: 2) }
      // The checksum is in the last eight bytes.
      compressed[compressed.count - 6] ^= 1
      try write(compressed, to: path + "bad.gz")
      let error = #expect(throws: TrainingError.self) { try IDXFile(reading: path + "bad.gz", rank: 2) }
      #expect(error?.description.contains("is damaged: ") == true, "\(error as Any)")
    }
  }

  @Test func filesOfADatasetHaveToAgree() throws {
    try withScratch { folder in
      func expect(_ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: TrainingError.self, sourceLocation: sourceLocation) {
          try Dataset(folder: folder, part: .train)
        }
        #expect(error?.description.contains(message) == true, "\(error as Any)", sourceLocation: sourceLocation)
      }
      expect("there is no \(folder)/train-images-idx3-ubyte and no ")
      try writeDataset(folder, train: 5, test: 2)
      let dataset = try Dataset(folder: folder, part: .train, limit: 3)
      #expect(dataset.count == 3 && dataset.rows == 4 && dataset.columns == 3 && dataset.pixels.count == 36)
      #expect(throws: TrainingError.self) { try Dataset(folder: folder, part: .train, limit: 6) }
      try write(idx([4], [1, 2, 3, 4]), to: folder + "/train-labels-idx1-ubyte")
      expect("has 5 images, and \(folder)/train-labels-idx1-ubyte has 4 labels")
      try write(idx([5], [1, 2, 10, 4, 5]), to: folder + "/train-labels-idx1-ubyte")
      expect("label 3 is 10; there are classes 0 to 9")
      // Where both are there, the compressed file is taken.
      try write([1], to: folder + "/train-labels-idx1-ubyte.gz")
      expect("train-labels-idx1-ubyte.gz: ends within its header")
    }
  }
}
