import Foundation
import TensorFiles
import TestSupport
import Training

/// What reads as a file of tensors is written as a file that reads as the same tensors.
func checkTensors(_ bytes: [UInt8]) throws {
  let file: TensorFile
  do { file = try TensorFile(parsing: bytes, path: "fuzz.safetensors") } catch is SafetensorsError { return }
  var total = 0
  for tensor in file.tensors {
    try require(tensor.dtype.bits * tensor.count == 8 * tensor.bytes.count, "size", "of \(tensor.name)")
    total += tensor.bytes.count
    switch tensor.dtype {
    case .f32: _ = try file.values(named: tensor.name, shape: tensor.shape, as: Float.self)
    case .f64: _ = try file.values(named: tensor.name, shape: tensor.shape, as: Double.self)
    default:
      do {
        _ = try file.values(named: tensor.name, as: Float.self)
        throw Falsified("type", "\(tensor.dtype) is read as F32")
      } catch is SafetensorsError {}
    }
  }
  try require(total <= bytes.count, "size", "\(total) bytes of tensors from \(bytes.count)")
  do {
    let again = try TensorFile(parsing: file.serialised())
    let byName = { (a: Tensor, b: Tensor) in a.name.utf8.lexicographicallyPrecedes(b.name.utf8) }
    let (old, new) = (file.tensors.sorted(by: byName), again.tensors.sorted(by: byName))
    try require(
      again.metadata == file.metadata && old.count == new.count
        && zip(old, new).allSatisfy {
          $0.name.utf8.elementsEqual($1.name.utf8) && $0.dtype == $1.dtype && $0.shape == $1.shape
            && $0.bytes == $1.bytes
        }, "round trip", "\(old.map(\.name)) is read back as \(new.map(\.name))")
  } catch let error as SafetensorsError { throw Falsified("reader", "\(error)") }
}

/// The last bit of the input's last byte chooses between labels and images, which is no part of the file.
func checkImages(_ bytes: [UInt8]) throws {
  let rank = (bytes.last ?? 0) % 2 == 0 ? 1 : 3
  // A file without a name, opened once more by its descriptor.
  let path = NSTemporaryDirectory() + "cajal-fuzz-\(getpid())"
  let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
  unlink(path)
  try require(descriptor >= 0, "harness", "no temporary file")
  defer { close(descriptor) }
  let contents = bytes.dropLast()
  let written = contents.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  try require(written == contents.count, "harness", "the file cannot be written")
  do {
    let file = try IDXFile(reading: "/proc/self/fd/\(descriptor)", rank: rank)
    try require(
      file.dims.count == rank && file.dims.reduce(1, *) == file.bytes.count && !file.bytes.isEmpty, "size",
      "\(file.dims) with \(file.bytes.count) bytes")
  } catch is TrainingError {}
}

/// What reads as an archive of arrays is written as arrays that read as the same numbers.
func checkArrays(_ bytes: [UInt8]) throws {
  let members: [ZipArchive.Member]
  do { members = try ZipArchive(bytes, path: "fuzz.npz").members } catch is TrainingError { return }
  for member in members {
    let tensor: Tensor
    do { tensor = try NumpyFile.tensor("x", bytes: member.bytes, source: "x.npy") } catch { continue }
    try require(tensor.dtype.bits * tensor.count == 8 * tensor.bytes.count, "size", "of \(member.name)")
    let values: [Double]?
    do {
      values = try tensor.reals(as: Double.self) { value, _ in throw TrainingError("\(value) is no double") }
    } catch is TrainingError { continue }
    guard let values else { throw Falsified("type", "\(tensor.dtype) has no numbers") }
    let again = try NumpyFile.tensor("x", bytes: NumpyFile.bytes(values, shape: tensor.shape), source: "x.npy")
    let same = try again.reals(as: Double.self) { value, _ in throw Falsified("round trip", value) }
    try require(
      again.shape == tensor.shape && same?.map(\.bitPattern) == values.map(\.bitPattern), "round trip",
      "of \(member.name)")
  }
}

/// Each tensor of a table has a value for each of its rows.
func checkTable(_ bytes: [UInt8]) throws {
  let ports = [
    Port(name: "x", type: "Real[2]", size: 2, shape: [2]), Port(name: "t", type: "Real", size: 1, shape: []),
    Port(name: "n", type: "Nat", size: 3, shape: [3]), Port(name: "b", type: "Bool", size: 2, shape: [2]),
    Port(name: "target", type: "Real[2,2]", size: 4, shape: [2, 2]),
  ]
  let tensors: [Tensor]
  do { tensors = try DataTable(bytes, path: "fuzz.csv").tensorFile(ports).tensors } catch is TrainingError { return }
  let known = tensors.filter { tensor in ports.contains { $0.name == tensor.name } }
  try require(Set(known.map { $0.shape.first ?? -1 }).count <= 1, "size", "\(known.map(\.shape))")
  for tensor in known {
    try require(tensor.dtype.bits * tensor.count == 8 * tensor.bytes.count, "size", "of \(tensor.name)")
    if tensor.dtype != .f64 { continue }
    let values = try tensor.reals(as: Double.self) { value, _ in throw Falsified("type", value) }
    try require(values?.allSatisfy(\.isFinite) == true, "finite", "of \(tensor.name)")
  }
}
