import CajalSyntax
import Diagnostics

/// A file with one program to test, last, and the declarations that it may use: data for generation, shrinking and
/// mutation alike. Its text is what tests compile, so that the parser and the printer are tested as well.
public struct RandomProgram: Sendable {
  /// A closed definition; with parameters, a program that is called like a function.
  public struct Definition: Sendable {
    public var name: String
    public var parameters: [(name: String, type: Type)]
    /// Of the whole: a function of the parameters.
    public var type: Type
    /// Whether a `def` is written with its type.
    public var isAnnotated: Bool
    public var body: Term
  }

  public struct Port: Sendable {
    public var name: String
    public var type: Type
    public var bound: Bound?
    /// Of a table.
    public var rows: Int?
    public init(name: String, type: Type, bound: Bound? = nil, rows: Int? = nil) {
      self.name = name
      self.type = type
      self.bound = bound
      self.rows = rows
    }

    fileprivate var parameter: Parameter {
      Parameter(
        name: Name(name), type: TypeExpression(type), bound: bound, rows: rows.map { (UInt64($0), Span(0, 0)) })
    }
  }

  /// A net of a model.
  public struct Network: Sendable {
    public var name: String
    public var parameters: [Type]
    public var result: Type
    public var layers: [Layer.Kind]
  }

  /// The seed that it was generated from.
  public var seed: UInt64
  public var horizon: Int
  public var definitions: [Definition] = []
  public var dataTypes: [DataType] = []
  /// Of a model.
  public var nets: [Network] = []
  /// Whether it is a model: then its context are data.
  public var isModel = false
  public var context: [Port]
  public var type: Type
  public var body: Term

  public init(seed: UInt64, horizon: Int, context: [Port], type: Type, body: Term) {
    self.seed = seed
    self.horizon = horizon
    self.context = context
    self.type = type
    self.body = body
  }

  /// What the program under test is called.
  public static let name = "main"
  public var name = RandomProgram.name

  public var tree: SyntaxTree {
    var kinds: [Declaration.Kind] = [.horizon(UInt64(horizon))]
    for data in dataTypes { kinds.append(data.declaration) }
    for definition in definitions { kinds.append(definition.declaration) }
    for net in nets { kinds.append(net.declaration) }
    let parameters = context.map(\.parameter)
    let result = TypeExpression(type)
    kinds.append(
      isModel ? .model(Name(name), parameters, result, body) : .program(Name(name), parameters, result, body))
    return SyntaxTree(declarations: kinds.map { Declaration($0, Span(0, 0)) })
  }

  public var text: String { PrettyPrinter().print(tree) }

  /// Grows with everything that makes a program harder to read.
  public var weight: Int {
    let bodies = definitions.map(\.body) + [body]
    let types = context.map(\.type) + definitions.flatMap { $0.parameters.map(\.type) + [$0.type] } + [type]
    return bodies.reduce(0) { $0 + $1.weight } + types.reduce(0) { $0 + $1.weight }
      + horizon + 5 * (definitions.count + context.count)
      + nets.reduce(0) { $0 + 8 * $1.parameters.count + 3 * $1.layers.count + $1.result.weight } + (isModel ? 1 : 0)
      + dataTypes.reduce(0) { $0 + 3 + $1.constructors.reduce(0) { $0 + 1 + $1.fields.count } }
      + context.reduce(0) { $0 + ($1.rows ?? 0) } + context.count { $0.bound != nil }
      + definitions.count { $0.isAnnotated }
  }
}

extension RandomProgram {
  /// The same program with other names for all that it declares, so that it can share a file.
  public func renamed(suffix: String) -> RandomProgram {
    var copy = self
    for index in definitions.indices {
      let (old, new) = (definitions[index].name, "\(definitions[index].name)_\(suffix)")
      copy.definitions[index].name = new
      if !context.contains(where: { $0.name == old }) { copy.body = copy.body.substituting(.named(new), for: old) }
      for other in definitions.indices where !definitions[other].parameters.contains(where: { $0.name == old }) {
        copy.definitions[other].body = copy.definitions[other].body.substituting(.named(new), for: old)
      }
    }
    for index in nets.indices {
      let (old, new) = (nets[index].name, "\(nets[index].name)_\(suffix)")
      copy.nets[index].name = new
      copy.body = copy.body.substituting(.named(new), for: old)
    }
    copy.name = name + suffix
    return copy
  }
}

extension DataType {
  fileprivate var declaration: Declaration.Kind {
    .data(
      Name(name),
      constructors.map { constructor in
        ConstructorDeclaration(
          name: Name(constructor.name), fields: constructor.fields.map { TypeExpression($0.type(in: .data(self))) })
      })
  }
}

extension RandomProgram.Network {
  fileprivate var declaration: Declaration.Kind {
    let parameters = parameters.enumerated().map {
      Parameter(name: Name("p\($0)"), type: TypeExpression($1), bound: nil)
    }
    return .net(Name(name), parameters, TypeExpression(result), layers.map { Layer($0, Span(0, 0)) })
  }
}

extension RandomProgram.Definition {
  fileprivate var declaration: Declaration.Kind {
    if parameters.isEmpty { return .definition(Name(name), isAnnotated ? TypeExpression(type) : nil, body) }
    var result = type
    for _ in parameters { if case .function(_, let rest) = result { result = rest } }
    return .program(
      Name(name), parameters.map { Parameter(name: Name($0.name), type: TypeExpression($0.type), bound: nil) },
      TypeExpression(result), body)
  }
}

extension Term {
  fileprivate var weight: Int {
    let own =
      switch kind {
      case .numeral(let value): 2 + Int(clamping: min(value, 1000))
      case .decimal(let value): 3 + (value == 0 ? 0 : value == 1 ? 1 : 2)
      case .vector(let entries): 2 + entries.reduce(0) { $0 + ($1 == 0 ? 1 : $1 == 1 ? 2 : 3) }
      case .matrix(let rows): 2 + rows.joined().reduce(0) { $0 + ($1 == 0 ? 1 : $1 == 1 ? 2 : 3) }
      case .bool(let value): value ? 1 : 2
      case .iterate, .cases, .fold: 8
      case .conditional: 5
      case .function(let binder, _): 4 + (binder.type == nil ? 0 : 1)
      case .letIn: 6
      case .apply, .ascription, .add, .subtract, .negate, .scale, .succ, .divide, .power, .list: 3
      case .variable, .error: 2
      }
    return kind.children.reduce(own) { $0 + $1.weight }
  }
}

extension Type {
  fileprivate var weight: Int {
    switch self {
    case .bool: 1
    case .nat, .natBelow, .data: 2
    case .real(let shape): 2 + shape.reduce(0, +)
    case .function(let argument, let result): 2 + argument.weight + result.weight
    }
  }
}
