import Foundation

/// Losses by steps, drawn as SVG. Colours are those of the page's style, by the curves' names as classes.
struct LossChart {
  struct Curve {
    let name: String
    let points: [(step: Int, loss: Double)]
    /// Whether each point is marked.
    var hasMarks = true
  }

  private let curves: [Curve]
  private let steps: Int
  /// Of what the vertical axis measures: losses, or their logarithms.
  private let low, high: Double
  /// Where no loss is 0 or less.
  private let isLogarithmic: Bool

  /// In units of the drawing.
  private static let (width, height, left, right, top, bottom) = (720.0, 360.0, 72.0, 16.0, 16.0, 44.0)

  /// Nil where no point is finite.
  init?(_ curves: [Curve]) {
    self.curves = curves.map { curve in
      Curve(name: curve.name, points: curve.points.filter { $0.loss.isFinite }, hasMarks: curve.hasMarks)
    }
    let points = self.curves.flatMap(\.points)
    guard let least = points.map(\.loss).min(), let most = points.map(\.loss).max() else { return nil }
    isLogarithmic = least > 0
    steps = max(points.map(\.step).max()!, 1)
    let ends = isLogarithmic ? (log10(least), log10(most)) : (least, most)
    // Losses that are all the same are in the middle.
    let margin = ends.1 > ends.0 ? 0.05 * (ends.1 - ends.0) : max(abs(ends.0), 1) * 0.5
    (low, high) = (ends.0 - margin, ends.1 + margin)
  }

  var svg: String {
    let (left, right) = (Self.left, Self.width - Self.right)
    let (top, bottom) = (Self.top, Self.height - Self.bottom)
    var lines = [
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"Losses by steps\">"
    ]
    for tick in Self.round(low, high, atMost: 6, wholeOnly: isLogarithmic) {
      let y = place(y: tick)
      let text = significant(isLogarithmic ? pow(10, tick) : tick, 3)
      lines += [
        "<line class=\"grid\" x1=\"\(Self.text(left))\" x2=\"\(Self.text(right))\" y1=\"\(y)\" y2=\"\(y)\"/>",
        "<text x=\"\(Self.text(left - 8))\" y=\"\(y)\" dy=\"0.32em\" text-anchor=\"end\">\(text)</text>",
      ]
    }
    for tick in Self.round(0, Double(steps), atMost: 6, wholeOnly: true) {
      lines.append(
        "<text x=\"\(place(x: tick))\" y=\"\(Self.text(bottom + 20))\" text-anchor=\"middle\">\(Int(tick))</text>")
    }
    lines.append(
      "<rect class=\"frame\" x=\"\(Self.text(left))\" y=\"\(Self.text(top))\" width=\"\(Self.text(right - left))\" "
        + "height=\"\(Self.text(bottom - top))\"/>")
    for curve in curves where !curve.points.isEmpty {
      let places = curve.points.map { point in
        (x: place(x: Double(point.step)), y: place(y: isLogarithmic ? log10(point.loss) : point.loss))
      }
      let path = places.map { "\($0.x),\($0.y)" }.joined(separator: " ")
      lines.append("<polyline class=\"\(curve.name)\" points=\"\(path)\"/>")
      guard curve.hasMarks else { continue }
      lines += places.map { "<circle class=\"\(curve.name)\" cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"2.5\"/>" }
    }
    return (lines + ["</svg>"]).joined(separator: "\n")
  }

  private func place(x step: Double) -> String {
    Self.text(Self.left + step / Double(steps) * (Self.width - Self.left - Self.right))
  }

  private func place(y value: Double) -> String {
    Self.text(Self.top + (high - value) / (high - low) * (Self.height - Self.top - Self.bottom))
  }

  private static func text(_ place: Double) -> String { String(format: "%.1f", place) }

  /// Round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameter wholeOnly: leaves out what is no whole number; where none is between, all are given.
  private static func round(_ low: Double, _ high: Double, atMost count: Int, wholeOnly: Bool) -> [Double] {
    let least = (high - low) / Double(count)
    let power = pow(10, floor(log10(least)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= least * 0.999 } ?? power
    // And no −0.
    func multiples(of step: Double) -> [Double] {
      stride(from: (low / step).rounded(.up), through: (high / step).rounded(.down), by: 1).map { $0 * step + 0 }
    }
    let whole = multiples(of: max(step, 1))
    return wholeOnly && !whole.isEmpty ? whole : multiples(of: step)
  }
}
