import CajalSyntax

/// Writes pieces line by line: each line is indented by what is open where it starts, and broken where it is too long.
struct LineWriter {
  private var pieces: [Piece]
  private var frames: [Frame] = []
  /// The token before the one in hand, of the same declaration.
  private var previous: Token.Kind?
  private var output = ""

  init(_ pieces: [Piece]) { self.pieces = pieces.withRoles }

  /// All of them, with a line break at the end unless there are none.
  func text() -> String {
    var writer = self
    var index = 0
    while index < pieces.count {
      if index > 0 { writer.output += writer.pieces[index].breaks > 1 ? "\n\n" : "\n" }
      index = writer.writeLine(from: index)
    }
    return writer.output + (pieces.isEmpty ? "" : "\n")
  }

  /// Writes one line; the index of the piece that starts the next one.
  private mutating func writeLine(from start: Int) -> Int {
    if let token = previous, start > 0, !frames.isEmpty { frames[frames.count - 1].breakLine(after: token) }
    let indentation = indentation(of: start)
    var line = measure(from: start, indentation)
    // A break in it makes it as short as it can be.
    if let place = line.breakPlace, line.isTooLong {
      pieces[place].breaks = 1
      line = measure(from: start, indentation)
    }
    output += String(repeating: " ", count: indentation)
    var column = indentation
    for index in start..<line.end {
      if index > start {
        let gap = spaces(between: pieces[index - 1], pieces[index])
        output += String(repeating: " ", count: gap)
        column += gap
      }
      take(index, column, lineIndentation: indentation)
      output += pieces[index].text
      column = pieces[index].endColumn(from: column)
    }
    return line.end
  }

  // MARK: Indentation

  /// Of a line that starts with this piece; a comment has that of the token it stands before.
  private func indentation(of start: Int) -> Int {
    var index = start
    while index < pieces.count, pieces[index].isComment { index += 1 }
    guard index < pieces.count, let token = pieces[index].token, !pieces[index].startsDeclaration,
      let last = frames.last
    else { return 0 }
    var outer = 0
    for frame in frames.dropLast() { outer = frame.column(of: .name, outer: outer) }
    let column = last.column(of: token, outer: outer)
    let isArgument = token.startsOperand && previous?.endsOperand == true
    return isArgument ? column + Frame.step : column
  }

  /// Opens and closes what a piece opens and closes.
  private mutating func take(_ index: Int, _ column: Int, lineIndentation: Int) {
    let piece = pieces[index]
    guard let token = piece.token else { return }
    func frame(_ kind: Frame.Kind) -> Frame { Frame(kind, lineIndentation: lineIndentation, column: column) }
    if piece.startsDeclaration { frames = [frame(.declaration)] }
    switch token {
    case .leftParen, .leftBracket: frames.append(frame(.bracket))
    case .leftBrace: frames.append(frame(.brace))
    case .let: frames.append(frame(.letIn))
    case .rightParen, .rightBracket, .rightBrace: close { $0 == .bracket || $0 == .brace }
    case .in: close { $0 == .letIn }
    case .bar: if frames.last?.kind == .brace { frames[frames.count - 1].isInBody = false }
    default: break
    }
    previous = token
  }

  private mutating func close(_ isMeant: (Frame.Kind) -> Bool) {
    guard let place = frames.lastIndex(where: { isMeant($0.kind) }) else { return }
    frames.removeSubrange(place...)
  }

  // MARK: Long lines

  private struct Line {
    /// The index of the piece after it.
    var end: Int
    var isTooLong = false
    /// Where to break it if it is too long.
    var breakPlace: Int?
  }

  /// Looks no further along a line than its width, and for a place to break it.
  private func measure(from start: Int, _ indentation: Int) -> Line {
    var column = indentation
    var depth = 0
    var best: (rank: (Int, Int), place: Int)?
    var line = Line(end: start)
    for index in start..<pieces.count {
      let piece = pieces[index]
      if index > start {
        if piece.breaks > 0 { break }
        if piece.token?.closes == true { depth -= 1 }
        let rank = breakRank(index)
        if let rank, !line.isTooLong || best == nil, best.map({ (depth, rank) <= $0.rank }) ?? true {
          best = ((depth, rank), index)
        }
        column += spaces(between: pieces[index - 1], piece)
      }
      if piece.token?.opens == true { depth += 1 }
      column = piece.endColumn(from: column)
      if column > formattedWidth, !piece.isComment { line.isTooLong = true }
      line.end = index + 1
      if line.isTooLong, best != nil { break }
    }
    line.breakPlace = best?.place
    // It was not looked at to its end.
    if line.isTooLong, line.breakPlace != nil { return line }
    return line
  }

  /// How well the line could be broken before a piece, 0 best; nil: not at all.
  private func breakRank(_ index: Int) -> Int? {
    let (left, right) = (pieces[index - 1], pieces[index])
    guard let a = left.token, let b = right.token, spaces(between: left, right) > 0, left.role != .prefix else {
      return nil
    }
    if left.role == .declares { return 0 }
    if b == .bar || b == .then || b == .else || a == .in || a == .arrow { return 1 }
    if b == .plus || (b == .minus && right.role == .other) { return 2 }
    if a == .comma || right.role == .arrow || b == .lollipop { return 3 }
    if b.startsOperand, a.endsOperand, left.role != .arrow, right.role != .head { return 4 }
    return nil
  }
}

extension Piece {
  /// The column after it, where it starts at one.
  fileprivate func endColumn(from column: Int) -> Int {
    guard let last = text.lastIndex(of: "\n") else { return column + text.count }
    return text[text.index(after: last)...].count
  }
}
