import CajalSyntax
import CajalTyping

/// The equations of LANGUAGE.md, section 8.
extension DenotationEngine {
  // MARK: Constructors

  func constructor(_ data: DataType, _ index: Int, _ fields: [Denotation], _ type: Type) throws -> Denotation {
    let constructor = data.constructors[index]
    guard fields.count == constructor.fields.count else {
      return map(type, .constructor(data, index, fields), isMultilinear: fields.allSatisfy(\.isMultilinear))
    }
    guard !data.isRecursive else {
      let datum = Datum(data, .node(index, fields))
      try checkDepth(datum.depth)
      return .datum(datum)
    }
    // The outer product of the fields, at its place.
    var product: [Dual] = [.one]
    for (field, value) in zip(constructor.fields, fields) {
      let factor = try flatten(value, field.type(in: .data(data)))
      try spend(product.count * factor.count)
      product = product.flatMap { entry in factor.map { entry * $0 } }
    }
    var vector = [Dual](repeating: .zero, count: try dimension(.data(data)))
    let start = try summands(data)[index].lowerBound
    vector.replaceSubrange(start..<start + product.count, with: product)
    return .vector(vector)
  }

  /// Where each constructor of a type with a dimension has its entries.
  private func summands(_ data: DataType) throws -> [Range<Int>] {
    var start = 0
    var ranges: [Range<Int>] = []
    for constructor in data.constructors {
      var size = 1
      for case .other(let type) in constructor.fields { size *= try dimension(type) }
      ranges.append(start..<start + size)
      start += size
    }
    return ranges
  }

  // MARK: case

  func cases(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm, _ environment: Environment?
  ) throws -> Denotation {
    switch try interpret(operand, environment) {
    case .datum(let datum): return try cases(of: datum, alternatives, term.type, environment)
    case .vector(let vector):
      var terms: [(Dual, Denotation)] = []
      switch operand.type {
      case .data(let data):
        for (alternative, range) in zip(alternatives, try summands(data)) {
          terms += try extended(alternative, over: vector[range], environment)
        }
      case .nat, .natBelow:
        terms += try extended(alternatives[0], over: vector[..<1], environment)
        // What is one less: the last entry has come from nowhere.
        terms += try extended(alternatives[1], over: (vector.dropFirst() + [.zero])[...], environment)
      case .bool, .real, .function:
        terms += try extended(alternatives[0], over: vector[..<1], environment)
        terms += try extended(alternatives[1], over: vector[1...], environment)
      }
      return try weightedSum(terms, term.type)
    case .map: throw mismatch
    }
  }

  /// The linear map that an alternative is on the product of its binders' spaces: as a weighted sum of its values, on the
  /// basis in all binders but the last, and in that too where it is not linear in it.
  private func extended(
    _ alternative: TypedAlternative, over entries: ArraySlice<Dual>, _ environment: Environment?
  ) throws -> [(Dual, Denotation)] {
    for binder in alternative.binders where !module.degree(ofBinder: binder).isLinear && !binder.type.isOfValues {
      throw InterpretationError.noMatrix(binder.name)
    }
    guard let last = alternative.binders.last else {
      guard let weight = entries.first, !weight.vanishes else { return [] }
      return [(weight, try interpret(alternative.body, environment))]
    }
    let width = try dimension(last.type)
    let sizes = try alternative.binders.dropLast().map { try dimension($0.type) }
    let isLinear = module.degree(ofBinder: last).isLinear
    var terms: [(Dual, Denotation)] = []
    for row in 0..<entries.count / width {
      let slice = Array(entries.dropFirst(row * width).prefix(width))
      guard slice.contains(where: { !$0.vanishes }) else { continue }
      var inner = environment
      var rest = row
      for (binder, size) in zip(alternative.binders, sizes).reversed() {
        inner = Environment(binder, unflatten(try basis(binder.type, rest % size), binder.type), inner)
        rest /= size
      }
      func value(_ vector: [Dual]) throws -> Denotation {
        try interpret(alternative.body, Environment(last, unflatten(vector, last.type), inner))
      }
      if isLinear {
        terms.append((.one, try value(slice)))
      } else {
        for (column, weight) in slice.enumerated() where !weight.vanishes {
          terms.append((weight, try value(basis(last.type, column))))
        }
      }
    }
    return terms
  }

  private func cases(
    of datum: Datum, _ alternatives: [TypedAlternative], _ type: Type, _ environment: Environment?
  ) throws -> Denotation {
    try deeper {
      switch datum.form {
      case .node(let constructor, let fields):
        let alternative = alternatives[constructor]
        return try interpret(
          alternative.body, zip(alternative.binders, fields).reduce(environment) { Environment($1.0, $1.1, $0) })
      case .row(let row, let table):
        return try sum(over: row, of: table, type) { constructor, children in
          try interpret(alternatives[constructor], table, row, constructor, environment) { place in
            .datum(Datum(datum.type, .row(children[place], table)))
          }
        }
      case .sum(let terms):
        return try weightedSum(
          terms.map { ($0.weight, try cases(of: $0.datum, alternatives, type, environment)) }, type)
      }
    }
  }

