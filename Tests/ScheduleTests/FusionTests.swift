import LinearMaps
import TestSupport
import Testing

@testable import Schedule

/// What finishes a convolution or a pool is done by its kernel.
@Suite struct FusionTests {
  private let image = [2, 6, 6]

  private func layer(_ x: Value, _ kernel: Value, _ bias: Value) -> Value {
    let g = x.builder
    let c = Convolution(kernel: [2, 2, 3, 3], image: image, stride: 1, padding: [1, 1], role: .out)
    let ones = g.constant(SparseVector(dense: [Double](repeating: 1, count: 36)), .real([36]))
    let sum = g.product(Product(m: 2, k: 1, n: 36), bias, ones, .real([72]))
    return g.add(g.value(.conv2d(c), [kernel, x], .real([72])), sum)
  }

  private func relu(_ x: Value) -> Value { x.builder.value(.nonlinear(.activation(.relu)), [x], x.space) }

  private func pool(_ x: Value) -> Value {
    x.builder.value(.nonlinear(.maximumPool(Pooling(image: image, size: 3))), [x], .real([8]))
  }

  /// The lines of the schedule that call kernels, after what `net` makes of x with two kernels and two biases.
  private func kernels(_ net: (Value, [Value], [Value]) -> Value) throws -> [String] {
    let g = GraphBuilder()
    let weights = (0..<2).map { g.parameter("f.\($0).weight", .real([2, 2, 3, 3])) }
    let biases = (0..<2).map { g.parameter("f.\($0).bias", .real([2])) }
    let graph = g.finish(results: [net(g.parameter("x", .real([72])), weights, biases)])
    let program = try GraphProgram("m", compiling: graph, tensors: 4)
    let scheduled = try Scheduled(program)
    #expect(Trial(program, seed: 1).disagreement(with: scheduled) == nil)
    let names = ["convolution", "pool", "relu"]
    return scheduled.lines.filter { line in
      line.contains(" = ") && names.contains { line.contains($0) }
        || line.contains(" += ") && names.contains { line.contains($0) }
    }
  }

  @Test func layersAndTheirAdjoints() throws {
    let lines = try kernels { x, weights, biases in
      pool(relu(layer(relu(layer(x, weights[0], biases[0])), weights[1], biases[1])))
    }
    func count(_ text: String) -> Int { lines.filter { $0.contains(text) }.count }
    #expect(count("for out with bias, relu") == 2)
    #expect(count("maximum pool 3 of [2, 6, 6] of") == 1)
    #expect(count("maximum pool 3 of [2, 6, 6] adjoint, relu adjoint") == 1)
    #expect(count("for image, relu adjoint") == 1)
    #expect(count("for kernel") == 2)
    // And one for the gradient of x: nothing else.
    #expect(lines.count == 8, "\(lines.joined(separator: "\n"))")
  }

  /// What others read too is not swallowed.
  @Test func whatIsReadTwiceStays() throws {
    let lines = try kernels { x, weights, biases in
      let sum = layer(x, weights[0], biases[0])
      return x.builder.add(pool(relu(sum)), pool(layer(sum, weights[1], biases[1])))
    }
    #expect(lines.filter { $0.contains("with bias") }.count == 2)
    #expect(!lines.contains { $0.contains("with bias, relu") })
    #expect(lines.filter { $0.contains("relu of") }.count == 1)
  }

  /// Of what is cut from an image, or put into a larger one, only that much is rectified.
  @Test func partsOfImagesAreNotWhole() throws {
    let cut = try kernels { x, weights, biases in
      let g = x.builder
      let sum = g.slice(offset: 0, layer(x, weights[0], biases[0]), .real([36]))
      return pool(layer(g.embed(offset: 0, relu(sum), .real([72])), weights[1], biases[1]))
    }
    #expect(!cut.contains { $0.contains("bias, relu") || $0.contains("image, relu adjoint") })
    #expect(cut.contains { $0.contains("relu of 36") } && cut.contains { $0.contains("relu adjoint of 36") })
  }

  /// A pool before relu: its adjoint comes last, and is another.
  @Test func anotherOrderIsAnotherThing() throws {
    let lines = try kernels { x, weights, biases in relu(pool(layer(x, weights[0], biases[0]))) }
    #expect(!lines.contains { $0.contains("adjoint, relu") || $0.contains("bias, relu") })
  }

  // MARK: Statements that no graph is known to lead to

  private static let (x, y, picture, between, other) = (0, 1, 2, 3, 4)

  /// Whether a layer of `picture` and relu of what it left in `between` become one kernel. x has the weights and the
  /// bias, and its entries are in the picture at first.
  ///
  /// - Parameter middle: what is done between the two.
  private func isFused(rectified target: Int, _ middle: [Statement] = []) throws -> Bool {
    let image = [1, 4, 5]
    let convolution = Convolution(kernel: [1, 1, 3, 3], image: image, stride: 1, padding: [1, 1], role: .out)
    func at(_ buffer: Int) -> Place { Place(buffer: buffer, index: Affine(0)) }
    let buffer = DraftTrial.buffer
    var before = Draft(
      direction: .forward,
      buffers: [
        buffer("x", .input(0)), buffer("y", .output(0)), buffer("picture", .unplanned), buffer("between", .unplanned),
        buffer("other", .unplanned),
      ], body: [])
    func copy(_ source: Int, _ target: Int) -> Statement {
      before.copy(at(source), to: at(target), size: DraftTrial.size, accumulate: false)
    }
    let layer = Statement.kernel(
      .layer(convolution, rectified: false), operands: [at(Self.x), at(Self.picture), at(Self.x)],
      target: at(Self.between), accumulate: false)
    let relu = Statement.kernel(
      .nonlinear(.activation(.relu), size: DraftTrial.size), operands: [at(Self.between)], target: at(target),
      accumulate: false)
    before.body =
      [.declare(Self.picture), .declare(Self.between), .declare(Self.other), copy(Self.x, Self.picture)]
      + [copy(Self.x, Self.other), layer] + middle + [relu, copy(target, Self.y)]
    let adjoint = Draft(
      direction: .adjoint, buffers: [buffer("bar", .input(1)), buffer("x_bar", .output(0))], body: [copy(0, 1)])
    var after = before
    SchedulePass.fuseKernels.run(&after)
    #expect(try DraftTrial.answer(after, adjoint) == DraftTrial.answer(before, adjoint))
    return after.body.count < before.body.count
  }

  private func write(_ buffer: Int) -> Statement { .assign(Place(buffer: buffer, index: Affine(3)), .literal(-100)) }

  @Test func otherThingsMayHappenInBetween() throws {
    #expect(try isFused(rectified: Self.other))
    #expect(try isFused(rectified: Self.other, [write(Self.other)]))
  }

  /// The layer would be computed later.
  @Test func whatItReadsMayNotChangeInBetween() throws {
    #expect(try !isFused(rectified: Self.other, [write(Self.picture)]))
  }

  @Test func itDoesNotWriteWhatItReads() throws { #expect(try !isFused(rectified: Self.picture)) }
}
