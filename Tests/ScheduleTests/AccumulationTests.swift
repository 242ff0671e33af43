import LinearMaps
import Testing

@testable import Schedule

/// An output is added to in place only where no entry is overwritten.
@Suite struct AccumulationTests {
  private static let (x, bar, output) = (0, 1, 2)
  private let i = LoopVariable(kind: .row, id: 1, bound: DraftTrial.size)

  private func place(_ buffer: Int, _ index: Affine) -> Place { Place(buffer: buffer, index: index) }

  /// Whether the output is still written by the statements themselves.
  private func isInPlace(_ body: [Statement]) throws -> Bool {
    let (buffer, i) = (DraftTrial.buffer, Affine(i))
    let copy = Statement.assign(place(1, i), .load(place(0, i)))
    let forward = Draft(
      direction: .forward, buffers: [buffer("x", .input(0)), buffer("y", .output(0))],
      body: [DraftTrial.each(self.i, copy)])
    let before = Draft(
      direction: .adjoint, buffers: [buffer("x", .input(0)), buffer("bar", .input(1)), buffer("x_bar", .output(0))],
      body: body)
    var after = before
    SchedulePass.accumulateOutputs.run(&after)
    for summed in [false, true] {
      #expect(
        try DraftTrial.answer(forward, after, summed: summed) == DraftTrial.answer(forward, before, summed: summed))
    }
    return after.buffers[Self.output].storage == .output(0)
  }

  private func assign(_ index: Affine, _ from: Affine) -> Statement {
    .assign(place(Self.output, index), .load(place(Self.bar, from)))
  }

  @Test func entriesThatAreWrittenOnce() throws {
    #expect(try isInPlace([DraftTrial.each(i, assign(Affine(i), Affine(i)))]))
    let (row, column) = (LoopVariable(kind: .round, id: 2, bound: 4), LoopVariable(kind: .column, id: 3, bound: 5))
    let index = Affine(row, times: 5) + Affine(column)
    #expect(try isInPlace([DraftTrial.each(row, DraftTrial.each(column, assign(index, index)))]))
  }

  /// Rows that overlap.
  @Test func entriesThatSeveralRoundsWrite() throws {
    let (row, column) = (LoopVariable(kind: .round, id: 2, bound: 16), LoopVariable(kind: .column, id: 3, bound: 5))
    let body = DraftTrial.each(row, DraftTrial.each(column, assign(Affine(row) + Affine(column), Affine(row))))
    #expect(try !isInPlace([body]))
  }

  @Test func entriesThatAreOverwritten() throws {
    let first = DraftTrial.each(i, assign(Affine(i), Affine(i)))
    #expect(try !isInPlace([first, assign(Affine(3), Affine(0))]))
  }

  @Test func entriesThatAreRead() throws {
    let doubled = Statement.accumulate(place(Self.output, Affine(i)), .load(place(Self.output, Affine(i))))
    #expect(try !isInPlace([DraftTrial.each(i, assign(Affine(i), Affine(i))), DraftTrial.each(i, doubled)]))
  }
}
