import Diagnostics
import Driver
import Foundation

/// What `cajal2c explain` prints, as files that editors can open.
final class ExplanationPages {
  private let folder: String?
  private var links: [DiagnosticCode: String?] = [:]

  init(folder: String?) { self.folder = folder }

  /// The URI of a page; nil where it cannot be written.
  func link(to code: DiagnosticCode) -> String? {
    if let known = links[code] { return known }
    let link = write(code)
    links[code] = .some(link)
    return link
  }

  private func write(_ code: DiagnosticCode) -> String? {
    guard let folder else { return nil }
    let path = "\(folder)/\(code.rawValue).md"
    if (try? String(contentsOfFile: path, encoding: .utf8)) != code.explanation {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try writeAtomically([(path, code.explanation)])
      } catch { return nil }
    }
    return URL(fileURLWithPath: path).absoluteString
  }

  /// In the user's cache.
  static var usualFolder: String? {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/cajal2c/explain" }
    return environment["HOME"].map { $0 + "/.cache/cajal2c/explain" }
  }
}
