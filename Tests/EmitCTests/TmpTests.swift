import EmitC
import Foundation
import TestSupport
import Testing
@Suite struct TmpTests {
  @Test func show() throws {
    for seed in (ProcessInfo.processInfo.environment["SEEDS"] ?? "327").split(separator: " ").compactMap({ UInt64($0) }) {
      let t = try IterationGraph.trial(seed: seed)
      let module = ModuleUnit(programs: [t.unit], options: Harness.options(realBytes: 4, batchThreshold: 1))
      print(t.strides, t.batch)
      print(t.unit.forward)
      print(try scheduleText(module))
      try emitModule(module).c.write(toFile: "/tmp/loops/i\(seed).c", atomically: true, encoding: .utf8)
    }
    var counts = [0, 0, 0, 0]
    for seed in 0..<UInt64(120) {
      let t = try IterationGraph.trial(seed: seed)
      let text = try scheduleText(ModuleUnit(programs: [t.unit], options: Harness.options(batchThreshold: 1)))
      for (i, k) in ["\nall samples together", "\n  all samples together", "pointer to rows", "_rounds"].enumerated() where text.contains(k) { counts[i] += 1 }
      if seed < 8 { print(t.unit.forward.nodes.count, text) }
    }
    print("COUNTS", counts)
  }
}
