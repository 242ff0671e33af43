/// Prints C: two spaces a level, lines of at most 110 columns.
struct CPrinter {
  static let width = 110

  private var output: [UInt8] = []
  /// The line that is being written. Bytes 1 and 2 stand where it may be broken: after a comma, after an operator.
  private var current: [UInt8] = []

  static func print(_ items: [CItem]) -> String {
    var printer = CPrinter()
    for item in items { printer.print(item) }
    return String(decoding: printer.output, as: UTF8.self)
  }

  // MARK: Lines

  private mutating func write(_ text: String) { current.append(contentsOf: text.utf8) }
  private mutating func seam() { current.append(1) }
  private mutating func operatorSeam() { current.append(2) }

  private mutating func line(_ text: String, _ level: Int = 0) {
    write(text)
    endLine(level)
  }

  private mutating func put(_ bytes: ArraySlice<UInt8>, _ indent: Int) {
    if !bytes.isEmpty { output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent)) }
    output.append(contentsOf: bytes)
    while output.last == UInt8(ascii: " ") { output.removeLast() }
    output.append(UInt8(ascii: "\n"))
  }

  /// Writes the current line, broken where it must be: at the outermost places, after commas rather than operators.
  private mutating func endLine(_ level: Int) {
    defer { current.removeAll(keepingCapacity: true) }
    let indent = level * 2
    let pieces = self.pieces()
    if pieces.count == 1 || indent + pieces.reduce(0, { $0 + $1.width }) <= CPrinter.width {
      current.removeAll { $0 == 1 || $0 == 2 }
      put(current[...], indent)
      return
    }
    var rest = pieces[...]
    var start = indent
    while !rest.isEmpty {
      var column = start
      var fitting = 0
      for piece in rest {
        column += piece.width
        // The blank before a break is dropped.
        if fitting > 0, column - (piece.endsInBlank ? 1 : 0) > CPrinter.width { break }
        fitting += 1
      }
      var count = fitting
      if fitting < rest.count {
        let candidates = rest.prefix(fitting)
        let outermost = candidates.lazy.map(\.depth).min()!
        count = candidates.lastIndex { $0.depth == outermost }! - rest.startIndex + 1
      }
      let taken = rest.prefix(count)
      let bytes = current[taken.first!.range.lowerBound..<taken.last!.range.upperBound].filter { $0 != 1 && $0 != 2 }
      put(bytes[...], start)
      rest = rest.dropFirst(count)
      start = indent + 4
    }
  }

  /// A part of the line that is not broken, and how deep in parentheses the place behind it lies.
  private struct Piece {
    var range: Range<Int>
    var width: Int
    var depth: Int
    var endsInBlank: Bool
  }

  /// Integers other than 0 and 1 count as this wide at least, so that lines break at the same places whatever the sizes
  /// are: the emitted code has as many lines at one horizon as at another.
  private static let integerWidth = 9

  private func pieces() -> [Piece] {
    var pieces: [Piece] = []
    var padding = 0
    var digits = 0
    var isInName = false
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    var start = 0
    func append(_ end: Int, _ depth: Int) {
      pieces.append(
        Piece(
          range: start..<end, width: end - start + padding, depth: depth,
          endsInBlank: end > start && current[end - 1] == UInt8(ascii: " ")))
    }
    for (index, byte) in current.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): if !isInName { digits += 1 }
      default:
        let isFlag = digits == 1 && current[index - 1] <= UInt8(ascii: "1")
        if digits > 0, !isFlag { padding += max(0, CPrinter.integerWidth - digits) }
        digits = 0
        isInName = byte.isNamePart
      }
      if isEscaped {
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = isQuoted
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["): depth += isQuoted ? 0 : 2
      case UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= isQuoted ? 0 : 2
      case 1, 2:
        append(index, depth + Int(byte) - 1)
        start = index + 1
        padding = 0
      default: break
      }
    }
    append(current.count, 0)
    return pieces
  }

  /// One line above a block; as many as it takes at the top level.
  private mutating func comment(_ text: String, _ level: Int) {
    let words = CText.comment(text).split(separator: " ")
    let room = CPrinter.width - level * 2 - 6
    let width = words.reduce(-1) { $0 + $1.count + 1 }
    if width <= room || level > 0 {
      let plain = words.joined(separator: " ")
      line("/* " + (width > room ? plain.prefix(max(room - 3, 8)) + "..." : plain[...]) + " */", level)
      return
    }
    var text = "/*"
    for word in words {
      if text.count + word.count + 1 > CPrinter.width - 3 {
        line(text)
        text = " *"
      }
      text += " " + word
    }
    line(text + " */")
  }

  // MARK: Items

  private mutating func print(_ item: CItem) {
    switch item {
    case .blank: endLine(0)
    case .comment(let text): comment(text, 0)
    case .directive(let text): line(text)
    case .typedef(let type, let name): line("typedef \(type) \(name);")
    case .function(let function): print(function)
    case .variable(let variable):
      write(variable)
      line(";")
    case .reals(let name, let values, let realBytes):
      CReals(name: name, values: values, realBytes: realBytes).write(to: &output)
    case .linkage(let begins):
      line("#ifdef __cplusplus")
      line(begins ? "extern \"C\" {" : "}")
      line("#endif")
    }
  }

  private mutating func print(_ function: CFunction) {
    if !function.specifiers.isEmpty { write(function.specifiers + " ") }
    declarator(function.result, function.name)
    write("(")
    if function.parameters.isEmpty { write("void") }
    for (index, parameter) in function.parameters.enumerated() {
      if index > 0 { comma() }
      declarator(parameter.type, parameter.name)
    }
    guard let body = function.body else {
      line(");")
      return
    }
    line(") {")
    print(body, 1)
    line("}")
  }

  private mutating func comma() {
    write(", ")
    seam()
  }

  private mutating func declarator(_ type: String, _ name: String) {
    if let bracket = type.firstIndex(of: "[") {
      write("\(type[..<bracket]) \(name)\(type[bracket...])")
    } else {
      write(type)
      if let last = type.utf8.last, last != UInt8(ascii: "*"), last != UInt8(ascii: " ") { write(" ") }
      write(name)
    }
  }

  // MARK: Statements

  private mutating func print(_ body: [CStatement], _ level: Int) {
    for statement in body { print(statement, level) }
  }

  private mutating func print(_ statement: CStatement, _ level: Int) {
    switch statement {
    case .comment(let text): comment(text, level)
    case .variable(let variable):
      write(variable)
      line(";", level)
    case .expression(let expression):
      write(expression, 0)
      line(";", level)
    case .forLoop(let first, let condition, let step, let body):
      write("for (")
      write(first)
      write("; ")
      write(condition, 0)
      write(";")
      if let step {
        write(" ")
        write(step, 0)
      }
      line(") {", level)
      print(body, level + 1)
      line("}", level)
    case .ifThen(let condition, let body):
      write("if (")
      write(condition, 0)
      line(") {", level)
      print(body, level + 1)
      line("}", level)
    case .returnValue(let value):
      write("return ")
      write(value, 0)
      line(";", level)
    }
  }

  private mutating func write(_ variable: CVariable) {
    declarator(variable.type, variable.name)
    if let extent = variable.extent { write("[\(extent)]") }
    if let initial = variable.initial {
      write(" = ")
      write(initial)
    }
  }

  private mutating func write(_ initialiser: CInitialiser) {
    switch initialiser {
    case .expression(let value): write(value, 0)
    case .list(let values):
      write("{")
      for (index, value) in values.enumerated() {
        if index > 0 { comma() }
        write(value)
      }
      write("}")
    case .fields(let fields):
      write("{")
      seam()
      for (index, field) in fields.enumerated() {
        if index > 0 { comma() }
        write(".\(field.name) = ")
        write(field.value)
      }
      write("}")
    }
  }

  // MARK: Expressions

  /// Parentheses stand where the expression binds less than what is around it.
  private mutating func write(_ expression: CExpression, _ outer: Int) {
    let strength = expression.strength
    if strength < outer { write("(") }
    switch expression {
    case .name(let text), .number(let text): write(text)
    case .string(let bytes): write(CText.literal(bytes))
    case .call(let name, let arguments):
      write(name)
      write("(")
      for (index, argument) in arguments.enumerated() {
        if index > 0 { comma() }
        write(argument, 0)
      }
      write(")")
    case .index(let base, let index):
      write(base, CExpression.primary)
      write("[")
      write(index, 0)
      write("]")
    case .prefix(let operation, let operand):
      // Two signs in a row would be one operator.
      write(operation)
      write(operand, CExpression.primary)
    case .postfix(let operation, let operand):
      write(operand, CExpression.primary)
      write(operation)
    case .cast(let type, let operand):
      write("(\(type))")
      write(operand, strength)
    case .compound(let type, let values):
      write("(\(type)){")
      for (index, value) in values.enumerated() {
        if index > 0 { write(", ") }
        write(value, 0)
      }
      write("}")
    case .conditional(let condition, let a, let b):
      write(condition, strength + 1)
      write(" ? ")
      operatorSeam()
      write(a, strength + 1)
      write(" : ")
      operatorSeam()
      write(b, strength)
    case .binary(let operation, let a, let b): writeBinary(operation, a, b, strength)
    }
    if strength < outer { write(")") }
  }

  private mutating func writeBinary(_ operation: String, _ a: CExpression, _ b: CExpression, _ strength: Int) {
    let isAssignment = strength == CExpression.assignment
    let isLogical = operation == "||" || operation == "&&"
    // && inside of || has parentheses, for readers and for -Wparentheses.
    func around(_ operand: CExpression, _ plain: Int) -> Int {
      if operation == "||", case .binary("&&", _, _) = operand { CExpression.primary } else { plain }
    }
    write(a, around(a, isAssignment ? strength + 1 : strength))
    write(operation == "," ? ", " : " \(operation) ")
    if isLogical || operation == "," { seam() } else { operatorSeam() }
    write(b, around(b, isAssignment ? strength : strength + 1))
  }
}

extension UInt8 {
  /// Digits after it belong to a name or to a fraction.
  fileprivate var isNamePart: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "."), 0x80...0xFF:
      true
    default: false
    }
  }
}

extension CExpression {
  /// What needs no parentheses at all.
  fileprivate static let primary = 14
  fileprivate static let assignment = 1

  /// How strongly the outermost operator binds.
  fileprivate var strength: Int {
    switch self {
    case .name, .number, .string, .call, .index, .postfix, .compound: CExpression.primary
    case .prefix, .cast: 13
    case .conditional: 2
    case .binary(let operation, _, _):
      switch operation {
      case ",": 0
      case "=", "+=", "-=": CExpression.assignment
      case "||": 3
      case "&&": 4
      case "==", "!=": 8
      case "<", "<=", ">", ">=": 9
      case "+", "-": 11
      default: 12
      }
    }
  }
}
