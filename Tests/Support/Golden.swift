import Foundation

/// A file under Tests/Goldens whose contents a test expects.
///
/// With `CAJAL_UPDATE_GOLDENS=1` in the environment the file is written instead of compared: read the difference in
/// git before you commit it.
public struct Golden: Sendable {
  public let path: String

  public init(_ name: String) { path = projectRoot + "/Tests/Goldens/" + name }

  /// Nil where `actual` is what is expected; otherwise where they part.
  public func difference(from actual: String) -> String? {
    if ProcessInfo.processInfo.environment["CAJAL_UPDATE_GOLDENS"] == "1" {
      let folder = (path as NSString).deletingLastPathComponent
      try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try? actual.write(toFile: path, atomically: true, encoding: .utf8)
      return nil
    }
    guard let expected = try? String(contentsOfFile: path, encoding: .utf8) else {
      return "\(path) is missing; run the tests with CAJAL_UPDATE_GOLDENS=1 and read what it holds"
    }
    if expected == actual { return nil }
    let (want, got) = (lines(expected), lines(actual))
    let line = zip(want, got).enumerated().first { $1.0 != $1.1 }?.offset ?? min(want.count, got.count)
    func show(_ lines: [Substring]) -> String { line < lines.count ? "`\(lines[line])`" : "the end" }
    return "\(path):\(line + 1): expected \(show(want)), got \(show(got))"
  }

  private func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}
