import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// A program or a model with the batch on which it is run.
struct Trial {
  var unit: ProgramUnit
  /// Of a model.
  var parameters: [Double]
  /// Of each input: 0, or its distance from sample to sample.
  var strides: [Int]
  /// As they lie in memory.
  var inputs: [[Double]]
  var batch: Int
  var cotangent: [Double]

  /// The parameters of the model's tensors, one after another.
  var tensors: [[Double]] {
    var rest = parameters[...]
    return (unit.model?.tensors ?? []).map { tensor in
      defer { rest = rest.dropFirst(tensor.count) }
      return Array(rest.prefix(tensor.count))
    }
  }

  func sample(_ input: Int, _ b: Int) -> [Double] {
    Array(inputs[input][(strides[input] * b)..<(strides[input] * b + unit.ports[input].size)])
  }
}

/// What the emitted C answered for a trial.
struct Answer {
  var output: [Double]
  /// Of a model, of its parameter vector.
  var parameterGradient: [Double]
  /// As they lie in memory; untouched entries hold `Harness.untouched`.
  var gradients: [[Double]]
  /// For each input, and then for the parameters: the gradients of the samples, one after another; and their sums.
  var each: [[Double]] = []
  var sums: [[Double]] = []
}

enum Harness {
  static let untouched = 12345.0

  static func port(_ parameter: Parameter) -> PortDescription {
    PortDescription(
      name: parameter.name, type: "\(parameter.space)", size: parameter.space.dimension, degree: Int.max, linear: false,
      dims: [parameter.space.dimension])
  }

  static func tensor(_ parameter: Parameter) -> TensorDescription {
    TensorDescription(name: parameter.name, dims: [parameter.space.dimension], fanIn: 7)
  }

  /// - Parameter tensors: how many of the graph's parameters are tensors of a model; nil for a program.
  static func unit(
    _ name: String, _ forward: Graph, _ backward: Graph? = nil, tensors: Int? = nil, weights: [Double]? = nil,
    comment: [String] = []
  ) -> ProgramUnit {
    let output = forward.nodes[forward.results[0]].space
    return ProgramUnit(
      name: name, judgement: "\(tensors == nil ? "program" : "model") \(name)", sourceLines: comment, horizon: 10,
      model: tensors.map { ModelDescription(tensors: forward.parameters.prefix($0).map(tensor), weights: weights) },
      ports: forward.parameters.dropFirst(tensors ?? 0).map(port),
      output: PortDescription(
        name: "", type: "\(output)", size: output.dimension, degree: 0, linear: false, dims: [output.dimension]),
      forward: forward, backward: backward)
  }

  static func options(
    realBytes: Int = 8, gradients: Bool = true, blas: Blas = .none, checkFinite: Bool = false, prefix: String = "t",
    batchThreshold: Int = 4096, lanes: Bool = true
  ) -> EmitOptions {
    EmitOptions(
      realBytes: realBytes, blas: blas, checkFinite: checkFinite, prefix: prefix, sourceName: "t.cajal",
      compiler: "cajal2c test", gradients: gradients, batchThreshold: batchThreshold, lanes: lanes)
  }

  /// - Parameter strides: of the inputs; at random where there are none.
  static func trial(_ unit: ProgramUnit, seed: UInt64, batch: Int = 3, strides: [Int]? = nil) -> Trial {
    var random = SplitMix(seed: seed ^ 0x5EED)
    let strides = strides ?? unit.ports.map { random.below(3) == 0 ? 0 : $0.size + random.below(3) }
    let inputs = zip(unit.ports, strides).map { random.vector($1 == 0 ? $0.size : (batch - 1) * $1 + $0.size) }
    return Trial(
      unit: unit, parameters: random.vector(unit.model?.parameterCount ?? 0), strides: strides, inputs: inputs,
      batch: batch, cotangent: random.vector(batch * unit.output.size))
  }

  static let warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

