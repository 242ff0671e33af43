import LinearMaps
import Testing

@testable import Schedule

/// What the verifier of drafts and procedures refuses, and what looks like it and is right.
@Suite struct VerifierTests {
  private enum B {
    static let x = 0
    static let y = 1
    static let t = 2
    static let u = 3
    static let p = 4
    static let q = 5
    static let kept = 6
    static let small = 7
  }

  /// An input x and an output y of 10 entries, buffers t and u, pointers p to t and q to u, what is kept, one of 5.
  private static let buffers: [Buffer] = [
    buffer("x", .input(0)), buffer("y", .output(0)), buffer("t", .unplanned), buffer("u", .unplanned),
    buffer("p", .pointer(at(B.t))), buffer("q", .pointer(at(B.u))), buffer("kept", .kept(0)),
    buffer("small", .unplanned, size: 5),
  ]

  private static func buffer(_ name: String, _ storage: Storage, size: Int = 10) -> Buffer {
    Buffer(name: name, size: size, storage: storage)
  }

  private static func at(_ buffer: Int, _ index: Affine = Affine(0)) -> Place { Place(buffer: buffer, index: index) }
  private func at(_ buffer: Int, _ index: Affine = Affine(0)) -> Place { Self.at(buffer, index) }
  private func load(_ buffer: Int, _ index: Affine = Affine(0)) -> Expression { .load(at(buffer, index)) }

  private let k = LoopVariable(kind: .round, id: 1, bound: 10)

  private func loop(_ body: [Statement], _ range: Range<Int> = 0..<10) -> Statement {
    .loop(CountedLoop(variable: k, lower: range.lowerBound, upper: range.upperBound, descending: false, body: body))
  }

  /// relu of 10 entries.
  private func relu(_ source: Place, _ target: Place) -> Statement {
    .kernel(.nonlinear(.activation(.relu), size: 10), operands: [source], target: target, accumulate: false)
  }

  /// The reason for which the statements are refused, with a last one that writes the result; nil where they are not.
  private func reason(
    _ body: [Statement], _ direction: Direction = .forward, sums: Bool = false, isComplete: Bool = true
  ) throws -> String? {
    var draft = Draft(direction: direction, buffers: Self.buffers, body: body)
    if isComplete, !sums { draft.body.append(relu(at(B.x), at(B.y))) }
    draft.accumulatesOutputs = sums
    do {
      try draft.verify()
      return nil
    } catch let violation as InvalidSchedule { return violation.reason }
  }

  // MARK: Scopes

  @Test func aBufferIsDeclaredBeforeItsUse() throws {
    let use = Statement.assign(at(B.t), .literal(1))
    #expect(try reason([.declare(B.t), use]) == nil)
    #expect(try reason([use]) == "t.2 is not declared here")
    #expect(try reason([use, .declare(B.t)]) == "t.2 is not declared here")
    #expect(try reason([.declare(B.t), loop([use])]) == nil)
    #expect(try reason([loop([.declare(B.t)]), use]) == "t.2 is not declared here")
    #expect(try reason([.declare(B.t), .declare(B.t)]) == "t.2 is declared already")
    #expect(try reason([loop([.declare(B.t)]), loop([.declare(B.t)])]) == nil)
  }

  @Test func aPointerPointsToWhatIsDeclared() throws {
    #expect(try reason([.declare(B.t), .declare(B.p)]) == nil)
    #expect(try reason([.declare(B.p)]) == "t.2 is not declared here")
  }

  @Test func anIndexDependsOnLoopsAroundIt() throws {
    let use = Statement.assign(at(B.t, Affine(k)), .literal(1))
    #expect(try reason([.declare(B.t), loop([use])]) == nil)
    #expect(try reason([.declare(B.t), loop([.note(origin)]), use]) == "k depends on a loop that is not around it")
    let compared = Statement.assign(at(B.t), .indicator(Affine(k)))
    #expect(try reason([.declare(B.t), compared]) == "k depends on a loop that is not around it")
    #expect(try reason([.whenInside(Affine(k), count: 3, [])]) == "k depends on a loop that is not around it")
    #expect(try reason([loop([loop([.note(origin)])])]) == "is inside of a loop over the same k")
  }

  private let origin = Origin(line: 1, column: 1, text: "")

  // MARK: Indices

