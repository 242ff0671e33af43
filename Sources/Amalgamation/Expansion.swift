/// Puts files in the place of their #include, each once; where the first of a system's headers or ours was included
/// stands a marker.
struct Expansion {
  static let marker = "\u{1}"
  /// Left out.
  static let mathHeader = "real_math.h"

  private let runtime: RuntimeTexts
  private let module: (name: String, text: String)?
  private let kernelHeader: String
  private var seen: Set<String> = [mathHeader]
  private var isMarked = false

  init(_ runtime: RuntimeTexts, module: (name: String, text: String)?, kernelHeader: String) {
    (self.runtime, self.module, self.kernelHeader) = (runtime, module, kernelHeader)
  }

  mutating func expand(_ text: String) -> String {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("#include "), let match = line.wholeMatch(of: /#include (["<])(.*)[">]/) else {
        lines.append(String(line))
        continue
      }
      let name = String(match.output.2)
      // What is included includes others, but stands behind the marker.
      let before = isMarked ? "" : Self.marker
      isMarked = true
      // A module's header may have the name of one of ours, which is included with <> then.
      let own = match.output.1 == "\"" && name == module?.name ? module?.text : nil
      let isNew = own != nil || seen.insert(name).inserted
      guard isNew, let included = own ?? contents(name) else {
        if !before.isEmpty { lines.append(before) }
        continue
      }
      lines.append(before + expand(included).trimmingSuffix { $0 == "\n" })
    }
    return lines.joined(separator: "\n")
  }

  /// Nil for a header of the system.
  private func contents(_ name: String) -> String? {
    name == "cajal_kernels.h" ? kernelHeader : runtime[name]
  }
}

extension String {
  fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> String {
    String(self[..<(lastIndex { !isTrimmed($0) }.map(index(after:)) ?? startIndex)])
  }
}