  static var runtimeSources: [String] {
    let folder = projectRoot + "/Runtime/src"
    return (try! FileManager.default.contentsOfDirectory(atPath: folder)).filter { $0.hasSuffix(".c") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  /// Emits the trials' programs and models as one module, runs them, and gives the answers. Issues are recorded. Trials
  /// whose units have one name are calls of one unit.
  ///
  /// - Parameter runtime: objects; compiled as the module is, where there are none.
  static func run(
    _ trials: [Trial], options: EmitOptions = Harness.options(), compiler: String = "gcc", flags: [String] = ["-O1"],
    runtime: [String]? = nil
  ) throws -> [Answer] {
    try withScratch { folder in
      // A module lists its programs before its models.
      let calls = Dictionary(grouping: trials.indices) { trials[$0].unit.name }
      let units = trials.indices.filter { calls[trials[$0].unit.name]![0] == $0 }.map { trials[$0].unit }
      let listed = units.filter { $0.model == nil } + units.filter { $0.model != nil }
      let emitted = try emitModule(ModuleUnit(programs: units, options: options))
      try write(emitted.c, to: folder + "/t.c")
      try write(emitted.header, to: folder + "/t.h")
      try write(clientSource(realBytes: options.realBytes), to: folder + "/client.c")
      let include = ["-I", folder, "-I", projectRoot + "/Runtime/include"]
      let sharesMatrices = ["_run_shared(", "_run_batch("].contains { emitted.c.contains($0) }
      let built = try TestSupport.run(
        compiler,
        warnings + flags + include + ["-DSHARES_MATRICES=\(sharesMatrices ? 1 : 0)"]
          + [folder + "/t.c", folder + "/client.c"]
          + (try runtime ?? RuntimeObjects.paths(compiler: compiler, flags: flags))
          + ["-lm", "-o", folder + "/client"])
      guard built.status == 0 else {
        try? emitted.c.write(toFile: NSTemporaryDirectory() + "failed.c", atomically: true, encoding: .utf8)
        Issue.record("\(compiler) says\n\(built.errors.prefix(4000))")
        return []
      }
      var data = Data()
      for indices in listed.map({ calls[$0.name]! }) {
        append([UInt64(indices.count)], to: &data)
        for trial in indices.map({ trials[$0] }) {
          append([UInt64(trial.batch)], to: &data)
          append(trial.parameters, to: &data)
          append(trial.strides.map { UInt64($0) }, to: &data)
          for input in trial.inputs { append(input, to: &data) }
          append(trial.cotangent, to: &data)
        }
      }
      try data.write(to: URL(fileURLWithPath: folder + "/in"))
      let ran = try TestSupport.run(folder + "/client", [folder + "/in", folder + "/out"])
      guard ran.status == 0 else {
        try? emitted.c.write(toFile: NSTemporaryDirectory() + "failed.c", atomically: true, encoding: .utf8)
        Issue.record("the client ended with \(ran.status)\n\(ran.output)\(ran.errors.prefix(6000))")
        return []
      }
      let reals = try Data(contentsOf: URL(fileURLWithPath: folder + "/out")).withUnsafeBytes {
        Array($0.bindMemory(to: Double.self))
      }
      var next = 0
      func take(_ count: Int) -> [Double] {
        defer { next += count }
        return Array(reals[next..<(next + count)])
      }
      var answers: [Int: Answer] = [:]
      for index in listed.flatMap({ calls[$0.name]! }) {
        let trial = trials[index]
        var answer = Answer(
          output: take(trial.batch * trial.unit.output.size), parameterGradient: [], gradients: [])
        if trial.unit.backward != nil && options.gradients {
          answer.parameterGradient = take(trial.parameters.count)
          answer.gradients = trial.inputs.map { take($0.count) }
          let sizes = trial.unit.ports.map(\.size) + [trial.parameters.count]
          answer.each = sizes.map { take(trial.batch * $0) }
          answer.sums = sizes.map { take($0) }
        }
        answers[index] = answer
      }
      return trials.indices.map { answers[$0]! }
    }
  }

  private static func append<T>(_ values: [T], to data: inout Data) {
    values.withUnsafeBytes { data.append(contentsOf: $0) }
  }

  /// What the interpreter says.
  static func expected(_ trial: Trial) -> Answer {
    let tensors = trial.tensors
    var answer = Answer(
      output: [], parameterGradient: [Double](repeating: 0, count: trial.parameters.count),
      gradients: trial.inputs.map { [Double](repeating: untouched, count: $0.count) })
    answer.each = trial.inputs.map { _ in [] } + [[]]
    answer.sums = (trial.unit.ports.map(\.size) + [trial.parameters.count]).map { [Double](repeating: 0, count: $0) }
    for b in 0..<trial.batch {
      let inputs = tensors + trial.unit.ports.indices.map { trial.sample($0, b) }
      let results = Interpreter().run(trial.unit.forward, inputs)
      answer.output += results[0]
      guard let backward = trial.unit.backward else { continue }
      let size = trial.unit.output.size
      let cotangent = Array(trial.cotangent[(b * size)..<((b + 1) * size)])
      let bars = Interpreter().run(backward, inputs + results.dropFirst() + [cotangent])
      for (index, value) in bars.prefix(tensors.count).flatMap({ $0 }).enumerated() {
        answer.parameterGradient[index] += value
      }
      for (index, bar) in (bars.dropFirst(tensors.count) + [Array(bars.prefix(tensors.count).joined())]).enumerated() {
        answer.each[index] += bar
        answer.sums[index] = zip(answer.sums[index], bar).map(+)
      }
      for (port, bar) in bars.dropFirst(tensors.count).enumerated() {
        let start = b * trial.strides[port]
        for (index, value) in bar.enumerated() {
          let isSum = trial.strides[port] == 0 && b > 0
          answer.gradients[port][start + index] = value + (isSum ? answer.gradients[port][index] : 0)
        }
      }
    }
    return answer
  }

  static func agree(_ a: [Double], _ b: [Double], tolerance: Double = 1e-9) -> Bool {
    let scale = b.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    return a.count == b.count
      && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale || $0.isNaN && $1.isNaN || $0 == $1 }
  }

  static func check(_ trials: [Trial], _ answers: [Answer], tolerance: Double = 1e-9) {
    for (trial, answer) in zip(trials, answers) {
      let expected = expected(trial)
      #expect(
        agree(answer.output, expected.output, tolerance: tolerance),
        "\(trial.unit.name): \(answer.output) is not \(expected.output)")
      if trial.unit.backward != nil, !answer.gradients.isEmpty || !answer.parameterGradient.isEmpty {
        #expect(
          agree(answer.parameterGradient, expected.parameterGradient, tolerance: tolerance),
          "\(trial.unit.name), parameters: \(answer.parameterGradient) is not \(expected.parameterGradient)")
      }
      for (port, gradient) in answer.gradients.enumerated() {
        #expect(
          agree(gradient, expected.gradients[port], tolerance: tolerance),
          "\(trial.unit.name), gradient \(port): \(gradient) is not \(expected.gradients[port])")
      }
      for (index, (each, sum)) in zip(answer.each, answer.sums).enumerated() {
        let (wantedEach, wantedSum) = (expected.each[index], expected.sums[index])
        #expect(
          agree(each, wantedEach, tolerance: tolerance),
          "\(trial.unit.name), gradient \(index) of each sample: \(each) is not \(wantedEach)")
        #expect(
          agree(sum, wantedSum, tolerance: tolerance),
          "\(trial.unit.name), sum of gradient \(index): \(sum) is not \(wantedSum)")
      }
    }
  }
}
