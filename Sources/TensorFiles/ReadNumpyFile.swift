import Foundation

/// What is wrong with an array in NumPy's format.
public struct NumpyError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

extension NumpyFile {
  /// Reads an array of version 1.0, 2.0 or 3.0: numbers and booleans, whose bytes are little-endian.
  ///
  /// - Parameter source: the file, and in an archive the member, for messages.
  /// - Returns: a tensor, row-major also where the array is stored column by column.
  public static func tensor(_ name: String, bytes: [UInt8], source: String) throws(NumpyError) -> Tensor {
    func problem(_ message: String) -> NumpyError { NumpyError(description: "\(source): \(message)") }

    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 10 else {
      throw problem("is no array in NumPy's format")
    }
    let version = Int(bytes[6])
    guard (1...3).contains(version) else { throw problem("has the format's version \(version), and 1 to 3 are read") }
    let lengthBytes = version == 1 ? 2 : 4
    let start = 8 + lengthBytes
    guard bytes.count >= start else { throw problem("ends within its header") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else { throw problem("ends within its header") }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)

    guard let description = value(of: "descr", in: header, /'([^']*)'/) else {
      throw problem("has entries of several fields; save one array for each")
    }
    guard let dtype = dtypes[description] else { throw problem(refusal(of: description)) }
    guard let order = value(of: "fortran_order", in: header, /(True|False)/),
      let extents = value(of: "shape", in: header, /\(([0-9, ]*)\)/)
    else { throw problem("has no shape in its header") }
    let parts = extents.split(separator: ",").map { $0.filter { $0 != " " } }
    let shape = parts.compactMap { Int($0) }
    guard shape.count == parts.count else { throw problem("has the shape (\(extents)), which no file can hold") }
    var size = dtype.bits / 8
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw problem("has the shape \(shape), which no file can hold") }
      size = product
    }
    let data = Array(bytes[(start + length)...])
    guard data.count == size else {
      throw problem("has \(data.count) bytes of data, where \(description) of the shape \(shape) takes \(size)")
    }
    let isByColumns = order == "True" && shape.count > 1
    return Tensor(
      unchecked: name, dtype, shape, isByColumns ? rowMajor(data, shape, width: dtype.bits / 8) : data)
  }

  private static let dtypes: [Substring: DType] = [
    "|b1": .bool, "|u1": .u8, "|i1": .i8, "<u2": .u16, "<i2": .i16, "<u4": .u32, "<i4": .i32, "<u8": .u64, "<i8": .i64,
    "<f2": .f16, "<f4": .f32, "<f8": .f64,
  ]

  private static func refusal(of description: Substring) -> String {
    switch description.first {
    case ">": "has big-endian entries; save it after .astype('\(description.replacing(">", with: "<"))')"
    case _ where description.hasSuffix("O"): "holds Python's objects; save an array of numbers"
    default: "has entries of the type '\(description)'; integers, booleans and floats of 16 to 64 bits are read"
    }
  }

  /// What follows the key, where it has the pattern's form.
  private static func value(
    of key: String, in header: String, _ pattern: Regex<(Substring, Substring)>
  ) -> Substring? {
    guard let at = header.firstRange(of: "'\(key)':") else { return nil }
    return header[at.upperBound...].drop { $0 == " " }.prefixMatch(of: pattern)?.1
  }

  /// From columns to rows: the first index of what is stored runs fastest.
  private static func rowMajor(_ data: [UInt8], _ shape: [Int], width: Int) -> [UInt8] {
    var strides: [Int] = []
    var stride = width
    for dimension in shape {
      strides.append(stride)
      stride *= dimension
    }
    var result: [UInt8] = []
    result.reserveCapacity(data.count)
    var index = [Int](repeating: 0, count: shape.count)
    while result.count < data.count {
      let from = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
      result += data[from..<from + width]
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}
