/// A long table of reals: the member `values` of a static union whose other member is a string of their bytes.
struct CReals {
  let name: String
  let values: [Double]
  let realBytes: Int

  /// Bytes of the table on one line of the file.
  private static let lineBytes = 24

  func write(to output: inout [UInt8]) {
    func line(_ text: String) {
      output.append(contentsOf: text.utf8)
      output.append(UInt8(ascii: "\n"))
    }
    line("#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__")
    line("#error \"the weights are written for processors whose numbers begin with their lowest byte\"")
    line("#endif")
    // GCC and Clang take strings of any length.
    line("#pragma GCC diagnostic push")
    line("#pragma GCC diagnostic ignored \"-Woverlength-strings\"")
    // One more, for the 0 that ends a string.
    line("static const union {")
    line("  unsigned char bytes[\(values.count * realBytes + 1)];")
    line("  real values[\(max(values.count, 1))];")
    line("} \(name) = {")
    writeBytes(to: &output)
    line("};")
    line("#pragma GCC diagnostic pop")
  }

  private func writeBytes(to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    output.reserveCapacity(output.count + values.count * realBytes * 3)
    var column = 0
    // A digit after an octal number of fewer than three digits would belong to it.
    var isAfterNumber = false
    func put(_ byte: UInt8) {
      if column == 0 { output.append(quote) }
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      switch byte {
      case quote, UInt8(ascii: "\\"), UInt8(ascii: "?"), ..<0x20, 0x7F...: putNumber(byte)
      default: if isDigit && isAfterNumber { putNumber(byte) } else { putPlain(byte) }
      }
      column += 1
      if column == CReals.lineBytes {
        output.append(quote)
        output.append(UInt8(ascii: "\n"))
        column = 0
        isAfterNumber = false
      }
    }
    func putPlain(_ byte: UInt8) {
      output.append(byte)
      isAfterNumber = false
    }
    func putNumber(_ byte: UInt8) {
      output.append(UInt8(ascii: "\\"))
      if byte >= 64 { output.append(UInt8(ascii: "0") + byte >> 6) }
      if byte >= 8 { output.append(UInt8(ascii: "0") + (byte >> 3) & 7) }
      output.append(UInt8(ascii: "0") + byte & 7)
      isAfterNumber = true
    }
    for value in values {
      var bits = realBytes == 4 ? UInt64(Float(value).bitPattern) : value.bitPattern
      for _ in 0..<realBytes {
        put(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
      }
    }
    if column > 0 || values.isEmpty {
      if column == 0 { output.append(quote) }
      output.append(quote)
      output.append(UInt8(ascii: "\n"))
    }
  }
}
