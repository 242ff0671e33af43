/// cajal_kernels.h with some of its kernels, which are static.
enum KernelHeader {
  /// In front of every kernel, and of what it calls of other files.
  static let specifier = "CAJAL_KERNEL"

  private static var prototype: Regex<(Substring, Substring)> {
    /(?m)^(?:void|int|size_t|float|double) (cajal_[a-z0-9_]+)\([^;]*;\n?/
  }

  /// - Parameter isWanted: of a kernel with its precision.
  static func text(_ header: String, isWanted: (String) -> Bool) -> String {
    var kept: [Substring] = []
    var heading: Substring?
    for paragraph in header.split(separator: "\n\n") {
      if paragraph.hasPrefix("/* ----") && paragraph.hasSuffix("---- */") {
        heading = paragraph
        continue
      }
      let names = paragraph.matches(of: prototype).map { String($0.output.1) }
      guard names.isEmpty || names.contains(where: isWanted) else { continue }
      if let found = heading { kept.append(found) }
      heading = nil
      kept.append(
        Substring(
          paragraph.replacing(prototype) { match in
            isWanted(String(match.output.1)) ? specifier + " " + match.output.0 : ""
          }))
    }
    return kept.joined(separator: "\n\n")
  }

  /// The kernels that it declares, with their precisions.
  static func names(_ header: String) -> Set<String> {
    Set(header.matches(of: prototype).map { String($0.output.1) })
  }
}
