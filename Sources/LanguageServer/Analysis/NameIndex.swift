import CajalSyntax
import Diagnostics

/// Something that has a name, where that is given.
struct Symbol {
  enum Kind {
    case definition, program, net, model, learnt, constructor
    case alias, data
    case parameter, binder, letName, state, field
  }

  let kind: Kind
  let name: Name
  /// Its declaration's place in the tree.
  let declaration: Int
  /// Where it can be used; nil: in the whole file.
  let scope: Span?

  var isType: Bool { kind == .alias || kind == .data }
  var isLocal: Bool { scope != nil }
}

/// What the names of a text mean, by the rules of scope alone: also in a text with errors, as far as it was read.
struct NameIndex {
  struct Occurrence {
    let span: Span
    /// Its place in `symbols`.
    let symbol: Int
    let isBinding: Bool
  }

  private(set) var symbols: [Symbol] = []
  /// In the order of the text.
  private(set) var occurrences: [Occurrence] = []
  /// Names that nothing in the text gives: those of the language, and unknown ones. In the order of the text.
  private(set) var free: [Name] = []
  private var values: [String: Int] = [:]
  private var types: [String: Int] = [:]

  init(_ tree: SyntaxTree) {
    var walk = NameWalk()
    walk.visit(tree)
    symbols = walk.symbols
    occurrences = walk.occurrences.sorted { $0.span.start < $1.span.start }
    free = walk.free.sorted { $0.span.start < $1.span.start }
    values = walk.values
    types = walk.types
  }

  /// The name at an offset, or that ends there.
  func occurrence(at offset: Int) -> Occurrence? {
    found(occurrences, offset) { $0.span }
  }

  func free(at offset: Int) -> Name? { found(free, offset) { $0.span } }

  private func found<Item>(_ items: [Item], _ offset: Int, _ span: (Item) -> Span) -> Item? {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if span(items[middle]).start <= offset { low = middle + 1 } else { high = middle }
    }
    // Two names may touch: `λx.x` has none, and `[x,y]` neither, so that one before is enough.
    guard low > 0, offset <= span(items[low - 1]).end else { return nil }
    return items[low - 1]
  }

  func uses(of symbol: Int) -> [Occurrence] { occurrences.filter { $0.symbol == symbol } }

  func value(named name: String) -> Symbol? { values[name].map { symbols[$0] } }
  func type(named name: String) -> Symbol? { types[name].map { symbols[$0] } }

  /// What can be used in an expression at an offset, inner names hiding outer ones.
  func visibleValues(at offset: Int) -> [Symbol] {
    var byName: [String: Symbol] = [:]
    for symbol in symbols where !symbol.isType {
      guard let scope = symbol.scope else {
        if byName[symbol.name.text] == nil { byName[symbol.name.text] = symbol }
        continue
      }
      guard scope.start <= offset, offset <= scope.end else { continue }
      if let outer = byName[symbol.name.text]?.scope, outer.start > scope.start { continue }
      byName[symbol.name.text] = symbol
    }
    return byName.values.sorted { $0.name.text < $1.name.text }
  }

  /// The same meaning, name by name, whatever they are called.
  func hasSameShape(as other: NameIndex) -> Bool {
    occurrences.map { [$0.symbol, $0.isBinding ? 1 : 0] }
      == other.occurrences.map { [$0.symbol, $0.isBinding ? 1 : 0] }
      && free.map(\.text) == other.free.map(\.text)
  }
}
