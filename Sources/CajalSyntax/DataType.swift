/// A type that a `data` declaration makes (LANGUAGE.md, section 8). Two of these are the same only if they are one
/// object, whatever their names.
///
/// `@unchecked`: the constructors are written once, by the checker that made the type, before anybody else sees it.
public final class DataType: Hashable, @unchecked Sendable {
  public let name: String
  /// In the order of the declaration.
  public private(set) var constructors: [Constructor] = []
  /// One of its constructors has a recursive field.
  public private(set) var isRecursive = false
  /// The largest number of recursive fields of a constructor.
  public private(set) var arity = 0
  /// How many declared types are inside of each other here, this one included.
  public private(set) var depth = 1
  /// The dimension at one horizon, so that types that share their parts are not measured over and over.
  private(set) var measured: (horizon: Int, dimension: Int?)?

  /// A type whose constructors are to be given by `define`.
  public init(name: String) { self.name = name }

  public convenience init(name: String, constructors: [Constructor]) {
    self.init(name: name)
    define(constructors)
  }

  /// - Parameter horizon: at which the type's dimension will be asked for.
  public func define(_ constructors: [Constructor], horizon: Int? = nil) {
    self.constructors = constructors
    arity = constructors.map(\.arity).max() ?? 0
    isRecursive = arity > 0
    depth = 1 + (constructors.flatMap(\.fields).map(\.depth).max() ?? 0)
    measured = horizon.map { ($0, Type.data(self).dimension(horizon: $0)) }
  }

  /// Recursive, and every constructor has at most one recursive field: a list.
  public var isChain: Bool { arity == 1 }

  /// Whether a fold may take the alternative of this constructor more than once.
  public func isRepeated(_ constructor: Int) -> Bool {
    isRecursive && !(isChain && constructors[constructor].arity == 0)
  }

  /// The number of the constructor with a name.
  public func constructor(named name: String) -> Int? { constructors.firstIndex { $0.name == name } }

  public static func == (a: DataType, b: DataType) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

public struct Constructor: Hashable, Sendable {
  public let name: String
  public let fields: [Field]

  public init(name: String, fields: [Field]) {
    self.name = name
    self.fields = fields
  }

  /// The number of its recursive fields.
  public var arity: Int { fields.count { $0 == .recursive } }

  /// `Con : A1 -o … -o T`
  public func type(of data: DataType) -> Type {
    fields.reversed().reduce(.data(data)) { .function($1.type(in: .data(data)), $0) }
  }
}

public enum Field: Hashable, Sendable {
  /// Of the type that is declared.
  case recursive
  case other(Type)

  /// With a type in the place of the one that is declared.
  public func type(in whole: Type) -> Type {
    switch self {
    case .recursive: whole
    case .other(let type): type
    }
  }

  fileprivate var depth: Int {
    switch self {
    case .recursive: 0
    case .other(let type): type.dataTypes.map(\.depth).max() ?? 0
    }
  }
}

extension Type {
  /// `Nat` or `Nat[n]`.
  public var isNatural: Bool {
    switch self {
    case .nat, .natBelow: true
    case .bool, .real, .data, .function: false
    }
  }

  /// The declared types that are written in it.
  public var dataTypes: [DataType] {
    switch self {
    case .bool, .nat, .natBelow, .real: []
    case .data(let data): [data]
    case .function(let argument, let result): argument.dataTypes + result.dataTypes
    }
  }

  /// A recursive type that it is, or that is written in it: it has no dimension. No field of a declared type has one.
  public var recursiveType: DataType? { dataTypes.first(where: \.isRecursive) }

  /// The declared type that it is, if that is recursive.
  public var asRecursive: DataType? { if case .data(let data) = self, data.isRecursive { data } else { nil } }
}
