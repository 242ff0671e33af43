import CajalSyntax

/// Models (LANGUAGE.md, section 6): terms over data that are used any number of times, and over nets of these.
extension ProgramGenerator {
  public static func model(seed: UInt64, _ options: Options = Options(reals: true, bounds: true)) -> RandomProgram {
    var generator = ProgramGenerator(seed: seed, options)
    return generator.random.below(4) == 0 ? generator.linkedProgram(seed) : generator.model(seed)
  }

  /// A program whose ports are data, some of them the same datum, some the results of nets.
  private mutating func linkedProgram(_ seed: UInt64) -> RandomProgram {
    var program = self.program(seed)
    program.isModel = true
    for port in program.context.reversed() {
      let twins = program.context.filter { $0.name != port.name && $0.type == port.type }
      guard let twin = twins.first, random.below(2) == 0 else { continue }
      program.context.removeAll { $0.name == port.name }
      program.body = program.body.substituting(.named(twin.name), for: port.name)
    }
    let taken = program.body.freeNames.union(program.body.binders).union(program.definitions.map(\.name))
    for (index, port) in program.context.enumerated() where random.below(2) == 0 {
      let net = network(Term.fresh("net\(index)", avoiding: taken), of: [port.type], result: port.type)
      program.nets.append(net)
      program.body = program.body.substituting(.applied(.named(net.name), .named(port.name)), for: port.name)
    }
    return program
  }

  /// Data, nets on them and on each other, and a term that uses some of these, each perhaps many times.
  private mutating func model(_ seed: UInt64) -> RandomProgram {
    for index in 0..<(random.below(3) == 0 ? random.below(3) : 0) { define("d\(index)") }
    var type = types.any(&random, depth: 1, onlyReal: random.below(4) > 0)
    let isArithmetic = random.below(2) == 0
    var context = isArithmetic ? vectorContext() : []
    for name in isArithmetic ? [] : ["u", "v", "w"].prefix(1 + random.below(3)) {
      let datum = datumType()
      context.append(.init(name: name, type: datum, bound: bound(datum)))
    }
    var data = context.map { Resource(.named($0.name), $0.type) }
    var nets: [RandomProgram.Network] = []
    for name in ["p", "q", "r"].prefix(random.below(4)) {
      let arguments = (0..<(random.below(4) == 0 ? 2 : 1)).map { _ in data[random.below(data.count)] }
      let same = isArithmetic && random.below(2) == 0 ? context[0].type : nil
      guard let result = same ?? netResult(), arguments.allSatisfy({ isSmall($0.type) }) else { continue }
      nets.append(network(name, of: arguments.map(\.type), result: result))
      data.append(Resource(arguments.reduce(.named(name)) { .applied($0, $1.term) }, result))
    }
    scope = context.map(\.name) + nets.map(\.name)
    self.data = data
    defer { self.data = [] }
    let body: Term
    if isArithmetic {
      if case .real = type, random.below(3) == 0 {} else { type = context[0].type }
      guard case .real(let shape) = type else { preconditionFailure("the first input is a vector") }
      fuel = 3 + random.below(options.size)
      body = arithmetic(shape, 6)
    } else if random.below(4) == 0, type.endsInReal, !type.isFunction, isSmall(type) {
      body = netOnState(type, data, &nets)
    } else if random.below(4) == 0 {
      // A name for a datum is one as well.
      let datum = data[random.below(data.count)]
      let named = Resource(.named("datum"), datum.type)
      scope.append("datum")
      self.data.append(named)
      body = .binding("datum", to: datum.term, in: combined(type, data + [named, named], count: 3))
    } else {
      body = combined(type, data, count: 5)
    }
    var program = RandomProgram(seed: seed, horizon: types.horizon, context: context, type: type, body: body)
    program.definitions = definitions
    program.nets = nets.filter { body.occurrences(of: $0.name) > 0 }
    program.isModel = true
    return program
  }

  /// A term that uses up to `count` of the data, drawn with repetition.
  private mutating func combined(_ type: Type, _ data: [Resource], count: Int) -> Term {
    let open = data.filter { type.endsInReal || !$0.type.endsInReal }
    let uses = open.isEmpty ? [] : (0..<(1 + random.below(count))).map { _ in open[random.below(open.count)] }
    fuel = 4 + random.below(options.size)
    return term(type, uses, .checked, 6)
  }

