import Foundation
import TrainingKernels

/// What can ask a run to stop before its last step.
public struct StopSource: Sendable {
  /// Called before the first step.
  let begin: @Sendable () -> Void
  /// Asked before each step: the signal that was caught, or nil.
  let signal: @Sendable () -> Int32?

  public static let never = StopSource(begin: {}, signal: { nil })

  /// SIGTERM, SIGINT and SIGHUP. The second of one kind ends the process at once.
  public static let signals = StopSource(
    begin: { training_catch_stop_signals() },
    signal: {
      let caught = training_stop_signal()
      return caught == 0 ? nil : caught
    })
}

/// A run that was asked to stop: its checkpoint is written.
public struct StoppedRun: Error, CustomStringConvertible, Sendable {
  public let signal: Int32
  public let step: Int
  public let folder: String

  public var description: String {
    let name =
      switch signal {
      case SIGTERM: "SIGTERM"
      case SIGINT: "SIGINT"
      case SIGHUP: "SIGHUP"
      default: "signal \(signal)"
      }
    return "stopped by \(name); the checkpoint of step \(step) is in \(folder): --resume goes on from it"
  }
}
