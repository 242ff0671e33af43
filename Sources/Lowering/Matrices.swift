import CajalSyntax
import CajalTyping
import Diagnostics
import LinearMaps

/// Why a matrix is wanted.
enum MatrixUse {
  /// The function crosses an interface: where it is not linear, its basis may stand for it (LANGUAGE.md, section 2).
  case interface
  /// The compiler would like a matrix; the function can stay one otherwise.
  case convenience
}

extension Lowering {
  /// Applications of one function that are written out before its matrix is used instead: definitions that each
  /// use the last one twice would otherwise take exponential space.
  private static let inlineLimit = 16
  /// The most entries of a matrix that the compiler makes for its own convenience.
  private static let convenientMatrix = 1 << 12

  func apply(_ function: Function, _ operand: Meaning) throws -> Meaning {
    function.applications += 1
    if function.matrix == nil, function.applications > Lowering.inlineLimit, !function.isNonlinear, isSmall(function) {
      do { _ = try matrix(of: function, .convenience) } catch LoweringError.nonlinear { function.isNonlinear = true }
    }
    if let matrix = function.matrix {
      let operand = try vector(operand, .interface)
      let space = try space(function.result, function.span)
      return reflect(builder.apply(matrix, operand, space), function.result, function.span)
    }
    return try function.rule(operand)
  }

  private func isSmall(_ function: Function) -> Bool {
    let dimension = Type.function(function.argument, function.result).dimension(horizon: module.horizon)
    return dimension.map { $0 <= Lowering.convenientMatrix } ?? false
  }

  /// The vector of a meaning; a function's matrix.
  func vector(_ meaning: Meaning, _ use: MatrixUse) throws -> Value {
    switch meaning {
    case .vector(let value): value
    case .function(let function): try matrix(of: function, use)
    case .datum(let datum): preconditionFailure("\(datum.type.name) has no dimension: the checker lets none cross")
    }
  }

  /// The matrix of a function, column i its value at the i-th basis vector: a loop over the basis, whose body holds
  /// the function once.
  func matrix(of function: Function, _ use: MatrixUse) throws -> Value {
    if let matrix = function.matrix { return matrix }
    if function.isNonlinear {
      guard use == .interface else { throw LoweringError.nonlinear(function) }
      if let extended = function.basisExtension { return extended }
    }
    try checkDepth(function.span)
    let whole = try space(.function(function.argument, function.result), function.span)
    guard case .hom(let argument, let result) = whole else { preconditionFailure() }
    var dependence = Dependence.zero
    let columns = try function.home.loop(
      trips: argument.dimension, descending: false, basis: argument
    ) { body, parameters in
      let column = try building(in: body) {
        try vector(try function.rule(reflect(parameters.basis!, function.argument, function.span)), use)
      }
      dependence = body.finish(results: [column]).dependence(on: [0])[0]
      return (states: [], stacks: [column])
    }.stacks[0]
    let matrix = function.home.transpose(columns, rows: argument.dimension, columns: result.dimension, whole)
    switch dependence {
    case .zero, .linear:
      function.matrix = matrix
    case .constant, .nonlinear:
      function.isNonlinear = true
      guard use == .interface else { throw LoweringError.nonlinear(function) }
      guard function.argument.isFirstOrderData else { throw LoweringError.refused(noMatrix(function)) }
      warn(linearExtension(function.span, function.argument, function.culprit()))
      function.basisExtension = matrix
    }
    return matrix
  }

  func noMatrix(_ function: Function) -> Diagnostic {
    noMatrix(function.span, function.argument, function.culprit())
  }

  func noMatrix(_ span: Span, _ argument: Type, _ culprit: Span?) -> Diagnostic {
    Diagnostic(
      .noMatrix, "this function has no matrix, and one is needed here",
      at: Label(span, "is not linear in its argument of type \(argument)"),
      also: culprit.map { [Label($0, "this step uses it once a round")] } ?? [],
      notes: [
        "a result and an argument of a linked function are passed as matrices, and only linear functions have one",
        "what the step of an iteration uses is used once a round, so the map is a polynomial in it",
      ],
      help: "apply the function inside the program, or pass what the step uses from outside as a port")
  }

  func linearExtension(_ span: Span, _ argument: Type, _ culprit: Span?) -> Diagnostic {
    Diagnostic(
      .linearExtension, "this function is not linear; its matrix agrees with it on values only",
      at: Label(span, "is not linear in its argument of type \(argument)"),
      also: culprit.map { [Label($0, "this step uses it once a round")] } ?? [],
      notes: ["its matrix is the linear extension of its values on the basis, which is exact on values"],
      help: "where vectors between the values matter, apply the function inside the program")
  }

  /// Σ weight · meaning. A sum of functions is the function that sums their values.
  func sum(_ terms: [(Weight, Meaning)], _ type: Type, _ span: Span) throws -> Meaning {
    if case .data(let data) = type, data.isRecursive {
      return .datum(Datum(data, .sum(terms.map { ($0, datum($1)) })))
    }
    guard case .function(let argument, let result) = type else {
      let values = try terms.map { weight, meaning in weighted(try vector(meaning, .interface), weight) }
      return .vector(values.dropFirst().reduce(values[0]) { builder.add($0, $1) })
    }
    let functions = terms.map { weight, meaning in
      guard case .function(let function) = meaning else { preconditionFailure("a function type has functions") }
      return (weight, function)
    }
    return .function(
      Function(
        argument: argument, result: result, home: builder, span: span,
        culprit: { functions.lazy.compactMap { $0.1.culprit() }.first }
      ) { [unowned self] operand in
        try self.sum(try functions.map { ($0, try self.apply($1, operand)) }, result, span)
      })
  }

  private func weighted(_ value: Value, _ weight: Weight) -> Value {
    switch weight {
    case .factor(1): value
    case .factor(let factor): builder.scale(factor, value)
    case .entry(let scalar): builder.scaled(value, by: scalar)
    }
  }
}
