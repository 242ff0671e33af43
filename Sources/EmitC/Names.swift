/// Two exported names that are the same in C (E0309).
public struct NameClash: Error, Hashable, Sendable {
  /// The names of the programs or models in the source.
  public let first: String
  public let second: String
  public let cName: String

  public init(first: String, second: String, cName: String) {
    self.first = first
    self.second = second
    self.cName = cName
  }
}

extension NameClash: CustomStringConvertible {
  public var description: String { "'\(first)' and '\(second)' would both be \(cName) in C" }
}

/// Names of the source in C (LANGUAGE.md, section 7).
public enum CName {
  /// Letters, digits and `_` stay; a prime is `_prime`, another character `_u` and its number.
  public static func mangled(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": result.unicodeScalars.append(scalar)
      case "'": result += "_prime"
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "_u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
    }
    return result
  }

  /// A name of several parts, "kernel.0.weight", as one word.
  static func joined(_ name: String) -> String {
    let word = name.split(separator: ".").joined(separator: "_")
    return word.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "_" } ?? false ? word : "t" + word
  }

  /// The mangled name as a prefix: it begins with a letter.
  public static func prefix(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": result.unicodeScalars.append(scalar)
      case "-", ".", " ", "+": result += "_"
      default: result += mangled(String(scalar))
      }
    }
    guard let first = result.unicodeScalars.first else { return "module" }
    return first.properties.isAlphabetic ? result : "m" + result
  }

  /// Whether the name can stand for a variable in C and in C++, whatever standard headers are included.
  static func isUsable(_ name: String) -> Bool {
    if reserved.contains(name) || name.hasPrefix("cajal_") || name.hasPrefix("CAJAL_") { return false }
    if mayBeMacro(name) { return false }
    let scalars = Array(name.unicodeScalars.prefix(2))
    guard scalars.count > 1, scalars[0] == "_" else { return true }
    return !(scalars[1] == "_" || scalars[1].properties.isUppercase)
  }

  /// Whether a standard header may define it: names in capitals (`NAN`, `UINT32_MAX`), but not `X` and `X1`, and those
  /// that begin like a family of macros. None of them ends with a bar.
  private static func mayBeMacro(_ name: String) -> Bool {
    if name.hasSuffix("_") { return false }
    if macroPrefixes.contains(where: name.hasPrefix) { return true }
    guard let first = name.unicodeScalars.first, ("A"..."Z").contains(first) else { return false }
    let rest = name.unicodeScalars.dropFirst()
    return !rest.contains { ("a"..."z").contains($0) } && !rest.allSatisfy { ("0"..."9").contains($0) }
  }

  /// Of <math.h>, <stdio.h>, <inttypes.h>, <signal.h> and <stdatomic.h> as gcc's and clang's libraries have them.
  private static let macroPrefixes = ["M_", "L_", "P_", "SYS_", "PRI", "SCN", "sa_", "si_", "sigev_", "atomic_"]

  private static let reserved = Set(
    """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Alignas
    _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local asm fortran typeof
    alignas alignof and and_eq bitand bitor bool catch char8_t char16_t char32_t class compl concept consteval constexpr
    constinit const_cast co_await co_return co_yield decltype delete dynamic_cast explicit export false friend mutable
    namespace new noexcept not not_eq nullptr operator or or_eq private protected public reinterpret_cast requires
    static_assert static_cast template this thread_local throw true try typeid typename using virtual wchar_t xor xor_eq
    linux unix i386 NULL EOF errno assert offsetof complex imaginary I stdin stdout stderr size_t ptrdiff_t max_align_t
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t SIZE_MAX real lanes main
    noreturn math_errhandling sched_priority unreachable h_errno
    batch keep work result result_bar in out stride out_bar in_bar
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}

/// Names in use, so that each is given out once.
struct NameScope {
  private var used: Set<String>
  /// Names of the scopes around, which are not copied.
  private let outer: [Set<String>]
  private var counts: [String: Int] = [:]

  init(_ used: [String] = []) {
    self.used = Set(used)
    outer = []
  }

  init(inside scope: NameScope) {
    used = []
    outer = scope.outer + [scope.used]
  }

  private func isTaken(_ name: String) -> Bool { used.contains(name) || isOutside(name) }
  private func isOutside(_ name: String) -> Bool { outer.contains { $0.contains(name) } }

  /// Takes the name; false where it is in use.
  mutating func take(_ name: String) -> Bool { !isOutside(name) && used.insert(name).inserted }

  /// The name itself, or with a number behind it. Free with all the suffixes, which are taken too.
  mutating func claim(_ source: String, suffixes: [String] = [""]) -> String {
    let base = CName.mangled(source)
    func isFree(_ name: String) -> Bool { CName.isUsable(name) && suffixes.allSatisfy { !isTaken(name + $0) } }
    // Keywords get a bar at their end, names that C or the runtime reserves a letter at their start.
    var stem = base
    if !CName.isUsable(base) {
      stem = base.hasPrefix("_") ? "v" + base : base.lowercased().hasPrefix("cajal_") ? "v_" + base : base + "_"
    }
    var name = stem
    while !isFree(name) {
      let count = (counts[stem] ?? 1) + 1
      counts[stem] = count
      // A bar at the end, as what no header defines has it, stays there; where `A_2` might be a macro, `A_2_` is none.
      let numbered = stem.hasSuffix("_") ? "\(stem)\(count)_" : "\(stem)_\(count)"
      name = CName.isUsable(numbered) ? numbered : numbered + "_"
    }
    for suffix in suffixes { used.insert(name + suffix) }
    return name
  }
}
