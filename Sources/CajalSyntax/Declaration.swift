import Diagnostics

public enum Norm: String, Hashable, Sendable, CaseIterable { case l1, l2, linf }

/// `within norm radius` on a parameter (LANGUAGE.md, section 5, bounded links).
public struct Bound: Hashable, Sendable {
  public let norm: Norm
  public let radius: Double
  public init(norm: Norm, radius: Double) {
    self.norm = norm
    self.radius = radius
  }
}

public struct Parameter: Sendable {
  public let name: Name
  public let type: TypeExpression
  public let bound: Bound?
  /// Of the bound, from its word on.
  public let boundPlace: Span?
  /// Of a table, `x : Name[N]`: N.
  public let rows: (count: UInt64, span: Span)?
  public init(
    name: Name, type: TypeExpression, bound: Bound?, boundPlace: Span? = nil, rows: (count: UInt64, span: Span)? = nil
  ) {
    self.name = name
    self.type = type
    self.bound = bound
    self.boundPlace = boundPlace
    self.rows = rows
  }
}

extension Parameter {
  /// Without its bound.
  public var unbounded: [Fix] { boundPlace.map { [.remove($0, "remove the bound")] } ?? [] }
}

/// `Con field …` in a `data` declaration.
public struct ConstructorDeclaration: Sendable {
  public let name: Name
  public let fields: [TypeExpression]
  public init(name: Name, fields: [TypeExpression]) {
    self.name = name
    self.fields = fields
  }
}

/// One declaration of a file.
public struct Declaration: Sendable {
  public enum Kind: Sendable {
    case horizon(UInt64)
    case type(Name, TypeExpression)
    /// No constructors where they could not be read; a diagnostic has been given.
    case data(Name, [ConstructorDeclaration])
    case definition(Name, TypeExpression?, Term)
    case program(Name, [Parameter], TypeExpression, Term)
    /// No layers where they could not be read; a diagnostic has been given.
    case net(Name, [Parameter], TypeExpression, [Layer])
    case model(Name, [Parameter], TypeExpression, Term)
    /// `param name : type [= literal]`: a learnt tensor, and what it starts from.
    case learnt(Name, TypeExpression, Numbers?)
  }
  public let kind: Kind
  public let span: Span
  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A parsed file. Declarations that could not be read are left out; the diagnostics say so.
public struct SyntaxTree: Sendable {
  public let declarations: [Declaration]
  /// Where text was passed over after a diagnostic, in the order of the file: what is used there is in no term.
  private let unread: [Int]
  public init(declarations: [Declaration], unread: [Int] = []) {
    self.declarations = declarations
    self.unread = unread
  }

  public func isPartlyUnread(_ span: Span) -> Bool {
    var (low, high) = (0, unread.count)
    while low < high {
      let middle = (low + high) / 2
      if unread[middle] < span.start { low = middle + 1 } else { high = middle }
    }
    return low < unread.count && unread[low] <= span.end
  }
}