  // MARK: fold

  /// Folds what is below before what is above, in a loop.
  func fold(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm, _ environment: Environment?
  ) throws -> Denotation {
    guard case .datum(let root) = try interpret(operand, environment) else { throw mismatch }
    var known: [ObjectIdentifier: Denotation] = [:]
    var rows: [ObjectIdentifier: [Denotation?]] = [:]
    var pending = [root]
    while let datum = pending.last {
      let id = ObjectIdentifier(datum)
      let open = known[id] == nil ? datum.parts.filter { known[ObjectIdentifier($0)] == nil } : []
      guard open.isEmpty else {
        pending += open
        continue
      }
      pending.removeLast()
      if known[id] != nil { continue }
      try spend(1)
      switch datum.form {
      case .node(let constructor, let fields):
        let alternative = alternatives[constructor]
        var parts = datum.parts[...]
        var inner = environment
        for ((field, value), binder) in zip(
          zip(datum.type.constructors[constructor].fields, fields), alternative.binders)
        {
          let folded = field == .recursive ? known[ObjectIdentifier(parts.removeFirst())]! : value
          inner = Environment(binder, folded, inner)
        }
        known[id] = try interpret(alternative.body, inner)
      case .row(let row, let table):
        known[id] = try fold(
          table, from: row, &rows[ObjectIdentifier(table), default: []], alternatives, term.type, environment)
      case .sum(let terms):
        known[id] = try weightedSum(terms.map { ($0.weight, known[ObjectIdentifier($0.datum)]!) }, term.type)
      }
    }
    return known[ObjectIdentifier(root)]!
  }

  /// V of a row: of those below it, the last ones first, each once.
  private func fold(
    _ table: Table, from root: Int, _ known: inout [Denotation?], _ alternatives: [TypedAlternative], _ type: Type,
    _ environment: Environment?
  ) throws -> Denotation {
    if known.isEmpty { known = [Denotation?](repeating: nil, count: table.count) }
    var reached = Set([root])
    var pending = [root]
    while let row = pending.popLast() {
      if known[row] != nil { continue }
      for place in 0..<table.layout.arity {
        if let child = table.child(row, place), reached.insert(child).inserted { pending.append(child) }
      }
    }
    for row in reached.sorted().reversed() where known[row] == nil {
      let value = try sum(over: row, of: table, type) { constructor, children in
        try interpret(alternatives[constructor], table, row, constructor, environment) { known[children[$0]]! }
      }
      // A function is its matrix, where it has one.
      known[row] = type.recursiveType == nil ? unflatten(try flatten(value, type), type) : value
    }
    return known[root]!
  }

  /// Σ_C weight_C · term_C over the forms of which no part is missing and no weight is 0.
  private func sum(
    over row: Int, of table: Table, _ type: Type, _ term: (_ constructor: Int, _ children: [Int]) throws -> Denotation
  ) throws -> Denotation {
    var terms: [(Dual, Denotation)] = []
    for constructor in table.layout.data.constructors.indices {
      let weight = table.weight(row, constructor)
      guard !weight.vanishes, let children = table.children(row, constructor) else { continue }
      let value = try term(constructor, children)
      guard weight.value == 0, type.recursiveType == nil else {
        terms.append((weight, value))
        continue
      }
      // The weight's own derivative is all that is left of the term.
      let rate = try flatten(value, type).map { Dual(0, weight.tangent * $0.value) }
      terms.append((.one, unflatten(rate, type)))
    }
    return try weightedSum(terms, type)
  }

  /// An alternative on a row: its fields as they are.
  private func interpret(
    _ alternative: TypedAlternative, _ table: Table, _ row: Int, _ constructor: Int, _ environment: Environment?,
    part: (_ place: Int) throws -> Denotation
  ) throws -> Denotation {
    var inner = environment
    var place = 0
    for (position, field) in table.layout.data.constructors[constructor].fields.enumerated() {
      let binder = alternative.binders[position]
      switch field {
      case .recursive:
        inner = Environment(binder, try part(place), inner)
        place += 1
      case .other(let type):
        inner = Environment(binder, unflatten(table.field(row, constructor, position), type), inner)
      }
    }
    return try interpret(alternative.body, inner)
  }
}

extension Type {
  /// First-order: a value is a basis vector, and what is not linear has a linear extension that is exact on values.
  fileprivate var isOfValues: Bool {
    switch self {
    case .bool, .nat, .natBelow: true
    case .real, .function: false
    case .data(let data):
      data.constructors.allSatisfy { constructor in
        constructor.fields.allSatisfy { field in
          switch field {
          case .recursive: false
          case .other(let type): type.isOfValues
          }
        }
      }
    }
  }
}
