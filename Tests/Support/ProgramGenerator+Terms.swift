import CajalSyntax

/// The rules of LANGUAGE.md, section 2.
extension ProgramGenerator {
  mutating func term(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    fuel -= 1
    if uses.count == 1, uses[0].type == type, depth <= 0 || fuel <= 0 || random.below(3) == 0 { return uses[0].term }
    if depth <= 0 || fuel <= 0 { return finish(type, uses, mode) }
    if random.below(16) == 0 { return .ascribed(term(type, uses, .checked, depth - 1), type) }
    if options.reals, type.endsInReal, random.below(2) == 0 { return real(type, uses, mode, depth) }
    switch random.below(14) {
    case 0...3: return introduction(type, uses, mode, depth)
    case 4, 5: return conditional(type, uses, mode, depth)
    case 6...8: return iteration(type, uses, mode, depth)
    case 9: return binding(type, uses, mode, depth)
    case 10: return redex(type, uses, mode, depth)
    case 11: return useOfDefinition(type, uses, mode, depth)
    default: return elimination(type, uses, mode, depth)
    }
  }

  private mutating func introduction(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    switch type {
    case .bool: return uses.isEmpty ? finish(type, [], mode) : conditional(type, uses, mode, depth)
    case .nat: return Term(.succ(term(.nat, uses, .checked, depth - 1)))
    case .natBelow(let count): return below(count, uses, mode, depth)
    case .data(let data): return constructed(data, uses, depth)
    case .real: return finish(type, uses, mode)
    case .function(let argument, let result):
      let name = binder(uses)
      let isAnnotated = mode == .inferred || random.below(2) == 0
      let body = under(name) {
        $0.term(result, uses + [Resource(.named(name), argument)], mode, depth - 1)
      }
      return .lambda(name, isAnnotated ? TypeExpression(argument) : nil, body)
    }
  }

  private mutating func conditional(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    let parts = split(uses, .bool, type)
    let condition = term(.bool, parts[0], .checked, depth - 1)
    return .choice(condition, term(type, parts[1], mode, depth - 1), term(type, parts[1], mode, depth - 2))
  }

  private mutating func iteration(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    let parts = split(uses, type, type, .nat)
    let base = term(type, parts[0], mode, depth - 1)
    let state = binder(parts[1])
    let step = under(state) {
      $0.term(type, parts[1] + [Resource(.named(state), type)], .checked, depth - 1)
    }
    return .iteration(base, state, step, term(.nat, parts[2], .checked, depth - 2))
  }

  private mutating func binding(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    let bound = types.inner(&random, mayBeReal: type.endsInReal)
    let parts = split(uses, bound, type)
    let value = term(bound, parts[0], .inferred, depth - 1)
    let name = binder(parts[1])
    let body = under(name) { $0.term(type, parts[1] + [Resource(.named(name), bound)], mode, depth - 1) }
    return .binding(name, to: value, in: body)
  }

  /// A function written where it is applied.
  private mutating func redex(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    let argument = types.inner(&random, mayBeReal: type.endsInReal)
    let whole = Type.function(argument, type)
    let parts = split(uses, whole, argument)
    if mode == .inferred || random.below(2) == 0 {
      return .applied(
        term(whole, parts[0], .inferred, depth - 1), term(argument, parts[1], .checked, depth - 1))
    }
    // Without an annotation the argument, read first, gives the binder its type; so would all further arguments.
    let name = binder(parts[0])
    let body = under(name) { $0.term(type, parts[0] + [Resource(.named(name), argument)], mode, depth - 1) }
    return .applied(.lambda(name, nil, body), term(argument, parts[1], .inferred, depth - 1))
  }

  /// A definition, applied until it has the type; definitions may be used any number of times.
  private mutating func useOfDefinition(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    var candidates: [(name: String, arguments: [Type])] = []
    for definition in definitions where isVisible(definition.name) {
      var (rest, arguments) = (definition.type, [Type]())
      while true {
        if rest == type, uses.isEmpty || !arguments.isEmpty { candidates.append((definition.name, arguments)) }
        guard case .function(let argument, let result) = rest else { break }
        arguments.append(argument)
        rest = result
      }
    }
    // A resource that ends in reals has to find an argument that does.
    if uses.contains(where: \.type.endsInReal) {
      candidates.removeAll { !$0.arguments.contains(where: \.endsInReal) }
    }
    guard !candidates.isEmpty else { return elimination(type, uses, mode, depth) }
    let chosen = candidates[random.below(candidates.count)]
    var parts = chosen.arguments.map { _ in [Resource]() }
    for use in uses {
      let open = parts.indices.filter { !use.type.endsInReal || chosen.arguments[$0].endsInReal }
      parts[open[random.below(open.count)]].append(use)
    }
    var result = Term.named(chosen.name)
    for (argument, part) in zip(chosen.arguments, parts) {
      result = .applied(result, term(argument, part, .checked, depth - 1))
    }
    return result
  }

