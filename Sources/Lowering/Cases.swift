import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps

/// `case` over what has a dimension: each summand of the operand goes through the linear map that its alternative is
/// (LANGUAGE.md, section 8).
extension Lowering {
  func cases(
    _ operand: TypedTerm, _ typed: [TypedAlternative], _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    let meaning = try lower(operand, environment)
    let alternatives = self.alternatives(typed, environment)
    if case .datum(let datum) = meaning { return try cases(datum, alternatives, term) }
    let value = try vector(meaning, .interface)
    let summands = try summands(of: operand.type, operand.span)
    return try at(term) { try cases(value, zip(summands, alternatives).map { ($0, $1) }, term.type, term.span) }
  }

  /// A part of a vector: the tensor product of some types, or the predecessors of a natural.
  struct Summand {
    enum Fields {
      case product([Type])
      /// The entries from 1 on, each one place further down.
      case predecessor(Type)
    }
    let offset: Int
    let fields: Fields
  }

  /// The summands of a type, in the order of its constructors.
  private func summands(of type: Type, _ span: Span) throws -> [Summand] {
    switch type {
    case .bool: return [0, 1].map { Summand(offset: $0, fields: .product([])) }
    case .nat, .natBelow:
      return [Summand(offset: 0, fields: .product([])), Summand(offset: 0, fields: .predecessor(type))]
    case .data(let data):
      return zip(try layout(of: data, span), data.constructors).map { part, constructor in
        Summand(offset: part.offset, fields: .product(constructor.fields.map { $0.type(in: type) }))
      }
    case .real, .function: preconditionFailure("patterns are of Bool, of naturals and of data")
    }
  }

  /// Where the constructors of a type that is not recursive have their parts in its vector.
  func layout(of data: DataType, _ span: Span) throws -> [(offset: Int, size: Int)] {
    var offset = 0
    return try data.constructors.map { constructor in
      let size = try constructor.fields.reduce(1) { try $0 * space($1.type(in: .data(data)), span).dimension }
      defer { offset += size }
      return (offset, size)
    }
  }

  private func cases(
    _ value: Value, _ parts: [(Summand, Arm)], _ type: Type, _ span: Span
  ) throws -> Meaning {
    guard case .function(let argument, let result) = type else {
      let space = try space(type, span)
      let terms = try parts.compactMap { try image($1, of: $0, value, space) }
      return .vector(terms.dropFirst().reduce(terms.first ?? builder.zero(space)) { builder.add($0, $1) })
    }
    // A function is made where it is applied: it need not be linear in its own argument.
    return .function(
      Function(
        argument: argument, result: result, home: builder, span: span,
        culprit: { parts.lazy.flatMap { part in part.0.binders.compactMap { part.1.culprit($0) } }.first }
      ) { [unowned self] operand in
        let applied = parts.map { summand, alternative in
          (
            summand,
            Arm(span: alternative.span, culprit: alternative.culprit) { [unowned self] fields in
              guard case .function(let function) = try alternative.apply(fields) else {
                preconditionFailure("a function type has functions")
              }
              return try self.apply(function, operand)
            }
          )
        }
        return try self.cases(value, applied, result, span)
      })
  }

  /// What an alternative makes of a summand; nil where that is 0.
  private func image(_ alternative: Arm, of summand: Summand, _ value: Value, _ space: Space) throws -> Value? {
    if case .constant(let vector) = value.operation { return try image(alternative, of: summand, vector, space) }
    switch summand.fields {
    case .product(let types):
      guard !types.isEmpty else {
        let weight = builder.entry(summand.offset, of: value)
        return builder.scaled(try vector(try alternative.apply([]), .interface), by: weight)
      }
      let spaces = try types.map { try self.space($0, alternative.span) }
      let size = spaces.reduce(1) { $0 * $1.dimension }
      let part = builder.slice(offset: summand.offset, value, .real([size]))
      return try image(alternative, part, types[...], spaces[...], [], space)
    case .predecessor(let type):
      let natural = try self.space(type, alternative.span)
      return try image(alternative, builder.shift(by: -1, value), [type], [natural], [], space)
    }
  }

