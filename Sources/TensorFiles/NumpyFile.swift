/// Files in NumPy's format, version 1.0.
public enum NumpyFile {
  /// The bytes of a row-major array. Where the header is short data begins at byte 128, so that other programs can skip
  /// what is before it.
  public static func bytes<Element: TensorElement>(_ values: [Element], shape: [Int]) -> [UInt8] {
    precondition(values.count == shape.reduce(1, *))
    let extents = "(" + shape.map { "\($0)," }.joined(separator: " ") + ")"
    let kind = Element.self is any BinaryFloatingPoint.Type ? "f" : "i"
    var header = "{'descr': '<\(kind)\(MemoryLayout<Element>.size)', 'fortran_order': False, 'shape': \(extents), }"
    // Magic number, version and length take ten bytes; the header ends with a newline at a multiple of 64.
    let length = max(128, (10 + header.utf8.count + 1 + 63) / 64 * 64) - 10
    header += String(repeating: " ", count: length - header.utf8.count - 1) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(header.utf8)
      + values.withUnsafeBytes { Array($0) }
  }
}