  @Test func indicesLieInTheirBuffers() throws {
    func write(_ index: Affine, _ range: Range<Int> = 0..<10) -> [Statement] {
      [.declare(B.t), loop([.assign(at(B.t, index), .literal(1))], range)]
    }
    #expect(try reason(write(Affine(9))) == nil)
    #expect(try reason(write(Affine(10))) == "t.2 has 10 entries, none at 10")
    #expect(try reason(write(Affine(-1))) == "t.2 has 10 entries, none at -1")
    #expect(try reason(write(Affine(k) + -1)) == "t.2 has 10 entries, none at -1")
    #expect(try reason(write(Affine(k) + -1, 1..<10)) == nil)
    #expect(try reason(write(Affine(k, times: -1) + 9)) == nil)
    #expect(try reason(write(Affine(k, times: -1) + 8)) == "t.2 has 10 entries, none at -1")
    #expect(try reason(write(Affine(k, times: 3), 0..<4)) == nil)
    #expect(try reason(write(Affine(k, times: 3), 0..<5)) == "t.2 has 10 entries, none at 12")
    #expect(try reason([.declare(B.t), .assign(at(B.t), load(B.x, Affine(10)))]) == "x.0 has 10 entries, none at 10")
  }

  @Test func aConditionKeepsAnIndexInside() throws {
    func write(_ count: Int) -> [Statement] {
      let write = Statement.assign(at(B.t, Affine(k) + -2), .literal(1))
      return [.declare(B.t), loop([.whenInside(Affine(k) + -2, count: count, [write])])]
    }
    #expect(try reason(write(10)) == nil)
    let beyond = Statement.assign(at(B.t, Affine(k) + 5), .literal(1))
    let guarded = [Statement.declare(B.t), loop([.whenInside(Affine(k), count: 6, [beyond])])]
    #expect(try reason(guarded) == "t.2 has 10 entries, none at 10")
  }

