import Foundation

extension TensorFile {
  /// The file's bytes, the same as Python's package writes: tensors in descending order of their types and then by
  /// name, the header padded with spaces so that the data begins at a multiple of eight. Texts are in order of their
  /// keys, of which that package has no order.
  public func serialised() -> [UInt8] {
    let ordered = tensors.sorted { first, second in
      let (a, b) = (rank(first.dtype), rank(second.dtype))
      return a == b ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8) : a > b
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      entries.append(
        "\"\(Self.metadataKey)\":{" + texts.map { jsonText($0) + ":" + jsonText($1) }.joined(separator: ",") + "}")
    }
    var offset = 0
    for tensor in ordered {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        jsonText(tensor.name) + ":{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}")
      offset += tensor.bytes.count
    }
    var header = Array(("{" + entries.joined(separator: ",") + "}").utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * index))) }
    bytes += header
    for tensor in ordered { bytes += tensor.bytes }
    return bytes
  }

  /// Writes the file so that it is there whole or not at all, also after the power fails: it is written and
  /// synchronised under a temporary name in its directory, renamed, and the directory is synchronised.
  public func write(to path: String) throws {
    var seen: Set<[UInt8]> = []
    for tensor in tensors where !seen.insert(Array(tensor.name.utf8)).inserted || tensor.name == Self.metadataKey {
      throw SafetensorsError(path: path, "cannot be written: no tensor can be called \(quoted(tensor.name)) (again)")
    }
    do { try writeDurably(serialised(), to: path) } catch let failure as DurableWriteFailure {
      throw SafetensorsError(path: path, "cannot be written: \(failure.message); what was there is unchanged")
    }
  }
}

private func rank(_ dtype: DType) -> Int { DType.allCases.firstIndex(of: dtype)! }
