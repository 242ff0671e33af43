import Foundation
import FuzzTargets
import TestSupport

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>, _ callback: Callback
) -> CInt
@_silgen_name("LLVMFuzzerMutate") private func mutateBytes(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ room: Int
) -> Int

private let target: FuzzTarget = {
  guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("give a target: \(names)\n".utf8))
    exit(2)
  }
  return target
}()

@_cdecl("LLVMFuzzerCustomMutator") public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ room: Int, _ seed: UInt32
) -> Int {
  var random = SplitMix(seed: UInt64(seed))
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  guard random.below(4) > 0, let changed = target.mutated(bytes, &random) else { return mutateBytes(data, size, room) }
  let kept = min(changed.count, room)
  data.update(from: changed, count: kept)
  return kept
}

/// `cajal-fuzz TARGET [libFuzzer's options and folders]` runs a target under libFuzzer;
/// `cajal-fuzz TARGET --seeds FOLDER` writes its first inputs.
///
/// The stack has to be large (`ulimit -s`): the stages recurse over terms. The name is what SwiftPM has the linker take
/// for `main`; Swift's own would not find libFuzzer's beside it.
@_cdecl("cajal_fuzz_main") public func start(_ count: CInt, _ arguments: Arguments) -> CInt {
  let words = CommandLine.arguments
  if words.count == 4, words[2] == "--seeds" {
    for (index, seed) in target.seeds().enumerated() {
      let path = "\(words[3])/seed-\(index)"
      guard FileManager.default.createFile(atPath: path, contents: Data(seed)) else {
        fatalError("cannot write \(path)")
      }
    }
    return 0
  }
  // The target is ours alone.
  var (count, arguments) = (count - 1, arguments)
  for index in 1..<Int(count + 1) { arguments[index] = arguments[index + 1] }
  return runDriver(&count, &arguments) { test($0, $1) }
}

@_cdecl("LLVMFuzzerTestOneInput") public func test(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  do { try target.check(Array(UnsafeBufferPointer(start: data, count: size))) } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    fatalError("a property does not hold")
  }
  return 0
}
