import Foundation

/// Tells a person how far a run is: a bar on a terminal, and a line an epoch.
public final class Progress: @unchecked Sendable {
  private let isTerminal: Bool
  private let write: (String) -> Void
  private var total = 0
  private var began = ContinuousClock.now
  private var beganAt = 0
  private var lastShown: ContinuousClock.Instant?

  /// - Parameter write: takes the lines that stay.
  public init(isTerminal: Bool = isatty(STDERR_FILENO) == 1, write: @escaping (String) -> Void) {
    self.isTerminal = isTerminal
    self.write = write
  }

  func begin(at step: Int, of total: Int) {
    self.total = total
    beganAt = step
    began = .now
  }

  /// Draws the bar, at most ten times a second.
  func update(step: Int, batch: Int, loss: Double) {
    guard isTerminal else { return }
    let now = ContinuousClock.now
    if let lastShown, now - lastShown < .milliseconds(100), step < total { return }
    lastShown = now
    let rate = rate(at: step, now)
    let width = 24
    let filled = total > 0 ? width * step / total : width
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
    show(
      "\r\u{1b}[K[\(bar)] step \(step)/\(total)  \(Int(rate * Double(batch))) samples/s  \(left(after: step)) left  "
        + "loss \(significant(loss, 4))")
  }

  /// How long the rest takes at the rate so far.
  func left(after step: Int) -> String { duration(Double(total - step) / max(rate(at: step, .now), 1e-9)) }

  /// Steps a second.
  private func rate(at step: Int, _ now: ContinuousClock.Instant) -> Double {
    Double(step - beganAt) / max((now - began) / .seconds(1), 1e-9)
  }

  /// Writes a line that stays.
  func line(_ text: String) {
    if isTerminal { show("\r\u{1b}[K") }
    write(text)
  }

  private func show(_ text: String) { _ = writeText(text, to: STDERR_FILENO) }

  private func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "long" }
    let whole = Int(seconds.rounded(.up))
    let parts = [whole / 3600, whole / 60 % 60, whole % 60].map { String(format: "%02d", $0) }
    return (whole >= 3600 ? parts : Array(parts.dropFirst())).joined(separator: ":")
  }
}

/// Writes a text to an open file. Returns 0, or the number of the error that kept a part of it from being written.
public func writeText(_ text: String, to descriptor: Int32) -> Int32 {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = rest.dropFirst(count)
  }
  return 0
}

/// A number with so many significant digits, for a person.
func significant(_ value: Double, _ digits: Int) -> String {
  value.isNaN ? "nan" : String(format: "%.\(digits)g", value)
}
