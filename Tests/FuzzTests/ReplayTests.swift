import Driver
import Foundation
import FuzzTargets
import TestSupport
import Testing

/// What `make fuzz` found, and some thousand inputs of its kind, without a fuzzer: the same at every run.
@Suite struct ReplayTests {
  /// Inputs of all targets: the first ones, and what the mutators make of them.
  ///
  /// `CAJAL_SEED` is the first seed, `CAJAL_PROGRAMS` how many; with `CAJAL_TRACE` set every seed is named before it is
  /// tried, which finds one that crashes.
  @Test(arguments: FuzzTarget.allCases) func almostRightInputs(target: FuzzTarget) async {
    let settings = ProcessInfo.processInfo.environment
    let first = settings["CAJAL_SEED"].flatMap(UInt64.init) ?? 1
    let count = settings["CAJAL_PROGRAMS"].flatMap(UInt64.init) ?? (target == .program ? 600 : 1_000)
    print("\(target): seeds \(first) to \(first + count - 1)")
    let failure = withDeepStack { () -> String? in
      let seeds = target.seeds()
      for seed in first..<(first + count) {
        if settings["CAJAL_TRACE"] != nil { FileHandle.standardError.write(Data("\(target) \(seed)\n".utf8)) }
        var random = SplitMix(seed: seed)
        let base = seeds[random.below(seeds.count)]
        let input = target.mutated(base, &random) ?? damaged(base, &random)
        do { try target.check(input) } catch {
          return "seed \(seed): \(error)\nthe input:\n\(String(decoding: input, as: UTF8.self))"
        }
      }
      return nil
    }
    #expect(failure == nil)
  }
}

private func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
  var bytes = bytes
  for _ in 0...random.below(3) where !bytes.isEmpty {
    let index = random.below(bytes.count)
    switch random.below(4) {
    case 0: bytes.remove(at: index)
    case 1: bytes.insert(UInt8(random.below(256)), at: index)
    case 2: bytes.removeSubrange(index...)
    default: bytes[index] = UInt8(random.below(256))
    }
  }
  return bytes
}
