import LinearMaps
import Schedule

/// A call of a program or a model over a batch.
public struct BatchCall: Sendable {
  public var batch: Int
  /// Of a model.
  public var tensors: [[Double]]
  /// As they lie in memory: what is between samples is never read.
  public var inputs: [[Double]]
  /// Of each input: 0 where all samples share it, or from one sample to the next.
  public var strides: [Int]
  /// Of the results, sample after sample.
  public var cotangents: [Double]
  /// Of the gradients: 0 for their sum. As the inputs' where nothing else is said.
  public var gradientStrides: [Int]

  public init(
    batch: Int, tensors: [[Double]] = [], inputs: [[Double]], strides: [Int], cotangents: [Double] = [],
    gradientStrides: [Int]? = nil
  ) {
    self.batch = batch
    self.tensors = tensors
    self.inputs = inputs
    self.strides = strides
    self.cotangents = cotangents
    self.gradientStrides = gradientStrides ?? strides
  }
}

/// What forward leaves for backward.
public struct KeptReals {
  fileprivate let memory: KeptMemory
}

/// The gradients of a call, where they are wanted.
public struct BatchGradients: Equatable, Sendable {
  /// Summed over the batch.
  public let tensors: [[Double]]?
  /// One for every sample, or their sum alone.
  public let inputs: [[[Double]]?]
}

/// A program or a model by its schedule, which is run in place of the C that is made of it. Only what EmitC sees is
/// used: nothing of how the schedule came about.
public struct ScheduledProgram: Sendable {
  private let schedule: ProgramSchedule
  /// In reals, of the tensors and then of the inputs.
  private let sizes: [Int]
  private let outputSize: Int
  private let signature: GraphSignature
  private let tables: [Table]
  private let realBytes: Int
  private let lanes: LanePlan?

  /// - Parameters:
  ///   - forward: the graph that was scheduled.
  ///   - lanes: where the program is to be computed in lanes.
  public init(
    _ schedule: ProgramSchedule, of forward: Graph, _ signature: GraphSignature, tables: [Table], realBytes: Int,
    lanes: LanePlan? = nil
  ) {
    self.schedule = schedule
    sizes = forward.parameters.map(\.space.dimension)
    outputSize = forward.nodes[forward.results[0]].space.dimension
    self.signature = signature
    self.tables = tables
    self.realBytes = realBytes
    self.lanes = lanes
  }

  // MARK: Ways

  /// How a batch is computed.
  private enum Way {
    /// Sample by sample, or in lanes.
    case whole
    /// All samples together. The inputs that they share are none of a model's.
    case cut(Procedure, backward: Procedure?, shared: [Int])
  }

  private func way(of call: BatchCall) -> Way {
    if signature.isModel { return .cut(schedule.forward, backward: schedule.backward, shared: []) }
    if lanes != nil { return .whole }
    let shared = schedule.variants.first { way in
      call.batch == 1 || way.inputs.allSatisfy { call.strides[$0] == 0 }
    }
    return shared.map { .cut($0.forward, backward: $0.backward, shared: $0.inputs) } ?? .whole
  }

  /// Whether gradients that are not wanted are left out, and not only dropped.
  public func computesOnlyWanted(_ call: BatchCall) -> Bool { if case .cut = way(of: call) { true } else { false } }

  // MARK: Calls

  /// - Returns: the results, sample after sample, and what was kept, if that was asked for.
  public func forward(_ call: BatchCall, keeps: Bool) throws -> (results: [Double], kept: KeptReals?) {
    var results: [Double] = []
    let kept = keeps ? keptMemory(call) : nil
    switch way(of: call) {
    case .whole:
      // Lanes write what is kept in any case.
      let run = run(schedule.forward, call, kept: kept ?? (lanes == nil ? nil : keptMemory(call)))
      for sample in 0..<samples(call) {
        let output = TrackedMemory("result", size: outputSize)
        run.outputs = [PortMemory(memory: output, stride: nil)]
        try run.run(sample: sample)
        if sample < call.batch { results += try output.all }
      }
    case .cut(let procedure, _, let shared):
      let output = TrackedMemory("results", size: call.batch * outputSize)
      let port = PortMemory(memory: output, stride: outputSize)
      try run(procedure, call, shared: shared, outputs: [port], kept: kept).run()
      results = try output.all
    }
    kept?.memory.release()
    return (results, kept.map(KeptReals.init))
  }

