import Foundation

/// A module as one C file: what was emitted, the headers that it includes, and the kernels that it calls, all static but
/// the module's own functions. It needs no other file of ours, and no library but libm, where a kernel calls it.
public struct Amalgamation {
  private let runtime: RuntimeTexts
  private let realBytes: Int

  public init(_ runtime: RuntimeTexts, realBytes: Int) {
    (self.runtime, self.realBytes) = (runtime, realBytes)
  }

  /// The header of a module without the include of cajal.h.
  public func header(_ emitted: String) -> String {
    var expansion = Expansion(runtime, module: nil, kernelHeader: "")
    return "#include <stddef.h>\n#include <stdint.h>\n".placed(in: expansion.expand(emitted))
  }

  /// - Parameter header: the emitted header, and its name.
  public func c(_ emitted: String, header: (name: String, text: String)) -> String {
    let all = runtime["cajal_kernels.h"]!
    let declared = KernelHeader.names(all)
    let files = files(calledBy: emitted.identifiers(of: declared))
    let defined = Set(files.flatMap(\.defined))
    let kernelHeader = KernelHeader.text(all) { name in defined.contains(base(name)) && isOfThisPrecision(name) }
    var expansion = Expansion(runtime, module: header, kernelHeader: kernelHeader)
    let module = expansion.expand(emitted)
    guard !files.isEmpty else { return Self.systemHeaders.placed(in: module) }
    let kernels = kernels(files, &expansion)
    // Without functions of libm there need be no <math.h>.
    let math = kernels.contains(Self.libm) ? "\n" + runtime[Expansion.mathHeader]! : ""
    return Self.systemHeaders.placed(in: module) + runtimeHead + math + kernels
  }

  // MARK: Kernels

  /// The files with these kernels and with what those call, in the order of their names.
  private func files(calledBy names: Set<String>) -> [KernelFile] {
    var wanted = Set(names.map(base))
    var found: Set<KernelFile> = []
    while let file = runtime.files.first(where: { !found.contains($0) && !$0.defined.isDisjoint(with: wanted) }) {
      found.insert(file)
      wanted.formUnion(file.named.map(base))
    }
    return found.sorted { $0.name < $1.name }
  }

  private func base(_ name: String) -> String {
    for suffix in ["_f32", "_f64"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
    return name
  }

  private func isOfThisPrecision(_ name: String) -> Bool {
    base(name) == name || name.hasSuffix(realBytes == 4 ? "_f32" : "_f64")
  }

  private func kernels(_ files: [KernelFile], _ expansion: inout Expansion) -> String {
    var text = ""
    for file in files where file.template == nil { text += "\n" + expansion.expand(file.text(in: runtime)) }
    let templates = files.filter { $0.template != nil }
    guard !templates.isEmpty else { return text }
    // Of the three parts the first defines what is for both precisions and then for float, the second what is for
    // double, and the third ends what the second began.
    let parts = runtime["both_precisions.h"]!.split(separator: "#include TEMPLATE\n", omittingEmptySubsequences: false)
    let common = parts[0].prefix(upTo: parts[0].range(of: "#define REAL float")!.lowerBound)
    let own: (Substring, Substring) =
      realBytes == 4
      ? (parts[0][common.endIndex...], "")
      : (parts[1][parts[1].range(of: "\n\n")!.lowerBound...], parts[2])
    text += "\n" + expansion.expand(String(common + own.0))
    for file in templates { text += "\n\(heading(file))\n\n" + expansion.expand(file.text(in: runtime)) }
    return text + own.1
  }

  /// What a file says of itself in its first line.
  private func heading(_ file: KernelFile) -> Substring { runtime[file.name]!.prefix { $0 != "\n" } }

  private let runtimeHead = """

    /* ---- The runtime, as far as it is used here. Its kernels gain from fused multiplication and addition. ---- */

    #if defined __GNUC__ && !defined __clang__
    #pragma GCC optimize("fp-contract=fast")
    #elif defined __clang__
    #pragma STDC FP_CONTRACT ON
    #endif

    """

  // MARK: The C library

  /// What of libm kernels call.
  private static var libm: Regex<Substring> { /\b(?:exp|expm1|log|log1p|sqrt|fabs|pow|sin|cos|frexp|ldexp)\(/ }

  private static let systemHeaders = """
    #include <float.h>
    #include <stddef.h>
    #include <stdint.h>
    /* A compiler asks for these of every library, also where there are no headers. It calls them where it has to. */
    #if __STDC_HOSTED__
    #include <string.h>
    #else
    void *memcpy(void *restrict to, const void *restrict from, size_t count);
    void *memset(void *to, int byte, size_t count);
    #ifdef __GNUC__
    #define memcpy(to, from, count) __builtin_memcpy(to, from, count)
    #define memset(to, byte, count) __builtin_memset(to, byte, count)
    #endif
    #endif

    /* Other modules have kernels of their own. */
    #if defined __GNUC__
    #define \(KernelHeader.specifier) static __attribute__((unused))
    #else
    #define \(KernelHeader.specifier) static
    #endif


    """
}

extension String {
  /// Weights make a text of many megabytes, which is searched for the prefix alone.
  fileprivate func identifiers(of names: Set<String>) -> Set<String> {
    let found = components(separatedBy: "cajal_").dropFirst().map { rest in
      "cajal_" + rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
    return Set(found).intersection(names)
  }

  /// In place of the marker.
  fileprivate func placed(in text: String) -> String {
    text.replacing(Expansion.marker, with: self, maxReplacements: 1)
  }
}
