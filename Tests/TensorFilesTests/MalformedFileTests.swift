import Foundation
import TensorFiles
import TestSupport
import Testing

/// Files that are damaged or made to do harm give an error that says what is wrong.
@Suite struct MalformedFileTests {
  /// A file with this header and so many bytes of data.
  private static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 1, count: data)
  }

  private static func tensor(_ name: String, _ dtype: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
  }

  private static func tensor(_ name: String, _ shape: String, _ offsets: String) -> String {
    tensor(name, "F32", shape, offsets)
  }

  /// A tensor with a field that the format does not know.
  private static func unknown(_ value: String) -> String {
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":\(value)}}"
  }

  static let malformed: [(what: String, bytes: [UInt8], message: String)] = [
    ("empty", [], "it has 0 bytes"),
    ("shorter than a length", [1, 0, 0, 0, 0, 0, 0], "it has 7 bytes"),
    ("header of 2^63", file("{}", length: 1 << 63), "claims a header of 9223372036854775808 bytes"),
    ("header of 2^64 - 1", file("{}", length: .max), "claims a header of 18446744073709551615 bytes"),
    ("header beyond the limit", file("{}", length: 100_000_001), "claims a header of 100000001 bytes"),
    ("truncated header", file("{}", length: 1000), "is truncated: its header has 1000 bytes, and 2 are there"),
    ("no header", file(""), "its header does not begin with `{`"),
    ("no JSON", file("hello"), "its header does not begin with `{`"),
    ("an array", file("[]"), "its header does not begin with `{`"),
    ("white space alone", file("   "), "its header does not begin with `{`"),
    ("a space before the header", file(" {}"), "its header does not begin with `{`"),
    ("a newline before the header", file("\n{}"), "its header does not begin with `{`"),
    ("a number beyond doubles", file(unknown("1e999"), data: 4), "a number is too large for 64 bits"),
    ("one below them", file(unknown("[{\"y\":-1e999}]"), data: 4), "a number is too large for 64 bits"),
    ("one of many digits", file(unknown(String(repeating: "9", count: 400)), data: 4), "a number is too large"),
    ("unclosed", file("{"), "not valid JSON"),
    ("unclosed text", file("{\"a"), "it ends within a text"),
    ("two values", file("{}{}"), "something follows the value (byte 2 of the header)"),
    ("trailing comma", file("{\"a\":1,}"), "a name in quotes is expected"),
    ("not UTF-8", [5, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xff] + Array("\"}".utf8), "not UTF-8"),
    ("half a surrogate", file("{\"\\ud800\":1}"), "half of a surrogate pair"),
    ("deep nesting", file("{\"a\":" + String(repeating: "[", count: 100_000)), "nested more than"),
    ("a control character", file("{\"a\nb\":1}"), "control character"),
    ("a leading zero", file("{" + tensor("a", "01", "0,4") + "}", data: 4), "not valid JSON"),
    ("metadata of numbers", file("{\"__metadata__\":{\"step\":1}}"), "has the number 1 for \"step\""),
    ("metadata a list", file("{\"__metadata__\":[]}"), "its __metadata__ is a list"),
    ("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}"), "\"__metadata__\" occurs twice"),
    ("a tensor that is none", file("{\"a\":3}"), "\"a\" is described by the number 3"),
    ("no dtype", file("{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}", data: 4), "\"a\" has no dtype"),
    ("no shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", data: 4), "\"a\" has no shape"),
    ("no offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}"), "\"a\" has no data_offsets"),
    ("a field twice", file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}"), "has its dtype twice"),
    ("unknown dtype", file("{" + tensor("a", "F33", "1", "0,4") + "}", data: 4), "unknown dtype \"F33\""),
    ("dtype in small letters", file("{" + tensor("a", "f32", "1", "0,4") + "}", data: 4), "unknown dtype"),
    ("a negative dimension", file("{" + tensor("a", "-1", "0,4") + "}", data: 4), "the number -1 in its shape"),
    ("a fraction", file("{" + tensor("a", "1.0", "0,4") + "}", data: 4), "the number 1.0 in its shape"),
    ("a huge dimension", file("{" + tensor("a", "99999999999999999999", "0,4") + "}", data: 4), "in its shape"),
    (
      "a shape that overflows", file("{" + tensor("a", "4294967296,4294967296", "0,4") + "}", data: 4),
      "which is too large"
    ),
    (
      "a shape that wraps around", file("{" + tensor("a", "4611686018427387904,4", "0,0") + "}"), "which is too large"
    ),
    ("one offset", file("{" + tensor("a", "1", "4") + "}", data: 4), "1 data_offsets instead of 2"),
    (
      "offsets the wrong way", file("{" + tensor("a", "1", "4,0") + "}", data: 4),
      "ends at byte 0, before its begin at 4"
    ),
    ("offsets too small", file("{" + tensor("a", "2", "0,4") + "}", data: 4), "has 4 bytes; F32 of shape [2] takes 8"),
    (
      "offsets out of range", file("{" + tensor("a", "2", "0,8") + "}", data: 4),
      "lies at bytes 0 to 8 of the data, which has 4"
    ),
    (
      "offsets at the end of all numbers",
      file("{" + tensor("a", "1", "9223372036854775800,9223372036854775804") + "}", data: 4), "lies at bytes"
    ),
    (
      "an overlap", file("{" + tensor("a", "2", "0,8") + "," + tensor("b", "1", "4,8") + "}", data: 8),
      "\"b\" overlaps another"
    ),
    (
      "the same bytes", file("{" + tensor("a", "1", "0,4") + "," + tensor("b", "1", "0,4") + "}", data: 4),
      "overlaps another"
    ),
    (
      "a gap", file("{" + tensor("a", "1", "0,4") + "," + tensor("b", "1", "8,12") + "}", data: 12),
      "leaves a gap after byte 4"
    ),
    ("a gap at the begin", file("{" + tensor("a", "1", "4,8") + "}", data: 8), "leaves a gap after byte 0"),
    ("bytes at the end", file("{" + tensor("a", "1", "0,4") + "}", data: 5), "has 1 bytes after its last tensor"),
    ("data without tensors", file("{}", data: 4), "has 4 bytes after its last tensor"),
    (
      "a name twice", file("{" + tensor("a", "1", "0,4") + "," + tensor("a", "1", "4,8") + "}", data: 8),
      "\"a\" occurs twice"
    ),
    (
      "a name twice, escaped", file("{" + tensor("a", "1", "0,4") + "," + tensor("\\u0061", "1", "4,8") + "}", data: 8),
      "\"a\" occurs twice"
    ),
    ("a type smaller than a byte", file("{" + tensor("a", "F4", "3", "0,1") + "}", data: 1), "ends within a byte"),
  ]

  @Test(arguments: malformed.indices) func isRefused(index: Int) throws {
    let (what, bytes, message) = Self.malformed[index]
    let error = #expect(throws: SafetensorsError.self, "\(what)") {
      try TensorFile(parsing: bytes, path: "w.safetensors")
    }
    #expect(error?.description.hasPrefix("w.safetensors: ") == true, "\(what)")
    #expect(error?.message.contains(message) == true, "\(what): \(error?.message ?? "")")
  }

  @Test func unknownFieldsAndSpaceAreTolerated() throws {
    let deep = String(repeating: "[", count: 124) + String(repeating: "]", count: 124)
    let header = """
      {"__metadata__": null,
        "b": {"numbers": [1e-999, 1.7976931348623157e308, 0e999, 123456789012345678901234567890],
          "more": [1.5e3, {"x": true}, \(deep)], "shape": [ 2 ], "data_offsets": [4, 12], "dtype": "F32"},
        "\\u0061\\ud83d\\ude00\\/": {"dtype": "F32", "shape": [], "data_offsets": [0, 4], "dtypes": null} }   \n
      """
    let file = try TensorFile(parsing: Self.file(header, data: 12))
    #expect(file.metadata.isEmpty)
    #expect(file.tensors.map(\.name) == ["b", "a😀/"])
    #expect(file.tensors.map(\.shape) == [[2], []])
  }

  @Test func aFileThatIsNotThere() throws {
    let error = #expect(throws: SafetensorsError.self) { try TensorFile(reading: "/nowhere/w.safetensors") }
    #expect(error?.description.hasPrefix("/nowhere/w.safetensors: cannot be read: ") == true)
    #expect(throws: SafetensorsError.self) { try TensorFile(reading: "/") }
  }

  /// Every damage is either found or leaves a file that is valid: nothing crashes, and nothing is read out of range.
  @Test func damageOfEveryKind() throws {
    let bytes = FormatTests.reals.serialised()
    for length in bytes.indices {
      #expect(throws: SafetensorsError.self, "cut to \(length)") {
        try TensorFile(parsing: Array(bytes.prefix(length)))
      }
    }
    var random = SplitMix(seed: 3)
    var refused = 0
    for _ in 0..<4000 {
      var damaged = bytes
      for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
      do {
        let file = try TensorFile(parsing: damaged)
        #expect(file.tensors.allSatisfy { $0.dtype.bits * $0.count == 8 * $0.bytes.count })
      } catch is SafetensorsError { refused += 1 }
    }
    #expect(refused > 2000)
  }
}