  /// - Parameter wanted: the gradients that are computed.
  public func backward(_ call: BatchCall, _ kept: KeptReals, wanted: Set<Wanted>) throws -> BatchGradients {
    switch way(of: call) {
    case .whole:
      let run = run(schedule.backward!, call, kept: kept.memory)
      var gradients: [[[Double]]] = sizes.map { _ in [] }
      for sample in 0..<samples(call) {
        let outputs = sizes.map { TrackedMemory("gradient", size: $0) }
        run.outputs = outputs.map { PortMemory(memory: $0, stride: nil) }
        try run.run(sample: sample)
        if sample >= call.batch { continue }
        for (port, output) in outputs.enumerated() {
          let gradient = try output.all
          if call.gradientStrides[port] == 0, let sum = gradients[port].first {
            gradients[port] = [zip(sum, gradient).map { $0 + $1 }]
          } else {
            gradients[port].append(gradient)
          }
        }
      }
      return BatchGradients(
        tensors: nil, inputs: signature.ports.map { wanted.contains(.port($0)) ? gradients[$0] : nil })
    case .cut(_, let procedure, let shared):
      let outputs = sizes.indices.map { index -> PortMemory? in
        let size = sizes[index]
        let stride: Int?
        switch signature.input(GraphSignature.input(ofGradient: index)) {
        case .tensor:
          guard wanted.contains(.parameters) else { return nil }
          stride = nil
        case .port(let port):
          guard wanted.contains(.port(port)) else { return nil }
          stride = shared.contains(port) ? nil : call.gradientStrides[port]
        case .cotangent: return nil
        }
        let memory = TrackedMemory("gradient", size: (call.batch - 1) * (stride ?? 0) + size)
        return PortMemory(memory: memory, stride: stride)
      }
      // C returns before it comes to the procedure, which is made for callers who want something.
      if outputs.allSatisfy({ $0 == nil }) {
        return BatchGradients(tensors: nil, inputs: signature.ports.map { _ in nil })
      }
      for output in procedure!.clearedOutputs { try outputs[output]?.memory.clear() }
      try run(procedure!, call, shared: shared, outputs: outputs, kept: kept.memory, wanted: wanted).run()
      let rows = try zip(outputs, sizes).map { output, size in
        output?.memory.release()
        return try output.map { try $0.rows(size: size, batch: call.batch) }
      }
      let isWanted = !signature.tensors.isEmpty && wanted.contains(.parameters)
      return BatchGradients(
        tensors: isWanted ? rows[signature.tensors].map { $0![0] } : nil, inputs: Array(rows[signature.ports]))
    }
  }

  // MARK: Memory

  private func run(
    _ procedure: Procedure, _ call: BatchCall, shared: [Int] = [], outputs: [PortMemory?] = [], kept: KeptMemory?,
    wanted: Set<Wanted> = []
  ) -> ProcedureRun {
    var inputs = zip(call.tensors, sizes).map { PortMemory(memory: TrackedMemory("tensor", $0, size: $1), stride: nil) }
    for (port, input) in call.inputs.enumerated() {
      let stride = call.strides[port]
      let memory = TrackedMemory(
        "input", input, size: sizes[signature.number(ofPort: port)], stride: stride, count: stride == 0 ? 1 : call.batch
      )
      inputs.append(PortMemory(memory: memory, stride: shared.contains(port) ? nil : stride))
    }
    let bars = TrackedMemory("cotangents", call.cotangents, size: call.cotangents.count)
    inputs.append(PortMemory(memory: bars, stride: outputSize))
    return ProcedureRun(
      procedure, batch: call.batch, inputs: inputs, outputs: outputs,
      tables: tables.map { TrackedMemory("table", $0.values, size: $0.values.count) }, realBytes: realBytes, kept: kept,
      wanted: wanted, lanes: lanes)
  }

  /// How many samples are computed: in lanes, some of them for nobody.
  private func samples(_ call: BatchCall) -> Int {
    guard lanes != nil else { return call.batch }
    let group = LanePlan.samples(realBytes: realBytes)
    return (call.batch + group - 1) / group * group
  }

  private func keptMemory(_ call: BatchCall) -> KeptMemory {
    let size = lanes?.kept ?? schedule.keptSize
    return KeptMemory(memory: TrackedMemory("kept", size: samples(call) * size, isForGood: true), size: size)
  }
}

extension TrackedMemory {
  /// What a caller gives: samples, one or more, of which nothing else is read.
  convenience init(_ name: String, _ values: [Double], size: Int, stride: Int = 0, count: Int = 1) {
    self.init(name, size: values.count)
    for start in (0..<count).map({ $0 * stride }) {
      for index in start..<(start + size) { try! write(values[index], to: index, for: TrackedMemory.caller) }
    }
  }

  func clear() throws { for index in 0..<count { try write(0, to: index, for: TrackedMemory.caller) } }

  /// All of it, which must have been written.
  var all: [Double] {
    get throws {
      release()
      return try (0..<count).map { try read($0, for: TrackedMemory.caller) }
    }
  }
}

extension PortMemory {
  fileprivate func rows(size: Int, batch: Int) throws -> [[Double]] {
    let distance = stride ?? 0
    return try (0..<(distance == 0 ? 1 : batch)).map { sample in
      try (0..<size).map { try memory.read(sample * distance + $0, for: TrackedMemory.caller) }
    }
  }
}
