import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps

/// What a term of a recursive type denotes: what folding it gives (LANGUAGE.md, section 8).
final class Datum {
  enum Form {
    /// A linked table, or the part of it that begins at a row.
    case table(Table)
    case constructed(Int, [Meaning])
    case sum([(weight: Weight, datum: Datum)])
    /// Built by an iteration; it is folded while it is built.
    case iterated(Iteration)
    /// Built by a fold; the same holds.
    case folded(Datum, Consumer)
    /// The state of an iteration or a fold that builds a datum: what a consumer makes of what is built so far.
    case hole(Consumer, Meaning)
  }

  let type: DataType
  let form: Form
  init(_ type: DataType, _ form: Form) {
    self.type = type
    self.form = form
  }
}

/// An alternative: what is made of a constructor, the meanings of its fields given. At a recursive place these are what the consumer
/// makes of the parts.
struct Arm {
  let span: Span
  /// The place of the step that makes a binder nonlinear, as far as one can be pointed at.
  let culprit: (_ binder: Int) -> Span?
  let apply: ([Meaning]) throws -> Meaning
}

/// The alternatives of a fold. Two consumers are the same only if they are one object.
final class Consumer {
  let type: DataType
  let result: Type
  /// Of the fold.
  let term: TypedTerm
  /// In the order of the constructors.
  let alternatives: [Arm]
  init(_ type: DataType, result: Type, term: TypedTerm, alternatives: [Arm]) {
    self.type = type
    self.result = result
    self.term = term
    self.alternatives = alternatives
  }
}

extension Lowering {
  func alternatives(_ typed: [TypedAlternative], _ environment: Environment) -> [Arm] {
    typed.map { alternative in
      Arm(
        span: alternative.span, culprit: { alternative.body.step(using: alternative.binders[$0]) },
        apply: { [unowned self] fields in
          var inner = environment
          for (binder, field) in zip(alternative.binders, fields) { inner[binder] = field }
          return try self.lower(alternative.body, inner)
        })
    }
  }

  func datum(_ meaning: Meaning) -> Datum {
    guard case .datum(let datum) = meaning else { preconditionFailure("a recursive type has data") }
    return datum
  }

  /// `fold { … } (operand)`
  func fold(
    _ operand: TypedTerm, _ alternatives: [TypedAlternative], _ term: TypedTerm, _ environment: Environment
  ) throws -> Meaning {
    guard case .data(let type) = operand.type, type.isRecursive else {
      return try cases(operand, alternatives, term, environment)
    }
    let consumer = Consumer(
      type, result: term.type, term: term, alternatives: self.alternatives(alternatives, environment))
    return try fold(datum(try lower(operand, environment)), consumer)
  }

  func fold(_ datum: Datum, _ consumer: Consumer) throws -> Meaning {
    if case .data(let result) = consumer.result, result.isRecursive {
      return .datum(Datum(result, .folded(datum, consumer)))
    }
    switch datum.form {
    case .table(let table): return try at(consumer.term) { try fold(table, consumer) }
    case .constructed(let index, let fields):
      return try consumer.alternatives[index].apply(
        try parts(fields, of: datum.type.constructors[index]) { try fold($0, consumer) })
    case .sum(let terms):
      let folded = try terms.map { ($0.weight, try fold($0.datum, consumer)) }
      return try at(consumer.term) { try sum(folded, consumer.result, consumer.term.span) }
    case .iterated(let iteration):
      return try self.iteration(
        Iteration(
          base: { try self.fold(self.datum(try iteration.base()), consumer) }, name: iteration.name,
          step: { state in
            let built = Datum(datum.type, .hole(consumer, state))
            return try self.fold(self.datum(try iteration.step(.datum(built))), consumer)
          }, count: iteration.count, type: consumer.result, term: iteration.term))
    case .folded(let inner, let builder):
      return try fold(inner, fused(builder, with: consumer))
    case .hole(let known, let meaning):
      guard known === consumer else { throw inspectsState(consumer.term.span) }
      return meaning
    }
  }