  /// An iteration with a net on its state.
  private mutating func netOnState(
    _ type: Type, _ data: [Resource], _ nets: inout [RandomProgram.Network]
  ) -> Term {
    let state = Resource(.named("s"), type)
    let result = netResult() ?? type
    nets.append(network("step", of: [type], result: result))
    let base = combined(type, data, count: 2)
    scope += ["s", "step"]
    let outer = self.data
    defer { self.data = outer }
    let predicted = Resource(.applied(.named("step"), state.term), result)
    // The net's result is used in any case: a step without a net on the state may use the state once only.
    let uses = [predicted, state] + (random.below(2) == 0 ? [state, predicted] : [data[random.below(data.count)]])
    fuel = 4 + random.below(options.size / 2)
    self.data += [state, predicted]
    let step = term(type, uses, .checked, 5)
    self.data = outer
    scope.removeLast(2)
    return .iteration(base, "s", step, combined(.nat, data, count: 1))
  }

  // MARK: Types of data and nets

  private mutating func datumType() -> Type {
    switch random.below(8) {
    case 0, 1: return .real([1 + random.below(9)])
    case 2: return .real([[4, 5], [6, 6], [3, 3], [7, 5]][random.below(4)])
    case 3: return .real([[2, 4, 4], [3, 5, 3], [1, 6, 6]][random.below(3)])
    case 4: return .real([12 + random.below(20)])
    case 5: return .nat
    default: return types.any(&random, depth: 1)
    }
  }

  private func isSmall(_ type: Type) -> Bool { (type.dimension(horizon: types.horizon) ?? .max) <= 100 }

  private mutating func netResult() -> Type? {
    let type: Type =
      switch random.below(8) {
      case 0: .real([])
      case 1, 2: .real([1 + random.below(8)])
      case 3: .real([3, 3])
      case 4: .nat
      case 5: .function(.real([1 + random.below(4)]), .real([1 + random.below(4)]))
      default: types.any(&random, depth: 1)
      }
    return isSmall(type) ? type : nil
  }

  private mutating func network(_ name: String, of parameters: [Type], result: Type) -> RandomProgram.Network {
    var layers: [Layer.Kind] = []
    if parameters.count == 1, case .real(let shape) = parameters[0], shape.count == 2 || shape.count == 3 {
      layers = imageLayers(Array(shape.suffix(2)))
    }
    for _ in 0..<random.below(3) { layers += [.dense(1 + random.below(12)), activation()] }
    layers.append(.dense(nil))
    switch random.below(5) {
    case 0: layers.append(.within(Bound(norm: Norm.allCases[random.below(3)], radius: [0.5, 1, 2][random.below(3)])))
    case 1, 2: layers.append(activation())
    default: break
    }
    return .init(name: name, parameters: parameters, result: result, layers: layers)
  }

  private mutating func activation() -> Layer.Kind {
    .activation(Layer.Activation.allCases[random.below(Layer.Activation.allCases.count)])
  }

  private mutating func imageLayers(_ image: [Int]) -> [Layer.Kind] {
    var (layers, extents) = ([Layer.Kind](), image)
    for _ in 0..<(1 + random.below(3)) where extents.allSatisfy({ $0 >= 1 }) {
      switch random.below(4) {
      case 0, 1:
        let kernel = [1 + 2 * random.below(2), 1 + 2 * random.below(2)]
        let stride = 1 + random.below(2)
        let isValid = random.below(2) == 0 && zip(kernel, extents).allSatisfy { $0 <= $1 }
        layers.append(.convolution(channels: 1 + random.below(4), kernel: kernel, stride: stride, isValid: isValid))
        extents = zip(kernel, extents).map { k, extent in (extent + (isValid ? 0 : 2 * (k / 2)) - k) / stride + 1 }
      case 2:
        let size = 1 + random.below(3)
        guard extents.allSatisfy({ $0 >= size }) else { continue }
        layers.append(.pool(Layer.Pool.allCases[random.below(2)], size: size))
        extents = extents.map { $0 / size }
      default: layers.append(activation())
      }
    }
    return layers
  }
}
