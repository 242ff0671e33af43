/// Which measures say something of a task's results.
public enum MeasureKind: Sendable {
  /// Mean differences, and the signal-to-noise ratio.
  case images
  /// Mean differences, and what part of the targets is explained.
  case vectors
  /// The part of samples that are right.
  case choices
}

extension LearningTask {
  public func measured(by loss: Loss) -> MeasureKind {
    switch self {
    case .image: .images
    case .pairs, .classes, .lists: .choices
    case .files: loss == .crossEntropy || loss == .nll ? .choices : .vectors
    }
  }
}

extension Measures {
  /// The names of a kind's measures, and their values.
  func columns(_ kind: MeasureKind) -> [(name: String, value: String)] {
    switch kind {
    case .images:
      [("l1", "\(l1)"), ("mse", "\(mse)"), ("psnr", "\(psnr)"), ("psnr_1", "\(psnr1)"), ("exact", "\(exact)")]
    case .vectors:
      [
        ("l1", "\(l1)"), ("mse", "\(mse)"), ("rmse", "\(rmse)"), ("r2", "\(r2)"),
        ("relative_error", "\(relativeError)"),
      ]
    case .choices: [("accuracy", "\(accuracy)")]
    }
  }

  /// The columns of a table.
  public static func csvHeader(_ kind: MeasureKind) -> String {
    (["samples", "loss"] + none.columns(kind).map(\.name)).joined(separator: ",")
  }

  public func csv(_ kind: MeasureKind) -> String {
    (["\(count)", "\(loss)"] + columns(kind).map(\.value)).joined(separator: ",")
  }
}