  /// The consumer of what `builder` takes apart that makes of it what `consumer` makes of what `builder` builds.
  private func fused(_ builder: Consumer, with consumer: Consumer) -> Consumer {
    let alternatives = zip(builder.type.constructors, builder.alternatives).map { constructor, alternative in
      Arm(
        span: alternative.span, culprit: alternative.culprit,
        apply: { [unowned self] fields in
          let built = zip(constructor.fields, fields).map { field, meaning -> Meaning in
            field == .recursive ? .datum(Datum(consumer.type, .hole(consumer, meaning))) : meaning
          }
          return try self.fold(self.datum(try alternative.apply(built)), consumer)
        })
    }
    return Consumer(builder.type, result: consumer.result, term: consumer.term, alternatives: alternatives)
  }

  /// The fields of a constructor, those at recursive places as what is made of them.
  private func parts(
    _ fields: [Meaning], of constructor: Constructor, _ make: (Datum) throws -> Meaning
  ) throws -> [Meaning] {
    try zip(constructor.fields, fields).map { field, meaning in
      field == .recursive ? try make(datum(meaning)) : meaning
    }
  }

  // MARK: case

  /// `case { … } (datum)`: the alternative of the outermost constructor.
  func cases(_ datum: Datum, _ alternatives: [Arm], _ term: TypedTerm) throws -> Meaning {
    func sum(_ terms: [(Weight, Meaning)]) throws -> Meaning {
      try at(term) { try self.sum(terms, term.type, term.span) }
    }
    switch datum.form {
    case .table(let table): return try sum(try rootTerms(table, alternatives))
    case .constructed(let index, let fields): return try alternatives[index].apply(fields)
    case .sum(let terms): return try sum(try terms.map { ($0.weight, try cases($0.datum, alternatives, term)) })
    case .iterated(let iteration):
      // Round by round: an alternative need not be linear in what is built so far.
      return try sum(
        try rounds(of: iteration).map { ($0, try cases(self.datum($1), alternatives, term)) })
    case .folded(let inner, let builder):
      let outer = zip(builder.type.constructors, builder.alternatives).map { constructor, alternative in
        Arm(
          span: alternative.span, culprit: alternative.culprit,
          apply: { [unowned self] fields in
            let built = try self.parts(fields, of: constructor) { try self.fold($0, builder) }
            return try self.cases(self.datum(try alternative.apply(built)), alternatives, term)
          })
      }
      return try cases(inner, outer, term)
    case .hole: throw inspectsState(term.span)
    }
  }

  private func inspectsState(_ span: Span) -> LoweringError {
    .refused(
      Diagnostic(
        .inspectsState, "this takes apart a datum that is still being built", at: Label(span, "inspects the state"),
        notes: [
          "a datum that an iteration or a fold builds is folded while it is built, by the alternatives of the one who "
            + "consumes it; other alternatives have nothing to take apart"
        ],
        help: "fold to what you need of it while it is built, as with an accumulator of function type"))
  }

  func noDimension(_ type: Type, _ data: DataType, _ span: Span) -> Diagnostic {
    Diagnostic(
      .noDimension, "`\(data.name)` is recursive, and has no dimension",
      at: Label(span, "a vector is needed of this, of type \(type)"),
      notes: ["a matrix, the state of a loop and what a program gives are vectors"],
      help: "fold the datum first, and go on with what that gives")
  }

  // MARK: Constructors

  /// A constructor as a function of its fields, one after another.
  func constructor(_ data: DataType, _ index: Int, _ span: Span) throws -> Meaning {
    try curried(data, index, data.constructors[index].type(of: data), [], span)
  }

  private func curried(
    _ data: DataType, _ index: Int, _ type: Type, _ fields: [Meaning], _ span: Span
  ) throws -> Meaning {
    guard case .function(let argument, let result) = type else {
      return data.isRecursive
        ? .datum(Datum(data, .constructed(index, fields))) : .vector(try vector(of: data, index, fields, span))
    }
    return .function(
      Function(argument: argument, result: result, home: builder, span: span) { [unowned self] field in
        try self.curried(data, index, result, fields + [field], span)
      })
  }

  /// The outer product of the fields, at the constructor's place.
  private func vector(of data: DataType, _ index: Int, _ fields: [Meaning], _ span: Span) throws -> Value {
    var product = builder.unit(0, .scalar)
    for field in fields {
      let value = try vector(field, .interface)
      let (m, n) = (product.space.dimension, value.space.dimension)
      product = builder.product(Product(m: m, k: 1, n: n), product, value, .real([m * n]))
    }
    let part = try layout(of: data, span)[index]
    return builder.embed(offset: part.offset, product, try space(.data(data), span))
  }
}
