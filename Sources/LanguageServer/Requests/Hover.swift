import CajalSyntax
import CajalTyping
import Diagnostics

extension LanguageServer {
  func hover(_ document: Document, _ params: JSON) throws -> JSON {
    let offset = try offset(document, params)
    let analysis = document.analysis
    guard let (span, text) = about(offset, analysis) else { return .null }
    return ["contents": markup(text), "range": document.buffer.range(span)]
  }

  func about(_ offset: Int, _ analysis: Analysis) -> (Span, String)? {
    let names = analysis.names
    if let occurrence = names.occurrence(at: offset) {
      return (occurrence.span, text(names.symbols[occurrence.symbol], occurrence, analysis))
    }
    if let name = names.free(at: offset), let builtIn = BuiltIn.named(name.text) {
      let here = analysis.observed.types[name.span].map { "\n\(builtIn.name) : \($0)" } ?? ""
      let text = code("\(builtIn.name) : \(builtIn.scheme)" + here)
      return (name.span, builtIn.isOnData ? text + "\n\nof a model's data only" : text)
    }
    if let layer = layer(at: offset, analysis) { return layer }
    guard !Comment.all(in: analysis).contains(where: { $0.span.start <= offset && offset < $0.span.end }),
      let (span, type) = term(around: offset, analysis)
    else { return nil }
    return (span, code(": \(type)") + "\n\n" + space(of: type, analysis))
  }

  // MARK: Names

  private func text(_ symbol: Symbol, _ occurrence: NameIndex.Occurrence, _ analysis: Analysis) -> String {
    let name = symbol.name.text
    switch symbol.kind {
    case .program, .net, .model:
      if let summary = analysis.sound?.compilation.summary(named: name) { return code(summary) }
      return code(declaration(symbol, analysis))
    case .definition, .constructor, .learnt:
      guard let type = analysis.observed.globals[name] else { return code(declaration(symbol, analysis)) }
      let word = symbol.kind == .definition ? "def " : symbol.kind == .learnt ? "param " : ""
      let what = symbol.kind == .learnt ? "\n\na learnt tensor: data of the models that mention it" : ""
      return code("\(word)\(name) : \(type)") + what + "\n\n" + space(of: type, analysis)
    case .alias, .data:
      guard let type = analysis.observed.namedTypes[name] else { return code(declaration(symbol, analysis)) }
      return code(declaration(symbol, analysis)) + "\n\n" + space(of: type, analysis)
    case .parameter, .binder, .letName, .state, .field: return local(symbol, analysis)
    }
  }

  private func local(_ symbol: Symbol, _ analysis: Analysis) -> String {
    let name = symbol.name.text
    guard let bound = analysis.observed.variables[symbol.name.span], let variable = bound.variable else {
      return code(netParameter(symbol, analysis) ?? name)
    }
    let rows = port(at: symbol.name.span, analysis)?.rows.map { "[\($0)]" } ?? ""
    var lines = [bound.isData ? "data: used any number of times" : "linear: used exactly once on each path"]
    if !bound.isData, let degree = analysis.degree(ofVariableAt: symbol.name.span) { lines.append(text(of: degree)) }
    if let bound = port(at: symbol.name.span, analysis)?.bound { lines.append("\(bound)") }
    lines.append(space(of: variable.type, analysis))
    return code("\(name) : \(variable.type)\(rows)") + "\n\n" + lines.joined(separator: "  \n")
  }

  private func port(at span: Span, _ analysis: Analysis) -> Port? {
    let module = analysis.sound?.module
    let ports = (module?.programs.flatMap(\.context) ?? []) + (module?.models.flatMap(\.inputs) ?? [])
    return ports.first { $0.variable.span == span }
  }

  /// The parameters of nets have no variables.
  private func netParameter(_ symbol: Symbol, _ analysis: Analysis) -> String? {
    guard case .net(_, let parameters, _, _) = analysis.tree.declarations[symbol.declaration].kind else { return nil }
    return parameters.first { $0.name.span == symbol.name.span }.map {
      "\($0.name.text) : \(analysis.source.text($0.type.span))"
    }
  }

  func text(of degree: Degree) -> String {
    if degree.isLinear { return "degree \(degree.bound), linear" }
    return degree.bound == .max ? "no bound on the degree, not linear" : "degree \(degree.bound), not linear"
  }

  /// The text up to the `=`, or of a type the whole.
  private func declaration(_ symbol: Symbol, _ analysis: Analysis) -> String {
    let declaration = analysis.tree.declarations[symbol.declaration]
    var end = declaration.span.end
    switch declaration.kind {
    case .horizon, .type, .data, .learnt: break
    case .definition(let name, let type, _): end = type?.span.end ?? name.span.end
    case .program(_, _, let type, _), .net(_, _, let type, _), .model(_, _, let type, _): end = type.span.end
    }
    return analysis.source.text(Span(declaration.span.start, max(declaration.span.start, end)))
  }

  // MARK: Layers, terms, spaces

  private func layer(at offset: Int, _ analysis: Analysis) -> (Span, String)? {
    for declaration in analysis.tree.declarations
    where declaration.span.start <= offset && offset <= declaration.span.end {
      guard case .net(let name, _, _, let layers) = declaration.kind,
        let index = layers.firstIndex(where: { $0.span.start <= offset && offset <= $0.span.end })
      else { continue }
      var text = code("\(layers[index].kind)")
      if let net = analysis.sound?.module.nets.first(where: { $0.name.span == name.span }), index < net.layers.count {
        let layer = net.layers[index]
        text = code("\(layer.kind)    \(shape(layer.input)) -> \(shape(layer.output))")
        if layer.parameterCount > 0 { text += "\n\n\(layer.parameterCount) parameters" }
      }
      return (layers[index].span, text)
    }
    return nil
  }

  func shape(_ extents: [Int]) -> String { "[\(extents.map(String.init).joined(separator: ","))]" }

  /// The smallest term around an offset whose type is known.
  private func term(around offset: Int, _ analysis: Analysis) -> (Span, Type)? {
    var best: (span: Span, type: Type)?
    for (span, type) in analysis.observed.types where span.start <= offset && offset < span.end {
      if let best, best.span.end - best.span.start <= span.end - span.start { continue }
      best = (span, type)
    }
    return best.map { ($0.span, $0.type) }
  }

  func space(of type: Type, _ analysis: Analysis) -> String {
    let horizon = analysis.observed.horizon
    if let data = type.recursiveType {
      return type == .data(data) ? "no dimension: linked as the table of its nodes" : "no dimension"
    }
    guard let dimension = type.dimension(horizon: horizon) else { return "a dimension beyond \(Int.max)" }
    if case .function(let argument, let result) = type, let rows = result.dimension(horizon: horizon),
      let columns = argument.dimension(horizon: horizon)
    {
      return "maps, as matrices of \(rows) × \(columns)"
    }
    return "space ℝ^\(dimension), dimension \(dimension)"
  }
}

extension Analysis {
  /// Nil where the declaration has an error.
  func degree(ofVariableAt span: Span) -> Degree? {
    guard let sound, let variable = sound.observations.variables[span]?.variable else { return nil }
    for judgement in sound.module.programs {
      for (port, degree) in zip(judgement.context, judgement.degrees) where port.variable.span == span { return degree }
    }
    return sound.module.degree(ofBinder: variable)
  }
}
