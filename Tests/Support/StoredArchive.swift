/// A zip archive whose members are not packed.
public func storedArchive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
    }
    return Int(~sum)
  }
  var (archive, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, bytes) in members {
    let common =
      little(20, 2) + little(0, 8) + little(checksum(bytes), 4) + little(bytes.count, 4) + little(bytes.count, 4)
      + little(name.utf8.count, 2) + little(0, 2)
    directory += little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 10) + little(archive.count, 4)
    directory += Array(name.utf8)
    archive += little(0x0403_4b50, 4) + common + Array(name.utf8) + bytes
  }
  let end = little(0x0605_4b50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
  return archive + directory + end + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
}
