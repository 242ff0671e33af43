import LinearMaps
import Testing

/// What operations and loops are, by numbers that were worked out by hand. Everything else is compared with the graph
/// interpreter, so that this is what it is compared with.
@Suite struct OperationValueTests {
  private func value(_ computation: Computation, _ operands: [[Double]], count: Int) -> [Double] {
    Interpreter().apply(computation, operands, count)
  }

  /// A NaN agrees with a NaN.
  private func expect(
    _ computation: Computation, _ operands: [Double]..., is expected: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = value(computation, operands, count: expected.count)
    let agrees =
      found.count == expected.count
      && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-15 * abs($1) || $0.isNaN && $1.isNaN }
    #expect(agrees, "\(computation): \(found), not \(expected)", sourceLocation: sourceLocation)
  }

  @Test func sums() {
    expect(.add, [1, 2], [10, 20], is: [11, 22])
    expect(.times, [2, 3], [5, 7], is: [10, 21])
    expect(.scale(3), [1, -2], is: [3, -6])
  }

  @Test func views() {
    expect(.view(.shift(by: 1)), [1, 2, 3], is: [0, 1, 2])
    expect(.view(.shift(by: -1)), [1, 2, 3], is: [2, 3, 0])
    expect(.view(.slice(offset: 1)), [1, 2, 3], is: [2, 3])
    expect(.view(.embed(offset: 1)), [7, 8], is: [0, 7, 8, 0])
    expect(.view(.reshape), [1, 2, 3, 4], is: [1, 2, 3, 4])
    expect(.view(.transpose(rows: 2, columns: 3)), [1, 2, 3, 4, 5, 6], is: [1, 4, 2, 5, 3, 6])
  }

  @Test func products() {
    let (a, aTransposed) = ([1.0, 2, 3, 4, 5, 6], [1.0, 4, 2, 5, 3, 6])
    let (b, bTransposed) = ([1.0, 0, 0, 1, 1, 1], [1.0, 0, 1, 0, 1, 1])
    for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
      expect(
        .product(Product(m: 2, k: 3, n: 2, transposeLeft: left, transposeRight: right)), left ? aTransposed : a,
        right ? bTransposed : b, is: [4, 5, 10, 11])
    }
  }

  /// A kernel of 2 × 3 on an image of 3 × 4, at every second place, with a row and a column of zeros around.
  @Test func convolutions() {
    func map(_ role: Convolution.Role) -> Computation {
      .conv2d(Convolution(kernel: [1, 1, 2, 3], image: [1, 3, 4], stride: 2, padding: [1, 1], role: role))
    }
    let kernel = [1.0, 2, 3, 4, 5, 6]
    let image = (1...12).map(Double.init)
    let out = [1.0, 10, 100, 1000]
    expect(map(.out), kernel, image, is: [17, 47, 133, 211])
    expect(map(.image), kernel, out, is: [5, 46, 50, 60, 200, 1300, 2000, 3000, 500, 4600, 5000, 6000])
    expect(map(.kernel), image, out, is: [6000, 7500, 8600, 10020, 11931, 13042])
    let channels = Convolution(kernel: [2, 2, 1, 1], image: [2, 1, 1], stride: 1, padding: [0, 0], role: .out)
    expect(.conv2d(channels), [1, 2, 3, 4], [10, 100], is: [210, 430])
  }

  /// Two windows, and a column that is dropped.
  @Test func pools() {
    let pooling = Pooling(image: [1, 2, 5], size: 2)
    expect(.averagePool(pooling), [1, 2, 3, 4, 50, 5, 6, 7, 8, 60], is: [3.5, 5.5])
    expect(.averageUnpool(pooling), [4, 8], is: [1, 1, 2, 2, 0, 1, 1, 2, 2, 0])
    let image = [1.0, 3, 5, 5, 9, 3, 2, 5, 5, 9]
    expect(.nonlinear(.maximumPool(pooling)), image, is: [3, 5])
    // Of equal maxima the first has the gradient.
    expect(.nonlinearAdjoint(.maximumPool(pooling)), image, [10, 20], is: [0, 10, 20, 0, 0, 0, 0, 0, 0, 0])
    // A NaN is the maximum, wherever it stands, and the first one has the gradient.
    let broken = [1.0, .nan, 5, 2, 9, .nan, 2, 7, .nan, 9]
    expect(.nonlinear(.maximumPool(pooling)), broken, is: [.nan, .nan])
    expect(.nonlinearAdjoint(.maximumPool(pooling)), broken, [10, 20], is: [0, 10, 0, 0, 0, 0, 0, 0, 20, 0])
  }

  @Test func functionsOfOneReal() {
    let values: [(Nonlinear.Activation, x: Double, y: Double)] = [
      (.relu, -1, 0), (.relu, 2, 2), (.relu, .nan, .nan), (.tanh, 0.5, 0.46211715726000975),
      (.sigmoid, 2, 0.8807970779778823), (.sigmoid, -2, 0.11920292202211755), (.softplus, 1, 1.3132616875182228),
      (.softplus, -1, 0.31326168751822286), (.exp, 1.5, 4.4816890703380645), (.log, 2, 0.6931471805599453),
      (.sqrt, 9, 3), (.sin, 1, 0.8414709848078965), (.cos, 1, 0.5403023058681398), (.abs, -2, 2), (.recip, 4, 0.25),
      (.power(3), 2, 8),
    ]
    for (function, x, y) in values { expect(.nonlinear(.activation(function)), [x], is: [y]) }
    // From the value, or where that does not say the slope, from the operand.
    let slopes: [(Nonlinear.Activation, known: Double, slope: Double)] = [
      (.relu, 0, 0), (.relu, 2, 1), (.tanh, 0.5, 0.75), (.sigmoid, 0.25, 0.1875), (.softplus, 1, 0.6321205588285577),
      (.exp, 4, 4), (.sqrt, 4, 0.125), (.recip, 0.5, -0.25), (.log, 4, 0.25), (.sin, 1, 0.5403023058681398),
      (.cos, 1, -0.8414709848078965), (.abs, -3, -1), (.abs, 0, 0), (.abs, 3, 1), (.power(3), 2, 12),
    ]
    for (function, known, slope) in slopes {
      #expect(abs(function.slope(known) - slope) <= 1e-15 * abs(slope), "\(function)")
      expect(.nonlinearAdjoint(.activation(function)), [known], [10], is: [10 * slope])
    }
  }

  /// The first of equal ones, and a NaN where there is one.
  @Test func choices() {
    expect(.nonlinear(.choice(.min)), [3, 2, 7, .nan, 1, 4, .nan, 5], is: [1, 2, .nan, .nan])
    expect(.nonlinear(.choice(.max)), [3, 2, 7, .nan, 1, 4, .nan, 5], is: [3, 4, .nan, .nan])
    expect(.nonlinearAdjoint(.choice(.min)), [3, 2, 1, 2], [10, 20], is: [0, 20, 10, 0])
    expect(.nonlinearAdjoint(.choice(.max)), [3, 2, 1, 2], [10, 20], is: [10, 20, 0, 0])
  }

  @Test func softmax() {
    expect(.nonlinear(.softmax), [5, 5], is: [0.5, 0.5])
    expect(.nonlinear(.softmax), [1000, -1000], is: [1, 0])
    expect(.nonlinearAdjoint(.softmax), [0.25, 0.75], [4, 8], is: [-0.75, 0.75])
  }

  /// Within the radius nothing changes; beyond it the vector has the norm of the radius.
  @Test func bounds() {
    let cases: [(Ball.Norm, radius: Double, v: [Double], bounded: [Double], w: [Double], adjoint: [Double])] = [
      (.l2, 5, [6, 8], [3, 4], [10, 0], [3.2, -2.4]), (.linf, 2, [4, -1], [2, -0.5], [10, 8], [1, 4]),
      (.l1, 3, [4, -2], [2, -1], [9, 6], [2.5, 5]),
    ]
    for (norm, radius, v, bounded, w, adjoint) in cases {
      let map = Nonlinear.bound(Ball(norm: norm, radius: radius))
      expect(.nonlinear(map), v, is: bounded)
      expect(.nonlinearAdjoint(map), v, w, is: adjoint)
      expect(.nonlinear(map), [0.5, -1], is: [0.5, -1])
      expect(.nonlinearAdjoint(map), [0.5, -1], w, is: w)
    }
  }

  @Test func constants() {
    let g = GraphBuilder()
    let graph = g.finish(results: [g.constant(SparseVector(dense: [1, 0, -2]), .real([3]))])
    #expect(Interpreter().run(graph, []) == [[1, 0, -2]])
  }

  /// A state and a stack of the states times ten; a slice of a sequence, or of an invariant by the basis, is added.
  @Test(arguments: [("ascending", 1234.0, [10.0, 120, 1230]), ("descending", 1432, [1430, 140, 10])])
  func loops(order: String, state: Double, stack: [Double]) throws {
    let bySequence = """
      graph g(%0 s: real, %1 q: real[3]) {
        %2 = loop[3, \(order), states 1, sequences 1] %0, %1 : (real, real[3,1])
        body (%0 y: real, %1 x: real) {
          %2 = scale[10.0] %0 : real
          %3 = add %2, %1 : real
          return %3, %2
        }
        %3 = output[0] %2 : real
        %4 = output[1] %2 : real[3,1]
        return %3, %4
      }
      """
    let byBasis = """
      graph g(%0 s: real, %1 q: real[3]) {
        %2 = loop[3, \(order), states 1, sequences 0, basis] %0, %1 : (real, real[3,1])
        body (%0 y: real, %1 e: real[3], %2 q: real[3]) {
          %3 = product[1, 3, 1] %1, %2 : real
          %4 = scale[10.0] %0 : real
          %5 = add %4, %3 : real
          return %5, %4
        }
        %3 = output[0] %2 : real
        %4 = output[1] %2 : real[3,1]
        return %3, %4
      }
      """
    for text in [bySequence, byBasis] {
      #expect(Interpreter().run(try parseGraph(text).graph, [[1], [2, 3, 4]]) == [[state], stack], "\(text)")
    }
  }
}
