import CZlib

/// The members of a zip archive below 4 GiB, stored or deflated: what NumPy's `savez` and `savez_compressed` write.
///
/// PKWARE's APPNOTE 6.3: the directory at the end counts; a member's own header may leave its sizes out.
public struct ZipArchive {
  public struct Member {
    public let name: String
    public let bytes: [UInt8]
  }

  public let members: [Member]

  public init(_ archive: [UInt8], path: String) throws {
    let reader = Reader(bytes: archive, path: path)
    // The end of the directory has 22 bytes, and behind it a remark of up to 65 535.
    let latest = archive.count - 22
    guard latest >= 0,
      let end = stride(from: latest, through: max(0, latest - 0xffff), by: -1).first(where: {
        reader.number(at: $0, 4) == 0x0605_4b50
      })
    else { throw reader.problem("is no zip archive, or is cut") }
    let count = reader.number(at: end + 10, 2)
    var at = reader.number(at: end + 16, 4)
    guard at != Reader.elsewhere else { throw reader.problem("has more than 4 GiB; use safetensors") }
    var members: [Member] = []
    for _ in 0..<count {
      guard at + 46 <= archive.count, reader.number(at: at, 4) == 0x0201_4b50 else {
        throw reader.problem("is damaged: its directory is cut")
      }
      let lengths = [28, 30, 32].map { reader.number(at: at + $0, 2) }
      let next = at + 46 + lengths.reduce(0, +)
      guard next <= archive.count else { throw reader.problem("is damaged: its directory is cut") }
      let name = String(decoding: archive[(at + 46)..<(at + 46 + lengths[0])], as: UTF8.self)
      members.append(Member(name: name, bytes: try reader.contents(name, entry: at)))
      at = next
    }
    self.members = members
  }

  private struct Reader {
    let bytes: [UInt8]
    let path: String

    /// What stands where a number has more than 32 bits.
    static let elsewhere = 0xffff_ffff

    func problem(_ message: String) -> TrainingError { TrainingError("\(path): \(message)") }

    func number(at place: Int, _ width: Int) -> Int {
      bytes[place..<place + width].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The bytes of the member whose entry of the directory is there.
    func contents(_ name: String, entry: Int) throws -> [UInt8] {
      let (method, checksum) = (number(at: entry + 10, 2), number(at: entry + 16, 4))
      let (packed, size, header) = (
        number(at: entry + 20, 4), number(at: entry + 24, 4), number(at: entry + 42, 4)
      )
      guard ![packed, size, header].contains(Self.elsewhere) else {
        throw problem("the member \(name) has more than 4 GiB; use safetensors")
      }
      let cut = problem("is damaged: the member \(name) is cut")
      guard header + 30 <= bytes.count, number(at: header, 4) == 0x0403_4b50 else { throw cut }
      let start = header + 30 + number(at: header + 26, 2) + number(at: header + 28, 2)
      guard start + packed <= bytes.count else { throw cut }
      let data = Array(bytes[start..<start + packed])
      let contents: [UInt8]? =
        switch method {
        case 0: data
        case 8: inflated(data, size: size)
        default: throw problem("the member \(name) is packed by method \(method); 0 and 8 are read")
        }
      guard let contents, contents.count == size, Int(crc32_z(0, contents, contents.count)) == checksum else {
        throw problem("is damaged: the member \(name) has another checksum")
      }
      return contents
    }

    /// Nil where the data is damaged, or does not have this size.
    private func inflated(_ data: [UInt8], size: Int) -> [UInt8]? {
      // Deflate makes nothing smaller than to a 1032nd: a size beyond is false, and no room is made for it.
      guard size <= 1032 * (data.count + 1) else { return nil }
      var stream = z_stream()
      // -15: no header of zlib's own.
      guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
      defer { inflateEnd(&stream) }
      var data = data
      var complete = false
      let result = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { room, count in
        data.withUnsafeMutableBufferPointer { data in
          stream.next_in = data.baseAddress
          stream.avail_in = UInt32(data.count)
          stream.next_out = room.baseAddress
          stream.avail_out = UInt32(size)
          complete = inflate(&stream, Z_FINISH) == Z_STREAM_END
        }
        count = size - Int(stream.avail_out)
      }
      return complete ? result : nil
    }
  }
}
