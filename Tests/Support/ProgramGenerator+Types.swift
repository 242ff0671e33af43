import CajalSyntax
import Diagnostics

/// LANGUAGE.md, section 8: declared types, and the rules over them.
extension ProgramGenerator {
  // MARK: Declarations

  /// Some types without recursion, and one or two with it.
  mutating func declareData() {
    for index in 0..<random.below(3) {
      let data = DataType(name: "T\(index)")
      data.define(
        (0..<(1 + random.below(3))).map { number in
          let count = random.below(3) == 0 ? random.below(3) : 0
          return Constructor(name: "T\(index)c\(number)", fields: (0..<count).map { _ in .other(field()) })
        })
      types.flat.append(data)
      dataTypes.append(data)
    }
    for index in 0..<(1 + random.below(2)) {
      let data = DataType(name: "R\(index)")
      let arity = [1, 1, 2, 2, 3][random.below(5)]
      var constructors = (0..<(1 + random.below(2))).map { _ in fields(0) }
      constructors += (0..<(1 + random.below(2))).map { fields($0 == 0 ? arity : random.below(arity) + 1) }
      data.define(
        constructors.shuffled(using: &random).enumerated().map {
          Constructor(name: "R\(index)c\($0)", fields: $1)
        })
      types.recursive.append(data)
      dataTypes.append(data)
    }
  }

  private mutating func fields(_ arity: Int) -> [Field] {
    let others = (0..<random.below(3)).map { _ in Field.other(field()) }
    return ([Field](repeating: .recursive, count: arity) + others).shuffled(using: &random)
  }

  private mutating func field() -> Type {
    switch random.below(6) {
    case 0, 1: return .bool
    case 2: return .nat
    case 3, 4: return types.below(&random)
    default: return types.flat.first.map { .data($0) } ?? .bool
    }
  }

  /// With one or two tables among the ports.
  mutating func withTables(_ context: [RandomProgram.Port]) -> [RandomProgram.Port] {
    var context = context
    for _ in 0..<(1 + (random.below(4) == 0 ? 1 : 0)) {
      let name = binder(avoiding: Set(context.map(\.name)))
      let data = types.recursive[random.below(types.recursive.count)]
      let table = RandomProgram.Port(name: name, type: .data(data), rows: 1 + random.below(data.isChain ? 6 : 9))
      context.insert(table, at: random.below(context.count + 1))
    }
    return context
  }

  /// `fold { … } (table)`
  mutating func folded(_ type: Type, _ uses: [Resource]) -> Term {
    var rest = uses
    guard let index = rest.firstIndex(where: { $0.type.asRecursive != nil }) else {
      return term(type, uses, .checked, 7)
    }
    let table = rest.remove(at: index)
    guard let data = table.type.asRecursive else { return table.term }
    return fold(table.term, data, type, rest, .checked, 6)
  }

  // MARK: Introduction

  mutating func constructed(_ data: DataType, _ uses: [Resource], _ depth: Int) -> Term {
    let candidates = data.constructors.filter { (depth > 2 && fuel > 0) || $0.arity == 0 }
    let constructor = candidates[random.below(candidates.count)]
    // A constructor without fields has no place for what has to be used.
    guard !uses.isEmpty, constructor.fields.isEmpty else {
      return apply(constructor, data, uses) { $0.term($1, $2, .checked, depth - 1) }
    }
    return finish(.data(data), uses, .checked)
  }

  private mutating func apply(
    _ constructor: Constructor, _ data: DataType, _ uses: [Resource],
    _ term: (inout ProgramGenerator, Type, [Resource]) -> Term
  ) -> Term {
    var parts = constructor.fields.map { _ in [Resource]() }
    for use in uses { parts[random.below(parts.count)].append(use) }
    var result = Term.named(constructor.name)
    for (field, part) in zip(constructor.fields, parts) {
      result = .applied(result, term(&self, field.type(in: .data(data)), part))
    }
    return result
  }

  /// A small closed value.
  mutating func leaf(_ data: DataType) -> Term {
    let leaves = data.constructors.filter { $0.arity == 0 }
    return apply(leaves[random.below(leaves.count)], data, []) { $0.finish($1, $2, .checked) }
  }

