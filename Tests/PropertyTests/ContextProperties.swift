import CajalSyntax
import CajalTyping
import LinearMaps
import TestSupport
import Testing

/// Lemma 5 and lemma B.11: compilation commutes with substitution, and with exchange in the context.
@Suite struct ContextProperties {
  @Test(arguments: Dialect.allCases) func compilationCommutesWithSubstitution(dialect: Dialect) {
    hold(dialect.options(), atLeast: 0.4, Self.substitutionCommutes(reals: dialect == .reals))
  }

  static func substitutionCommutes(reals: Bool) -> Property.Body {
    { program, random in
      guard !program.context.isEmpty else { throw Discarded("closed") }
      let substitution = Substitution(program.program, &random, reals: reals)
      let (replaced, bound, argument): (CheckedProgram, CheckedProgram, CheckedProgram?)
      do {
        (replaced, bound) = (try substitution.replaced(), try substitution.bound())
        // A term of a recursive type is no program.
        argument = program.context[substitution.port].rows == nil ? try substitution.argument() : nil
      } catch {
        throw Falsified("ill-typed", "\(substitution.description): \(error)")
      }
      let whole = replaced.randomPoint(&random)
      let further = Array(whole.suffix(substitution.own.count))

      let expected = try replaced.denotation(whole)
      let tolerance = try replaced.tolerance(whole, expected)
      func compare(_ result: [Double], _ kind: String) throws {
        if !agree(result, expected, within: tolerance), replaced.overflows { throw Discarded("numbers overflow") }
        try require(
          agree(result, expected, within: tolerance), kind,
          "\(substitution.description)\nat \(whole.map(short)): \(short(result)), not \(short(expected))")
      }
      try compare(bound.denotation(whole), "let")
      try compare(Interpreter().run(replaced.graph(), whole)[0], "substituted graph")
      try compare(Interpreter().run(bound.graph(), whole)[0], "let graph")
      // What crosses the interface is a matrix: a function that has none is only known by its values.
      guard let argument, !argument.isExtendedLinearly,
        let place = program.context.inputs.firstIndex(where: { $0.port == substitution.port })
      else { return }
      var linked = Array(whole.dropLast(further.count))
      linked.insert(try argument.denotation(further), at: place)
      try compare(program.denotation(linked), "linked")
      linked[place] = Interpreter().run(try argument.graph(), further)[0]
      try compare(Interpreter().run(program.graph(), linked)[0], "linked graph")
    }
  }

  @Test(arguments: Dialect.allCases) func exchangePermutesThePortsAndNothingElse(dialect: Dialect) {
    hold(dialect.options(bounds: true), atLeast: 0.3, Self.exchangePermutesThePorts)
  }

  static func exchangePermutesThePorts(_ program: CheckedProgram, _ random: inout SplitMix) throws {
    guard program.context.count > 1 else { throw Discarded("nothing to exchange") }
    let order = Array(program.context.indices).shuffled(using: &random)
    var exchanged = program.program
    exchanged.context = order.map { program.program.context[$0] }
    let other = try CheckedProgram(exchanged)
    // Each file has declared types of its own.
    try require("\(other.judgement.type)" == "\(program.judgement.type)", "type")
    try require(other.judgement.degrees == order.map { program.judgement.degrees[$0] }, "degrees")
    let point = program.randomPoint(&random)
    let places = order.flatMap { port in
      program.context.inputs.indices.filter { program.context.inputs[$0].port == port }
    }
    let permuted = places.map { point[$0] }
    let (a, b) = (try program.denotation(point), try other.denotation(permuted))
    try require(agree(a, b), "denotation", "\(short(a)) and \(short(b)), order \(order)")
    let tolerance = try program.tolerance(point, a)
    let (first, second) = (
      try PreparedGraph(program.graph(), constants: program.nodeInputs),
      try PreparedGraph(other.graph(), constants: other.nodeInputs)
    )
    let weights = CheckedProgram.randomVector(a.count, &random)
    try require(
      agree(try first.value(point), try second.value(permuted), within: tolerance), "graph", "order \(order)")
    let (gradients, others) = (try first.gradients(point, weights), try second.gradients(permuted, weights))
    for (position, port) in places.enumerated() {
      let size = gradients[port].reduce(1) { max($0, abs($1)) }
      try require(
        agree(gradients[port], others[position], within: 1e-9 * size + tolerance), "gradient",
        "port \(port), order \(order)")
    }
  }
}

/// A term to be put in the place of a port: closed, or open in variables of its own, whose names the program's binders
/// like to capture.
private struct Substitution {
  let program: RandomProgram
  let port: Int
  let own: [RandomProgram.Port]
  let term: Term

  init(_ program: RandomProgram, _ random: inout SplitMix, reals: Bool) {
    self.program = program
    let port = random.below(program.context.count)
    self.port = port
    let type = program.context[port].type
    let taken = Set(program.context.map(\.name)).union(program.body.freeNames)
    let names = (program.body.binders + ["v", "w"]).filter { !taken.contains($0) }
    var own: [RandomProgram.Port] = []
    for _ in 0..<random.below(3) {
      let name = names[random.below(names.count)]
      if own.contains(where: { $0.name == name }) { continue }
      let ground: [Type] = [.bool, .nat, .function(.bool, .bool)] + (type.endsInReal ? [.real([2])] : [])
      own.append(.init(name: name, type: ground[random.below(ground.count)]))
    }
    self.own = own
    term = ProgramGenerator.term(
      type, using: own.map { (.named($0.name), $0.type) },
      hidden: Set(program.body.binders + program.context.map(\.name)), horizon: program.horizon, seed: random.next(),
      reals: reals)
  }

  var description: String {
    let context = own.map { "\($0.name) : \($0.type)" }.joined(separator: ", ")
    return "with \(context) |- \(PrettyPrinter().print(term)) for \(program.context[port].name)"
  }

  private var ascribed: Term { .ascribed(term, program.context[port].type) }

  private func whole(_ body: Term) throws -> CheckedProgram {
    var result = program
    result.context.remove(at: port)
    result.context += own
    result.body = body
    return try CheckedProgram(result)
  }

  /// `e[a/x]`
  func replaced() throws -> CheckedProgram {
    try whole(program.body.substituting(ascribed, for: program.context[port].name))
  }

  /// `let x = a in e`
  func bound() throws -> CheckedProgram {
    try whole(.binding(program.context[port].name, to: ascribed, in: program.body))
  }

  /// `a` as a program.
  func argument() throws -> CheckedProgram {
    var argument = RandomProgram(
      seed: program.seed, horizon: program.horizon, context: own, type: program.context[port].type, body: term)
    argument.dataTypes = program.dataTypes
    return try CheckedProgram(argument)
  }
}
