import Adjoint
import CajalEvaluator
import CajalTyping
import Diagnostics
import Driver
import Foundation
import LinearMaps
import Lowering
import TestSupport

/// One module of the campaign, from its seed to what came of it.
struct ModuleRun {
  let plan: Plan
  let toolbox: Toolbox
  /// Of each program and model.
  private let calls: Int
  private(set) var report: ModuleReport
  private var subjects: [Subject] = []
  private var schedules: ScheduleCheck?
  private var lastLap = ContinuousClock.now

  init(_ plan: Plan, _ toolbox: Toolbox, calls: Int = 2) {
    self.plan = plan
    self.calls = calls
    self.toolbox = toolbox
    report = ModuleReport(
      module: plan.module, row: plan.row.name, realBytes: plan.realBytes, blas: plan.blas.rawValue)
  }

  mutating func run() -> ModuleReport {
    for index in 0..<Plan.size { add(plan.program(index), number: plan.module * Plan.size + index) }
    lap("generation")
    return runSubjects()
  }

  /// One program instead of those of the plan.
  mutating func run(alone program: RandomProgram, number: Int) -> ModuleReport {
    add(program, number: number)
    return runSubjects()
  }

  private mutating func runSubjects() -> ModuleReport {
    return subjects.isEmpty ? report : run(text: fileText(subjects, horizon: plan.horizon))
  }

  /// All programs and models of a file.
  mutating func run(text: String) -> ModuleReport {
    do {
      try withScratch { folder in
        let compilation = Compilation(
          source: Source(name: "random.cajal", text: text), options: plan.compilerOptions)
        try emit(compilation, text, folder)
        lap("compiler")
        try toolbox.build(folder + "/random.c", into: folder + "/random.so", row: plan.row)
        lap("C compiler")
        schedules = try ScheduleCheck(compilation, realBytes: plan.realBytes)
        lap("schedules")
        var file = RequestFile()
        var asked: [Subject?] = []
        ask(compilation, &file, &asked)
        try file.data.write(to: URL(fileURLWithPath: folder + "/requests"))
        lap("interpreters")
        read(try toolbox.ask(folder + "/random.so", folder + "/requests"), asked)
        lap("calls")
      }
    } catch {
      fail(nil, error is Toolbox.Failure ? "c-compiler" : "compiler", "\(error)")
    }
    return report
  }

  private mutating func fail(_ subject: Subject?, _ kind: String, _ reason: String) {
    report.failures.append(.init(program: subject?.number ?? -1, kind: kind, reason: reason))
  }

  /// What was done since the last lap.
  private mutating func lap(_ stage: String) {
    let now = ContinuousClock.now
    report.seconds[stage, default: 0] += (now - lastLap) / .seconds(1)
    lastLap = now
  }

  private mutating func add(_ program: RandomProgram, number: Int) {
    do {
      subjects.append(try Subject(number: number, program, typePreserving: plan.typePreserving))
      for name in program.featureNames { report.kinds[name, default: 0] += 1 }
      if plan.typePreserving != nil { report.kinds["type-preserving model", default: 0] += 1 }
      if program.isModel { report.models += 1 } else { report.programs += 1 }
    } catch let discarded as Discarded {
      report.discarded[discarded.reason, default: 0] += 1
    } catch let rejected as Subject.Rejected {
      report.failures.append(.init(program: number, kind: "rejected", reason: rejected.reason))
    } catch {
      report.failures.append(.init(program: number, kind: "compiler", reason: "\(error)"))
    }
  }

  private func emit(_ compilation: Compilation, _ text: String, _ folder: String) throws {
    guard let (c, header) = try compilation.emitted() else {
      let errors = compilation.diagnostics.items.filter { $0.severity == .error }
      throw Subject.Rejected(reason: errors.map { "\($0.code.rawValue) \($0.message)" }.joined(separator: "; "))
    }
    try write(text, to: folder + "/random.cajal")
    try write(c, to: folder + "/random.c")
    try write(header, to: folder + "/random.h")
  }

  // MARK: What is asked

