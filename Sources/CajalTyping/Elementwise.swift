extension Elementwise {
  /// By the name that it has in source text; powers have none.
  static let byName: [String: Elementwise] = [
    "exp": .exp, "log": .log, "sqrt": .sqrt, "sin": .sin, "cos": .cos, "tanh": .tanh, "sigmoid": .sigmoid,
    "softplus": .softplus, "relu": .relu, "abs": .abs, "recip": .recip,
  ]

  public var name: String {
    switch self {
    case .exp: "exp"
    case .log: "log"
    case .sqrt: "sqrt"
    case .sin: "sin"
    case .cos: "cos"
    case .tanh: "tanh"
    case .sigmoid: "sigmoid"
    case .softplus: "softplus"
    case .relu: "relu"
    case .abs: "abs"
    case .recip: "recip"
    case .power(let exponent): "^ \(exponent)"
    }
  }
}

/// A function on data by its name: a net without parameters that is built in (LANGUAGE.md, section 6).
enum DataFunction {
  case elementwise(Elementwise)
  case choice(Choice)

  init?(named name: String) {
    if let function = Elementwise.byName[name] {
      self = .elementwise(function)
    } else if let choice = Choice(rawValue: name) {
      self = .choice(choice)
    } else {
      return nil
    }
  }

  static let names = Elementwise.byName.keys.sorted() + Choice.allCases.map(\.rawValue)

  var name: String {
    switch self {
    case .elementwise(let function): function.name
    case .choice(let choice): choice.rawValue
    }
  }

  var arity: Int {
    switch self {
    case .elementwise: 1
    case .choice: 2
    }
  }

  func primitive(_ shape: [Int]) -> Primitive {
    switch self {
    case .elementwise(let function): .elementwise(function, shape)
    case .choice(let choice): .choice(choice, shape)
    }
  }
}
