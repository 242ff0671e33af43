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
}

struct CFunction {
  /// What stands before the result's type: "static".
  var specifiers: String
  var result: String
  var name: String
  var parameters: [CParameter]
  /// Nil in a prototype.
  var body: [CStatement]?
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
}
