import Schedule
import ScheduleInterpreter

extension Trial {
  /// Where the schedule, run in place of the C, does not give what the graphs give, for every subset of the gradients;
  /// nil where it does.
  ///
  /// - Parameters:
  ///   - gradientStrides: as the inputs' where nothing else is said.
  ///   - lanes: in lanes, where that is possible.
  public func disagreement(
    with scheduled: Scheduled, gradientStrides: [Int]? = nil, lanes: Bool = true
  ) -> String? {
    disagreement(with: scheduled.interpreted(lanes: lanes), gradientStrides: gradientStrides)
  }

  /// - Parameter areChosen: gradients may be left out.
  public func disagreement(
    with interpreter: ScheduledProgram, gradientStrides: [Int]? = nil, areChosen: Bool = true
  ) -> String? {
    let call = BatchCall(
      batch: batch, tensors: tensors, inputs: inputs, strides: strides, cotangents: cotangent,
      gradientStrides: gradientStrides)
    let expected = self.expected
    func differs(_ values: [Double], _ wanted: [Double]) -> Bool {
      !agree(values, wanted, relative: 1e-9, equalNaN: true)
    }
    do {
      let plain = try interpreter.forward(call, keeps: false)
      if differs(plain.results, expected.output) { return "forward gives \(plain.results), not \(expected.output)" }
      guard program.backward != nil else { return nil }
      let keeping = try interpreter.forward(call, keeps: true)
      if keeping.results.map(\.bitPattern) != plain.results.map(\.bitPattern) {
        return "forward gives \(plain.results), and \(keeping.results) where it keeps"
      }
      for wanted in areChosen && interpreter.computesOnlyWanted(call) ? subsets : Array(subsets.prefix(1)) {
        let gradients = try interpreter.backward(call, keeping.kept!, wanted: wanted)
        func wrong(_ what: String, _ values: [Double], _ wished: [Double]) -> String {
          "with \(wanted.sorted()) wanted, \(what) gives \(values), not \(wished)"
        }
        if let tensors = gradients.tensors, differs(Array(tensors.joined()), expected.parameterGradient) {
          return wrong("the parameters' gradient", Array(tensors.joined()), expected.parameterGradient)
        }
        for (port, rows) in gradients.inputs.enumerated() {
          guard let rows else { continue }
          let wished = rows.count == 1 ? expected.sums[port] : expected.each[port]
          let values = Array(rows.joined())
          if differs(values, wished) { return wrong("gradient \(port)", values, wished) }
        }
      }
      return nil
    } catch { return "\(error)" }
  }

  /// All gradients first; a model without parameters may be asked for theirs, and none may be wanted.
  private var subsets: [Set<Wanted>] {
    let all = (program.signature.isModel ? [Wanted.parameters] : []) + strides.indices.map { .port($0) }
    return (0..<(1 << all.count)).reversed().map { choice in
      Set(all.indices.filter { choice >> $0 & 1 == 1 }.map { all[$0] })
    }
  }
}
