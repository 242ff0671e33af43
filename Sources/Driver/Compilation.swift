import Adjoint
import CajalSyntax
import CajalTyping
import Diagnostics
import EmitC
import LinearMaps
import Lowering
import Passes

/// One file on its way from source to C. Each stage is asked for by name and asks for the one before it; what a
/// stage has to say is added to `diagnostics`. A stage is nil where there were errors.
public final class Compilation {
  public let source: Source
  public let options: CompilerOptions
  public private(set) var diagnostics = Diagnostics()
  /// Receives what every pass left: "forward" or "adjoint", the pass, and the text of the program's graph or schedule.
  public var observe: (_ part: String, _ pass: String, _ text: () -> String) -> Void = { _, _, _ in }

  /// Is told what the checker finds out about the text.
  public let observations: Observations?

  public init(source: Source, options: CompilerOptions, observations: Observations? = nil) {
    self.source = source
    self.options = options
    self.observations = observations
  }

  // source → tokens → syntax tree
  public private(set) lazy var syntaxTree: SyntaxTree = parse(source, diagnostics: &diagnostics)

  // syntax tree → judgements
  public private(set) lazy var module: TypedModule? = {
    let tree = syntaxTree
    // A file with syntax errors is checked as well: what could be read may hold further errors.
    let options = CheckOptions(horizonOverride: options.horizon, strictLinear: options.strictLinear)
    let module = check(tree, options: options, observing: observations, diagnostics: &diagnostics)
    return diagnostics.hasErrors ? nil : module
  }()

  /// The bounds of the naturals of every program, in the order of the module's programs, then of every model.
  public private(set) lazy var horizons: [ProgramHorizon]? = {
    guard let module else { return nil }
    let horizons = HorizonAnalysis.analyse(module)
    for diagnostic in HorizonAnalysis.diagnostics(horizons, overflow: options.overflow) { diagnostics.add(diagnostic) }
    return diagnostics.hasErrors ? nil : horizons
  }()

  /// The names of the programs and models whose results are distributions where their links are.
  private lazy var distributions: Set<String> = {
    guard let module, let horizons else { return [] }
    let analysis = DistributionAnalysis(module)
    let programs = zip(module.programs, horizons).filter { analysis.result(of: $0, $1) != nil }.map(\.0.name.text)
    let models = zip(module.models, horizons.dropFirst(module.programs.count))
      .filter { analysis.result(of: $0, $1) != nil }.map(\.0.name.text)
    return Set(programs + models)
  }()

  // judgements → linear-map graphs
  public private(set) lazy var graphs: [Graph]? = {
    guard let module, horizons != nil else { return nil }
    let graphs = module.programs.map { lower($0, in: module, source: source, diagnostics: &diagnostics) }
    return diagnostics.hasErrors ? nil : graphs.map { $0! }
  }()

  // models → linear-map graphs
  public private(set) lazy var models: [LoweredModel]? = {
    guard let module, horizons != nil else { return nil }
    let models = module.models.map {
      lower($0, in: module, source: source, typePreserving: options.typePreserving, diagnostics: &diagnostics)
    }
    return diagnostics.hasErrors ? nil : models.map { $0! }
  }()

  // graphs → optimised graphs, with their adjoints by transposition; the programs, then the models
  /// Nil where there were errors.
  ///
  /// - Throws: `InvalidGraph` where lowering, and `BrokenPass` where a pass left an invalid graph: bugs of the compiler.
  public func optimised() throws -> [OptimisedProgram]? {
    guard let module, let graphs, let models else { return nil }
    let programs = try zip(module.programs, graphs).map { try optimise($0, $1, model: nil) }
    return try programs
      + zip(module.models, models).map { try optimise($0.interface, $1.graph, model: $1) }
  }

  private func optimise(_ judgement: Judgement, _ graph: Graph, model: LoweredModel?) throws -> OptimisedProgram {
    let name = judgement.name.text
    try graph.verify()
    func observe(_ part: String) -> (Pass, Graph) -> Void {
      { pass, graph in self.observe(part, pass.name) { graph.printed(name: name) } }
    }
    let forward = try Pipeline.standard.run(graph, observe: observe("forward"))
    guard options.gradients else {
      return OptimisedProgram(judgement: judgement, model: model, forward: forward, backward: nil)
    }
    func cut(_ forward: Graph) throws -> Halves {
      split(try adjoint(of: forward, judgement, model, observe: observe("adjoint")))
    }
    var halves = try cut(forward)
    if halves.keptReals > Pass.checkpointLimit {
      let segmented = try Pipeline.segmented.run(forward, observe: observe("forward"))
      if segmented != forward { halves = try cut(segmented) }
    }
    return OptimisedProgram(
      judgement: judgement, model: model, forward: try Pipeline.cleanUp.run(halves.forward),
      backward: try Pipeline.cleanUp.run(halves.backward))
  }

  // optimised graphs → schedule → C
  /// What is emitted, with the weights of the options; nil where there were errors.
  ///
  /// - Throws: what `optimised` does, and `SafetensorsError` or `FileProblem` where the weights cannot be read or do not fit.
  public func moduleUnit(header: String? = nil) throws -> ModuleUnit? {
    guard let module, let programs = try optimised() else { return nil }
    let weights = try options.weights.map {
      try Weights(reading: $0, for: programs.compactMap(\.model), realBytes: options.realBytes)
    }
    return ModuleUnit(
      programs: programs.map { unit($0, horizon: module.horizon, weights) },
      options: EmitOptions(
        realBytes: options.realBytes, blas: options.blas, checkFinite: options.checkFinite,
        prefix: options.prefix ?? source.stem, sourceName: source.fileName, headerName: header,
        compiler: compilerName, gradients: options.gradients, inlines: options.inlines))
  }

