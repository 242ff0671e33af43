import Foundation

/// Why a shared object must not, or cannot, be loaded.
public struct UnloadableObject: Error, CustomStringConvertible {
  public let description: String
}

/// Throws where an ELF file (64 bits, little-endian) ends before what its own header says: the loader maps such a file,
/// and the process would end at the first page that is not there. And where it is for another processor, of which the
/// loader says that there is no such file. Other files are left to the loader.
public func checkLoadable(sharedObject path: String) throws {
  guard let file = FileHandle(forReadingAtPath: path) else { return }
  defer { try? file.close() }
  guard let size = try? file.seekToEnd() else { return }

  func bytes(at offset: UInt64, _ count: Int) -> [UInt8]? {
    guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.read(upToCount: count), data.count == count
    else { return nil }
    return [UInt8](data)
  }
  func number(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
  }
  func isInside(_ offset: UInt64, _ length: UInt64) -> Bool {
    let (end, overflow) = offset.addingReportingOverflow(length)
    return !overflow && end <= size
  }

  // Magic number, 64 bits, little-endian.
  let elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
  guard let magic = bytes(at: 0, 6), magic.starts(with: elf) else { return }
  let truncated = UnloadableObject(description: "\(path) is truncated: build it again")
  guard let kind = bytes(at: 0, 20) else { throw truncated }
  if kind[4] != 2 || number(kind, 18, 2) != ownMachine {
    throw UnloadableObject(description: "\(path) is for another processor (\(machineName(number(kind, 18, 2))))")
  }
  guard kind[5] == 1 else { return }
  guard let header = bytes(at: 0, 64) else { throw truncated }
  let (segments, segmentSize, segmentCount) = (number(header, 32, 8), number(header, 54, 2), number(header, 56, 2))
  guard isInside(segments, segmentSize * segmentCount),
    isInside(number(header, 40, 8), number(header, 58, 2) * number(header, 60, 2))
  else { throw truncated }
  for index in 0..<segmentCount where segmentSize >= 56 {
    guard let segment = bytes(at: segments + index * segmentSize, 56),
      isInside(number(segment, 8, 8), number(segment, 32, 8))
    else { throw truncated }
  }
}

/// The processor that this program is for, as ELF numbers them (System V ABI, e_machine).
private var ownMachine: UInt64 {
  #if arch(x86_64)
    62
  #elseif arch(arm64)
    183
  #else
    #error("the number of this processor in ELF files is not known")
  #endif
}

private func machineName(_ number: UInt64) -> String {
  switch number {
  case 3: "x86, 32 bits"
  case 40: "arm, 32 bits"
  case 62: "x86-64"
  case 183: "aarch64"
  case 243: "riscv"
  default: "machine \(number) of ELF"
  }
}
