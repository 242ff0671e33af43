import LinearMaps
import Testing

@testable import Schedule

/// From where to where a buffer is needed.
@Suite struct LifetimesTests {
  private static let trips = LoopVariable(kind: .round, id: 1, bound: 3)

  private func place(_ buffer: Int) -> Place { Place(buffer: buffer, index: Affine(0)) }
  private func write(_ buffer: Int) -> Statement { .assign(place(buffer), .literal(1)) }
  private func copy(_ from: Int, to: Int) -> Statement { .assign(place(to), .load(place(from))) }
  private func loop(_ body: Statement...) -> Statement {
    .loop(CountedLoop(variable: Self.trips, lower: 0, upper: 3, descending: false, body: body))
  }
  private func buffers(_ count: Int) -> [Buffer] {
    (0..<count).map { Buffer(name: "b\($0)", size: 100, storage: .unplanned) }
  }

  private func overlap(_ a: Int, _ b: Int, _ buffers: [Buffer], _ body: [Statement]) throws -> Bool {
    var lifetimes = Lifetimes(buffers)
    _ = lifetimes.walk(body, depth: 0)
    let (first, second) = (try #require(lifetimes.interval(a)), try #require(lifetimes.interval(b)))
    return first.start <= second.end && second.start <= first.end
  }

  @Test func oneAfterAnother() throws {
    let body: [Statement] = [
      .declare(0), write(0), .declare(1), copy(0, to: 1), .declare(2), copy(1, to: 2),
    ]
    #expect(try overlap(0, 1, buffers(3), body))
    #expect(try !overlap(0, 2, buffers(3), body))
  }

  /// What is older than a loop and used in it is needed in every round.
  @Test func untilTheLoopEnds() throws {
    let body: [Statement] = [
      .declare(0), write(0), .declare(2), write(2), loop(.declare(1), copy(0, to: 1), .declare(3), copy(1, to: 3)),
      .declare(4), copy(2, to: 4),
    ]
    #expect(try overlap(0, 3, buffers(5), body), "read again in the next round")
    #expect(try !overlap(0, 4, buffers(5), body))
    #expect(try overlap(1, 3, buffers(5), body))
    let inner: [Statement] = [loop(.declare(0), write(0), .declare(1), copy(0, to: 1), .declare(2), copy(1, to: 2))]
    #expect(try !overlap(0, 2, buffers(3), inner), "begins anew in every round")
  }

  /// A pointer needs what it may point to.
  @Test func pointersKeepWhatTheyPointTo() throws {
    var all = buffers(6)
    all[2].storage = .pointer(place(0))
    all[3].storage = .pointer(place(1))
    let body: [Statement] = [
      .declare(0), .declare(1), write(0), .declare(2), .declare(3), loop(copy(2, to: 3), .swap(2, 3)), .declare(4),
      copy(3, to: 4), .declare(5), copy(4, to: 5),
    ]
    #expect(try overlap(0, 1, all, body))
    #expect(try overlap(1, 4, all, body))
    #expect(try !overlap(1, 5, all, body))
  }

  @Test func whatIsNeverDeclaredHasNone() {
    var lifetimes = Lifetimes(buffers(1))
    _ = lifetimes.walk([write(0)], depth: 0)
    #expect(lifetimes.interval(0) == nil)
  }
}
