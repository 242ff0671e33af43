import CajalSyntax
import Diagnostics

/// What is known about the type of a term before it is looked at.
indirect enum Expectation {
  case nothing
  /// Something that an error elsewhere hides: no second error is reported for what cannot be inferred.
  case poison
  case type(Type, Reason)
  /// A function whose argument's type is known (nil: poisoned), as in `(fun x => b) e`.
  case applied(Type?, Expectation)
  /// A type that ends in reals. Where the term leaves it open, it is `like`; a literal `[[…], …]` is a tensor if
  /// `tensor`, and otherwise the linear map.
  case real(tensor: Bool, like: Type?)
  /// Any type of naturals.
  case natural(Reason)

  /// Why a type is expected: chooses the message where another is found.
  enum Reason {
    /// The type written at the span: of a definition, a program's result, an ascription.
    case declared(Span?)
    case argument(of: Span)
    case condition(Span)
    case count(Span)
    case successor
    /// The operand of `widen`.
    case widened
    /// The operand of `case` or `fold`, whose patterns name the type.
    case patterns(Span)
    /// The other branch of an `if`, which has the type.
    case branch(Span)
    /// Another alternative of `case` or `fold`, which has the type.
    case alternative(Span)
    /// The base of an iteration.
    case base(Span)
    /// The other operand of a sum.
    case operand(Span)
    /// In brackets.
    case entry
    /// The first argument of `scale`.
    case scalar
    /// The binder of a closed value given from outside.
    case port
  }
}

/// How much a term tells about its own type.
enum Inferability: Int, Comparable {
  /// It has none without an expectation: `fun x => …`, an unapplied constant.
  case needsType
  /// A literal that takes several types and has a default.
  case flexible
  case rigid

  static func < (a: Inferability, b: Inferability) -> Bool { a.rawValue < b.rawValue }
}
