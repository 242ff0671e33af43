import Foundation
import LinearMaps
import Schedule
import TestSupport
import Testing

/// What an iteration looks like whose matrix the batch shares.
@Suite struct SharedMatrixTests {
  private func scheduled(_ program: GraphProgram) throws -> Scheduled {
    try Scheduled(program, realBytes: 4, blas: true)
  }

  /// The lines of the schedule for batches that share the matrix.
  private func shared(_ program: GraphProgram, backward: Bool) throws -> [String] {
    let lines = try scheduled(program).lines
    let way = lines.contains { $0.hasSuffix("that share a") } ? "that share a" : "for any batch"
    let start = lines.firstIndex { $0.hasPrefix(backward ? "backward " : "forward ") && $0.hasSuffix(way) }!
    let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("forward ") || $0.hasPrefix("backward ") }
    return Array(lines[start..<(end ?? lines.endIndex)])
  }

  @Test func aRoundIsOneProduct() throws {
    let lines = try shared(try KnownGraphs.system(), backward: false)
    #expect(lines[0].hasSuffix("for batches that share a"))
    #expect(lines.filter { $0.contains("product") && $0.contains("batchx64 64x64") }.count == 1)
    let loop = try #require(lines.firstIndex { $0.hasPrefix("all samples together for k") })
    #expect(lines[loop...].contains { $0.hasPrefix("    ") && $0.contains("+= blas product batchx64 64x64^T") })
    #expect(lines[loop...].contains { $0.hasPrefix("  swap ") }, "states are not copied")
    #expect(!lines[loop...].contains { $0.contains("rows.") }, "operands are not copied")
  }

  /// The matrix's gradient is one product over all rounds; nothing of its size is put aside or cleared.
  @Test func theGradientOfTheMatrixIsOneProduct() throws {
    let lines = try shared(try KnownGraphs.system(), backward: true)
    let products = lines.filter { $0.contains("a_bar") && $0.contains("product") }
    #expect(products.count == 1)
    #expect(products.allSatisfy { $0.contains(" = blas product") && !$0.hasPrefix("    ") })
    #expect(!lines.contains { $0.contains("real[4096] in rows") || $0.contains("real[4096] in workspace") })
  }

  /// With so many rounds that their factors would take much memory, each round adds its own.
  @Test func ofManyRoundsEachAdds() throws {
    let lines = try shared(try KnownGraphs.system(trips: 2000), backward: true)
    let products = lines.filter { $0.contains("a_bar") && $0.contains("product") }
    #expect(products.allSatisfy { $0.hasPrefix("    ") && $0.contains("+= blas product 64xbatch^T") })
    #expect(!products.isEmpty)
  }

  /// A batch that shares the matrix goes one way, and any other another.
  @Test func thereAreTwoWays() throws {
    let ways = try scheduled(KnownGraphs.system()).ways.map(\.name)
    #expect(ways == ["sample by sample", "for batches that share a", "for any batch"])
  }

  /// Literals are always shared, so that there is one way only.
  @Test func literalsAreShared() throws {
    let scheduled = try scheduled(KnownGraphs.system(isLiteral: true))
    #expect(scheduled.schedule.variants.map(\.inputs) == [[]])
    #expect(!scheduled.schedule.isFallback, "no code for samples one by one")
    let lines = try shared(KnownGraphs.system(isLiteral: true), backward: false)
    #expect(lines[0].hasSuffix("for any batch"))
    #expect(lines.contains { $0.contains("blas product batchx64 64x64") })
  }

  /// The adjoint of a constant step needs no states.
  @Test func memoryOfAConstantStepDoesNotGrowWithTheHorizon() throws {
    func sizes(_ trips: Int) throws -> [Int] {
      let schedule = try scheduled(KnownGraphs.system(trips: trips, isLiteral: true)).schedule
      let (forward, backward) = (schedule.usual.forward, try #require(schedule.usual.backward))
      return [schedule.keptSize] + [forward, backward].flatMap { [$0.workspaceSize, $0.rowsSize] }
    }
    #expect(try sizes(9) == sizes(3000))
    #expect(try sizes(9) != [0, 0, 0, 0, 0])
  }

  /// Without a matrix that is shared, too, a gradient that nobody wants is not computed.
  @Test func whatIsNotWantedIsNotComputed() throws {
    let lines = try scheduled(KnownGraphs.system()).lines.map { $0.trimmingCharacters(in: .whitespaces) }
    let start = try #require(lines.lastIndex { $0.hasPrefix("backward ") })
    let products = lines.indices.filter { $0 > start && lines[$0].contains("product 64x1 1x64") }
    #expect(products.count == 1, "one outer product a round, where samples have matrices of their own")
    for index in products { #expect(lines[index - 1] == "when wanted for input 0") }
  }

  /// A matrix of the sample's own is not one for the batch.
  @Test func smallMatricesStayWithTheirSample() throws {
    let text = try Scheduled(try KnownGraphs.system(), threshold: 64 * 64 + 1).text
    #expect(!text.contains("for the batch") && !text.contains("share"))
  }
}