  /// Of `Nat[n]`: a successor, or what is widened.
  mutating func below(_ count: Int, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    let type = Type.natBelow(count)
    if count > 1, random.below(3) == 0 {
      let smaller = 1 + random.below(count - 1)
      let from: Type = smaller == types.horizon ? .nat : .natBelow(smaller)
      return .ascribed(.applied(.named("widen"), .ascribed(term(from, uses, .checked, depth - 1), from)), type)
    }
    let next = Term(.succ(term(type, uses, .checked, depth - 1)))
    return mode == .inferred ? .ascribed(next, type) : next
  }

  // MARK: Elimination

  /// `case` of a Bool or of a natural, now and then.
  mutating func inspection(
    of use: Resource, _ type: Type, _ rest: [Resource], _ mode: Mode, _ depth: Int
  ) -> Term? {
    guard options.hasData, random.below(3) == 0 else { return nil }
    switch use.type {
    case .bool:
      return ascribed(
        .cases(
          [
            alternative(.bool(true), term(type, rest, .checked, depth - 1)),
            alternative(.bool(false), term(type, rest, .checked, depth - 2)),
          ], use.term), type, mode)
    case .nat, .natBelow:
      let name = binder(rest)
      let body = under(name) {
        $0.term(type, rest + [Resource(.named(name), use.type)], .checked, depth - 1)
      }
      return ascribed(
        .cases(
          [
            alternative(.zero, term(type, rest, .checked, depth - 2)), alternative(.successor(Name(name)), body),
          ], use.term), type, mode)
    case .real, .data, .function: return nil
    }
  }

  mutating func takenApart(
    _ operand: Term, _ data: DataType, _ type: Type, _ rest: [Resource], _ mode: Mode, _ depth: Int
  ) -> Term {
    if random.below(4) > 0 { return fold(operand, data, type, rest, mode, depth) }
    let alternatives = data.constructors.map { constructor in
      pattern(constructor, rest, recursive: .data(data)) { $0.term(type, $1, .checked, depth - 2) }
    }
    return ascribed(.cases(alternatives.shuffled(using: &random), operand), type, mode)
  }

  mutating func fold(
    _ operand: Term, _ data: DataType, _ type: Type, _ rest: [Resource], _ mode: Mode, _ depth: Int
  ) -> Term {
    let shares = data.isRecursive ? split(rest, type, type) : [rest, rest]
    let alternatives = data.constructors.map { constructor in
      pattern(constructor, shares[constructor.arity == 0 ? 0 : 1], recursive: type) {
        $0.term(type, $1, .checked, depth - 2)
      }
    }
    return ascribed(.fold(alternatives.shuffled(using: &random), operand), type, mode)
  }

  /// How many rounds an iteration makes of a datum that nothing else uses.
  mutating func counted(_ operand: Term, _ data: DataType) -> Term {
    let alternatives = data.constructors.map { constructor in
      pattern(constructor, [], recursive: .nat) { $0.finish(.nat, $1, .checked) }
    }
    return .ascribed(Term(.fold(alternatives, operand)), .nat)
  }

  private mutating func pattern(
    _ constructor: Constructor, _ uses: [Resource], recursive: Type,
    _ body: (inout ProgramGenerator, [Resource]) -> Term
  ) -> Alternative {
    var taken = uses.reduce(into: Set<String>()) { $0.formUnion($1.names) }
    var fields: [Resource] = []
    for field in constructor.fields {
      let name = binder(avoiding: taken)
      taken.insert(name)
      fields.append(Resource(.named(name), field.type(in: recursive)))
    }
    let names = fields.compactMap { field -> Name? in
      if case .variable(let name) = field.term.kind { Name(name) } else { nil }
    }
    scope += names.map(\.text)
    defer { scope.removeLast(names.count) }
    return alternative(.constructor(Name(constructor.name), names), body(&self, uses + fields))
  }

  private func alternative(_ pattern: Pattern.Kind, _ body: Term) -> Alternative {
    Alternative(pattern: Pattern(pattern, Span(0, 0)), body: body, span: Span(0, 0))
  }

  private func ascribed(_ kind: Term.Kind, _ type: Type, _ mode: Mode) -> Term {
    mode == .inferred ? .ascribed(Term(kind), type) : Term(kind)
  }
}
