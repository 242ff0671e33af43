import CajalSyntax

/// Generates well-typed programs by the typing rules read upwards: a goal type and the resources that the term has to
/// use exactly once, divided among the premises of a rule. Linear by construction.
public struct ProgramGenerator {
  public struct Options: Sendable {
    /// LANGUAGE.md, section 5, as well as the kernel.
    public var reals: Bool
    /// No ports, and a result of ground type.
    public var closedGround: Bool
    /// About how many rules a term applies before it is finished off.
    public var size: Int
    public var horizons: [Int]
    /// Ports may have bounds.
    public var bounds: Bool
    /// Definitions, and programs that the last one calls.
    public var hasDefinitions = true
    /// The types of ports, up to so many, and of the result, where they are not to be any.
    public var ports: (types: [Type], most: Int)?
    public var results: [Type]?
    /// Numerals are below this; where it is nil, mostly below the horizon.
    public var numerals: Int?
    /// LANGUAGE.md, section 8.
    public var hasData = false
    /// The body folds a table.
    public var foldsTable = false

    public init(
      reals: Bool = false, closedGround: Bool = false, size: Int = 22, horizons: [Int] = [1, 2, 3, 3, 5, 5, 10],
      bounds: Bool = false
    ) {
      self.reals = reals
      self.closedGround = closedGround
      self.size = size
      self.horizons = horizons
      self.bounds = bounds
    }

    /// Small programs of the kernel, each a single declaration.
    public static func small(
      horizon: Int, ports: [Type], most: Int = 3, results: [Type], numerals: Int? = nil
    ) -> Options {
      var options = Options(size: 8, horizons: [horizon])
      options.hasDefinitions = false
      options.ports = (ports, most)
      options.results = results
      options.numerals = numerals
      return options
    }
  }

  /// Something to be used exactly once: a variable, or an expression made of variables.
  struct Resource {
    let term: Term
    let type: Type
    let names: Set<String>

    init(_ term: Term, _ type: Type) {
      self.term = term
      self.type = type
      names = term.freeNames
    }
  }

  /// What the checker knows where a term stands.
  enum Mode { case checked, inferred }

  let options: Options
  var random: SplitMix
  var types: RandomTypes
  var fuel = 0
  /// Names bound around the place that is being written: these hide definitions and constants.
  var scope: [String] = []
  var definitions: [RandomProgram.Definition] = []
  var dataTypes: [DataType] = []
  /// Of a model: what may be used any number of times, also where the goal asks for no use of it. No binder hides one.
  var data: [Resource] = []

  public static func program(seed: UInt64, _ options: Options = Options()) -> RandomProgram {
    var generator = ProgramGenerator(seed: seed, options)
    return generator.program(seed)
  }

  /// A term of a type that uses these terms once each.
  ///
  /// - Parameter hidden: names that are bound where the term will stand: constants of these names are not meant.
  public static func term(
    _ type: Type, using uses: [(Term, Type)], hidden: Set<String>, horizon: Int, seed: UInt64, size: Int = 8,
    reals: Bool = false
  ) -> Term {
    var generator = ProgramGenerator(seed: seed, Options(reals: reals, horizons: [horizon]))
    generator.fuel = size
    generator.scope = uses.flatMap { $0.0.freeNames.sorted() } + hidden.sorted()
    return generator.term(type, uses.map { Resource($0.0, $0.1) }, .checked, 4)
  }

  init(seed: UInt64, _ options: Options) {
    self.options = options
    random = SplitMix(seed: seed)
    let horizon = options.horizons[random.below(options.horizons.count)]
    types = RandomTypes(horizon: horizon, reals: options.reals, largest: 100)
  }

  // MARK: Files

  mutating func program(_ seed: UInt64) -> RandomProgram {
    if options.hasData { declareData() }
    for index in 0..<(random.below(3) == 0 || !options.hasDefinitions ? 0 : random.below(4)) { define("d\(index)") }
    let type =
      options.results.map { $0[random.below($0.count)] }
      ?? (options.closedGround ? types.ground(&random) : types.any(&random))
    var context: [RandomProgram.Port] = []
    let count =
      options.ports.map { random.below($0.most + 1) }
      ?? (options.closedGround ? 0 : [0, 1, 1, 2, 2, 3, 4][random.below(7)])
    for _ in 0..<count {
      let port =
        options.ports.map { $0.types[random.below($0.types.count)] } ?? types.any(&random, mayBeReal: type.endsInReal)
      let name = binder(avoiding: Set(context.map(\.name)))
      context.append(.init(name: name, type: port, bound: bound(port)))
    }
    if options.hasData, !options.closedGround { context = withTables(context) }
    scope = context.map(\.name)
    fuel = 4 + random.below(options.size)
    let uses = context.map { Resource(.named($0.name), $0.type) }
    let body = options.foldsTable ? folded(type, uses) : term(type, uses, .checked, 7)
    var program = RandomProgram(
      seed: seed, horizon: types.horizon, context: context, type: type, body: body)
    program.definitions = definitions
    program.dataTypes = dataTypes
    return program
  }

