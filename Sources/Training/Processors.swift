import Foundation
import TrainingKernels

/// Processors for the threads of this process: as many as it is bound to, and not more than its share of the machine
/// where a launcher has started several here.
///
/// `activeProcessorCount` is that of the machine, whatever the process is bound to.
public func availableProcessors() -> Int {
  let process = ProcessInfo.processInfo
  let here = Launcher(environment: process.environment)?.processesHere ?? 1
  return availableProcessors(
    machine: process.activeProcessorCount, bound: Int(training_bound_processors()), processesHere: here)
}

/// - Parameter bound: 0 where it is not known.
func availableProcessors(machine: Int, bound: Int, processesHere: Int) -> Int {
  let share = max(machine / processesHere, 1)
  return bound > 0 ? min(bound, share) : share
}
