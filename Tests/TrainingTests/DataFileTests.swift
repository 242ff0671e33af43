import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Training

/// Samples from tables and from NumPy's archives.
@Suite struct DataFileTests: SmallRuns {
  private func samples(
    _ name: String, _ bytes: [UInt8], flags: [String] = [], targets: Bool = true, loss: Loss = .mse
  ) throws -> Samples<Float> {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder, flags))
      try write(bytes, to: "\(folder)/\(name)")
      return try Samples(
        file: "\(folder)/\(name)", model: library.model(named: "linear"), limit: nil, targets: targets,
        loss: loss)
    }
  }

  private func table(_ text: String) throws -> Samples<Float> { try samples("train.csv", Array(text.utf8)) }

  private static let twoRows = (
    x: [[1, 2, 3], [-4.5, 0.1, 1e-7]] as [[Float]], target: [[5, 6], [7, 8]] as [[Float]]
  )

  private func expectTwoRows(_ samples: Samples<Float>, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(samples.count == 2, sourceLocation: sourceLocation)
    #expect(samples.inputs[0].reals([0, 1]) == Self.twoRows.x.flatMap { $0 }, sourceLocation: sourceLocation)
    #expect(samples.target.values(of: [0, 1]) == Self.twoRows.target.flatMap { $0 }, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "x[0],x[1],x[2],target[0],target[1]\n1,2,3,5,6\n-4.5,0.1,1e-7,7,8\n",
    // In another order, of Windows, without the last line's end, with a mark of its encoding, by semicolons or tabs.
    "target[1],x[2],x[0],x[1],target[0]\r\n6,3,1,2,5\r\n8,1e-7,-4.5,0.1,7",
    "\u{feff}x[0];x[1];x[2];target[0];target[1]\n1;2;3;5;6\n-4.5;0.1;1e-7;7;8\n\n",
    "x[0]\tx[1]\tx[2]\ttarget[0]\ttarget[1]\n1\t2\t3\t5\t6\n-4.5\t0.1\t1e-7\t7\t8\n",
    "\nx[0];x[1];x[2];target[0];target[1]\n1;2;3;5;6\n-4.5;0.1;1e-7;7;8\n",
    "\"x[0]\", x[1] ,x[2],target[0],target[1]\n 1 ,2,\"3\",5,6\n-4.5,0.1,1e-7,7,8\n",
  ]) func tables(text: String) throws { expectTwoRows(try table(text)) }

  @Test func entriesOfMatrices() throws {
    let flags = [
      "-DINPUTS=4", "-DINPUT_RANK=2", "-DINPUT_DIMS={2,2}", "-DOUTPUTS=1", "-DOUTPUT_RANK=0", "-DOUTPUT_DIMS={0}",
    ]
    for header in [
      "x[0][0],x[0][1],x[1][0],x[1][1],target", "\"x[0,0]\",\"x[0, 1]\",\"x[1,0]\",\"x[1,1]\",target",
      "x[0,0];x[0,1];x[1,0];x[1,1];target",
    ] {
      let read = try samples(
        "train.csv", Array("\(header)\n\(header.contains(";") ? "1;2;3;4;5" : "1,2,3,4,5")\n".utf8), flags: flags)
      #expect(read.inputs[0].reals([0]) == [1, 2, 3, 4] && read.target.values(of: [0]) == [5])
    }
  }

  @Test(arguments: [
    ("", "is empty: it has no header"),
    ("x[0],x[1],x[2],target[0],target[1]\n", "has no samples"),
    (
      "x[0],x[1],x[2],target[0],target[1]\n1,2,3,4\n",
      ", line 2: there are 4 values, and the first line has 5 columns, x[0], x[1], …, target[1]; a missing value"
    ),
    ("1,2,3,4,5\n", "the first line has the columns' names, and `1` is a number"),
    (",x[0],x[1],x[2],target[0],target[1]\n0,1,2,3,4,5\n", "column 1 has no name"),
    (
      "x[0];x[1];x[2];target[0];target[1]\n1,5;2;3;4;5\n",
      "column `x[0]`: `1,5` is no number; its decimal sign is a point"
    ),
    ("x[0],x[1],x[2],y[0],y[1]\n1,2,3,4,5\n", "or x where it is one number; `y[0]` and 1 more are unknown"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,5\n1,2,,4,5\n", ", line 3, column `x[2]`: the value is missing"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,5\n1,NaN,3,4,5\n", ", line 3, column `x[1]`: the value is missing"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,5,6\n", "there are 6 values, and the first line has 5 columns"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,three,4,5\n", ", line 2, column `x[2]`: `three` is no number"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,inf,4,5\n", ", line 2, column `x[2]`: `inf` is not finite"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,1e39\n", "holds 1e+39 in line 2, which is too large for the model's"),
    ("x[0],x[1],target[0],target[1]\n1,2,4,5\n", "of the tensor `x` these columns are missing: x[2]"),
    ("x,target[0],target[1]\n1,4,5\n", "`x` is Real, which takes 3 columns: x[0], x[1], x[2]"),
    (
      "a,target[0],target[1]\n1,4,5\n",
      "there is a column \"a\", and the model `linear` has no such input: it has x, target"
    ),
    ("x[0],x[1],x[2]\n1,4,5\n", "the tensor \"target\" of shape [N, …] is missing; its first dimension counts the"),
    ("x[0],x[0],x[2],target[0],target[1]\n1,2,3,4,5\n", "two columns are called `x[0]`"),
    ("x[0],\"x\"[1]\n", "is no CSV"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,\"5", "a quote is not closed"),
    ("x[0],x[1],x[2],target[0],target[1]\n1,2,3,4,0x10\n", "`0x10` is no number"),
    ("x,x[0],x[1],x[2],target[0],target[1]\n9,1,2,3,4,5\n", "there are both a column `x` and columns x[0], x[1], x[2]"),
    ("\"x\n[0]\",x[1],x[2],target[0],target[1]\n1,2,3,4,five\n", ", line 3, column `target[1]`: `five` is no number"),
  ]) func refusedTables(text: String, message: String) { expectFailure(message) { _ = try table(text) } }

  @Test func indicesOfChoices() throws {
    func digits(_ type: String, _ column: String, targets: String = "target[0],target[1]\n") throws -> [Float] {
      let text = "x," + targets + column.split(separator: " ").map { "\($0),1,2\n" }.joined()
      let read = try samples(
        "train.csv", Array(text.utf8), flags: ["-DINPUT_TYPE=\"\(type)\""])
      return read.inputs[0].reals(Array(0..<read.count))
    }
    for type in ["Nat", "Nat[3]"] { #expect(try digits(type, "2 0") == [0, 0, 1, 1, 0, 0]) }
    expectFailure("holds the index 3 in line 3; Nat has 0 to 2") { _ = try digits("Nat", "2 3") }
    expectFailure("line 2, column `x`: `1.5` is no index of Nat: they are 0 to 2") {
      _ = try digits("Nat", "1.5")
    }
    expectFailure("`x` is Real[3], which takes 3 columns") { _ = try digits("Real[3]", "1") }
    expectFailure("takes 3 columns") { _ = try digits("Bool -o Nat", "1") }
  }

  @Test func valuesOfDeclaredTypes() throws {
    let colours = ["Red", "Green", "Blue"]
    let port = Training.Port(name: "c", type: "Colour", size: 3, shape: [3], values: colours)
    func indices(_ text: String, _ port: Training.Port) throws -> [Int]? {
      try DataTable(Array(text.utf8), path: "t.csv").tensorFile([port])["c"]?.integers
    }
    #expect(try indices("c\nBlue\n0\n Green\n", port) == [2, 0, 1])
    expectFailure("line 3, column `c`: `Pink` is no value of Colour: it has Red, Green, Blue") {
      _ = try indices("c\nBlue\nPink\n", port)
    }
    // One that has fields has no index.
    expectFailure("`c` is Opt, which takes 3 columns") {
      _ = try indices("c\n1\n", Training.Port(name: "c", type: "Opt", size: 3, shape: [3]))
    }
    // As a module says it.
    let flags = ["-DINPUT_TYPE=\"Colour\"", "-DINPUT_VALUES=\"Red\",\"Green\",\"Blue\""]
    let read = try samples("train.csv", Array("x,target[0],target[1]\nGreen,1,2\n2,3,4\n".utf8), flags: flags)
    #expect(read.inputs[0].reals([0, 1]) == [0, 1, 0, 0, 0, 1])
    expectFailure("the port `x` has 2 values and 3 entries") {
      _ = try samples("train.csv", [], flags: [flags[0], "-DINPUT_VALUES=\"Red\",\"Green\""])
    }
    let only = Training.Port(name: "c", type: "Unit", size: 1, shape: [1], values: ["It"])
    #expect(try indices("c\nIt\n0\n", only) == [0, 0])
  }

  @Test func targetsAreNotLookedAtWhereNothingIsLearnt() throws {
    for text in ["x[0],x[1],x[2],target[0],target[1]\n1,2,3,,\n", "x[0],x[1],x[2],target[0],site\n1,2,3,4,here\n"] {
      let read = try samples("inputs.csv", Array(text.utf8), targets: false)
      #expect(read.inputs[0].reals([0]) == [1, 2, 3])
    }
  }

  @Test func anIndexedTargetOfATable() throws {
    let read = try samples(
      "train.csv", Array("x[0],x[1],x[2],target\n1,2,3,1\n".utf8), loss: .crossEntropy)
    #expect(read.target.values(of: [0]) == [0, 1])
    expectFailure("holds the index 2 in line 2") {
      _ = try samples("train.csv", Array("x[0],x[1],x[2],target\n1,2,3,2\n".utf8), loss: .crossEntropy)
    }
  }

  @Test func wordsOfTruth() throws {
    let flags = ["-DINPUTS=2", "-DINPUT_TYPE=\"Bool\""]
    let read = try samples(
      "train.csv", Array("x,target[0],target[1]\ntrue,1,2\nFalse,3,4\n".utf8), flags: flags)
    #expect(read.inputs[0].reals([0, 1]) == [1, 0, 0, 1])
    // 1 could be the index of `false`.
    expectFailure("`1` is neither `true` nor `false`") {
      _ = try samples("train.csv", Array("x,target[0],target[1]\n1,1,2\n".utf8), flags: flags)
    }
  }

  @Test func aTargetIsAnIndexWhereTheLossIsOfChoices() throws {
    let text = Array("x[0],x[1],x[2],target\n1,2,3,1\n4,5,6,0\n".utf8)
    let read = try samples(
      "train.npz", try npz(text: text), loss: .crossEntropy)
    #expect(read.target.values(of: [0, 1]) == [0, 1, 1, 0])
    expectFailure("has the shape [2] instead of [2, 2]") {
      _ = try samples("train.npz", try npz(text: text))
    }
  }

  @Test func targetsThatAreNoChoices() throws {
    func table(_ target: String, _ loss: Loss) throws -> Samples<Float> {
      try samples("train.csv", Array("x[0],x[1],x[2],\(target)".utf8), loss: loss)
    }
    let soft = try table("target[0],target[1]\n1,2,3,0.25,0.75\n", .nll)
    #expect(soft.target.values(of: [0]) == [0.25, 0.75])
    expectFailure("the target in line 2 is no choice between 2 entries: it holds -1.0; --loss mse is for numbers") {
      _ = try table("target[0],target[1]\n1,2,3,-1,2\n", .crossEntropy)
    }
    expectFailure("its entries add up to 3.0") { _ = try table("target[0],target[1]\n1,2,3,1,2\n", .crossEntropy) }
    expectFailure("`target` is the index of a choice: add --loss cross-entropy") {
      _ = try samples("train.npz", try npz(text: Array("x,y,z,t\n1,2,3,1\n".utf8)), loss: .l1)
    }
  }

  /// x and the index `target` of a table's text, as an archive of stored arrays.
  private func npz(text: [UInt8]) throws -> [UInt8] {
    let rows = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",").compactMap { Float($0) } }
    return storedArchive([
      ("x.npy", NumpyFile.bytes(rows.flatMap { $0.prefix(3) }, shape: [rows.count, 3])),
      ("target.npy", NumpyFile.bytes(rows.map { Int64($0[3]) }, shape: [rows.count])),
    ])
  }

  @Test func inputsWithoutTargets() throws {
    let read = try samples(
      "inputs.csv", Array("x[0],x[1],x[2]\n1,2,3\n4,5,6\n".utf8), targets: false)
    #expect(read.count == 2 && read.inputs[0].reals([1]) == [4, 5, 6] && read.target.values(of: [1]) == [0, 0])
  }

  /// Written by NumPy 2.4.6: x, 0 to 11 as <f4 of the shape [4, 3], in columns; target, 1 to 8 as <i2 of [4, 2].
  private static let stored = Data(
    base64Encoded:
      "UEsDBC0AAAAAAAAAIQAeSZve//////////8FABQAeC5ucHkBABAAsAAAAAAAAACwAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcs"
      + "ICdmb3J0cmFuX29yZGVyJzogVHJ1ZSwgJ3NoYXBlJzogKDQsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgICAgICAgICAgICAgICAgICAKAAAAAAAAQEAAAMBAAAAQQQAAgD8AAIBAAADgQAAAIEEAAABAAACgQAAAAEEAADBBUEsDBC0AAAAAAAAA"
      + "IQDI1abX//////////8KABQAdGFyZ2V0Lm5weQEAEACQAAAAAAAAAJAAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRy"
      + "YW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
      + "ICAgICAgICAgICAgIAoBAAIAAwAEAAUABgAHAAgAUEsBAi0DLQAAAAAAAAAhAB5Jm96wAAAAsAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5"
      + "UEsBAi0DLQAAAAAAAAAhAMjVpteQAAAAkAAAAAoAAAAAAAAAAAAAAIAB5wAAAHRhcmdldC5ucHlQSwUGAAAAAAIAAgBrAAAAswEAAAAA")!
  /// The same by savez_compressed.
  private static let packed = Data(
    base64Encoded:
      "UEsDBC0AAAAIAAAAIQAeSZve//////////8FABQAeC5ucHkBABAAsAAAAAAAAABnAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKu"
      + "o6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaJjoKxpo6CrUK5AMuBjBwcGBgOADEAo4MDA32QAxkPwBiBUeQJAPDAiBmALINHAFQSwME"
      + "LQAAAAgAAAAhAMjVptf//////////woAFAB0YXJnZXQubnB5AQAQAJAAAAAAAAAAVgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mk"
      + "rqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RomOgpGmjoKtQpkAy5GBiYGZgYWBlYGNgZ2Bg4GAFBLAQItAy0AAAAIAAAAIQAeSZve"
      + "ZwAAALAAAAAFAAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQDI1abXVgAAAJAAAAAKAAAAAAAAAAAAAACAAZ4AAAB0YXJn"
      + "ZXQubnB5UEsFBgAAAAACAAIAawAAADABAAAAAA==")!

  @Test(arguments: [stored, packed]) func archivesOfNumPy(archive: Data) throws {
    let read = try samples("train.npz", Array(archive))
    #expect(read.count == 4)
    #expect(read.inputs[0].reals([0, 1, 2, 3]) == (0..<12).map(Float.init))
    #expect(read.target.values(of: [0, 1, 2, 3]) == (1...8).map(Float.init))
  }

  @Test func repeatedNamesAreRefused() throws {
    let x = NumpyFile.bytes([1, 2, 3] as [Float], shape: [1, 3])
    let archive = storedArchive([("x.npy", x), ("x", x)])
    expectFailure("two arrays are called `x`") { _ = try samples("train.npz", archive) }
    expectFailure("is UTF-16") { _ = try samples("train.csv", [0xff, 0xfe, 0x78, 0]) }
  }

  @Test func damagedArchives() throws {
    try withScratch { folder in
      let library = try ModelLibrary(path: try buildModels(folder))
      func samples(_ bytes: [UInt8]) throws -> Samples<Float> {
        try write(bytes, to: folder + "/train.npz")
        return try Samples(file: folder + "/train.npz", model: library.model(named: "linear"), limit: nil)
      }
      for archive in [Self.stored, Self.packed] {
        let whole = Array(archive)
        for length in 0..<whole.count { expectFailure("train.npz") { _ = try samples(Array(whole.prefix(length))) } }
        for place in 0..<whole.count {
          var damaged = whole
          damaged[place] ^= 0x41
          // Dates and the like count for nothing; what is read is what was written, or it is refused.
          if let read = try? samples(damaged) {
            #expect(read.inputs[0].reals([0, 1, 2, 3]) == (0..<12).map(Float.init), "\(place)")
            #expect(read.target.values(of: [0, 1, 2, 3]) == (1...8).map(Float.init), "\(place)")
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 3), }", "big-endian entries; save it after .astype('<f4')"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1, 3), }", "holds Python's objects"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 3), }", "has entries of the type '<c8'"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", "has entries of several fields"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "has 12 bytes of data, where <f4 of the shape [2, 3]"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }", "which no file can hold"),
    ("{'descr': '<f4', 'shape': (1, 3), }", "has no shape in its header"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 3), }", "which no file can hold"),
  ]) func refusedArrays(header: String, message: String) {
    let array =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + [UInt8](repeating: 0, count: 12)
    expectFailure(message) { _ = try NumpyFile.tensor("x", bytes: array, source: "x.npy") }
  }
}
