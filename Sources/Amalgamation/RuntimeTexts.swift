import Foundation

/// The runtime's sources and headers, in a folder with `src` and `include`.
public struct RuntimeTexts: Sendable {
  private let texts: [String: String]
  let files: [KernelFile]

  /// - Throws: where a file cannot be read.
  public init(folder: String) throws {
    var texts: [String: String] = [:]
    for part in ["include", "src"] {
      let path = folder + "/" + part
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
        guard name.hasSuffix(".c") || name.hasSuffix(".h") else { continue }
        texts[name] = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
      }
    }
    self.texts = texts
    // OpenBLAS is a library of its own.
    files = texts.keys.sorted().filter { $0.hasSuffix(".c") && $0 != "blas_product.c" }.map { name in
      KernelFile(name: name, texts: texts)
    }
  }

  subscript(name: String) -> String? { texts[name] }

  /// Everything that the files define or name: what a module's own static names have to avoid.
  public var identifiers: Set<String> {
    Set(
      files.flatMap { file in
        file.text(in: self).withoutComments.matches(of: /[A-Za-z_][A-Za-z0-9_]*/).map { String($0.output) }
      })
  }
}

/// A file of the runtime that defines kernels.
struct KernelFile: Hashable, Sendable {
  let name: String
  /// The template that it includes for each precision; nil where it is for both.
  let template: String?
  /// Kernels without their precision.
  let defined: Set<String>
  /// Kernels that these call, and perhaps others that it names.
  let named: Set<String>

  fileprivate init(name: String, texts: [String: String]) {
    self.name = name
    let text = texts[name]!
    template = text.firstMatch(of: /#define TEMPLATE "(.*)"/).map { String($0.output.1) }
    // What is at the start of a line is defined there, and what is indented is used.
    var (defined, named): (Set<String>, Set<String>) = ([], [])
    let all = ([template ?? name] + included(by: texts[template ?? name]!, texts)).compactMap { texts[$0] }
    for line in all.joined().withoutComments.split(separator: "\n") where !line.hasPrefix("#") {
      let names = line.matches(of: /cajal_[a-z0-9_]+/).map { String($0.output) }
      if line.hasPrefix(" ") { named.formUnion(names) } else { defined.formUnion(names) }
    }
    (self.defined, self.named) = (defined, named.subtracting(defined))
  }

  func text(in texts: RuntimeTexts) -> String { texts[template ?? name]! }
}

/// The files in quotes that a text includes, and those which they include.
private func included(by text: String, _ texts: [String: String]) -> [String] {
  text.matches(of: /(?m)^#include "(.*)"/).map { String($0.output.1) }.filter { !$0.hasPrefix("cajal_") }.flatMap {
    [$0] + included(by: texts[$0]!, texts)
  }
}

extension String {
  var withoutComments: String { replacing(/(?s)\/\*.*?\*\//, with: "") }
}
