/// A step from a draft to one that does the same in fewer statements, less memory or larger kernels.
public struct SchedulePass: Sendable {
  /// The name that `--dump-after` takes.
  public let name: String
  let run: @Sendable (inout Draft) -> Void

  init(_ name: String, _ run: @escaping @Sendable (inout Draft) -> Void) {
    self.name = name
    self.run = run
  }
}

/// A pass broke the statements: a bug in the compiler, and whose.
public struct BrokenSchedulePass: Error, CustomStringConvertible {
  public let pass: String
  public let violation: InvalidSchedule
  public var description: String { "the schedule is not valid after \(pass): \(violation)" }
}

/// Receives what every pass left: of which part ("forward", "adjoint"), the pass, and the text.
public typealias ScheduleObserver = (_ part: String, _ pass: String, _ text: () -> String) -> Void

extension SchedulePipeline {
  /// What `--dump-after` takes, in the order in which it comes.
  public static let names: [String] = {
    let options = ScheduleOptions(realBytes: 4, blas: false)
    let passes =
      standard + scalar
      + [Direction.forward, .adjoint].flatMap { beforeCut($0, shared: [], options: options) }
    var names = [ProgramDrafts.plan]
    for pass in passes where !names.contains(pass.name) { names.append(pass.name) }
    return names + [ProgramDrafts.cut, ProgramDrafts.place]
  }()
}

extension Draft {
  mutating func run(_ passes: [SchedulePass], _ observe: ScheduleObserver) throws {
    for pass in passes {
      pass.run(&self)
      try procedure.check(after: pass.name, direction, observe)
    }
  }
}

extension Procedure {
  /// Verifies what a pass left.
  ///
  /// - Throws: `BrokenSchedulePass`.
  func check(after pass: String, _ direction: Direction, _ observe: ScheduleObserver) throws {
    do { try verify(direction) } catch let violation as InvalidSchedule {
      throw BrokenSchedulePass(pass: pass, violation: violation)
    }
    observe(direction.rawValue, pass) { description }
  }
}
