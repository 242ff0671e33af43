/// A file in NumPy's format, version 1.0.
enum NumpyFile {
  /// The bytes of a row-major array. Data begins at byte 128, so that other programs can skip what is before it.
  static func bytes<Real: TrainingReal>(_ values: [Real], shape: [Int]) -> [UInt8] {
    precondition(values.count == shape.reduce(1, *))
    let shapeText = "(" + shape.map { "\($0)," }.joined(separator: " ") + ")"
    var header = "{'descr': '<f\(MemoryLayout<Real>.size)', 'fortran_order': False, 'shape': \(shapeText), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + values.withUnsafeBytes { Array($0) }
  }
}
