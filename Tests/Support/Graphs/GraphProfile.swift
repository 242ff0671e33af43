import LinearMaps

/// What random graphs are made of.
struct GraphProfile: Sendable {
  enum Piece: Sendable {
    // Operations.
    case add, scale, product, shift, fit, constant, transpose, convolution, scaled, nonlinear, pool, dot, flat
    case scaledSum
    // Tables of nodes.
    case counted, row, sweep
    /// With any known operand: no graph with it is to be reversed.
    case nonlinearAdjoint
    case loop
    // Nets on data, on each other's results and on states.
    case dense, layer, netTwice, rowsTimesTensor, transposedTensor, tensorOfTensors, netInLoop, activation
    case tensorOfOuter, denseInside
    // Products with matrices that a batch may share.
    case matrixProduct, squashed, squashedScale, ownMatrix, wider, iteration

    var isLoop: Bool {
      switch self {
      case .loop, .iteration, .sweep: true
      case .add, .scale, .product, .shift, .fit, .constant, .transpose, .convolution, .scaled, .nonlinear, .pool, .dot,
        .flat, .scaledSum, .counted, .row, .nonlinearAdjoint, .dense, .layer, .netTwice, .rowsTimesTensor,
        .transposedTensor,
        .tensorOfTensors, .netInLoop, .activation, .tensorOfOuter, .denseInside, .matrixProduct, .squashed,
        .squashedScale, .ownMatrix, .wider:
        false
      }
    }

    /// One that needs a function of the runtime.
    fileprivate var isKernel: Bool {
      switch self {
      case .convolution, .nonlinear, .pool, .counted, .row, .sweep, .nonlinearAdjoint, .layer, .netInLoop, .activation,
        .squashed,
        .squashedScale, .ownMatrix:
        true
      case .add, .scale, .product, .shift, .fit, .constant, .transpose, .scaled, .dot, .flat, .scaledSum, .loop, .dense,
        .netTwice, .rowsTimesTensor, .transposedTensor, .tensorOfTensors, .tensorOfOuter, .denseInside, .matrixProduct,
        .wider, .iteration:
        false
      }
    }
  }

  /// How often each piece is taken.
  var weights: [(piece: Piece, weight: Int)]
  /// How deep loops are nested.
  var depth = 3
  /// How many pieces a graph has, and a loop's body.
  var pieces = 2...13
  var piecesInLoops = 2...6
  var prefersNewest = false
  /// Of vectors, and the largest of a matrix's extents.
  var dimensions = [1, 2, 3, 4, 5, 6]
  var extent = 4
  /// Products also have vectors as long as they come.
  var hasLongProducts = false
  var loops = Loops()

  struct Loops: Sendable {
    enum Next: Sendable, CaseIterable {
      /// Half of any value, so that values stay small over nested rounds.
      case halved
      case same, another, addedTo, scaledSum, unit
    }
    var trips = 0...6
    var states = 1...2
    var stacks = 0...1
    /// The unit vector of the round, in one loop of so many.
    var basisOneIn = 3
    var next: [Next] = [.halved]
    /// All results are used, so that none is dead.
    var joinsResults = false
  }
}

extension GraphProfile {
  /// Every operation that has a derivative, small.
  static let plain = GraphProfile(weights: [
    (.add, 1), (.scale, 1), (.product, 2), (.shift, 1), (.fit, 1), (.constant, 1), (.transpose, 1), (.convolution, 1),
    (.scaled, 1), (.nonlinear, 1), (.pool, 1), (.dot, 1), (.counted, 1), (.row, 1), (.sweep, 1), (.loop, 3),
  ])

  /// What schedules find hard: states that change places, accumulators, sums that are read twice, stacks read
  /// transposed, unit vectors in every operand, sparse and dense constants, large and tiny spaces.
  static let adversarial = GraphProfile(
    weights: [
      (.add, 6), (.scale, 2), (.product, 6), (.shift, 2), (.fit, 2), (.constant, 2), (.transpose, 2), (.convolution, 2),
      (.scaled, 2), (.nonlinear, 1), (.nonlinearAdjoint, 1), (.dot, 2), (.flat, 2), (.scaledSum, 2), (.pool, 2),
      (.counted, 1), (.row, 2), (.sweep, 2), (.loop, 10),
    ],
    pieces: 3...16, piecesInLoops: 3...8, prefersNewest: true,
    dimensions: [1, 1, 2, 2, 3, 4, 5, 6, 12, 17, 20, 35], extent: 6, hasLongProducts: true,
    loops: Loops(
      trips: 0...5, states: 0...3, stacks: 0...2, basisOneIn: 2, next: Loops.Next.allCases, joinsResults: true))

  /// The same without what is always a kernel, on small spaces: mostly computed in lanes.
  static let small: GraphProfile = {
    var profile = adversarial
    profile.weights.removeAll { $0.piece.isKernel }
    profile.pieces = 3...9
    profile.dimensions = [1, 2, 2, 3, 4, 5]
    profile.extent = 3
    profile.hasLongProducts = false
    return profile
  }()

  /// Models as they are written: nets of a few layers, applied to data, to each other's results, twice to different
  /// values and inside of loops. Most products are large enough to be kernels.
  static let networks = GraphProfile(
    weights: [
      (.dense, 3), (.layer, 1), (.netTwice, 1), (.rowsTimesTensor, 1), (.transposedTensor, 1), (.tensorOfTensors, 1),
      (.netInLoop, 1), (.activation, 1), (.tensorOfOuter, 1), (.denseInside, 1),
    ])

  /// Iterations with matrices that a batch may share. Most loops stay loops, and most products are kernels.
  static let iterations = GraphProfile(
    weights: [
      (.matrixProduct, 5), (.squashed, 1), (.add, 1), (.squashedScale, 1), (.shift, 1), (.ownMatrix, 1), (.wider, 1),
      (.iteration, 3),
    ],
    depth: 2)
}
