/// What `parseGraph` could not read.
public struct UnreadableGraph: Error, CustomStringConvertible {
  public let line: Int
  public let reason: String
  public var description: String { "line \(line): \(reason)" }
}

/// Reads what `Graph.printed` prints, and verifies it. Any other text is refused.
public func parseGraph(_ text: String) throws -> (name: String, graph: Graph) {
  var reader = GraphReader(text)
  try reader.expect("graph")
  let name = try reader.word()
  let graph = try reader.graph()
  try reader.end()
  do { try graph.verify() } catch { throw UnreadableGraph(line: 1, reason: "\(error)") }
  return (name, graph)
}

/// Tokens are words (names, numbers, `%n`) and single signs; `;` starts a comment.
private struct GraphReader {
  private var tokens: [(text: String, line: Int)] = []
  private var position = 0
  /// How many spaces or bodies are being read around the current one.
  private var nesting = 0

  /// Spaces in spaces, and loops in loops: far above what is ever printed, and no matter for the stack.
  private static let deepest = 200

  init(_ text: String) {
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      var word = ""
      func isWord(_ c: Character) -> Bool { c.isLetter || c.isNumber || "_%.-+'".contains(c) }
      for character in line.prefix(while: { $0 != ";" }) {
        if isWord(character) {
          word.append(character)
          continue
        }
        if !word.isEmpty { tokens.append((word, number + 1)) }
        word = ""
        if !character.isWhitespace { tokens.append((String(character), number + 1)) }
      }
      if !word.isEmpty { tokens.append((word, number + 1)) }
    }
  }

  private var line: Int { position < tokens.count ? tokens[position].line : tokens.last?.line ?? 1 }
  private func fail(_ reason: String) -> UnreadableGraph { UnreadableGraph(line: line, reason: reason) }
  private var next: String? { position < tokens.count ? tokens[position].text : nil }

  mutating func word() throws -> String {
    guard let next else { throw fail("the text ends too early") }
    position += 1
    return next
  }

  private mutating func accept(_ text: String) -> Bool {
    guard next == text else { return false }
    position += 1
    return true
  }

  mutating func expect(_ text: String) throws {
    guard accept(text) else { throw fail("expected `\(text)`, found `\(next ?? "the end")`") }
  }

  func end() throws { if let next { throw fail("`\(next)` after the end of the graph") } }

  private mutating func integer() throws -> Int {
    let text = try word()
    guard let value = Int.small(text) else { throw fail("`\(text)` is no whole number") }
    return value
  }

  /// Refuses extents below 0, and those whose product is no `Int`.
  private func checkSize(_ extents: [Int]) throws {
    guard extents.isSize else { throw fail("\(extents) is no size") }
  }

  private mutating func nested<T>(_ read: (inout GraphReader) throws -> T) throws -> T {
    guard nesting < Self.deepest else { throw fail("this is nested more than \(Self.deepest) deep") }
    nesting += 1
    defer { nesting -= 1 }
    return try read(&self)
  }

  private mutating func number() throws -> Double {
    let text = try word()
    guard let value = Double(text) else { throw fail("`\(text)` is no number") }
    return value
  }

  private mutating func reference() throws -> Int {
    let text = try word()
    guard text.hasPrefix("%"), let value = Int(text.dropFirst()) else { throw fail("`\(text)` is no value") }
    return value
  }

  /// item, item, … up to the closing sign, which is consumed.
  private mutating func list<T>(until close: String, _ item: (inout GraphReader) throws -> T) throws -> [T] {
    var items: [T] = []
    if accept(close) { return items }
    repeat { items.append(try item(&self)) } while accept(",")
    try expect(close)
    return items
  }

  private mutating func space() throws -> Space { try nested { try $0.spaceHere() } }

  /// Spaces whose dimension is no `Int` are refused from the inside out.
  private mutating func spaceHere() throws -> Space {
    switch try word() {
    case "bool": return .boolean
    case "nat":
      try expect("[")
      let horizon = try integer()
      try expect("]")
      try checkSize([horizon])
      return .natural(horizon)
    case "real":
      let shape = accept("[") ? try list(until: "]") { try $0.integer() } : []
      try checkSize(shape)
      return .real(shape)
    case "hom":
      try expect("(")
      let argument = try space()
      try expect(",")
      let result = try space()
      try expect(")")
      try checkSize([argument.dimension, result.dimension])
      return .hom(argument, result)
    case "(":
      let spaces = try list(until: ")") { try $0.space() }
      var total = 0
      for space in spaces {
        total += space.dimension
        try checkSize([total])
      }
      return .tuple(spaces)
    case let other: throw fail("`\(other)` is no space")
    }
  }

  mutating func graph() throws -> Graph {
    try expect("(")
    let parameters = try list(until: ")") { reader in
      _ = try reader.reference()
      let name = try reader.word()
      try reader.expect(":")
      return Parameter(name: name, space: try reader.space())
    }
    try expect("{")
    var nodes = parameters.enumerated().map { Node(.parameter($0), [], $1.space) }
    while !accept("return") {
      let index = try reference()
      guard index == nodes.count else { throw fail("expected %\(nodes.count), found %\(index)") }
      try expect("=")
      nodes.append(try node())
    }
    var results: [Int] = []
    if next != "}" { repeat { results.append(try reference()) } while accept(",") }
    try expect("}")
    return Graph(parameters: parameters, nodes: nodes, results: results)
  }

  private mutating func node() throws -> Node {
    let name = try word()
    var loop: Loop?
    var operation = Operation.constant(.zero)
    if name == "loop" { loop = try loopHeader() } else { operation = try self.operation(name) }
    var operands: [Int] = []
    if next != ":" { repeat { operands.append(try reference()) } while accept(",") }
    try expect(":")
    let space = try space()
    if var loop {
      try expect("body")
      loop.body = try nested { try $0.graph() }
      let basisIndex = loop.stateCount + loop.sequenceCount
      if loop.basis != nil {
        guard loop.body.parameters.indices.contains(basisIndex) else {
          throw fail("the loop's body has no basis parameter")
        }
        loop.basis = loop.body.parameters[basisIndex].space
      }
      operation = .loop(loop)
    }
    return Node(operation, operands, space)
  }

  private mutating func loopHeader() throws -> Loop {
    try expect("[")
    let trips = try integer()
    try expect(",")
    let direction = try word()
    guard ["ascending", "descending"].contains(direction) else { throw fail("`\(direction)` is no direction") }
    try expect(",")
    try expect("states")
    let states = try integer()
    try expect(",")
    try expect("sequences")
    let sequences = try integer()
    var hasBasis = false
    if accept(",") {
      try expect("basis")
      hasBasis = true
    }
    try expect("]")
    return Loop(
      trips: trips, descending: direction == "descending", stateCount: states, sequenceCount: sequences,
      basis: hasBasis ? .scalar : nil, body: Graph(parameters: [], nodes: [], results: []))
  }

  private mutating func operation(_ name: String) throws -> Operation {
    if name == "constant" {
      try expect("{")
      let entries = try list(until: "}") { reader in
        let index = try reader.integer()
        try reader.expect(":")
        return SparseVector.Entry(index: index, value: try reader.number())
      }
      return .constant(SparseVector(entries: entries))
    }
    let settings = accept("[") ? try list(until: "]") { try $0.word() } : []
    let text = ComputationText(name: name, settings: settings, line: line)
    if name == "output" { return .output(try text.whole(0)) }
    for family in Computation.families {
      if let computation = try family.read(text) { return .compute(computation) }
    }
    throw fail("`\(name)` is no operation")
  }
}