  /// Of a constant, entry by entry.
  private func image(
    _ alternative: Arm, of summand: Summand, _ vector: SparseVector, _ space: Space
  ) throws -> Value? {
    var types: [Type] = []
    var offset = summand.offset
    switch summand.fields {
    case .product(let fields): types = fields
    case .predecessor(let type): (types, offset) = ([type], 1)
    }
    let spaces = try types.map { try self.space($0, alternative.span) }
    var size = spaces.reduce(1) { $0 * $1.dimension }
    if case .predecessor = summand.fields { size -= 1 }
    var result: Value?
    for entry in vector.entries where entry.index >= offset && entry.index - offset < size {
      var rest = entry.index - offset
      var fields: [Meaning] = []
      for (type, space) in zip(types, spaces).reversed() {
        fields.insert(
          reflect(builder.unit(rest % space.dimension, space), type, alternative.span), at: 0)
        rest /= space.dimension
      }
      let image = builder.scale(entry.value, try self.vector(try alternative.apply(fields), .interface))
      result = result.map { builder.add($0, image) } ?? image
    }
    return result
  }

  /// What an alternative makes of a tensor over the types of its last binders, the first ones being given: a loop over
  /// the basis of each but the last, in which it has to be linear.
  private func image(
    _ alternative: Arm, _ tensor: Value, _ types: ArraySlice<Type>, _ spaces: ArraySlice<Space>,
    _ given: [Meaning], _ space: Space
  ) throws -> Value {
    guard let type = types.first, let first = spaces.first else {
      return builder.scaled(try vector(try alternative.apply(given), .interface), by: tensor)
    }
    if types.count == 1, let image = try linearImage(alternative, tensor, type, given) { return image }
    let rest = spaces.dropFirst().reduce(1) { $0 * $1.dimension }
    try checkDepth(alternative.span)
    return try builder.loop(
      trips: first.dimension, descending: false, states: [("sum", builder.zero(space))],
      sequences: [("part", tensor, .real(rest == 1 ? [] : [rest]))], basis: first
    ) { body, parameters in
      let image = try building(in: body) {
        let field = reflect(parameters.basis!, type, alternative.span)
        return try self.image(
          alternative, parameters.slices[0], types.dropFirst(), spaces.dropFirst(), given + [field], space)
      }
      return (states: [body.add(parameters.states[0], image)], stacks: [])
    }.states[0]
  }

  /// The alternative applied to the vector of its last binder; nil where it is not linear in it, and its values on the
  /// basis stand for it, with a warning.
  private func linearImage(
    _ alternative: Arm, _ vector: Value, _ type: Type, _ given: [Meaning]
  ) throws -> Value? {
    let inner = GraphBuilder(parent: builder)
    inner.origin = builder.origin
    let parameter = inner.parameter("field", try space(type, alternative.span))
    let result = try building(in: inner) {
      try self.vector(
        try alternative.apply(given + [reflect(parameter, type, alternative.span)]), .interface)
    }
    let graph = inner.finish(results: [result])
    switch graph.dependence(on: [0])[0] {
    case .zero, .linear:
      let operand = builder.reshape(vector, parameter.space)
      return builder.inline(graph, [operand] + inner.captured)[graph.results[0]]
    case .constant, .nonlinear:
      let culprit = alternative.culprit(given.count)
      guard type.isFirstOrderData else { throw LoweringError.refused(noMatrix(alternative.span, type, culprit)) }
      warn(linearExtension(alternative.span, type, culprit))
      return nil
    }
  }
}

extension Lowering.Summand {
  /// The numbers of the binders.
  fileprivate var binders: Range<Int> {
    switch fields {
    case .product(let types): types.indices
    case .predecessor: 0..<1
    }
  }
}

extension Type {
  /// Its values are the basis: Bool, naturals, and data whose fields are of such types.
  var isFirstOrderData: Bool {
    switch self {
    case .bool, .nat, .natBelow: true
    case .data(let data):
      data.constructors.allSatisfy { $0.fields.allSatisfy { $0.type(in: .bool).isFirstOrderData } }
    case .real, .function: false
    }
  }
}
