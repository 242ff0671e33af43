import CajalEvaluator
import CajalSyntax
import Driver
import Foundation

/// A property does not hold of a program. Shrinking keeps the kind.
public struct Falsified: Error, Sendable, CustomStringConvertible {
  public let kind: String
  public let reason: String
  public init(_ kind: String, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }
  public var description: String { "\(kind): \(reason)" }
}

/// A property says nothing about a program.
public struct Discarded: Error {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
}

public func require(_ condition: Bool, _ kind: String, _ reason: @autoclosure () -> String = "") throws {
  if !condition { throw Falsified(kind, reason()) }
}

/// A statement about all programs, tried on random ones.
///
/// `CAJAL_PROGRAMS` is how many programs each property is tried on, `CAJAL_SEED` the seed of the first;
/// with `CAJAL_TRACE` set every seed is named before it is tried, which finds one that crashes.
public struct Property {
  /// Receives the program and random numbers of its own; throws `Falsified` where the statement does not hold.
  public typealias Body = (CheckedProgram, inout SplitMix) throws -> Void

  let test: String
  let options: ProgramGenerator.Options
  let share: Double
  let body: Body

  public static let defaultPrograms = 200

  /// - Parameters:
  ///   - test: the name of the test, for running it again.
  ///   - share: the part of the programs that this property is tried on, where it is expensive.
  public init(_ test: String, _ options: ProgramGenerator.Options, share: Double = 1, _ body: @escaping Body) {
    self.test = test
    self.options = options
    self.share = share
    self.body = body
  }

  public struct Report: Sendable {
    public var tried = 0
    public var discarded: [String: Int] = [:]
    /// A text with the smallest program found, what is wrong, and how to run it again.
    public var failure: String?

    public var held: Int { tried - discarded.values.reduce(0, +) }
  }

  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
  }

  private static let isTraced = ProcessInfo.processInfo.environment["CAJAL_TRACE"] != nil

  public static var programs: Int { Int(clamping: setting("CAJAL_PROGRAMS") ?? UInt64(defaultPrograms)) }
  public static var firstSeed: UInt64 { setting("CAJAL_SEED") ?? 0 }

  /// Tries the property on a stack that is large enough for recursion over terms, and shrinks the first failure.
  public func run() -> Report {
    nonisolated(unsafe) let property = self
    return withDeepStack { property.runHere() }
  }

  private func runHere() -> Report {
    var report = Report()
    let count = max(1, Int((Double(Self.programs) * share).rounded()))
    for seed in Self.firstSeed..<(Self.firstSeed + UInt64(count)) {
      if Self.isTraced { FileHandle.standardError.write(Data("\(test) \(seed)\n".utf8)) }
      report.tried += 1
      let program = ProgramGenerator.program(seed: seed, options)
      switch outcome(program) {
      case .holds: break
      case .discarded(let reason): report.discarded[reason, default: 0] += 1
      case .falsified(let failure):
        report.failure = describe(program, failure)
        return report
      }
    }
    return report
  }

  public enum Outcome: Sendable {
    case holds
    case discarded(String)
    case falsified(Falsified)

    public var failure: Falsified? { if case .falsified(let failure) = self { failure } else { nil } }
  }

  /// Tries the property on one program.
  func outcome(_ program: RandomProgram) -> Outcome {
    let checked: CheckedProgram
    do { checked = try CheckedProgram(program) } catch let rejected as CheckedProgram.Rejected {
      return .falsified(Falsified("rejected", "\(rejected)"))
    } catch {
      return .falsified(Falsified("rejected", "\(error)"))
    }
    return Self.outcome(of: checked) {
      var random = SplitMix(seed: program.seed ^ 0xC0FFEE)
      try body(checked, &random)
    }
  }

  /// What came of a statement about a program; what takes too long to find out is discarded.
  public static func outcome(of program: CheckedProgram, _ statement: () throws -> Void) -> Outcome {
    do {
      try statement()
      return .holds
    } catch let discarded as Discarded {
      return .discarded(discarded.reason)
    } catch EvaluationError.stepsExhausted {
      return .discarded("takes too many steps")
    } catch is InterpretationError {
      return .discarded("takes too many operations")
    } catch let falsified as Falsified {
      return program.overflows ? .discarded("numbers overflow") : .falsified(falsified)
    } catch {
      return .falsified(Falsified("\(type(of: error))", "\(error)"))
    }
  }

  private func describe(_ program: RandomProgram, _ failure: Falsified) -> String {
    Self.describe(program, failure, test: test) { outcome($0).failure }
  }

  /// The failure of the smallest program that fails in the same way.
  public static func describe(
    _ program: RandomProgram, _ failure: Falsified, test: String, limit: Int = 4_000,
    failure check: (RandomProgram) -> Falsified?
  ) -> String {
    var (smallest, reason) = (program, failure)
    // A program that is rejected cannot be told from one that became ill-typed while shrinking.
    if failure.kind != "rejected" {
      smallest = program.shrunk(limit: limit) { candidate in
        guard let found = check(candidate), found.kind == failure.kind else { return false }
        reason = found
        return true
      }
    }
    return """
      \(reason)
      seed \(program.seed), shrunk to:
      \(smallest.text)
      run again: CAJAL_SEED=\(program.seed) CAJAL_PROGRAMS=1 swift test --filter \(test)
      """
  }
}
