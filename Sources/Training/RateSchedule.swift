import Foundation

/// The learning rate of each step.
public struct RateSchedule: Sendable, Equatable {
  public enum Kind: String, CaseIterable, Sendable {
    case constant
    /// From the rate to 0 over half a period of the cosine. I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent
    /// with warm restarts", without restarts.
    case cosine
    /// By a factor less after every so many steps.
    case step
  }

  public var kind = Kind.constant
  public var rate = 5e-4
  /// Steps in which the rate rises in a straight line.
  public var warmup = 0
  /// Of `step`: steps from one fall to the next; nil: a third of the run.
  public var every: Int?
  /// Of `step`: what the rate is multiplied by then.
  public var factor = 0.1

  public init() {}

  /// - Parameters:
  ///   - step: from 1.
  ///   - totalSteps: of the run.
  func rate(step: Int, totalSteps: Int) -> Double {
    if step <= warmup { return rate * Double(step) / Double(warmup) }
    let after = step - 1 - warmup
    switch kind {
    case .constant: return rate
    case .cosine: return rate * (1 + cos(.pi * Double(after) / Double(max(totalSteps - warmup, 1)))) / 2
    case .step: return rate * pow(factor, Double(after / interval(totalSteps)))
    }
  }

  private func interval(_ totalSteps: Int) -> Int { every ?? max((totalSteps - warmup + 2) / 3, 1) }

  /// All that rates depend on beside the rate and the warm-up.
  func description(totalSteps: Int) -> String {
    switch kind {
    case .constant: "constant"
    case .cosine: "cosine over \(totalSteps) steps"
    case .step: "times \(factor) every \(interval(totalSteps)) steps"
    }
  }
}
