import Foundation

/// As much of TextMate's way with grammars as ours needs: a line at a time, the first rule of those that fit earliest.
struct TextMateGrammar {
  private final class Rule {
    var name: String?
    var match: NSRegularExpression?
    var begin: NSRegularExpression?
    var end: NSRegularExpression?
    var captures: [Int: String] = [:]
    var patterns: [Rule] = []
    var include: String?
  }

  private struct Malformed: Error {}

  private let root: Rule
  private var repository: [String: Rule] = [:]

  init(path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard let json = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { throw Malformed() }
    root = try Self.rule(json)
    for (name, value) in json["repository"] as? [String: [String: Any]] ?? [:] {
      repository[name] = try Self.rule(value)
    }
  }

  private static func rule(_ json: [String: Any]) throws -> Rule {
    func expression(_ key: String) throws -> NSRegularExpression? {
      try (json[key] as? String).map { try NSRegularExpression(pattern: $0) }
    }
    let rule = Rule()
    rule.name = json["name"] as? String
    rule.match = try expression("match")
    rule.begin = try expression("begin")
    rule.end = try expression("end")
    rule.include = json["include"] as? String
    for (index, capture) in json["captures"] as? [String: [String: String]] ?? [:] {
      if let index = Int(index) { rule.captures[index] = capture["name"] }
    }
    rule.patterns = try (json["patterns"] as? [[String: Any]] ?? []).map { try Self.rule($0) }
    return rule
  }

  /// The innermost scope of each UTF-16 unit; nil where there is none.
  func scopes(of text: String) -> [String?] {
    var scopes: [String?] = []
    var stack: [Rule] = []
    for line in lines(text) {
      let string = line as NSString
      var found = [String?](repeating: nil, count: string.length)
      var offset = 0
      while true {
        guard let (range, rule, result, isEnd) = earliest(string, offset, stack.last) else {
          paint(&found, NSRange(location: offset, length: string.length - offset), stack)
          break
        }
        paint(&found, NSRange(location: offset, length: range.location - offset), stack)
        if isEnd {
          paint(&found, range, stack)
          stack.removeLast()
        } else if rule.begin != nil {
          stack.append(rule)
          paint(&found, range, stack)
        } else {
          if let name = rule.name { paint(&found, range, name) }
          for (index, name) in rule.captures { paint(&found, result.range(at: index), name) }
        }
        // A match of nothing would go on for ever.
        offset = range.length == 0 ? range.location + 1 : range.location + range.length
        if offset > string.length { break }
      }
      scopes += found + [nil]
    }
    return Array(scopes.dropLast())
  }

  private func lines(_ text: String) -> [String] {
    var lines: [[UInt16]] = [[]]
    for unit in text.utf16 { if unit == 0x0A { lines.append([]) } else { lines[lines.count - 1].append(unit) } }
    return lines.map { String(decoding: $0, as: UTF16.self) }
  }

  private func paint(_ found: inout [String?], _ range: NSRange, _ stack: [Rule]) {
    if let name = stack.last(where: { $0.name != nil })?.name { paint(&found, range, name) }
  }

  private func paint(_ found: inout [String?], _ range: NSRange, _ name: String) {
    guard range.location != NSNotFound, range.length > 0 else { return }
    for index in range.location..<(range.location + range.length) { found[index] = name }
  }

  private func earliest(
    _ line: NSString, _ offset: Int, _ inside: Rule?
  ) -> (NSRange, Rule, NSTextCheckingResult, Bool)? {
    var best: (NSRange, Rule, NSTextCheckingResult, Bool)?
    func consider(_ expression: NSRegularExpression?, _ rule: Rule, isEnd: Bool) {
      let range = NSRange(location: offset, length: line.length - offset)
      // What stands before the place can be looked at, and `^` is the line's start.
      guard let expression, range.length >= 0,
        let result = expression.firstMatch(
          in: line as String, options: [.withTransparentBounds, .withoutAnchoringBounds], range: range)
      else { return }
      if let known = best?.0, known.location <= result.range.location { return }
      best = (result.range, rule, result, isEnd)
    }
    if let inside { consider(inside.end, inside, isEnd: true) }
    for rule in flattened(inside?.patterns ?? root.patterns) { consider(rule.begin ?? rule.match, rule, isEnd: false) }
    return best
  }

  private func flattened(_ rules: [Rule]) -> [Rule] {
    rules.flatMap { rule -> [Rule] in
      if let include = rule.include { return flattened([repository[String(include.dropFirst())]].compactMap { $0 }) }
      return rule.match != nil || rule.begin != nil ? [rule] : flattened(rule.patterns)
    }
  }
}