  private mutating func ask(_ compilation: Compilation, _ file: inout RequestFile, _ asked: inout [Subject?]) {
    guard let module = compilation.module, let graphs = compilation.graphs, let models = compilation.models else {
      return
    }
    let byName = Dictionary(uniqueKeysWithValues: subjects.enumerated().map { ("\(RandomProgram.name)\($0)", $1) })
    for (index, judgement) in module.programs.enumerated() {
      // Those that others call are called by the client as well.
      let subject = byName[judgement.name.text]
      let joint = reverse(graphs[index])
      var random = SplitMix(seed: (subject?.program.seed ?? plan.programSeed(index)) ^ 0xCA11)
      for call in 0..<(subject == nil ? calls / 2 : calls) {
        let request = request(graphs[index], 0, index, model: nil, &random)
        let expected = send(request, joint, [], subject, &file, &asked)
        guard call == 0, let expected else { continue }
        runSchedule(judgement.name.text, request, expected, subject)
        guard let checked = subject?.checked else { continue }
        if let (kind, reason) = equations(checked, request, expected) { fail(subject, kind, reason) }
      }
      if let checked = subject?.checked { askValues(checked, subject!, index, joint, &random, &file, &asked) }
    }
    for (index, judgement) in module.models.enumerated() {
      let model = models[index]
      let joint = reverse(model.graph, constants: model.frozen)
      let subject = byName[judgement.name.text]
      var random = SplitMix(seed: (subject?.program.seed ?? plan.programSeed(index)) ^ 0x30DE1)
      for call in 0..<calls {
        let request = request(model.graph, model.tensors.count, index, model: model, &random)
        let sizes = model.tensors.map { $0.dims.reduce(1, *) }
        let expected = send(request, joint, sizes, subject, &file, &asked)
        if call == 0, let expected { runSchedule(judgement.name.text, request, expected, subject) }
      }
    }
  }

  private func vector(_ count: Int, scale: Double, _ random: inout SplitMix) -> [Double] {
    Request.vector(count, scale: scale, realBytes: plan.realBytes, &random)
  }

  private func request(
    _ graph: Graph, _ tensorCount: Int, _ index: Int, model: LoweredModel?, _ random: inout SplitMix
  ) -> Request {
    let sizes = graph.parameters.dropFirst(tensorCount).map(\.space.dimension)
    let batch = Request.batch(&random)
    let strides = Request.strides(sizes, batch: batch, &random)
    let scale = [1.0, 1, 1, 0.25, 3][random.below(5)]
    let first = sizes.map { vector($0, scale: scale, &random) }
    var samples = [first]
    while samples.count < min(batch, 3) {
      samples.append(sizes.indices.map { strides[$0] == 0 ? first[$0] : vector(sizes[$0], scale: scale, &random) })
    }
    let outputSize = graph.nodes[graph.results[0]].space.dimension
    var parameters: [Double] = []
    for tensor in model?.tensors ?? [] {
      let bound = 1.5 / Double(max(tensor.fanIn, 1)).squareRoot()
      parameters += vector(tensor.dims.reduce(1, *), scale: bound, &random)
    }
    return Request(
      isModel: model != nil, index: index, batch: batch, strides: strides, samples: samples, parameters: parameters,
      outBars: samples.map { _ in vector(outputSize, scale: 1, &random) }, wanted: random.next())
  }

  /// Adds a request with what it should be answered, which is returned.
  private mutating func send(
    _ request: Request, _ joint: Graph, _ tensorSizes: [Int], _ subject: Subject?, _ file: inout RequestFile,
    _ asked: inout [Subject?]
  ) -> Expectation? {
    do {
      let expected = try Expectation(of: request, joint: joint, tensorSizes: tensorSizes, realBytes: plan.realBytes)
      file.append(request, expected, realBytes: plan.realBytes)
      asked.append(subject)
      for kind in request.kinds { report.kinds[kind, default: 0] += 1 }
      return expected
    } catch let discarded as Discarded {
      report.discarded["call: \(discarded.reason)", default: 0] += 1
    } catch { fail(subject, "interpreter", "\(error)") }
    return nil
  }

  /// The schedule against the graph.
  private mutating func runSchedule(
    _ name: String, _ request: Request, _ expected: Expectation, _ subject: Subject?
  ) {
    do {
      guard let schedules else { return }
      report.schedules = report.scheduled + 1
      if let reason = try schedules.fault(of: name, request, expected) { fail(subject, "schedule", reason) }
    } catch let discarded as Discarded {
      report.schedules = report.scheduled - 1
      report.discarded["call: \(discarded.reason)", default: 0] += 1
    } catch { fail(subject, "schedule", "\(error)") }
  }

