import CajalSyntax

/// Nets and models, for people.
extension JudgementPrinter {
  /// A datum longer than this is cut: shared parts make its text exponentially longer than the source.
  private static let maximumDatum = 24

  /// `net f (x : a) : b`, its layers with what comes in and out, and their parameters.
  public func print(_ net: Net) -> String {
    var rows: [[String]] = net.layers.map { layer in
      let count = layer.parameterCount
      return [
        "\(layer.kind)", "\(shape(layer.input)) -> \(shape(layer.output))",
        count == 0 ? "" : "\(count) parameters",
      ]
    }
    rows.append(["in all", "", "\(net.parameterCount) parameters"])
    return "net \(net.signature)\n" + aligned(rows, right: [2])
  }

  private func shape(_ extents: [Int]) -> String { "[\(extents.map(String.init).joined(separator: ","))]" }

  /// The model's links and the derivation of its judgement.
  public func print(_ model: LinkedModel) -> String {
    var output = "model \(model.signature)\n"
    for (link, port) in zip(model.links, model.judgement.context) {
      output += "  link \(link.variable.name) : \(port.typeText) = \(text(of: link.datum))\n"
    }
    return output + derivation(model.judgement.term)
  }

  /// One line for each link, then one for each bound variable that is not linear, as `describeDegrees` of a program;
  /// then the size of the nets.
  public func describe(_ model: LinkedModel) -> [String] {
    let judgement = model.judgement
    var ports: [(text: String, port: Port, degree: Degree)] = []
    for ((link, port), degree) in zip(zip(model.links, judgement.context), judgement.degrees) {
      ports.append(("\(text(of: link.datum)) : \(port.typeText)", port, degree))
    }
    var lines = describeDegrees(of: judgement.term, ports)
    for state in model.dataStates {
      let degree = module.degree(ofBinder: state)
      if degree.isLinear { continue }
      lines.append(
        degree.bound <= 1
          ? "affine in \(state.name) : \(state.type), which is data in the step"
          : "nonlinear in \(state.name) : \(state.type), which is data in the step")
    }
    lines.append(parameters(of: model))
    return lines
  }

  private func parameters(of model: LinkedModel) -> String {
    let nets = model.nets
    let learnt = model.learnt.map { module.learnt[$0.index] }
    let total =
      nets.reduce(0) { $0 + module.nets[$1].parameterCount } + learnt.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let all = nets.map { module.nets[$0].name.text } + learnt.map(\.name.text)
    let more = all.count > 8 ? ["… (\(all.count) nets\(learnt.isEmpty ? "" : " and learnt tensors"))"] : []
    let names = (all.prefix(8) + more).joined(separator: ", ")
    return all.isEmpty ? "no parameters" : "\(total) parameter\(total == 1 ? "" : "s"), in \(names)"
  }

  /// The concrete syntax of a datum of a link.
  public func text(of datum: TypedTerm) -> String {
    var room = Self.maximumDatum
    return text(of: datum, isArgument: false, &room)
  }

  private func text(of datum: TypedTerm, isArgument: Bool, _ room: inout Int) -> String {
    room -= 1
    guard room >= 0 else { return "…" }
    guard case .network(let net, let arguments) = datum.kind else {
      // Shared parts make a term exponentially longer than its text.
      guard datum.hasNodes(atMost: 4 * Self.maximumDatum) else { return "…" }
      let text = datum.concreteSyntax(definitions: module.definitions, nets: module.nets)
      return isArgument && text.contains(" ") && !text.hasPrefix("[") ? "(\(text))" : text
    }
    var words = [module.nets[net].name.text]
    for argument in arguments {
      words.append(text(of: argument, isArgument: true, &room))
      if room < 0 { break }
    }
    let text = words.joined(separator: " ")
    return isArgument ? "(\(text))" : text
  }

  /// One line a row, indented, in columns.
  func aligned(_ rows: [[String]], right: Set<Int> = []) -> String {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = " "
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? " " : "   ") + (right.contains(column) ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

extension LinkedModel {
  /// `model blur (x : Real[28,28]) : Real[28,28]`, without the body.
  public var signature: String {
    Judgement(name: name, context: inputs, term: judgement.term, degrees: []).signature
  }

  /// The states of iterations and folds that are data in their steps, in the order of the text.
  public var dataStates: [Variable] {
    var states: [Variable] = []
    func visit(_ term: TypedTerm) {
      if case .iterate(_, let state, _, _) = term.kind, state.isData { states.append(state) }
      if case .scan(_, let state, _, _) = term.kind, state.isData { states.append(state) }
      if case .fold(let operand, let alternatives) = term.kind, case .data(let data) = operand.type {
        for (alternative, constructor) in zip(alternatives, data.constructors) {
          for (binder, field) in zip(alternative.binders, constructor.fields) where field == .recursive {
            if binder.isData { states.append(binder) }
          }
        }
      }
      for child in term.kind.children { visit(child) }
    }
    visit(judgement.term)
    return states
  }

  /// The nets that the model uses, each once, as indices into `TypedModule.nets`, in ascending order.
  public var nets: [Int] {
    var found: Set<Int> = []
    // The data of links share their parts.
    var seen: Set<ObjectIdentifier> = []
    func visit(_ term: TypedTerm) {
      guard seen.insert(ObjectIdentifier(term)).inserted else { return }
      if case .network(let net, _) = term.kind { found.insert(net) }
      for child in term.kind.children { visit(child) }
    }
    for link in links { visit(link.datum) }
    visit(judgement.term)
    return found.sorted()
  }
}

extension TypedTerm {
  /// Counts no further than the limit.
  fileprivate func hasNodes(atMost limit: Int) -> Bool {
    var left = limit
    func count(_ term: TypedTerm) {
      left -= 1
      for child in term.kind.children where left >= 0 { count(child) }
    }
    count(self)
    return left >= 0
  }
}
