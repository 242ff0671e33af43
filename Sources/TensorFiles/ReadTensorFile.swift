extension TensorFile {
  /// Longer headers are refused, as Python's package does.
  static let longestHeader = 100_000_000

  /// Reads a whole file and checks all of it.
  public init(reading path: String) throws {
    let bytes: [UInt8]
    do { bytes = try readFile(path) } catch { throw SafetensorsError(path: path, "cannot be read: \(error.message)") }
    try self.init(parsing: bytes, path: path)
  }

  /// Reads a file's bytes; `path` is for messages.
  ///
  /// Refused are, as in Python's package, tensors that overlap, leave gaps, lie outside of the file or have another
  /// number of bytes than their shape; and also repeated names, of which Python's package takes the last, and white
  /// space before the header's `{`, which the format rules out and that package reads over. Unknown fields of a tensor are
  /// ignored.
  public init(parsing bytes: [UInt8], path: String = "") throws {
    self.init(path: path)
    let (entries, dataStart) = try Self.header(of: bytes, path)
    var infos: [TensorInfo] = []
    var seen: Set<[UInt8]> = []
    for entry in entries {
      let (name, value) = (entry.key, entry.value)
      guard seen.insert(Array(name.utf8)).inserted else { throw problem("the name \(quoted(name)) occurs twice") }
      if name.utf8.elementsEqual(Self.metadataKey.utf8) {
        metadata = try Self.metadata(value, path)
      } else {
        infos.append(try TensorInfo(name, value, path))
      }
    }
    try Self.checkLayout(infos, dataCount: bytes.count - dataStart, path)
    tensors = infos.map { info in
      let data = bytes[dataStart + info.begin..<dataStart + info.end]
      return Tensor(unchecked: info.name, info.dtype, info.shape, Array(data))
    }
  }

  private static func header(of bytes: [UInt8], _ path: String) throws -> ([JSON.Member], Int) {
    func problem(_ message: String) -> SafetensorsError { SafetensorsError(path: path, message) }
    guard bytes.count >= 8 else {
      throw problem("is no safetensors file: it has \(bytes.count) bytes, and the header's length alone takes 8")
    }
    let length = (0..<8).reduce(0 as UInt64) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
    guard length <= longestHeader else {
      throw problem("claims a header of \(length) bytes; at most \(longestHeader) are allowed")
    }
    let end = 8 + Int(length)
    guard end <= bytes.count else {
      throw problem("is truncated: its header has \(length) bytes, and \(bytes.count - 8) are there")
    }
    let text = Array(bytes[8..<end])
    guard text.first == UInt8(ascii: "{") else {
      throw problem("is no safetensors file: its header does not begin with `{`")
    }
    do {
      guard case .object(let entries) = try JSON(text) else { throw problem("its header is no JSON object") }
      return (entries, end)
    } catch let failure as JSON.Failure {
      throw problem("its header is not valid JSON: \(failure.message) (byte \(failure.offset) of the header)")
    }
  }

  private static func metadata(_ value: JSON, _ path: String) throws -> [String: String] {
    if case .null = value { return [:] }
    guard case .object(let members) = value else {
      throw SafetensorsError(path: path, "its \(metadataKey) is \(value.kind) instead of an object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw SafetensorsError(
          path: path,
          "its \(metadataKey) has \(member.value.kind) for \(quoted(member.key)) instead of a text")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  /// The tensors cover the data from its first byte to its last, one after another.
  private static func checkLayout(_ infos: [TensorInfo], dataCount: Int, _ path: String) throws {
    var position = 0
    for info in infos.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      func problem(_ message: String) -> SafetensorsError {
        SafetensorsError(path: path, "the tensor \(quoted(info.name)) \(message)")
      }
      guard info.end <= dataCount else {
        throw problem("lies at bytes \(info.begin) to \(info.end) of the data, which has \(dataCount)")
      }
      guard info.begin >= position else {
        throw problem("overlaps another: it begins at byte \(info.begin), and the one before ends at \(position)")
      }
      guard info.begin == position else {
        throw problem("begins at byte \(info.begin) and leaves a gap after byte \(position)")
      }
      position = info.end
    }
    guard position == dataCount else {
      throw SafetensorsError(path: path, "has \(dataCount - position) bytes after its last tensor")
    }
  }
}

/// What the header says of a tensor; its bytes are as many as its type and shape need.
private struct TensorInfo {
  let name: String
  let dtype: DType
  let shape: [Int]
  /// Offsets in the data.
  let begin, end: Int

  init(_ name: String, _ value: JSON, _ path: String) throws {
    func problem(_ message: String) -> SafetensorsError {
      SafetensorsError(path: path, "the tensor \(quoted(name)) \(message)")
    }
    guard case .object(let members) = value else { throw problem("is described by \(value.kind), not by an object") }
    func field(_ name: String) throws -> JSON {
      let found = members.filter { $0.key == name }
      guard found.count < 2 else { throw problem("has its \(name) twice") }
      guard let field = found.first else { throw problem("has no \(name)") }
      return field.value
    }
    func naturals(_ name: String) throws -> [Int] {
      guard case .array(let elements) = try field(name) else { throw problem("has a \(name) that is no list") }
      return try elements.map { element in
        guard let natural = element.natural else {
          throw problem("has \(element.kind) in its \(name); whole numbers from 0 to \(Int.max) can stand there")
        }
        return natural
      }
    }
    guard case .string(let dtypeName) = try field("dtype") else { throw problem("has a dtype that is no text") }
    guard let dtype = DType(rawValue: dtypeName) else { throw problem("has the unknown dtype \(quoted(dtypeName))") }
    let shape = try naturals("shape")
    let offsets = try naturals("data_offsets")
    guard offsets.count == 2 else { throw problem("has \(offsets.count) data_offsets instead of 2") }
    guard offsets[0] <= offsets[1] else {
      throw problem("ends at byte \(offsets[1]), before its begin at \(offsets[0])")
    }

    var bits = dtype.bits
    for dimension in shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw problem("has the shape \(shapeText(shape)), which is too large") }
      bits = product
    }
    guard bits % 8 == 0 else { throw problem("ends within a byte") }
    guard bits / 8 == offsets[1] - offsets[0] else {
      throw problem(
        "has \(offsets[1] - offsets[0]) bytes; \(dtype.rawValue) of shape \(shapeText(shape)) takes \(bits / 8)")
    }
    (self.name, self.dtype, self.shape, begin, end) = (name, dtype, shape, offsets[0], offsets[1])
  }
}
