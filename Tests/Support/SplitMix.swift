import CajalEvaluator

/// Every random test is seeded, so that it can be run again.
public typealias SplitMix = SplitMix64

extension SplitMix64 {
  public mutating func below(_ bound: Int) -> Int { next(below: bound) }
  public mutating func real() -> Double { nextSigned() }
  public mutating func vector(_ count: Int) -> [Double] { (0..<count).map { _ in nextSigned() } }
}
