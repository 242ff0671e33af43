import EmitC
import Foundation
import Schedule

extension Compilation {
  /// What every program and then every model costs; nil where there were errors.
  public func costs() throws -> [ProgramCost]? {
    guard let unit = try moduleUnit() else { return nil }
    return try EmitC.costs(unit)
  }
}

extension ProgramCost {
  /// What `cajal2c check --cost` prints below a program (docs/performance.md, The model of cost).
  func summary(realBytes: Int) -> [String] {
    let real = realBytes == 4 ? "float" : "double"
    var lines = ["cost of a sample, in \(real)s    operations    bytes read     bytes written"]
    func line(_ name: String, _ cost: Cost) {
      lines.append(
        "  \(pad(name, 24, left: false))\(pad(Scaled.count(cost.operations), 12))"
          + pad(Scaled.bytes(cost.loads * Double(realBytes)), 14)
          + pad(Scaled.bytes(cost.stores * Double(realBytes)), 18))
    }
    line("forward", forward.sample)
    if let backward { line("backward", backward.sample) }
    if forward.batch != Cost() || (backward?.batch ?? Cost()) != Cost() {
      lines.append("once a batch")
      line("forward", forward.batch)
      if let backward { line("backward", backward.batch) }
    }
    let (fixed, perSample) = workspaceBytes
    lines.append(
      "workspace with gradients: \(Scaled.bytes(Double(fixed))), and \(Scaled.bytes(Double(perSample))) a sample")
    lines.append(
      "stack: at most \(Scaled.bytes(Double(stack.all))), for one sample \(Scaled.bytes(Double(stack.one)))")
    lines.append("constants: \(Scaled.bytes(Double(constantBytes)))")
    return lines
  }

  private func pad(_ text: String, _ width: Int, left: Bool = true) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? space + text : text + space
  }
}

/// Numbers with three digits that count and a prefix of the SI.
private enum Scaled {
  static func count(_ value: Double) -> String { scaled(value, unit: "") }
  static func bytes(_ value: Double) -> String { scaled(value, unit: "B") }

  private static func scaled(_ value: Double, unit: String) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var (number, power) = (value, 0)
    // What would be rounded to 1000 has the next prefix.
    while number >= 999.5, power + 1 < prefixes.count {
      number /= 1000
      power += 1
    }
    let digits = power == 0 ? 0 : number < 9.995 ? 2 : number < 99.95 ? 1 : 0
    let text = String(format: "%.\(digits)f", number)
    let suffix = prefixes[power] + unit
    return suffix.isEmpty ? text : "\(text) \(suffix)"
  }
}
