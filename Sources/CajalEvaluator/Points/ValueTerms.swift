import CajalSyntax
import CajalTyping
import Diagnostics

/// Closed terms that stand for values. They contain no `succ` and no numeral at or above the horizon.
struct ValueTerms {
  let horizon: Int
  var random: SplitMix64
  private var variables = 0

  init(horizon: Int, random: SplitMix64 = SplitMix64(seed: 0)) {
    self.horizon = horizon
    self.random = random
  }

  // MARK: Enumerated types

  /// The number of values of a type, saturating; nil where they are not enumerated.
  static func size(of type: Type, horizon: Int) -> Int? {
    switch type {
    case .bool: return 2
    case .nat: return horizon
    case .natBelow(let count): return count
    case .real: return nil
    case .data(let data):
      guard !data.isRecursive else { return nil }
      var sum = 0
      for constructor in data.constructors {
        guard let count = size(of: constructor, horizon: horizon) else { return nil }
        let (next, overflow) = sum.addingReportingOverflow(count)
        sum = overflow ? .max : next
      }
      return sum
    case .function(.bool, let result):
      guard let results = size(of: result, horizon: horizon) else { return nil }
      return saturatingProduct([results, results])
    case .function: return nil
    }
  }

  private static func size(of constructor: Constructor, horizon: Int) -> Int? {
    var factors: [Int] = []
    for field in constructor.fields {
      guard let count = size(of: field.type(in: .bool), horizon: horizon) else { return nil }
      factors.append(count)
    }
    return saturatingProduct(factors)
  }

  /// The value with this number of a type whose values are enumerated: `true` is 0, a numeral is itself, a function
  /// of `Bool` is (its number at true) · (values of the result) + (its number at false); of a declared type those of
  /// the first constructor are first, and the last field moves fastest.
  mutating func value(of type: Type, number: Int) -> TypedTerm? {
    switch type {
    case .bool: return make(.bool(number == 0), .bool)
    case .nat, .natBelow: return make(.natural(UInt64(number)), type)
    case .real: return nil
    case .data(let data): return value(of: data, number: number)
    case .function(let argument, let result):
      guard argument == .bool, let size = ValueTerms.size(of: result, horizon: horizon) else { return nil }
      let x = fresh(argument)
      // The remainder matters only where the numbers saturate.
      guard let a = value(of: result, number: number / size % size), let b = value(of: result, number: number % size)
      else { return nil }
      return lambda(x, choose(use(x), a, b), type)
    }
  }

  private mutating func value(of data: DataType, number: Int) -> TypedTerm? {
    var rest = number
    for (index, constructor) in data.constructors.enumerated() {
      guard let count = ValueTerms.size(of: constructor, horizon: horizon) else { return nil }
      if rest >= count {
        rest -= count
        continue
      }
      var fields: [TypedTerm] = []
      for field in constructor.fields.reversed() {
        let type = field.type(in: .bool)
        guard let size = ValueTerms.size(of: type, horizon: horizon), let term = value(of: type, number: rest % size)
        else { return nil }
        fields.append(term)
        rest /= size
      }
      return node(data, index, fields.reversed())
    }
    return nil
  }

  /// Of a recursive type, the value that a node stands for.
  mutating func value(of data: DataType, _ node: RecursiveValues.Node) -> TypedTerm? {
    guard case .node(let index, var number, let parts) = node else { return nil }
    var places = parts[...]
    var fields: [TypedTerm?] = []
    for field in data.constructors[index].fields {
      switch field {
      case .recursive: fields.append(value(of: data, places.removeFirst()))
      case .other(let type):
        guard let size = ValueTerms.size(of: type, horizon: horizon) else { return nil }
        fields.append(value(of: type, number: number % size))
        number /= size
      }
    }
    return fields.contains { $0 == nil } ? nil : self.node(data, index, fields.map { $0! })
  }

  // MARK: Sampled types

  /// Of a recursive type, a value of at most so many nodes.
  mutating func sample(_ data: DataType, nodes: Int) -> TypedTerm? {
    let open = data.constructors.indices.filter { data.constructors[$0].arity < nodes }
    let grown = open.filter { data.constructors[$0].arity > 0 }
    let candidates = grown.isEmpty || random.next(below: 16) == 0 ? open : grown
    guard !candidates.isEmpty else { return nil }
    let index = candidates[random.next(below: candidates.count)]
    var (rest, places) = (nodes - 1, data.constructors[index].arity)
    var fields: [TypedTerm] = []
    for field in data.constructors[index].fields {
      let term: TypedTerm?
      switch field {
      case .recursive:
        places -= 1
        // What is left over goes to the last part; the others leave at least one node for each part behind them.
        let own = places == 0 ? rest : 1 + random.next(below: rest - places)
        rest -= own
        term = sample(data, nodes: own)
      case .other(let type): term = sample(type)
      }
      guard let term else { return nil }
      fields.append(term)
    }
    return node(data, index, fields)
  }

  /// A closed term of the type; nil where none is known.
  mutating func sample(_ type: Type) -> TypedTerm? {
    switch type {
    case .bool: return make(.bool(random.next(below: 2) == 0), .bool)
    case .nat: return make(.natural(UInt64(random.next(below: horizon))), .nat)
    case .natBelow(let count): return make(.natural(UInt64(random.next(below: count))), type)
    case .data(let data):
      guard !data.isRecursive else { return nil }
      let index = random.next(below: data.constructors.count)
      var fields: [TypedTerm] = []
      for field in data.constructors[index].fields {
        guard let term = sample(field.type(in: .bool)) else { return nil }
        fields.append(term)
      }
      return node(data, index, fields)
    case .real: return literal(type)
    case .function(.real(let from), .real(let to)): return denseMap(from, to, type)
    case .function(let argument, let result):
      let x = fresh(argument)
      guard let body = consume(use(x), into: result) else { return nil }
      return lambda(x, body, type)
    }
  }

