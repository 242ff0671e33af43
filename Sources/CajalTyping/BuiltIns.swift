import CajalSyntax

/// A name of the language itself that stands for a function, where nothing has taken it.
public struct BuiltIn: Sendable {
  public let name: String
  /// Its types, as LANGUAGE.md writes them.
  public let scheme: String
  /// Only data of a model may be given to it.
  public let isOnData: Bool

  /// In the order of LANGUAGE.md.
  public static let all: [BuiltIn] =
    Constant.allCases.map { BuiltIn(name: $0.rawValue, scheme: $0.scheme, isOnData: false) }
    + [BuiltIn(name: Checker.concat, scheme: "Real[m,s] -o Real[n,s] -o Real[m+n,s], of one context", isOnData: false)]
    + DataFunction.names.map { name in
      let isUnary = DataFunction(named: name)?.arity == 1
      return BuiltIn(
        name: name,
        scheme: isUnary ? "Real[s] -> Real[s], entry by entry" : "Real[s] -> Real[s] -> Real[s], entry by entry",
        isOnData: true)
    }

  public static func named(_ name: String) -> BuiltIn? { all.first { $0.name == name } }
}
