import CajalSyntax

/// The bound of a result that follows from the bounds of what is linked (LANGUAGE.md, section 5).
public struct OutputBound: Sendable {
  public let bound: NormBound
  /// Where there is none: the ports for want of whose bounds none follows, by their places in the context.
  public let missing: [Int]
}

extension TypedModule {
  /// Nil where nothing that is linked has a bound, or where there is too much to compute.
  public func outputBound(of program: Judgement) -> OutputBound? {
    guard program.context.contains(where: { $0.bound != nil }) else { return nil }
    return outputBound(of: program, ports: program.context.map { $0.bound.map { NormBound.none.within($0) } ?? .none })
  }

  /// Nil where no input and no net has a bound, or where there is too much to compute.
  public func outputBound(of model: LinkedModel) -> OutputBound? {
    guard
      model.inputs.contains(where: { $0.bound != nil })
        || model.nets.contains(where: { nets[$0].outputBound(.none).isKnown })
    else { return nil }
    return outputBound(of: model.judgement, ports: linkBounds(of: model))
  }

  /// Of a judgement's result, for a function of its matrix's entries, where the vectors of its ports have these
  /// bounds. Nil where there is too much to compute.
  public func normBound(of judgement: Judgement, ports: [NormBound]) -> NormBound? {
    NormInterpreter(self).bound(of: judgement, ports: ports)
  }

  /// The bounds of a model's links, whatever its weights.
  public func linkBounds(of model: LinkedModel) -> [NormBound] {
    var inputs: [Int: NormBound] = [:]
    for port in model.inputs {
      inputs[port.variable.id] = completed(port.bound.map { NormBound.none.within($0) } ?? .none, port.variable.type)
    }
    // The data of links share their parts.
    var known: [ObjectIdentifier: NormBound] = [:]
    func bound(_ datum: TypedTerm) -> NormBound {
      if let found = known[ObjectIdentifier(datum)] { return found }
      var result = NormBound.none
      if case .variable(let variable) = datum.kind { result = inputs[variable.id] ?? .none }
      if case .network(let net, let arguments) = datum.kind {
        result = nets[net].outputBound(arguments.reduce(.zero) { $0.followed(by: bound($1)) })
      }
      known[ObjectIdentifier(datum)] = result
      return result
    }
    return model.links.map { bound($0.datum) }
  }

  private func completed(_ bound: NormBound, _ type: Type) -> NormBound {
    bound.completed(dimension: type.dimension(horizon: horizon).map(Double.init) ?? .infinity)
  }

  private static let maximumSearch = 32

  private func outputBound(of judgement: Judgement, ports: [NormBound]) -> OutputBound? {
    guard let bound = normBound(of: judgement, ports: ports) else { return nil }
    guard !bound.isKnown else { return OutputBound(bound: bound, missing: []) }
    let open = ports.indices.filter { !ports[$0].isKnown }.prefix(Self.maximumSearch)
    let missing = open.filter { index in
      let others = ports.indices.map { $0 == index || ports[$0].isKnown ? ports[$0] : .unit }
      return normBound(of: judgement, ports: others)?.isKnown == false
    }
    return OutputBound(bound: bound, missing: Array(missing))
  }
}

extension NormBound {
  /// `l1 784, l2 28, linf 1`: those that are known, each rounded up.
  public var summary: String {
    [("l1", l1), ("l2", l2), ("linf", linf)].filter(\.1.isFinite).map { "\($0) \(Self.roundedUp($1))" }
      .joined(separator: ", ")
  }

  /// Six digits that stand for a number no smaller than the bound.
  static func roundedUp(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    var exponent = 0
    var digits = value
    // The digits are those of value·10^-exponent, from 100 000 to 999 999.
    while digits >= 1_000_000 {
      digits /= 10
      exponent += 1
    }
    while digits < 100_000 {
      digits *= 10
      exponent -= 1
    }
    var number = Int(digits)
    while text(number, exponent).value < value { number += 1 }
    return text(number, exponent).text
  }

  private static func text(_ digits: Int, _ exponent: Int) -> (text: String, value: Double) {
    var (digits, exponent) = (digits, exponent)
    while digits % 10 == 0 {
      digits /= 10
      exponent += 1
    }
    let value = Double("\(digits)e\(exponent)") ?? .infinity
    if (0...9).contains(exponent) { return ("\(digits)" + String(repeating: "0", count: exponent), value) }
    if (-9..<0).contains(exponent) {
      let padded = String(repeating: "0", count: max(0, 1 - exponent - "\(digits)".count)) + "\(digits)"
      return ("\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))", value)
    }
    let all = "\(digits)"
    let point = all.count > 1 ? "." : ""
    return ("\(all.prefix(1))\(point)\(all.dropFirst())e\(exponent + all.count - 1)", value)
  }
}