  mutating func bound(_ type: Type) -> Bound? {
    guard options.bounds, case .real = type, random.below(4) == 0 else { return nil }
    return Bound(norm: Norm.allCases[random.below(3)], radius: [0.5, 1, 2][random.below(3)])
  }

  /// A definition, annotated or not, or a program that others call.
  mutating func define(_ name: String) {
    let type = types.inner(&random, depth: 3)
    fuel = 3 + random.below(options.size / 2)
    scope = []
    var parameters: [(name: String, type: Type)] = []
    var result = type
    // A parameter of a program is linked.
    if random.below(3) == 0, type.recursiveType == nil {
      while case .function(let argument, let rest) = result {
        parameters.append((binder(avoiding: Set(parameters.map(\.name))), argument))
        result = rest
        if random.below(3) == 0 { break }
      }
    }
    scope = parameters.map(\.name)
    let isAnnotated = random.below(2) == 0
    let mode: Mode = parameters.isEmpty && !isAnnotated ? .inferred : .checked
    let body = term(result, parameters.map { Resource(.named($0.name), $0.type) }, mode, 5)
    definitions.append(
      .init(name: name, parameters: parameters, type: type, isAnnotated: isAnnotated, body: body))
    scope = []
  }

  // MARK: Names

  static let names = ["x", "y", "z", "n", "f", "g", "x'", "_", "β1", "within", "l1"]
  /// Constants that a binder may be named after: all, unless the program needs some of them anywhere.
  private var hideableConstants: [String] {
    ["apply", "outer", "conv2d", "transpose"] + (options.reals ? [] : ["dot", "scale", "reshape"])
  }

  /// A name for a binder whose body uses other names: it may hide all that the body does not use, and likes to.
  mutating func binder(avoiding used: Set<String>) -> String {
    let hideable = scope.filter { !used.contains($0) && !dataNames.contains($0) }
    if !hideable.isEmpty, random.below(3) == 0 { return hideable[random.below(hideable.count)] }
    if random.below(12) == 0 {
      let globals = (definitions.map(\.name) + hideableConstants).filter { !used.contains($0) }
      if !globals.isEmpty { return globals[random.below(globals.count)] }
    }
    let free = Self.names.filter { !used.contains($0) }
    return free.isEmpty ? Term.fresh("x", avoiding: used) : free[random.below(min(free.count, 7))]
  }

  mutating func binder(_ resources: [Resource]) -> String {
    binder(avoiding: resources.reduce(into: []) { $0.formUnion($1.names) })
  }

  /// A term under a binder.
  mutating func under(_ name: String, _ body: (inout ProgramGenerator) -> Term) -> Term {
    scope.append(name)
    defer { scope.removeLast() }
    return body(&self)
  }

  func isVisible(_ global: String) -> Bool { !scope.contains(global) }

  // MARK: Data

  var dataNames: Set<String> { data.reduce(into: []) { $0.formUnion($1.names) } }

  /// Whether a term of these may use any of them any number of times.
  func areData(_ uses: [Resource]) -> Bool {
    guard !data.isEmpty else { return false }
    let names = dataNames
    return uses.allSatisfy { $0.names.isSubset(of: names) }
  }

  mutating func datum(_ type: Type) -> Term? {
    let fitting = data.filter { $0.type == type }
    return fitting.isEmpty ? nil : fitting[random.below(fitting.count)].term
  }

  /// The shape of something that is to be used, where one has so many extents; nil mostly where there are no data.
  mutating func operandShape(of uses: [Resource], rank: Int? = nil) -> [Int]? {
    guard !data.isEmpty, random.below(4) > 0 else { return nil }
    let shapes = (uses + data).compactMap { use -> [Int]? in
      guard case .real(let shape) = use.type, !shape.isEmpty, rank == nil || shape.count == rank else { return nil }
      return shape
    }
    return shapes.isEmpty ? nil : shapes[random.below(min(shapes.count, max(uses.count, 1) + 1))]
  }

  // MARK: Contexts

  /// Divides resources among goals; those that end in reals only go where the goal does.
  mutating func split(_ uses: [Resource], _ goals: Type...) -> [[Resource]] {
    var parts = goals.map { _ in [Resource]() }
    for use in uses {
      let open = goals.indices.filter { !use.type.endsInReal || goals[$0].endsInReal }
      parts[open[random.below(open.count)]].append(use)
    }
    return parts
  }
}
