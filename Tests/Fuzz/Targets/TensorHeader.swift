import TestSupport

/// A safetensors file with another header, whose length is right again.
enum TensorHeader {
  static func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    guard bytes.count > 8 else { return file("{}", data: []) }
    let claimed = (0..<3).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let end = min(bytes.count, 8 + claimed)
    var header = Array(bytes[8..<end])
    var data = Array(bytes[end...])
    for _ in 0...random.below(2) {
      let at = random.below(header.count + 1)
      let word = Array(words[random.below(words.count)].utf8)
      switch random.below(6) {
      case 0: header.insert(contentsOf: word, at: at)
      case 1: header.replaceSubrange(at..<min(header.count, at + word.count), with: word)
      case 2: header.removeSubrange(at..<min(header.count, at + 1 + random.below(6)))
      case 3:
        let digits = header.indices.filter { (0x30...0x39).contains(header[$0]) }
        if !digits.isEmpty { header[digits[random.below(digits.count)]] = UInt8(0x30 + random.below(10)) }
      case 4: data.append(contentsOf: [UInt8](repeating: 0, count: 1 + random.below(8)))
      default:
        let stretch = header[at..<min(header.count, at + 1 + random.below(60))]
        header.insert(contentsOf: stretch, at: random.below(header.count + 1))
      }
    }
    return file(header, data: data)
  }

  static func file(_ header: String, data: [UInt8]) -> [UInt8] { file(Array(header.utf8), data: data) }

  private static func file(_ header: [UInt8], data: [UInt8]) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: UInt64(header.count) >> (8 * $0)) } + header + data
  }

  private static let words = [
    "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "\\udc00", "\\/", "null", "true", "false", "1e999", "-0",
    "0", "1", "4", "8", "9223372036854775807", "18446744073709551615", "\"dtype\":\"F32\"", "\"dtype\":\"F64\"",
    "\"dtype\":\"BF16\"", "\"dtype\":\"F4\"", "\"shape\":[]", "\"shape\":[0]", "\"shape\":[2,2]",
    "\"data_offsets\":[0,4]", "\"data_offsets\":[0,0]", "\"__metadata__\":{}", "\"__metadata__\":null", "\n", " ",
    "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}", "é", "\u{301}",
  ]
}
