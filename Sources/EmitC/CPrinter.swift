/// Prints C: two spaces a level, lines of at most 110 columns.
struct CPrinter {
  static let width = 110
  /// Stands where a line may be broken.
  private static let seam: Character = "\u{1}"

  private var bytes: [UInt8] = []

  static func print(_ items: [CItem]) -> String {
    var printer = CPrinter()
    for item in items { printer.print(item) }
    return String(decoding: printer.bytes, as: UTF8.self)
  }

  // MARK: Lines

  private mutating func line(_ text: String, _ level: Int = 0) {
    let indent = level * 2
    if !text.utf8.contains(1) {
      put(text, indent)
      return
    }
    // Pieces keep the blank that follows them; it is dropped at the end of a line.
    var current = ""
    var column = indent
    var isFirst = true
    func limit() -> Int { CPrinter.width }
    for piece in text.split(separator: CPrinter.seam, omittingEmptySubsequences: false) {
      let trimmed = piece.last == " " ? piece.count - 1 : piece.count
      if !current.isEmpty, column + trimmed > limit() {
        put(current, isFirst ? indent : indent + 4)
        isFirst = false
        current = ""
        column = indent + 4
      }
      current += piece
      column += piece.count
    }
    put(current, isFirst ? indent : indent + 4)
  }

  private mutating func put(_ text: String, _ indent: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: text.isEmpty ? 0 : indent))
    bytes.append(contentsOf: text.utf8)
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func comment(_ text: String, _ level: Int) {
    let words = CText.comment(text).split(separator: " ").joined(separator: " \(CPrinter.seam)")
    let indent = level * 2
    if words.count + indent + 6 <= CPrinter.width || level > 0 {
      // A note above a block is one line.
      let plain = words.filter { $0 != CPrinter.seam }
      let room = CPrinter.width - indent - 6
      line("/* " + (plain.count > room ? plain.prefix(max(room - 3, 8)) + "..." : plain) + " */", level)
      return
    }
    var current = "/*"
    for word in words.split(separator: " ") {
      let word = word.filter { $0 != CPrinter.seam }
      if current.count + word.count + 1 > CPrinter.width - 3 {
        line(current, level)
        current = " *"
      }
      current += " " + word
    }
    line(current + " */", level)
  }

  // MARK: Items

  private mutating func print(_ item: CItem) {
    switch item {
    case .blank: line("")
    case .comment(let text): comment(text, 0)
    case .directive(let text): line(text)
    case .typedef(let type, let name): line("typedef \(type) \(name);")
    case .function(let function): print(function)
    case .variable(let variable): line(text(variable) + ";")
    case .linkage(let begins):
      line("#ifdef __cplusplus")
      line(begins ? "extern \"C\" {" : "}")
      line("#endif")
    }
  }

  private mutating func print(_ function: CFunction) {
    let specifiers = function.specifiers.isEmpty ? "" : function.specifiers + " "
    let parameters =
      function.parameters.isEmpty
      ? "void" : function.parameters.map { declarator($0.type, $0.name) }.joined(separator: ", \(CPrinter.seam)")
    let space = function.result.hasSuffix("*") ? "" : " "
    let head = "\(specifiers)\(function.result)\(space)\(function.name)(\(parameters))"
    guard let body = function.body else {
      line(head + ";")
      return
    }
    line(head + " {")
    print(body, 1)
    line("}")
  }

  private func declarator(_ type: String, _ name: String) -> String {
    if let bracket = type.firstIndex(of: "[") { return "\(type[..<bracket]) \(name)\(type[bracket...])" }
    return type.hasSuffix("*") || type.hasSuffix(" ") ? type + name : "\(type) \(name)"
  }

  // MARK: Statements

  private mutating func print(_ body: [CStatement], _ level: Int) {
    for statement in body { print(statement, level) }
  }

  private mutating func print(_ statement: CStatement, _ level: Int) {
    switch statement {
    case .comment(let text): comment(text, level)
    case .variable(let variable): line(text(variable) + ";", level)
    case .expression(let expression): line(text(expression, 0) + ";", level)
    case .forLoop(let first, let condition, let step, let body):
      let step = step.map { " " + text($0, 0) } ?? ""
      line("for (\(text(first)); \(text(condition, 0));\(step)) {", level)
      print(body, level + 1)
      line("}", level)
    case .ifThen(let condition, let body):
      line("if (\(text(condition, 0))) {", level)
      print(body, level + 1)
      line("}", level)
    case .returnValue(let value): line("return \(text(value, 0));", level)
    }
  }

  private func text(_ variable: CVariable) -> String {
    let head = declarator(variable.type, variable.name) + (variable.extent.map { "[\($0)]" } ?? "")
    return variable.initial.map { "\(head) = \(text($0))" } ?? head
  }

  private func text(_ initialiser: CInitialiser) -> String {
    let seam = ", \(CPrinter.seam)"
    return switch initialiser {
    case .expression(let value): text(value, 0)
    case .list(let values): "{" + values.map { text($0) }.joined(separator: seam) + "}"
    case .fields(let fields):
      "{\(CPrinter.seam)" + fields.map { ".\($0.name) = \(text($0.value))" }.joined(separator: seam) + "}"
    }
  }

  // MARK: Expressions

  /// The binding strength of C's operators, 14 for what needs no parentheses at all.
  private static func strength(of operation: String) -> Int {
    switch operation {
    case ",": 0
    case "=", "+=", "-=": 1
    case "||": 3
    case "&&": 4
    case "==", "!=": 8
    case "<", "<=", ">", ">=": 9
    case "+", "-": 11
    default: 12
    }
  }

  private func text(_ expression: CExpression, _ outer: Int) -> String {
    let (string, strength) = parts(expression)
    return strength < outer ? "(\(string))" : string
  }

  private func parts(_ expression: CExpression) -> (String, Int) {
    switch expression {
    case .name(let name): return (name, 14)
    case .number(let digits): return (digits, 14)
    case .string(let bytes): return (CText.literal(bytes), 14)
    case .call(let name, let arguments):
      return ("\(name)(\(arguments.map { text($0, 0) }.joined(separator: ", \(CPrinter.seam)")))", 14)
    case .index(let base, let index): return ("\(text(base, 14))[\(text(index, 0))]", 14)
    // Two signs in a row would be one operator.
    case .prefix(let operation, let operand): return ("\(operation)\(text(operand, 14))", 13)
    case .postfix(let operation, let operand): return ("\(text(operand, 14))\(operation)", 14)
    case .cast(let type, let operand): return ("(\(type))\(text(operand, 13))", 13)
    case .conditional(let condition, let a, let b):
      return ("\(text(condition, 3)) ? \(CPrinter.seam)\(text(a, 3)) : \(CPrinter.seam)\(text(b, 2))", 2)
    case .binary(let operation, let a, let b):
      let strength = CPrinter.strength(of: operation)
      let isAssignment = strength == 1
      // && inside of || has parentheses, for readers and for -Wparentheses.
      let left = text(a, operation == "||" && isConjunction(a) ? 14 : isAssignment ? 2 : strength)
      let right = text(b, operation == "||" && isConjunction(b) ? 14 : isAssignment ? 1 : strength + 1)
      let space = operation == "," ? "" : " "
      return ("\(left)\(space)\(operation) \(CPrinter.seam)\(right)", strength)
    }
  }

  private func isConjunction(_ expression: CExpression) -> Bool {
    if case .binary("&&", _, _) = expression { true } else { false }
  }
}
