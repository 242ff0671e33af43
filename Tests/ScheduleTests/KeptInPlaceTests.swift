import LinearMaps
import Testing

@testable import Schedule

/// A value is computed where it is kept only if it is the value at the end, and nobody else keeps anything there. No
/// graph is known whose plan says otherwise, but nothing of a plan promises it.
@Suite struct KeptInPlaceTests {
  private static let (x, y, value, kept) = (0, 1, 2, 3)
  private let i = LoopVariable(kind: .row, id: 1, bound: DraftTrial.size)

  private func entry(_ buffer: Int) -> Place { Place(buffer: buffer, index: Affine(i)) }
  private func load(_ buffer: Int) -> Expression { .load(entry(buffer)) }
  private func fill(_ buffer: Int, _ value: Expression) -> Statement {
    DraftTrial.each(i, .assign(entry(buffer), value))
  }
  private var keeps: Statement { .whenKept([fill(Self.kept, load(Self.value))]) }
  private var begins: [Statement] {
    [.declare(Self.value), fill(Self.value, .product(.literal(3), load(Self.x)))]
  }
  private var ends: Statement { fill(Self.y, load(Self.value)) }

  private func isInPlace(_ body: [Statement]) throws -> Bool {
    let (buffer, size) = (DraftTrial.buffer, DraftTrial.size)
    let before = Draft(
      direction: .forward,
      buffers: [
        buffer("x", .input(0)), buffer("y", .output(0)), buffer("value", .unplanned), buffer("kept", .kept(0)),
      ],
      body: body)
    // What is kept, times the cotangent.
    let adjoint = Draft(
      direction: .adjoint, buffers: [buffer("kept", .kept(0)), buffer("bar", .input(1)), buffer("x_bar", .output(0))],
      body: [fill(2, .product(load(0), load(1)))])
    var after = before
    SchedulePass.keepInPlace.run(&after)
    #expect(try DraftTrial.answer(after, adjoint) == DraftTrial.answer(before, adjoint), "of \(size) entries")
    return after.buffers[Self.value].keptAt != nil
  }

  @Test func aValueIsComputedWhereItIsKept() throws { #expect(try isInPlace(begins + [keeps, ends])) }

  @Test func notWhereItIsWrittenAgain() throws {
    #expect(try !isInPlace(begins + [keeps, fill(Self.value, .sum(load(Self.value), .literal(1))), ends]))
  }

  @Test func notWhereSomethingElseIsKeptThere() throws {
    let other = Statement.whenKept([DraftTrial.each(i, .accumulate(entry(Self.kept), .literal(5)))])
    #expect(try !isInPlace(begins + [keeps, other, ends]))
  }
}
