import Testing
import TrainingKernels

@testable import Training

/// The constants are what PyTorch 1.13 computes.
@Suite struct OptimizerTests {
  static let start = [0.5, -1.25, 2.0, 0.0, 1e-3]
  static let gradients: [[Double]] = [
    [0.1, -0.2, 3.0, 0.0, 1e-9], [-0.4, 0.25, 3.5, 1e-8, 1.0], [0.05, 0.0, -7.0, 0.5, -2.0],
  ]

  /// The parameters after each step, and the moments after the last.
  private func steps<Real: TrainingReal>(_ count: Int, of real: Real.Type) -> (parameters: [[Real]], moments: [[Real]])
  {
    var parameters = Self.start.map { Real($0) }
    var (first, second) = ([Real](repeating: 0, count: 5), [Real](repeating: 0, count: 5))
    let adam = Adam(learningRate: 0.01)
    let all = (1...count).map { step in
      let gradient = Self.gradients[(step - 1) % 3].map { Real($0) }
      let notFinite = Real.adam(
        adam.numbers(step: step, scale: 1), 5, parameters: &parameters, gradient: gradient, first: &first,
        second: &second)
      #expect(notFinite == 0)
      return parameters
    }
    return (all, [first, second])
  }

  @Test func adamInDoublePrecision() {
    let (parameters, moments) = steps(3, of: Double.self)
    let expected = [
      [0.4900000009999999, -1.2400000005, 1.9900000000333333, 0.0, 9.090909090909104e-05],
      [0.4955950357485128, -1.2416273230448174, 1.9799894715703172, -0.0030827671630721375, -0.007350459046247436],
      [0.4991190833146187, -1.242885248075945, 1.9810719838442308, -0.009470903050862855, -0.004207597377957038],
    ]
    for (ours, theirs) in zip(parameters, expected) { #expect(isClose(ours, theirs), "\(ours) \(theirs)") }
    #expect(
      isClose(
        moments[0],
        [-0.022899999999999997, 0.006299999999999997, -0.1419999999999999, 0.05000000089999999, -0.10999999991899997]))
    #expect(
      isClose(
        moments[1],
        [
          0.00017232001000000018, 0.0001023575400000001, 0.07021975900000006, 0.00025000000000000033,
          0.004999000000000004,
        ]))
  }

  @Test func adamInSinglePrecision() {
    let last = steps(300, of: Float.self).parameters.last!.map(Double.init)
    let expected = [
      1.5287623405456543, -1.5048531293869019, 2.073871612548828, -1.7288230657577515, 0.7597393989562988,
    ]
    // A few roundings of 300: one is 6e-8.
    #expect(isClose(last, expected, relative: 2e-6), "\(last)")
  }

  /// What PyTorch 2.15 computes in four steps.
  @Test(arguments: [
    (
      Optimizer.Kind.adam, 0.0, 0.1,
      [0.4985820359098784, -1.2357102777845737, 1.9720080595890648, -0.014691124648648895, -0.0016226933665584435]
    ),
    (.sgd, 0, 0, [0.5015000000000001, -1.2485, 1.9749999999999999, -0.0050000001, 0.01099999998]),
    (.sgd, 0.9, 0.1, [0.5009277399515, -1.23661158022825, 1.887243340632, -0.0094950002706201, 0.011908954779001243]),
  ]) func decayAndMomentum(kind: Optimizer.Kind, momentum: Double, decay: Double, expected: [Double]) {
    var optimizer = Optimizer()
    (optimizer.kind, optimizer.momentum, optimizer.weightDecay) = (kind, momentum, decay)
    func last<Real: TrainingReal>(_ real: Real.Type) -> [Double] {
      var parameters = Self.start.map { Real($0) }
      var (first, second) = ([Real](repeating: 0, count: 5), [Real](repeating: 0, count: 5))
      for step in 1...4 {
        // A scale of a half, of gradients of twice the size.
        let gradient = Self.gradients[(step - 1) % 3].map { Real(2 * $0) }
        let notFinite = optimizer.update(
          step: step, rate: 0.01, scale: 0.5, 5, parameters: &parameters, gradient: gradient, first: &first,
          second: &second)
        #expect(notFinite == 0)
      }
      return parameters.map(Double.init)
    }
    #expect(isClose(last(Double.self), expected, relative: 1e-12))
    #expect(isClose(last(Float.self), expected, relative: 2e-6, absolute: 1e-8))
  }

  @Test(arguments: [Double.nan, .infinity]) func descentFindsWhatIsNotFinite(value: Double) {
    var optimizer = Optimizer()
    optimizer.kind = .sgd
    var (parameters, first, second) = ([1.0, 1, 1], [0.0, 0, 0], [0.0, 0, 0])
    #expect(
      optimizer.update(
        step: 1, rate: 0.1, scale: 1, 3, parameters: &parameters, gradient: [0, value, 0], first: &first,
        second: &second) == 1)
  }

  /// What PyTorch 2.15's CosineAnnealingLR, StepLR, and LinearLR before the former give.
  @Test func schedules() {
    func rates(_ count: Int, of totalSteps: Int, _ change: (inout RateSchedule) -> Void) -> [Double] {
      var schedule = RateSchedule()
      schedule.rate = 0.1
      change(&schedule)
      return (1...count).map { schedule.rate(step: $0, totalSteps: totalSteps) }
    }
    #expect(rates(3, of: 3) { _ in } == [0.1, 0.1, 0.1])
    #expect(
      isClose(
        rates(10, of: 10) { $0.kind = .cosine },
        [
          0.1, 0.09755282581475769, 0.09045084971874738, 0.07938926261462367, 0.06545084971874739, 0.05000000000000001,
          0.03454915028125264, 0.020610737385376353, 0.009549150281252635, 0.002447174185242324,
        ]))
    #expect(
      isClose(
        rates(8, of: 8) { ($0.kind, $0.every, $0.factor) = (.step, 3, 0.5) },
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]))
    #expect(
      isClose(
        rates(12, of: 12) { ($0.kind, $0.warmup) = (.cosine, 4) },
        [
          0.025, 0.05, 0.07500000000000001, 0.1, 0.1, 0.09619397662556434, 0.08535533905932738, 0.0691341716182545,
          0.05,
          0.030865828381745515, 0.014644660940672627, 0.0038060233744356634,
        ]))
    // By default it falls twice in a run.
    #expect(isClose(rates(7, of: 7) { $0.kind = .step }, [0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001]))
  }

  @Test func everyLengthOfTheLoops() {
    for count in 0..<40 {
      let values = (0..<count).map { Double($0 * 7 % 5) - 1.5 }
      #expect(Double.sumOfSquares(count, values) == values.reduce(0) { $0 + $1 * $1 })
      #expect(Float.sumOfSquares(count, values.map(Float.init)) == values.reduce(0) { $0 + $1 * $1 })
      var sum = values + [99]
      Double.add(count, values, to: &sum)
      #expect(sum == values.map { 2 * $0 } + [99])
      var (parameters, first, second) = (
        values + [99], [Double](repeating: 0, count: count + 1), [Double](repeating: 0, count: count + 1)
      )
      _ = Double.adam(
        Adam(learningRate: 0.1).numbers(step: 1, scale: 1), count, parameters: &parameters, gradient: values,
        first: &first,
        second: &second)
      // The first step is the learning rate long, against the gradient's sign.
      for i in 0..<count { #expect(isClose(parameters[i], values[i] - (values[i] > 0 ? 0.1 : -0.1), relative: 1e-6)) }
      #expect(parameters[count] == 99 && first[count] == 0 && second[count] == 0)
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func adamFindsWhatIsNotFinite(value: Double) {
    for at in [0, 3, 10] {
      var (parameters, first, second) = (
        [Double](repeating: 1, count: 11), [Double](repeating: 0, count: 11), [Double](repeating: 0, count: 11)
      )
      var gradient = [Double](repeating: 0.5, count: 11)
      gradient[at] = value
      let numbers = Adam(learningRate: 0.1).numbers(step: 1, scale: 1)
      #expect(
        Double.adam(numbers, 11, parameters: &parameters, gradient: gradient, first: &first, second: &second) == 1)
    }
    // A second moment that overflows would freeze its parameter, which stays finite.
    var (parameters, first, second): ([Float], [Float], [Float]) = ([1], [0], [0])
    let numbers = Adam(learningRate: 0.1).numbers(step: 1, scale: 1)
    #expect(Float.adam(numbers, 1, parameters: &parameters, gradient: [1e25], first: &first, second: &second) == 1)
  }

  @Test func clipping() {
    // The gradients (3, -4) and (12, 0, 84) have the norm 85.
    let scale = clippingScale(norm: 85, limit: 1)
    let clipped = [3, -4, 12, 0, 84].map { $0 * scale }
    #expect(
      isClose(
        clipped, [0.03529411723183391, -0.047058822975778555, 0.14117646892733565, 0.0, 0.9882352824913496]))
    #expect(clippingScale(norm: 85, limit: 100) == 1)
    #expect(clippingScale(norm: 85, limit: nil) == 1)
    #expect(clippingScale(norm: 0, limit: 1e-3) == 1)
  }
}