  /// The graph against the equations and their dual numbers, at the request's first sample.
  private mutating func equations(
    _ checked: CheckedProgram, _ request: Request, _ expected: Expectation
  ) -> (kind: String, reason: String)? {
    let (point, results) = (request.samples[0], expected.perSample[0])
    let interpreter = BoundingInterpreter(realBytes: 8)
    do {
      let values = try checked.oracle.evaluate(checked.judgement, environment: point)
      report.equations += 1
      for (i, value) in values.enumerated() {
        let bound = interpreter.bound(results[0].error[i])
        if !(abs(value - results[0].value[i]) <= bound) {
          return (
            "equations", "entry \(i): the graph gives \(results[0].value[i]), the equations \(value), bound \(bound)"
          )
        }
      }
      var random = SplitMix(seed: UInt64(checked.program.seed) ^ 0xD1FF)
      let direction = point.map { vector($0.count, scale: 1, &random) }
      let tangent = try checked.derivative(point, direction: direction)
      var (slope, along, bound, size) = (0.0, 0.0, 0.0, 0.0)
      for (w, t) in zip(request.outBars[0], tangent) {
        slope += w * t
        size += abs(w * t)
      }
      for (gradient, d) in zip(results.dropFirst(), direction) {
        for i in d.indices {
          along += gradient.value[i] * d[i]
          bound += abs(d[i]) * interpreter.bound(gradient.error[i] + Double(d.count) * gradient.magnitude[i])
        }
      }
      // The tangents are sums of the same products, taken forwards, and added up in another order.
      let scale = 4 * bound + 0x1p-53 * Double(tangent.count + 1) * size
      report.derivatives += 1
      if !(abs(slope - along) <= scale) {
        return ("derivative", "in a direction the adjoint gives \(along), dual numbers \(slope), bound \(scale)")
      }
      return nil
    } catch is InterpretationError { return nil } catch { return ("equations", "\(error)") }
  }

  /// Theorem 2, where the horizon suffices: at values, the evaluator against the graph, and so the machine code.
  private mutating func askValues(
    _ checked: CheckedProgram, _ subject: Subject, _ index: Int, _ joint: Graph, _ random: inout SplitMix,
    _ file: inout RequestFile, _ asked: inout [Subject?]
  ) {
    guard HorizonAnalysis.analyse(checked.module).last?.drops.isEmpty == true,
      let point = try? ValuePoints(context: checked.context, horizon: checked.horizon).sample(seed: random.next()),
      let value = try? checked.evaluator.evaluate(checked.judgement, values: point.values),
      let wanted = try? checked.evaluator.encoding(
        of: value, as: checked.judgement.type, horizon: checked.horizon)
    else { return }
    let given = point.vectors.map { $0.map { Double(Float($0)) } }
    // Single precision has no such value.
    guard given == point.vectors || plan.realBytes == 8 else { return }
    let request = Request(
      isModel: false, index: index, batch: 1, strides: point.vectors.map(\.count), samples: [point.vectors],
      parameters: [], outBars: [vector(wanted.count, scale: 1, &random)], wanted: 0)
    let interpreter = BoundingInterpreter(realBytes: 8)
    guard let expected = send(request, joint, [], subject, &file, &asked) else { return }
    report.evaluated += 1
    let result = expected.perSample[0][0]
    for (i, value) in wanted.enumerated() where !(abs(value - result.value[i]) <= interpreter.bound(result.error[i])) {
      fail(
        subject, "evaluator",
        "at \(point.values), entry \(i): the graph gives \(result.value[i]), the value is \(value)")
      break
    }
  }

  // MARK: What is answered

  private mutating func read(_ lines: [Substring], _ asked: [Subject?]) {
    var answered = 0
    for line in lines {
      let fields = line.split(separator: " ")
      guard fields.count >= 4, let number = Int(fields[1]), number < asked.count else { continue }
      let subject = asked[number]
      switch fields[0] {
      case "r":
        answered += 1
        report.calls += 1
        report.comparisons += Int(fields[2]) ?? 0
        report.otherBits += Int(fields[4]) ?? 0
        report.loose += Int(fields[5]) ?? 0
        if let worst = Double(fields[3]), worst > report.worst {
          (report.worst, report.worstProgram) = (worst, subject?.number ?? -1)
        }
      case "f":
        let place = fields[2...].joined(separator: " ")
        fail(subject, fields[3] == "other_bits_than_forward" ? "bits" : String(fields[2]), "call \(number): \(place)")
      case "c":
        answered += 1
        fail(subject, "crash", "call \(number): \(fields[2]) ended by signal \(fields[3])")
      default: break
      }
    }
    if answered < asked.count { fail(nil, "client", "answered \(answered) of \(asked.count) requests") }
  }
}
