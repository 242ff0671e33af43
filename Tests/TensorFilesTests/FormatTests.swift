import Foundation
import TensorFiles
import TestSupport
import Testing

/// Files that Python's package wrote are read to the same values, and the same values are written to the same bytes.
@Suite struct FormatTests {
  static let folder = projectRoot + "/Tests/Goldens/safetensors"

  /// What make.py wrote to reals.safetensors.
  static let reals = TensorFile(
    metadata: ["trained": "für \"blur\""],
    tensors: [
      Tensor("kernel.0.weight", shape: [2, 3], values: [0, 0.25, 0.5, 0.75, 1, 1.25] as [Float]),
      Tensor("kernel.0.bias", shape: [2], values: [-1.5, 0.1] as [Float]),
      Tensor("a double", shape: [1, 2], values: [1e300, -0.0]),
      Tensor("scalar", shape: [], values: [3] as [Float]),
      Tensor("empty", shape: [0, 2], values: [] as [Float]),
      Tensor("é\n\u{1}\"\\/\u{7f}\u{2028}", shape: [1], values: [1] as [Float]),
      Tensor("é", shape: [1], values: [2.0]),
    ])

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name).safetensors")))
  }

  @Test func writesTheBytesOfPythonsPackage() throws {
    #expect(try Self.reals.serialised() == bytes("reals"))
    #expect(
      try TensorFile(tensors: [Tensor("x", shape: [1], values: [7] as [Float])]).serialised() == bytes("plain"))
    #expect(try TensorFile().serialised() == bytes("nothing"))
  }

  @Test func readsTheFilesOfPythonsPackage() throws {
    let file = try TensorFile(reading: "\(Self.folder)/reals.safetensors")
    #expect(file.metadata == Self.reals.metadata)
    #expect(Set(file.tensors.map(\.name)) == Set(Self.reals.tensors.map(\.name)))
    for tensor in Self.reals.tensors {
      #expect(file[tensor.name]?.shape == tensor.shape)
      #expect(file[tensor.name]?.dtype == tensor.dtype)
      #expect(file[tensor.name]?.bytes == tensor.bytes)
    }
    let values: [Float] = try file.values(named: "kernel.0.weight", shape: [2, 3])
    #expect(values == [0, 0.25, 0.5, 0.75, 1, 1.25])
    #expect(
      try file.values(named: "a double", as: Double.self).map(\.bitPattern) == [1e300.bitPattern, (-0.0).bitPattern])
    #expect(try file.values(named: "empty", as: Float.self).isEmpty)
    #expect(try TensorFile(reading: "\(Self.folder)/nothing.safetensors").tensors.isEmpty)
  }

  @Test func otherTypesAreListedAndRefusedWhenAskedFor() throws {
    let file = try TensorFile(reading: "\(Self.folder)/others.safetensors")
    #expect(file.metadata == ["a": "1", "b": "2", "c": "3"])
    let types = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.dtype) })
    #expect(types == ["bool": .bool, "u8": .u8, "i16": .i16, "f16": .f16, "i64": .i64, "f32": .f32])
    #expect(try file.values(named: "f32") as [Float] == [0, 1])
    for (name, message) in [
      ("f16", "\"f16\" has the type F16 instead of F32"), ("i64", "\"i64\" has the type I64 instead of F32"),
      ("none", "has no tensor \"none\"; it has "),
    ] {
      let error = #expect(throws: SafetensorsError.self) { try file.values(named: name, as: Float.self) }
      #expect(error?.description.contains(message) == true, "\(error as Any)")
    }
    let error = #expect(throws: SafetensorsError.self) { try file.values(named: "f32", shape: [1, 2], as: Float.self) }
    #expect(error?.message == "the tensor \"f32\" has the shape [2] instead of [1, 2]")
  }

  /// With the package itself, where it is installed.
  @Test func pythonsPackageReadsWhatIsWritten() throws {
    let here = try run("python3", ["-c", "import numpy, safetensors"], environment: [:])
    guard here.status == 0 else { return }
    try withScratch { folder in
      try Self.reals.write(to: folder + "/reals.safetensors")
      let script = """
        import sys
        from safetensors import safe_open
        with safe_open(sys.argv[1], "np") as file:
          print(sorted(file.metadata().items()))
          for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            print(ascii(name), tensor.dtype, tensor.shape, tensor.tolist())
        """
      let ours = try run("python3", ["-c", script, folder + "/reals.safetensors"])
      let theirs = try run("python3", ["-c", script, Self.folder + "/reals.safetensors"])
      #expect(ours.status == 0, "\(ours.errors)")
      #expect(ours.output == theirs.output)
      #expect(ours.output.contains("'kernel.0.bias' float32 (2,) [-1.5, 0.10000000149011612]"))
    }
  }

  @Test func roundTrip() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<50 {
      let names = Set(
        (0..<random.below(6)).map { _ in
          String((0..<random.below(5)).map { _ in "ab\"\\é\u{301}\n😀".randomElement(&random) })
        })
      let tensors = names.filter { $0 != "__metadata__" }.map { name in
        let shape = (0..<random.below(4)).map { _ in random.below(4) }
        let values = random.vector(shape.reduce(1, *))
        return random.below(2) == 0
          ? Tensor(name, shape: shape, values: values) : Tensor(name, shape: shape, values: values.map(Float.init))
      }
      let read = try TensorFile(parsing: TensorFile(metadata: ["": "\u{0}"], tensors: tensors).serialised())
      #expect(read.metadata == ["": "\u{0}"])
      #expect(read.tensors.count == tensors.count)
      for tensor in tensors {
        #expect(read[tensor.name]?.bytes == tensor.bytes && read[tensor.name]?.shape == tensor.shape)
      }
    }
  }

  @Test func namesAreComparedByTheirBytes() throws {
    let file = TensorFile(
      tensors: [
        Tensor("\u{e9}", shape: [1], values: [1.0]), Tensor("e\u{301}", shape: [1], values: [2.0]),
      ])
    let read = try TensorFile(parsing: file.serialised())
    #expect(try read.values(named: "\u{e9}") == [1.0])
    #expect(try read.values(named: "e\u{301}") == [2.0])
  }

  @Test func oneErrorListsAllTensorsThatDoNotFit() throws {
    let file = TensorFile(
      tensors: [
        Tensor("a", shape: [2], values: [1, 2] as [Float]), Tensor("b", shape: [1], values: [1] as [Float]),
        Tensor("c", shape: [1], values: [1.0]), Tensor("d", shape: [], values: [1] as [Float]),
      ], path: "w.safetensors")
    let expected = [("a", [2]), ("b", [1, 1]), ("c", [1]), ("e", [3, 4])].map { ExpectedTensor(name: $0, shape: $1) }
    let error = #expect(throws: SafetensorsError.self) { try file.check(holdsExactly: expected, dtype: .f32) }
    #expect(
      error?.description == """
        w.safetensors: does not hold the tensors that are needed:
          "b" has the shape [1] instead of [1, 1]
          "c" has the type F64 instead of F32
          "e" of shape [3, 4] is missing
          "d" of shape [] is unknown
        """)
    let floats = TensorFile(tensors: [Tensor("a", shape: [2], values: [1, 2] as [Float])])
    try floats.check(holdsExactly: [ExpectedTensor(name: "a", shape: [2])], dtype: .f32)
  }

  @Test func aFileThatCannotBeWrittenIsLeftAlone() throws {
    try withScratch { folder in
      let path = folder + "/w.safetensors"
      try Self.reals.write(to: path)
      let before = FileManager.default.contents(atPath: path)
      let twice = [Tensor("a", shape: [], values: [1.0]), Tensor("a", shape: [], values: [2.0])]
      #expect(throws: SafetensorsError.self) { try TensorFile(tensors: twice).write(to: path) }
      #expect(FileManager.default.contents(atPath: path) == before)
      try FileManager.default.createDirectory(atPath: folder + "/taken", withIntermediateDirectories: true)
      #expect(throws: SafetensorsError.self) { try Self.reals.write(to: folder + "/taken") }
      #expect(throws: SafetensorsError.self) { try Self.reals.write(to: folder + "/missing/w.safetensors") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["taken", "w.safetensors"])
    }
  }
}

extension String {
  fileprivate func randomElement(_ random: inout SplitMix) -> Character { Array(self)[random.below(count)] }
}