  /// A term of the type that uses this one exactly once.
  private mutating func consume(_ term: TypedTerm, into type: Type) -> TypedTerm? {
    if term.type == type, random.next(below: 2) == 0 { return term }
    switch term.type {
    case .bool:
      guard let a = sample(type), let b = sample(type) else { return nil }
      return choose(term, a, b)
    case .nat, .natBelow: return consume(count: term, into: type)
    case .data(let data): return consume(term, of: data, into: type)
    case .real(let shape):
      guard case .real = type.finalResult, let operand = sample(type) else { return nil }
      let factor = shape.isEmpty ? term : apply(.dot(shape), [literal(term.type), term], .real([]))
      return apply(.scale(type), [factor, operand], type)
    case .function(let argument, let result):
      guard let operand = sample(argument) else { return nil }
      return consume(make(.apply(term, operand), result), into: type)
    }
  }

  /// `case`, in whose alternatives each field is turned into a choice.
  private mutating func consume(_ term: TypedTerm, of data: DataType, into type: Type) -> TypedTerm? {
    guard !data.isRecursive else { return nil }
    var alternatives: [TypedAlternative] = []
    for constructor in data.constructors {
      guard var body = sample(type) else { return nil }
      let binders = constructor.fields.map { fresh($0.type(in: .bool)) }
      for binder in binders {
        guard let condition = consume(use(binder), into: .bool) else { return nil }
        body = choose(condition, body, body)
      }
      alternatives.append(TypedAlternative(binders: binders, body: body, span: Span(0, 0)))
    }
    return make(.cases(term, alternatives), type)
  }

  /// `iter { v | y => step } (n)`, or a choice by the parity of `n`.
  private mutating func consume(count: TypedTerm, into type: Type) -> TypedTerm? {
    guard let base = sample(type) else { return nil }
    let state = fresh(type)
    let step: TypedTerm
    if type == .bool {
      step = choose(use(state), make(.bool(random.next(below: 2) == 0), .bool), make(.bool(true), .bool))
    } else if case .real = type.finalResult {
      step = make(.scale(-0.5, use(state)), type)
    } else if random.next(below: 2) == 0, let other = sample(type) {
      let parity = fresh(.bool)
      let flip = choose(use(parity), make(.bool(false), .bool), make(.bool(true), .bool))
      let even = make(.iterate(base: make(.bool(true), .bool), state: parity, step: flip, count: count), .bool)
      return choose(even, base, other)
    } else {
      step = use(state)
    }
    return make(.iterate(base: base, state: state, step: step, count: count), type)
  }

  /// `fun x => reshape (M (reshape x))` with any matrix M.
  private mutating func denseMap(_ from: [Int], _ to: [Int], _ type: Type) -> TypedTerm {
    let columns = saturatingProduct(from)
    let rows = (0..<saturatingProduct(to)).map { _ in numbers(columns) }
    let x = fresh(.real(from))
    let flat = from == [columns] ? use(x) : apply(.reshape(from: from, to: [columns]), [use(x)], .real([columns]))
    let matrix = make(.matrix(rows: rows), .function(.real([columns]), .real([rows.count])))
    let image = make(.apply(matrix, flat), .real([rows.count]))
    let shaped = to == [rows.count] ? image : apply(.reshape(from: [rows.count], to: to), [image], .real(to))
    return lambda(x, shaped, type)
  }

  private mutating func literal(_ type: Type) -> TypedTerm {
    make(.literal(numbers(type.dimension(horizon: horizon) ?? 0)), type)
  }

  private mutating func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in random.nextSigned() } }

  // MARK: Construction

  private func make(_ kind: TypedTerm.Kind, _ type: Type) -> TypedTerm { TypedTerm(kind, type, Span(0, 0)) }

  private mutating func fresh(_ type: Type) -> Variable {
    variables += 1
    return Variable(id: variables, name: "x\(variables)", type: type, span: Span(0, 0))
  }

  private func node(_ data: DataType, _ index: Int, _ fields: [TypedTerm]) -> TypedTerm {
    var term = make(.constructor(data, index), data.constructors[index].type(of: data))
    for field in fields {
      guard case .function(_, let rest) = term.type else { break }
      term = make(.apply(term, field), rest)
    }
    return term
  }

  private func use(_ variable: Variable) -> TypedTerm { make(.variable(variable), variable.type) }

  private func lambda(_ variable: Variable, _ body: TypedTerm, _ type: Type) -> TypedTerm {
    make(.lambda(variable, body), type)
  }

  private func choose(_ condition: TypedTerm, _ a: TypedTerm, _ b: TypedTerm) -> TypedTerm {
    make(.conditional(condition, then: a, else: b), a.type)
  }

  private func apply(_ primitive: Primitive, _ operands: [TypedTerm], _ result: Type) -> TypedTerm {
    let type = operands.reversed().reduce(result) { .function($1.type, $0) }
    var term = make(.primitive(primitive), type)
    for operand in operands {
      guard case .function(_, let rest) = term.type else { break }
      term = make(.apply(term, operand), rest)
    }
    return term
  }
}
