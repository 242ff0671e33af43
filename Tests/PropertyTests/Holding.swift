import TestSupport
import Testing

/// The parts of the language that properties range over.
enum Dialect: CaseIterable, CustomTestStringConvertible {
  case kernel, reals

  var testDescription: String { self == .kernel ? "kernel" : "reals" }

  func options(closedGround: Bool = false, bounds: Bool = false) -> ProgramGenerator.Options {
    ProgramGenerator.Options(reals: self == .reals, closedGround: closedGround, bounds: bounds && self == .reals)
  }
}

/// Records the smallest program for which a property does not hold.
///
/// - Parameter atLeast: the part of the programs that the property has to say something about: a property that
///   discards everything is no property.
func hold(
  _ options: ProgramGenerator.Options, share: Double = 1, atLeast: Double = 0.5, test: String = #function,
  location: SourceLocation = #_sourceLocation, _ body: @escaping Property.Body
) {
  let name = test.prefix { $0 != "(" }
  let report = Property(String(name), options, share: share, body).run()
  if let failure = report.failure {
    Issue.record("\(failure)", sourceLocation: location)
  } else if report.tried >= 100 {
    #expect(
      Double(report.held) >= atLeast * Double(report.tried), "discards too many programs: \(report.discarded)",
      sourceLocation: location)
  }
}

/// A vector for a message.
func short(_ vector: [Double]) -> String {
  let text = vector.prefix(12).map { "\($0)" }.joined(separator: ", ")
  return vector.count > 12 ? "[\(text), … (\(vector.count))]" : "[\(text)]"
}
