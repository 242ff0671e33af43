import LinearMaps
@testable import Schedule
import ScheduleInterpreter
import Testing

/// A value is computed where it is kept only if it is the value at the end, and nobody else keeps anything there. No
/// graph is known whose plan says otherwise, but nothing of a plan promises it.
@Suite struct KeptInPlaceTests {
  private static let size = 20
  /// x, y, a value between, and what is kept.
  private static let (x, y, value, kept) = (0, 1, 2, 3)
  private let i = LoopVariable(id: 1, name: "i", bound: size)

  private func buffer(_ name: String, _ storage: Storage) -> Buffer {
    Buffer(name: name, size: Self.size, storage: storage)
  }

  private func entry(_ buffer: Int) -> Place { Place(buffer: buffer, index: Affine(i)) }
  private func load(_ buffer: Int) -> Expression { .load(entry(buffer)) }
  private func each(_ statement: Statement) -> Statement {
    .loop(CountedLoop(variable: i, lower: 0, upper: Self.size, descending: false, body: [statement]))
  }
  private var keeps: Statement { .whenKept([each(.assign(entry(Self.kept), load(Self.value)))]) }
  /// value = 3 x.
  private var begins: [Statement] {
    [.declare(Self.value), each(.assign(entry(Self.value), .product(.literal(3), load(Self.x))))]
  }
  private var ends: Statement { each(.assign(entry(Self.y), load(Self.value))) }

  private func forward(_ body: [Statement]) -> Draft {
    let buffers = [
      buffer("x", .input(0)), buffer("y", .output(0)), buffer("value", .unplanned), buffer("kept", .kept(0)),
    ]
    return Draft(direction: .forward, buffers: buffers, body: body)
  }

  /// The results, and what is kept times the cotangent, of two samples.
  private func answer(_ forward: Draft) throws -> [[Double]] {
    let adjoint = Draft(
      direction: .adjoint, buffers: [buffer("kept", .kept(0)), buffer("bar", .input(1)), buffer("x_bar", .output(0))],
      body: [each(.assign(entry(2), .product(load(0), load(1))))])
    let schedule = ProgramSchedule(forward: forward.procedure, backward: adjoint.procedure, keptSize: Self.size)
    let g = GraphBuilder()
    let graph = g.finish(results: [g.parameter("x", .real([Self.size]))])
    let program = ScheduledProgram(schedule, of: graph, tensorCount: nil, tables: [], realBytes: 8)
    let reals = (0..<(2 * Self.size)).map { 1 + Double($0) }
    let call = BatchCall(batch: 2, inputs: [reals], strides: [Self.size], cotangents: reals)
    let (results, kept) = try program.forward(call, keeps: true)
    return [results] + (try program.backward(call, try #require(kept), wanted: [.port(0)]).inputs[0] ?? [])
  }

  private func isInPlace(_ body: [Statement]) throws -> Bool {
    let before = forward(body)
    var after = before
    SchedulePass.keepInPlace.run(&after)
    #expect(try answer(after) == answer(before))
    return after.buffers[Self.value].keptAt != nil
  }

  @Test func aValueIsComputedWhereItIsKept() throws { #expect(try isInPlace(begins + [keeps, ends])) }

  @Test func notWhereItIsWrittenAgain() throws {
    let again = each(.assign(entry(Self.value), .sum(load(Self.value), .literal(1))))
    #expect(try !isInPlace(begins + [keeps, again, ends]))
  }

  @Test func notWhereSomethingElseIsKeptThere() throws {
    let other = Statement.whenKept([each(.accumulate(entry(Self.kept), .literal(5)))])
    #expect(try !isInPlace(begins + [keeps, other, ends]))
  }
}