  private func unit(_ program: OptimisedProgram, horizon: Int, _ weights: Weights?) -> ProgramUnit {
    let judgement = program.judgement
    var output = PortDescription(name: "", type: judgement.type, horizon: horizon, degree: 0, linear: false)
    output.isDistribution = distributions.contains(judgement.name.text)
    return ProgramUnit(
      name: judgement.name.text, judgement: judgement.signature, sourceLines: sourceLines(of: judgement),
      horizon: horizon,
      model: program.model.map { model in
        ModelDescription(
          tensors: model.tensors.map {
            TensorDescription(name: $0.name, dims: $0.dims, fanIn: $0.fanIn, initial: $0.initial)
          },
          weights: weights?.vector(of: model))
      },
      ports: zip(judgement.context, judgement.degrees).flatMap { port, degree in
        if let table = port.table(horizon: horizon) {
          return PortDescription.table(port.variable.name, type: "\(port.variable.type)", degree: degree.bound, table)
        }
        return [
          PortDescription(
            name: port.variable.name, type: port.variable.type, horizon: horizon, degree: degree.bound,
            linear: degree.isLinear)
        ]
      },
      output: output,
      forward: program.forward, backward: program.backward)
  }

  /// The C file and its header; nil where there were errors.
  ///
  /// - Parameters:
  ///   - header: the path of the header that the C file includes.
  ///   - change: what else is asked for than by the options.
  /// - Throws: what `moduleUnit` does, and `BrokenSchedulePass`, a bug of the compiler.
  public func emitted(
    header: String? = nil, change: (inout EmitOptions) -> Void = { _ in }
  ) throws -> (c: String, header: String)? {
    guard let module else { return nil }
    checkRealRange(of: module)
    guard !diagnostics.hasErrors, var unit = try moduleUnit(header: header) else { return nil }
    change(&unit.options)
    do { return try emitModule(unit, observe: observeSchedule) } catch let error as EmitError {
      for diagnostic in error.diagnostics(in: module) { diagnostics.add(diagnostic) }
      return nil
    }
  }

  /// Given to what schedules the module.
  func observeSchedule(_ program: ProgramUnit, part: String, pass: String, text: () -> String) {
    observe(part, pass) { "\(program.judgement)\n\(text())" }
  }

  /// The lines of a program's declaration, as far as they fit above its code.
  private func sourceLines(of judgement: Judgement) -> [String] {
    let first = source.position(of: judgement.name.span.start).line
    let last = source.position(of: max(judgement.term.span.end - 1, judgement.term.span.start)).line
    let shown = (first...max(first, last)).prefix(12).map { number -> String in
      let text = String(decoding: source.line(number), as: UTF8.self)
      return text.count > 100 ? text.prefix(99) + "…" : text
    }
    return shown + (last - first >= 12 ? ["…"] : [])
  }

  public func add(_ diagnostic: Diagnostic) { diagnostics.add(diagnostic) }
}

/// A program or a model with its forward graph (result, then residuals) and the backward graph that reads them.
public struct OptimisedProgram {
  /// Of a model: from its inputs to its result.
  public let judgement: Judgement
  /// nil for a program.
  public let model: LoweredModel?
  public let forward: Graph
  public let backward: Graph?
}

extension LinkedModel {
  /// The model as its callers see it: inputs are data, in which nothing is said to be linear.
  var interface: Judgement {
    Judgement(
      name: name, context: inputs, term: judgement.term,
      degrees: inputs.map { _ in Degree(bound: 0, isLinear: false) })
  }
}

extension PortDescription {
  init(name: String, type: Type, horizon: Int, degree: Int, linear: Bool) {
    let size = type.dimension(horizon: horizon) ?? Int.max
    var dims = [size]
    // The ABI has room for four extents; a tensor of more is described by its size.
    if case .real(let shape) = type, shape.count <= 4 { dims = shape }
    self.init(name: name, type: type.description, size: size, degree: degree, linear: linear, dims: dims)
    if case .data(let data) = type, data.constructors.allSatisfy(\.fields.isEmpty) {
      values = data.constructors.map(\.name)
    }
  }
}

extension EmitError {
  fileprivate func diagnostics(in module: TypedModule) -> [Diagnostic] {
    func place(_ name: String, _ text: String) -> Label? {
      (module.programs.map(\.name) + module.models.map(\.name)).first { $0.text == name }
        .map { Label($0.span, text) }
    }
    switch self {
    case .clashes(let clashes):
      return clashes.map { clash in
        Diagnostic(
          .clashingCName, "`\(clash.first)` and `\(clash.second)` have the same name in C, \(clash.cName)",
          at: place(clash.second, "the same name again"), also: place(clash.first, "first here").map { [$0] } ?? [],
          help: "rename one of them")
      }
    case .tooLarge(let name):
      return [
        Diagnostic(
          .typeTooLarge, "`\(name)` needs more memory than can be addressed", at: place(name, "this program"),
          help: "use a smaller horizon, or smaller tensors")
      ]
    }
  }
}
