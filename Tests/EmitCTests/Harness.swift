import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

extension Trial {
  /// What is emitted.
  var unit: ProgramUnit { Harness.unit(program) }
}

enum Harness {
  static func port(_ parameter: Parameter) -> PortDescription {
    PortDescription(
      name: parameter.name, type: "\(parameter.space)", size: parameter.space.dimension, degree: Int.max, linear: false,
      dims: [parameter.space.dimension])
  }

  static func tensor(_ parameter: Parameter) -> TensorDescription {
    TensorDescription(name: parameter.name, dims: [parameter.space.dimension], fanIn: 7)
  }

  static func unit(_ program: GraphProgram, weights: [Double]? = nil) -> ProgramUnit {
    let (forward, signature) = (program.forward, program.signature)
    let output = forward.nodes[forward.results[0]].space
    return ProgramUnit(
      name: program.name, judgement: "\(signature.isModel ? "model" : "program") \(program.name)",
      sourceLines: [program.name], horizon: 10,
      model: signature.isModel
        ? ModelDescription(tensors: forward.parameters[signature.tensors].map(tensor), weights: weights) : nil,
      ports: forward.parameters[signature.ports].map(port),
      output: PortDescription(
        name: "", type: "\(output)", size: output.dimension, degree: 0, linear: false, dims: [output.dimension]),
      forward: forward, backward: program.backward)
  }

  /// - Parameter tensors: how many of the graph's parameters are tensors of a model; nil for a program.
  static func unit(
    _ name: String, _ forward: Graph, _ backward: Graph? = nil, tensors: Int? = nil, weights: [Double]? = nil
  ) -> ProgramUnit {
    unit(GraphProgram(name, forward, backward, tensors: tensors), weights: weights)
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
    let program = GraphProgram(unit.name, unit.forward, unit.backward, tensors: unit.model?.tensors.count)
    return Trial(program, seed: seed, batch: batch, strides: strides)
  }

  static let warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]

  static let sanitizers = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

  /// Emits the trials' programs and models as one module, runs them, and gives the answers. Issues are recorded. Trials
  /// whose units have one name are calls of one unit.
  static func run(
    _ trials: [Trial], options: EmitOptions = Harness.options(), compiler: String = "gcc", flags: [String] = ["-O1"]
  ) throws -> [Answer] {
    try withScratch { folder in
      // A module lists its programs before its models.
      let calls = Dictionary(grouping: trials.indices) { trials[$0].program.name }
      let units = trials.indices.filter { calls[trials[$0].program.name]![0] == $0 }.map { trials[$0].unit }
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
          + (try RuntimeObjects.paths(compiler: compiler, flags: flags))
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
          output: take(trial.batch * trial.program.outputSize), parameterGradient: [], gradients: [])
        if trial.program.backward != nil && options.gradients {
          answer.parameterGradient = take(trial.parameters.count)
          answer.gradients = trial.inputs.map { take($0.count) }
          let sizes = trial.program.inputSizes + [trial.parameters.count]
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

  static func agree(_ a: [Double], _ b: [Double], tolerance: Double = 1e-9) -> Bool {
    TestSupport.agree(a, b, relative: tolerance, equalNaN: true)
  }

  static func check(_ trials: [Trial], _ answers: [Answer], tolerance: Double = 1e-9) {
    for (trial, answer) in zip(trials, answers) {
      let expected = trial.expected
      #expect(
        agree(answer.output, expected.output, tolerance: tolerance),
        "\(trial.program.name): \(answer.output) is not \(expected.output)")
      if trial.program.backward != nil, !answer.gradients.isEmpty || !answer.parameterGradient.isEmpty {
        #expect(
          agree(answer.parameterGradient, expected.parameterGradient, tolerance: tolerance),
          "\(trial.program.name), parameters: \(answer.parameterGradient) is not \(expected.parameterGradient)")
      }
      for (port, gradient) in answer.gradients.enumerated() {
        #expect(
          agree(gradient, expected.gradients[port], tolerance: tolerance),
          "\(trial.program.name), gradient \(port): \(gradient) is not \(expected.gradients[port])")
      }
      for (index, (each, sum)) in zip(answer.each, answer.sums).enumerated() {
        let (wantedEach, wantedSum) = (expected.each[index], expected.sums[index])
        #expect(
          agree(each, wantedEach, tolerance: tolerance),
          "\(trial.program.name), gradient \(index) of each sample: \(each) is not \(wantedEach)")
        #expect(
          agree(sum, wantedSum, tolerance: tolerance),
          "\(trial.program.name), sum of gradient \(index): \(sum) is not \(wantedSum)")
      }
    }
  }
}