  /// Uses a resource by its type's own means, and goes on.
  private mutating func elimination(_ type: Type, _ uses: [Resource], _ mode: Mode, _ depth: Int) -> Term {
    guard !uses.isEmpty else { return introduction(type, uses, mode, depth) }
    var rest = uses
    let use = rest.remove(at: random.below(rest.count))
    if let inspected = inspection(of: use, type, rest, mode, depth) { return inspected }
    switch use.type {
    case .data(let data): return takenApart(use.term, data, type, rest, mode, depth)
    case .function(let argument, let result):
      let parts = split(rest, argument, type)
      let applied = Term.applied(use.term, term(argument, parts[0], .checked, depth - 1))
      return term(type, parts[1] + [Resource(applied, result)], mode, depth - 1)
    case .bool:
      return .choice(use.term, term(type, rest, mode, depth - 1), term(type, rest, mode, depth - 2))
    case .nat, .natBelow:
      let parts = split(rest, type, type)
      let base = term(type, parts[0], mode, depth - 1)
      let state = binder(parts[1])
      let step = under(state) { $0.term(type, parts[1] + [Resource(.named(state), type)], .checked, depth - 1) }
      return .iteration(base, state, step, use.term)
    case .real where use.type == type && areData(uses):
      return Term(.add(use.term, term(type, rest, mode, depth - 1)))
    case .real:
      return .applied(.named("scale"), scalar(use), term(type, rest, .inferred, depth - 1))
    }
  }

  // MARK: Finishing off

  /// A small term of the type that uses what is left.
  mutating func finish(_ type: Type, _ uses: [Resource], _ mode: Mode) -> Term {
    if uses.count == 1, uses[0].type == type { return uses[0].term }
    guard !uses.isEmpty else { return closed(type, mode) }
    if case .function(let argument, let result) = type, random.below(3) == 0 {
      let name = binder(uses)
      let body = under(name) { $0.finish(result, uses + [Resource(.named(name), argument)], mode) }
      return .lambda(name, mode == .inferred ? TypeExpression(argument) : nil, body)
    }
    var rest = uses
    let index = rest.firstIndex(where: \.type.isFunction) ?? 0
    let use = rest.remove(at: index)
    switch use.type {
    case .data(let data):
      return .iteration(finish(type, rest, mode), "y", .named("y"), counted(use.term, data))
    case .function(let argument, let result):
      return finish(type, rest + [Resource(.applied(use.term, finish(argument, [], .checked)), result)], mode)
    case .bool where rest.count > 1:
      // Two branches would double what is left.
      return .iteration(
        finish(type, rest, mode), "y", .named("y"), .choice(use.term, Term(.numeral(0)), Term(.numeral(0))))
    case .bool: return .choice(use.term, finish(type, rest, mode), finish(type, rest, mode))
    case .nat, .natBelow:
      let base = finish(type, rest, mode)
      let state = binder([])
      let step = under(state) { $0.finish(type, [Resource(.named(state), type)], .checked) }
      return .iteration(base, state, step, use.term)
    case .real: return .applied(.named("scale"), scalar(use), finish(type, rest, .inferred))
    }
  }

  private mutating func closed(_ type: Type, _ mode: Mode) -> Term {
    if !data.isEmpty, random.below(3) > 0, let datum = datum(type) { return datum }
    switch type {
    case .bool: return Term(.bool(random.below(2) == 0))
    case .natBelow(let count):
      let numeral = Term(.numeral(UInt64(random.below(count))))
      return mode == .inferred ? .ascribed(numeral, type) : numeral
    case .data(let data): return leaf(data)
    case .nat:
      let limit = options.numerals ?? (random.below(12) == 0 ? types.horizon + 2 : max(1, min(types.horizon, 4)))
      return Term(.numeral(UInt64(random.below(limit))))
    case .real(let shape): return literal(shape, mode)
    case .function(let argument, let result):
      let name = binder([])
      let body = under(name) { $0.finish(result, [Resource(.named(name), argument)], mode) }
      return .lambda(name, mode == .inferred || random.below(3) == 0 ? TypeExpression(argument) : nil, body)
    }
  }
}
