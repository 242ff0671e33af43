public struct ScheduleOptions: Sendable {
  /// 4 or 8.
  public var realBytes: Int
  /// Large products may be calls of OpenBLAS.
  public var blas: Bool
  /// Products with shared matrices of at least as many reals are run for a whole batch.
  public var batchThreshold: Int
  /// Products of at most so many multiplications are written out as loops.
  var writtenOutProduct = Threshold.writtenOutProduct
  public init(realBytes: Int, blas: Bool, batchThreshold: Int = ScheduleOptions.defaultBatchThreshold) {
    self.realBytes = realBytes
    self.blas = blas
    self.batchThreshold = batchThreshold
  }

  func isLarge(_ m: Int, _ n: Int) -> Bool {
    let (size, overflow) = m.multipliedReportingOverflow(by: n)
    return overflow || size >= batchThreshold
  }

  public static let defaultBatchThreshold = Threshold.batchMatrix
}

/// A program that needs more memory than can be addressed.
public struct ScheduleTooLarge: Error {
  public init() {}
}
