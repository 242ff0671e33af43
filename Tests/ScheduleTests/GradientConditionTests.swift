import Foundation
import TestSupport
import Testing

/// Products for the batch under the conditions of the gradients that they add to.
@Suite struct GradientConditionTests {
  /// A product that adds to a gradient is run where that gradient is wanted, and not where another one is.
  @Test func gradientsOfMatricesHaveTheirOwnCondition() throws {
    var count = 0
    for seed in 0..<UInt64(400) {
      let program = try Trial.iteration(seed: seed).program
      let isModel = program.signature.isModel
      let (input, size) = isModel ? ("parameters", program.tensorSizes[0]) : ("input 0", program.inputSizes[0])
      let lines = try Scheduled(program, threshold: 1).lines.map { $0.trimmingCharacters(in: .whitespaces) }
      for (condition, product) in zip(lines, lines.dropFirst()) where condition.hasPrefix("for the batch") {
        guard let target = product.split(separator: "[").first, target.contains("m0_bar."),
          lines.contains("\(target) : real[\(size)] in output 0")
        else { continue }
        count += 1
        #expect(condition == "for the batch when wanted for \(input)", "\(program.name): \(product)")
      }
    }
    #expect(count > 300)
  }
}
