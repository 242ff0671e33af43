import CajalEvaluator
import LinearMaps

/// One call of `forward`, of `forward_keep`, some of `backward`, and one of `backward_each` behind each of these.
struct PlannedCall {
  let batch: Int
  let shared: [Bool]
  /// In reals.
  let strides: [Int]
  /// For every sample the point that it is at.
  let points: [Int]
  /// Which parameters of a model.
  let parameters: Int
  let rounds: [Round]

  /// One call of `backward`, and one of `backward_each`.
  struct Round {
    /// For every sample what the point's cotangent is multiplied by.
    let factors: [Double]
    /// Which gradients are asked for: of the inputs, and last of the parameters.
    let wanted: [Bool]
    /// How `backward_each` is asked for each of them: nil where it is not, 0 for the sum over the batch, else the
    /// distance between samples in reals.
    let barStrides: [Int?]
  }
}

/// The calls by which a program or a model is compared: every batch with every choice of shared inputs, or as many of
/// these as there is time for.
struct CallPlan {
  let calls: [PlannedCall]
  /// Of how many choices of shared inputs and of wanted gradients there are.
  let choicesOfShared: Int
  let choicesOfWanted: Int
  /// Of each sample, summed, or not wanted.
  let choicesOfLayouts: Int

  static let batches = [1, 3, 9, 70, 2, 17, 8, 64, 4, 7]

  /// - Parameters:
  ///   - sizes: of the inputs, in reals.
  ///   - gradientSizes: of the gradients, in reals, that of the parameters included and last; none without `backward`. Nil
  ///     for an input that has none.
  ///   - points: how many points there are.
  ///   - parameterSets: how many choices of parameters.
  ///   - work: of one sample, and how much there may be in all.
  init(
    sizes: [Int], gradientSizes: [Int?], points: Int, parameterSets: Int, work: Double, allowed: Double, most: Int,
    _ random: inout SplitMix64
  ) {
    var batches = CallPlan.batches
    while batches.count < 13 {
      let batch = 5 + random.next(below: 66)
      if !batches.contains(batch) { batches.append(batch) }
    }
    let choices = CallPlan.subsets(of: sizes.count, first: false, &random)
    let present = gradientSizes.indices.filter { gradientSizes[$0] != nil }
    let gradients = present.count
    let wanted = CallPlan.subsets(of: gradients, first: true, &random).map { choice in
      gradientSizes.indices.map { index in present.firstIndex(of: index).map { choice[$0] } ?? false }
    }
    var calls: [PlannedCall] = []
    var spent = 0.0
    var next = 0
    for turn in choices.indices {
      for (index, batch) in batches.enumerated() where batch <= most {
        // Three calls there are in any case: one sample, some, and more than a vector has lanes.
        guard spent + work * Double(batch) <= allowed || calls.count < 3 else { continue }
        spent += work * Double(batch)
        let shared = choices[(index + turn) % choices.count]
        let strides = zip(sizes, shared).map { size, isShared -> Int in
          if isShared { return 0 }
          // A single sample has no next one, wherever that would be.
          if batch == 1, random.next(below: 2) == 0 { return size + (1 << 24) }
          return random.next(below: 2) == 0 ? size : size + 1 + random.next(below: 5)
        }
        let rounds = (0..<(gradients == 0 ? 0 : 2)).map { _ in
          defer { next += 1 }
          return PlannedCall.Round(
            factors: (0..<batch).map { _ in CallPlan.factors[random.next(below: CallPlan.factors.count)] },
            wanted: wanted[next % wanted.count],
            barStrides: gradientSizes.enumerated().map { index, size -> Int? in
              guard let size, let number = present.firstIndex(of: index) else { return nil }
              // Every choice in turn, that of the last one first; of many gradients the others' at random.
              let place = gradients - 1 - number
              switch place < 4 ? next / [1, 3, 9, 27][place] % 3 : random.next(below: 3) {
              case 0: return size + random.next(below: 3)
              case 1: return 0
              default: return nil
              }
            })
        }
        calls.append(
          PlannedCall(
            batch: batch, shared: shared, strides: strides,
            points: (0..<batch).map { _ in random.next(below: points) }, parameters: calls.count % parameterSets,
            rounds: rounds))
      }
    }
    self.calls = calls
    choicesOfShared = sizes.count < 62 ? 1 << sizes.count : Int.max
    choicesOfWanted = gradients < 62 ? 1 << gradients : Int.max
    choicesOfLayouts = gradients < 39 ? (0..<gradients).reduce(1) { count, _ in 3 * count } : Int.max
  }

  /// Few digits, so that products with the entries of points are exact.
  private static let factors = [1, -1, 0.5, 2, -0.75, 1.25, 3, -1.5]

  /// All subsets of a few things; of many, none, all, each alone, and some others, in an order that has these first.
  static func subsets(of count: Int, first all: Bool, _ random: inout SplitMix64) -> [[Bool]] {
    let (everything, nothing) = ([Bool](repeating: true, count: count), [Bool](repeating: false, count: count))
    var subsets = all ? [everything, nothing] : [nothing, everything]
    for index in 0..<count { subsets.append((0..<count).map { $0 == index }) }
    if count <= 3 {
      for bits in 0..<(1 << count) { subsets.append((0..<count).map { bits >> $0 & 1 == 1 }) }
    } else {
      for _ in 0..<6 { subsets.append((0..<count).map { _ in random.next(below: 2) == 0 }) }
    }
    var seen = Set<[Bool]>()
    return subsets.filter { seen.insert($0).inserted }
  }
}

extension Graph {
  /// Multiplications and additions of one run by the interpreter, about.
  var operations: Double {
    nodes.reduce(0.0) { total, node in
      switch node.operation {
      case .loop(let loop): total + Double(loop.trips) * loop.body.operations
      case .output, .parameter: total
      case .constant: total + Double(node.space.dimension)
      case .compute(let computation): total + computation.work(node.space.dimension)
      }
    }
  }
}
