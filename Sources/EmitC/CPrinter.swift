/// Prints C: two spaces a level, lines of at most 110 columns.
struct CPrinter {
  static let width = 110
  /// Stand where a line may be broken: after a comma, and after an operator.
  private static let seam: Character = "\u{1}"
  private static let operatorSeam: Character = "\u{2}"

  private var bytes: [UInt8] = []

  static func print(_ items: [CItem]) -> String {
    var printer = CPrinter()
    for item in items { printer.print(item) }
    return String(decoding: printer.bytes, as: UTF8.self)
  }

  // MARK: Lines

  /// A place where a line may be broken: the text before it, and how deep it lies in parentheses.
  private struct Piece {
    var text: Substring
    var width: Int
    var depth: Int
  }

  /// Breaks the line where it must be, at the outermost places, after commas rather than after operators.
  private mutating func line(_ text: String, _ level: Int = 0) {
    let indent = level * 2
    if !text.utf8.contains(where: { $0 == 1 || $0 == 2 }) {
      put(text, indent)
      return
    }
    var pieces = CPrinter.pieces(of: text)[...]
    var isFirst = true
    while !pieces.isEmpty {
      let start = isFirst ? indent : indent + 4
      var column = start
      var fitting = 0
      for piece in pieces {
        column += piece.width
        // The blank before a break is dropped.
        if fitting > 0, column - (piece.text.last == " " ? 1 : 0) > CPrinter.width { break }
        fitting += 1
      }
      var count = fitting
      if fitting < pieces.count {
        let candidates = pieces.prefix(fitting)
        let outermost = candidates.map(\.depth).min()!
        count = candidates.lastIndex { $0.depth == outermost }! - pieces.startIndex + 1
      }
      put(pieces.prefix(count).map(\.text).joined(), start)
      pieces = pieces.dropFirst(count)
      isFirst = false
    }
  }

  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var depth = 0
    var isQuoted = false
    var start = text.startIndex
    var previous: UInt8 = 0
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      switch byte {
      case UInt8(ascii: "\"") where previous != UInt8(ascii: "\\"): isQuoted.toggle()
      case UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["): depth += isQuoted ? 0 : 2
      case UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= isQuoted ? 0 : 2
      case 1, 2:
        let piece = text[start..<index]
        pieces.append(Piece(text: piece, width: piece.count, depth: depth + Int(byte) - 1))
        start = text.utf8.index(after: index)
      default: break
      }
      previous = previous == UInt8(ascii: "\\") && byte == previous ? 0 : byte
    }
    pieces.append(Piece(text: text[start...], width: text[start...].count, depth: 0))
    return pieces
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
      return ("\(text(condition, 3)) ? \(CPrinter.operatorSeam)\(text(a, 3)) : \(CPrinter.operatorSeam)\(text(b, 2))", 2)
    case .binary(let operation, let a, let b):
      let strength = CPrinter.strength(of: operation)
      let isAssignment = strength == 1
      // && inside of || has parentheses, for readers and for -Wparentheses.
      let left = text(a, operation == "||" && isConjunction(a) ? 14 : isAssignment ? 2 : strength)
      let right = text(b, operation == "||" && isConjunction(b) ? 14 : isAssignment ? 1 : strength + 1)
      let space = operation == "," ? "" : " "
      let seam = operation == "||" || operation == "&&" ? CPrinter.seam : CPrinter.operatorSeam
      return ("\(left)\(space)\(operation) \(seam)\(right)", strength)
    }
  }

  private func isConjunction(_ expression: CExpression) -> Bool {
    if case .binary("&&", _, _) = expression { true } else { false }
  }
}
