import Diagnostics
import Driver
import Schedule
import TestSupport
import Testing

/// What a schedule computes is what its graphs compute, however it is run and whichever gradients are wanted. No C is
/// made: the schedule is interpreted, every buffer in its planned place.
@Suite struct ScheduleProperties {
  /// The trials of some seeds, each by a schedule in which all, some or none of the products with shared matrices are
  /// the batch's.
  private func check(
    _ seeds: Range<UInt64>, thresholds: [Int] = [1, 1 << 20], lanes: Bool = true, _ make: (UInt64) throws -> Trial
  ) throws {
    for seed in seeds {
      var random = SplitMix(seed: seed ^ 0x57_21DE)
      let trial = try make(seed)
      // Of the gradients: mostly as the inputs'.
      let strides = zip(trial.strides, trial.program.inputSizes).map { stride, size in
        random.below(3) > 0 ? stride : [0, size + 1][random.below(2)]
      }
      let (threshold, bytes) = (thresholds[random.below(thresholds.count)], [4, 8][random.below(2)])
      let scheduled = try Scheduled(trial.program, realBytes: bytes, threshold: threshold)
      if let reason = trial.disagreement(with: scheduled, gradientStrides: strides, lanes: lanes) {
        Issue.record("seed \(seed), threshold \(threshold), \(bytes) bytes: \(reason)")
      }
    }
  }

  @Test(arguments: 0..<8) func anyGraphs(group: UInt64) throws {
    try check((group * 30)..<(group * 30 + 30), lanes: group % 2 == 0) { try Trial.adversarial(seed: $0) }
  }

  @Test(arguments: 0..<4) func anyGraphsAsModels(group: UInt64) throws {
    try check((5000 + group * 30)..<(5030 + group * 30)) { try Trial.adversarial(seed: $0, asModel: true) }
  }

  @Test(arguments: [false, true]) func compiledGraphs(areModels: Bool) throws {
    try check(0..<120) { try Trial.compiled(seed: $0, asModel: areModels) }
  }

  @Test(arguments: 0..<4) func networks(group: UInt64) throws {
    try check((group * 25)..<(group * 25 + 25), thresholds: [1, 1, 90, 1 << 20]) { try Trial.network(seed: $0) }
  }

  @Test(arguments: 0..<8) func iterations(group: UInt64) throws {
    try check((group * 11)..<(group * 11 + 11), thresholds: [1, 1, 60, 1 << 20]) { try Trial.iteration(seed: $0) }
  }

  @Test(arguments: 0..<2) func repeatedData(group: UInt64) throws {
    try check((7000 + group * 60)..<(7060 + group * 60)) { try Trial.repeatedData(seed: $0) }
  }

  /// Small programs at every length of batch and with every kind of stride.
  @Test func lanes() throws {
    var count = 0
    for seed in 0..<120 as Range<UInt64> {
      let program = try GraphProgram.adversarial(seed: seed, isSmall: true)
      let scheduled = try Scheduled(program, realBytes: seed % 2 == 0 ? 4 : 8)
      guard scheduled.lanes != nil else { continue }
      count += 1
      let strides = program.inputSizes.enumerated().map { [0, $1, $1 + 3][($0 + count) % 3] }
      let trial = Trial(program, seed: seed, batch: 1 + count % 19, strides: strides)
      if let reason = trial.disagreement(with: scheduled) { Issue.record("seed \(seed): \(reason)") }
    }
    #expect(count > 50, "so many programs are in lanes")
  }

  /// Programs from their text, through all stages.
  @Test(arguments: [false, true], [1, 1 << 20]) func programs(reals: Bool, threshold: Int) {
    let options = ProgramGenerator.Options(reals: reals, bounds: reals)
    let property = Property("programs", options, share: 0.25) { program, random in
      try Comparison(reference: GraphImplementation()).check(
        ScheduleImplementation(threshold: threshold).prepare([program])[0], "schedule", on: program, &random)
    }
    let report = property.run()
    if let failure = report.failure { Issue.record("\(failure)") }
    if report.tried >= 50 { #expect(2 * report.held > report.tried, "\(report.discarded)") }
  }

  /// Models from their text, with the programs that they call.
  @Test func models() {
    let issues = withDeepStack { Self.failuresOfModels() }
    for issue in issues { Issue.record("\(issue)") }
  }

  private static func failuresOfModels() -> [String] {
    var (issues, compared) = ([String](), 0)
    var options = CompilerOptions()
    options.gradients = true
    for seed in Property.firstSeed..<(Property.firstSeed + UInt64(Property.programs)) {
      let text = ProgramGenerator.model(seed: seed, .init(reals: true, size: 12, bounds: true)).text
      let compilation = Compilation(source: Source(name: "random.cajal", text: text), options: options)
      do {
        guard let programs = try compilation.optimised() else { continue }
        for program in programs.map(GraphProgram.init) where program.forward.size < 400 {
          let trial = Trial(program, seed: seed, batch: 1 + Int(seed % 4))
          let threshold = seed % 2 == 0 ? 1 : 1 << 20
          if let reason = trial.disagreement(with: try Scheduled(program, threshold: threshold)) {
            issues.append("seed \(seed), threshold \(threshold), \(program.name): \(reason)\n\(text)")
          }
          compared += 1
        }
      } catch { issues.append("seed \(seed): \(error)\n\(text)") }
      if !issues.isEmpty { return issues }
    }
    if Property.programs >= 100, compared < Property.programs / 2 { issues.append("compared only \(compared)") }
    return issues
  }

  /// The generators make what they are meant to make.
  @Test func allWaysAreTaken() throws {
    var counts: [String: Int] = [:]
    for seed in 0..<120 as Range<UInt64> {
      let trials = [try Trial.iteration(seed: seed)] + (seed < 30 ? [try Trial.network(seed: seed)] : [])
      for trial in trials {
        let scheduled = try Scheduled(trial.program, threshold: 1)
        for feature in scheduled.features { counts[feature, default: 0] += 1 }
      }
    }
    for (feature, least) in [
      ("batch product", 100), ("rounds", 71), ("rounds in rounds", 6), ("pointer to rows", 41), ("gathered rounds", 21),
      ("kept in place", 20), ("way for shared matrices", 40), ("wanted", 100),
    ] {
      #expect(counts[feature, default: 0] >= least, "\(feature): \(counts)")
    }
  }
}

extension GraphProgram {
  init(_ program: OptimisedProgram) {
    self.init(
      program.judgement.name.text, program.forward, program.backward, tensors: program.model?.tensors.count)
  }
}

extension Scheduled {
  /// What the rewrites have made of it.
  fileprivate var features: Set<String> {
    let text = text
    let marks = [
      ("batch product", "for the batch"), ("rounds", "\nall samples together"),
      ("rounds in rounds", "\n  all samples together"), ("pointer to rows", "pointer to rows"),
      ("gathered rounds", "_rounds"), ("kept in place", "or kept rows"), ("way for shared matrices", "that share"),
      ("wanted", "when wanted for"),
    ]
    return Set(marks.filter { text.contains($0.1) }.map(\.0))
  }
}
