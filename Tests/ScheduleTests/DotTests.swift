import LinearMaps
import TestSupport
import Testing

/// Sums of products of entry by entry.
@Suite struct DotTests {
  @Test(arguments: [4, 8]) func agreeWithTheirGraphs(realBytes: Int) throws {
    for length in KnownGraphs.dotLengths {
      let trial = Trial(try KnownGraphs.dot(length), seed: UInt64(length))
      #expect(trial.disagreement(with: try Scheduled(trial.program, realBytes: realBytes)) == nil)
    }
  }

  @Test func longOnesAreCalls() throws {
    for length in KnownGraphs.dotLengths {
      let text = try Scheduled(try KnownGraphs.dot(length)).text
      #expect(text.contains(" product 1x\(length) \(length)x1 (x.") == (length >= 16), "\(length)")
    }
  }
}