  @Test func kernelsHaveRoom() throws {
    #expect(try reason([.declare(B.t), relu(at(B.x), at(B.t))]) == nil)
    #expect(try reason([.declare(B.t), relu(at(B.x), at(B.t, Affine(1)))]) == "t.2 has 10 entries, none at 10")
    #expect(try reason([.declare(B.small), relu(at(B.x), at(B.small))]) == "small.7 has 5 entries, none at 9")
    #expect(try reason([.declare(B.t), relu(at(B.x, Affine(1)), at(B.t))]) == "x.0 has 10 entries, none at 10")
    let outer = Kernel.product(Product(m: 5, k: 1, n: 2), blas: false)
    #expect(
      try reason([
        .declare(B.t),
        .kernel(outer, operands: [at(B.x), at(B.x, Affine(9))], target: at(B.t), accumulate: false),
      ]) == "x.0 has 10 entries, none at 10")
    #expect(
      try reason([.declare(B.t), .kernel(outer, operands: [at(B.x)], target: at(B.t), accumulate: false)])
        == "has 1 operands")
  }

  @Test func noKernelWritesWhatItReads() throws {
    let written = [Statement.declare(B.t), .assign(at(B.t), .literal(1))]
    #expect(try reason(written + [relu(at(B.t), at(B.t))]) == "writes what it reads")
    let halves = Kernel.nonlinear(.softmax, size: 5)
    func half(_ start: Int) -> Statement {
      .kernel(halves, operands: [at(B.t)], target: at(B.t, Affine(start)), accumulate: false)
    }
    #expect(try reason(written + [half(5)]) == nil)
    #expect(try reason(written + [half(4)]) == "writes what it reads")
  }

  // MARK: What was written

  private let nothing = "reads t.2, to which nothing has been written"

  @Test func nothingIsReadBeforeItIsWritten() throws {
    let (write, read) = (Statement.assign(at(B.t), .literal(1)), Statement.assign(at(B.u), load(B.t)))
    let declared = [Statement.declare(B.t), .declare(B.u)]
    #expect(try reason(declared + [write, read]) == nil)
    #expect(try reason(declared + [read, write]) == nothing)
    #expect(try reason(declared + [.accumulate(at(B.t), .literal(1))]) == nothing)
    #expect(try reason(declared + [relu(at(B.t), at(B.u))]) == nothing)
    #expect(try reason(declared + [loop([read, write])]) == nothing)
    #expect(try reason(declared + [loop([write]), read]) == nil)
    #expect(try reason(declared + [loop([write], 3..<3), read]) == nothing, "it has no round")
    #expect(try reason([.declare(B.u), loop([.declare(B.t), write]), loop([.declare(B.t), read])]) == nothing)
  }

  @Test func whatIsWrittenUnderAConditionIsReadUnderIt() throws {
    let (write, read) = (Statement.assign(at(B.t), .literal(1)), Statement.assign(at(B.u), load(B.t)))
    let declared = [Statement.declare(B.t), .declare(B.u)]
    #expect(try reason(declared + [.whenKept([write]), .whenKept([read])]) == nil)
    #expect(try reason(declared + [.whenKept([write]), read]) == nothing)
    #expect(try reason(declared + [write, .whenKept([read])]) == nil)
    func wanted(_ wanted: [Wanted], _ statement: Statement) -> Statement { .whenWanted(wanted, [statement]) }
    #expect(try reason(declared + [wanted([.parameters, .port(0)], write), wanted([.port(0)], read)]) == nil)
    #expect(try reason(declared + [wanted([.port(0)], write), wanted([.parameters, .port(0)], read)]) == nothing)
    func inside(_ count: Int, _ statement: Statement) -> Statement {
      .whenInside(Affine(k), count: count, [statement])
    }
    #expect(try reason(declared + [loop([inside(3, write), inside(3, read)])]) == nil)
    #expect(try reason(declared + [loop([inside(3, write), inside(4, read)])]) == nothing)
  }

  @Test func resultsAreWritten() throws {
    #expect(try reason([], isComplete: false) == "y.1 is never written")
  }

  @Test func whatIsGivenIsNotWritten() throws {
    #expect(try reason([.assign(at(B.x), .literal(1))]) == "writes to x.0, which is only read")
    let (write, read) = (Statement.assign(at(B.kept), .literal(1)), Statement.assign(at(B.y), load(B.kept)))
    #expect(try reason([.whenKept([write])]) == nil)
    #expect(try reason([write], .adjoint) == "writes to kept.6, which is only read")
    #expect(try reason([read], .adjoint) == nil)
    #expect(try reason([read]) == "reads kept.6, to which nothing has been written")
  }

  // MARK: Pointers

  @Test func pointersAreExchangedWithTheirEquals() throws {
    let declared = [Statement.declare(B.t), .declare(B.u), .declare(B.p), .declare(B.q)]
    func round(_ write: Int) -> Statement { loop([.assign(at(write), load(B.p)), .swap(B.p, B.q)]) }
    let start = Statement.assign(at(B.t), .literal(1))
    #expect(try reason(declared + [start, round(B.q)]) == nil)
    #expect(try reason(declared + [round(B.q)]) == "reads p.4, to which nothing has been written")
    let stale = "p.4 is read again, and nothing has been written to q.5"
    #expect(try reason(declared + [start, round(B.p)]) == stale)
    let keeping = loop([.whenKept([.assign(at(B.q), load(B.p))]), .swap(B.p, B.q)])
    #expect(try reason(declared + [start, keeping]) == nil)
    let kept = loop([.whenKept([.assign(at(B.q), load(B.p))]), .assign(at(B.p), load(B.p)), .swap(B.p, B.q)])
    #expect(try reason(declared + [start, kept]) == stale)
    #expect(
      try reason(declared + [start, loop([.swap(B.p, B.u)])]) == "p.4 and u.3 are no pointers to equally many reals")
    var buffers = Self.buffers
    buffers[B.q] = Self.buffer("q", .pointer(at(B.u)), size: 5)
    let draft = Draft(direction: .forward, buffers: buffers, body: declared + [start, round(B.q)])
    #expect { try draft.verify() } throws: {
      ($0 as? InvalidSchedule)?.reason == "p.4 and q.5 are no pointers to equally many reals"
    }
  }

  @Test func whatAPointerWritesIsWhereItPoints() throws {
    let declared = [Statement.declare(B.t), .declare(B.u), .declare(B.p)]
    let read = Statement.assign(at(B.u), load(B.t))
    #expect(try reason(declared + [.assign(at(B.p), .literal(1)), read]) == nil)
    #expect(try reason(declared + [read]) == nothing)
  }

  // MARK: Sums

  @Test func whereOutputsAccumulateTheyAreOnlyAddedTo() throws {
    #expect(try reason([.accumulate(at(B.y), .literal(1))], .adjoint, sums: true) == nil)
    #expect(
      try reason([.assign(at(B.y), .literal(1))], .adjoint, sums: true) == "overwrites y.1, which is only added to")
    #expect(
      try reason([relu(at(B.x), at(B.y))], .adjoint, sums: true) == "overwrites y.1, which is only added to")
    let read = [Statement.declare(B.t), .assign(at(B.t), load(B.y))]
    #expect(try reason(read, .adjoint, sums: true) == "reads y.1, which is only added to")
    let itself = Statement.accumulate(at(B.y), load(B.y, Affine(1)))
    #expect(try reason([itself], .adjoint, sums: true) == "reads y.1, which is only added to")
    var draft = Draft(direction: .adjoint, buffers: Self.buffers, body: [.declare(B.p)])
    draft.buffers[B.p] = Self.buffer("p", .pointer(at(B.y)))
    draft.accumulatesOutputs = true
    #expect { try draft.verify() } throws: {
      ($0 as? InvalidSchedule)?.reason == "points to y.1, which is only added to"
    }
  }

  // MARK: Procedures

  /// x goes through t to y: t is written in a first phase and read in a second.
  private func phases(_ storage: Storage, once: Bool = false, isDeclared: Bool = false) throws -> String? {
    var buffers = Self.buffers
    buffers[B.t] = Self.buffer("t", storage)
    let declaration = isDeclared ? [Statement.declare(B.t)] : []
    let first = declaration + [relu(at(B.x), at(B.t))]
    let procedure = Procedure(
      buffers: buffers,
      steps: [once ? .once(first) : .samples(first), .samples(declaration + [relu(at(B.t), at(B.y))])],
      workspaceSize: 0, rowsSize: 0, clearedOutputs: [])
    do {
      try procedure.verify(.forward)
      return nil
    } catch let violation as InvalidSchedule { return violation.reason }
  }

  @Test func whatCrossesACutHasRows() throws {
    #expect(try phases(.rows(0)) == nil)
    #expect(try phases(.workspace(0), isDeclared: true) == nothing)
    #expect(try phases(.local, isDeclared: true) == nothing)
    #expect(try phases(.workspace(0), once: true, isDeclared: true) == nil)
    #expect(try phases(.local, once: true, isDeclared: true) == nothing)
  }

  /// y[batch × 2] = left[batch × 5] W[5 × 2].
  private func product(_ storage: Storage, wanted: [Wanted] = [], reader: [Wanted] = []) throws -> String? {
    let buffers = [
      Self.buffer("w", .input(0)), Self.buffer("y", .output(0), size: 2), Self.buffer("left", storage, size: 5),
      Self.buffer("result", .rows(8), size: 2), Self.buffer("x", .input(1), size: 5),
    ]
    let left = Statement.kernel(
      .nonlinear(.softmax, size: 5), operands: [at(4)], target: at(2), accumulate: false)
    let product = BatchProduct(
      role: .apply(k: 5, n: 2, transposed: false), rows: 1, blas: false, left: at(2), right: at(0), target: at(3),
      accumulate: false)
    let result = [
      Statement.assign(at(1), .literal(0)), .whenWanted(reader, [.accumulate(at(1), load(3, Affine(1)))]),
    ]
    let declaration = storage == .unplanned ? [Statement.declare(2)] : []
    let procedure = Procedure(
      buffers: buffers, steps: [.samples(declaration + [left]), .batch(product, wanted: wanted), .samples(result)],
      workspaceSize: 0, rowsSize: 0, clearedOutputs: [])
    do {
      try procedure.verify(.forward)
      return nil
    } catch let violation as InvalidSchedule { return violation.reason }
  }

  @Test func productsForTheBatchHaveRows() throws {
    #expect(try product(.rows(0)) == nil)
    #expect(try product(.unplanned) == "left.2 is not there for the whole batch")
    #expect(try product(.rows(0), wanted: [.port(1)], reader: [.port(1)]) == nil)
    #expect(
      try product(.rows(0), wanted: [.port(1)], reader: [.port(2)])
        == "reads result.3, to which nothing has been written")
  }

  // MARK: Passes

  @Test func aViolationNamesThePass() throws {
    var draft = Draft(direction: .forward, buffers: Self.buffers, body: [relu(at(B.x), at(B.y))])
    let harmless = SchedulePass("harmless") { _ in }
    let harmful = SchedulePass("harmful") {
      $0.body.insert(.assign(Place(buffer: B.t, index: Affine(3)), .literal(1)), at: 0)
    }
    try draft.run([harmless]) { _, _, _ in }
    #expect { try draft.run([harmless, harmful]) { _, _, _ in } } throws: {
      "\($0)" == "the schedule is not valid after harmful: t.2[3] = 1.0: t.2 is not declared here"
    }
  }
}
