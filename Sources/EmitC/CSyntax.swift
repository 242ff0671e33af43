/// An expression of C.
indirect enum CExpression {
  case name(String)
  /// A number, written out; not negative.
  case number(String)
  /// The bytes of a string.
  case string([UInt8])
  case call(String, [CExpression])
  case index(CExpression, CExpression)
  /// `-`, `!` or `&` before an operand, or `++` and `--` after it.
  case prefix(String, CExpression)
  case postfix(String, CExpression)
  case binary(String, CExpression, CExpression)
  case conditional(CExpression, CExpression, CExpression)
  case cast(String, CExpression)
  /// `(type){a, b}`
  case compound(String, [CExpression])

  static func integer(_ value: Int) -> CExpression {
    value < 0 ? .prefix("-", .number("\(value.magnitude)")) : .number("\(value)")
  }

  static func + (a: CExpression, b: CExpression) -> CExpression { .binary("+", a, b) }
  static func * (a: CExpression, b: CExpression) -> CExpression { .binary("*", a, b) }
  static func assign(_ a: CExpression, _ b: CExpression) -> CExpression { .binary("=", a, b) }

  /// a || b || c, or what there is.
  static func any(_ conditions: [CExpression]) -> CExpression { joined(conditions, by: "||") }
  static func all(_ conditions: [CExpression]) -> CExpression { joined(conditions, by: "&&") }

  static func joined(_ operands: [CExpression], by operation: String) -> CExpression {
    operands.dropFirst().reduce(operands[0]) { .binary(operation, $0, $1) }
  }
}

indirect enum CInitialiser {
  case expression(CExpression)
  case list([CInitialiser])
  case fields([(name: String, value: CInitialiser)])
}

/// A variable with an optional initial value. An extent of nil is no array, one of "" an array as long as its
/// initialiser.
struct CVariable {
  var type: String
  var name: String
  var extent: String?
  var initial: CInitialiser?
}

enum CStatement {
  case comment(String)
  case variable(CVariable)
  case expression(CExpression)
  case forLoop(first: CVariable, condition: CExpression, step: CExpression?, body: [CStatement])
  case ifThen(CExpression, [CStatement])
  case returnValue(CExpression)

  static func constant(_ type: String, _ name: String, _ value: CExpression) -> CStatement {
    .variable(CVariable(type: type, name: name, extent: nil, initial: .expression(value)))
  }

  static func call(_ function: String, _ arguments: [CExpression]) -> CStatement {
    .expression(.call(function, arguments))
  }

  /// A loop over first ..< end.
  static func counting(
    _ counter: String, from first: CExpression = .number("0"), to end: CExpression, by step: CExpression? = nil,
    _ body: [CStatement]
  ) -> CStatement {
    .forLoop(
      first: CVariable(type: "size_t", name: counter, extent: nil, initial: .expression(first)),
      condition: .binary("<", .name(counter), end),
      step: step.map { .binary("+=", .name(counter), $0) } ?? .postfix("++", .name(counter)), body: body)
  }

  /// Compilers do not warn of a variable that is not used.
  static func ignore(_ name: String) -> CStatement { .expression(.cast("void", .name(name))) }

  /// From here on the compiler knows nothing of the variable's value.
  static func hide(_ variable: String) -> CStatement { .expression(.call("CAJAL_HIDE", [.name(variable)])) }

  /// Compilers do not warn of these variables.
  static func unused(_ names: [String]) -> CStatement {
    .expression(CExpression.joined(names.map { .cast("void", .name($0)) }, by: ","))
  }
}

struct CParameter {
  /// With its stars: "const real *".
  var type: String
  var name: String

  init(_ type: String, _ name: String) {
    self.type = type
    self.name = name
  }
}

struct CFunction {
  /// What stands before the result's type: "static".
  var specifiers: String
  var result: String
  var name: String
  var parameters: [CParameter]
  /// Nil in a prototype.
  var body: [CStatement]?

  /// One of the file's own, that answers a status.
  static func own(
    _ name: String, _ parameters: [CParameter], specifiers: String = "static", _ body: [CStatement]?
  ) -> CFunction {
    CFunction(specifiers: specifiers, result: "int", name: name, parameters: parameters, body: body)
  }
}

/// What stands at the top level of a file.
enum CItem {
  case blank
  case comment(String)
  /// A line of the preprocessor.
  case directive(String)
  case typedef(String, String)
  case function(CFunction)
  case variable(CVariable)
  /// A static union with the reals as its member `values`: millions of numbers, as the bytes of one string literal,
  /// take compilers a tenth of the time and a fifth of the memory that numbers would.
  case reals(String, [Double], realBytes: Int)
  /// `extern "C" {` or its end, for C++.
  case linkage(begins: Bool)

  static func array(_ type: String, _ name: String, _ values: [CExpression]) -> [CItem] {
    [
      .variable(CVariable(type: type, name: name, extent: "", initial: .list(values.map { .expression($0) }))), .blank,
    ]
  }
}

extension [CFunction] {
  var items: [CItem] { flatMap { [.function($0), .blank] } }
}
