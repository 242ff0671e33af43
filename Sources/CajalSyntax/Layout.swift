/// Text with places where it may be broken into lines.
indirect enum Layout: Sendable {
  case text(String)
  /// A space, or a line break where the group around it does not fit.
  case space
  /// Nothing, or a line break where the group around it does not fit.
  case soft
  /// A line break.
  case newline
  case indented(Layout)
  /// Printed on one line if it fits.
  case group(Layout)
  case sequence([Layout])

  static let indentation = 2
  /// Deeper lines are not indented further: a deep tree must not take quadratic space.
  static let maximumIndent = 60

  private struct Item {
    let layout: Layout
    let indent: Int
    let isFlat: Bool
  }

  func rendered(width: Int) -> String {
    var output = ""
    var column = 0
    var pending = [Item(layout: self, indent: 0, isFlat: false)]
    while let item = pending.popLast() {
      switch item.layout {
      case .text(let text):
        output += text
        column += text.unicodeScalars.count
      case .space where item.isFlat:
        output += " "
        column += 1
      case .soft where item.isFlat: break
      case .space, .soft, .newline:
        column = min(item.indent, Self.maximumIndent)
        output += "\n" + String(repeating: " ", count: column)
      case .indented(let layout):
        pending.append(Item(layout: layout, indent: item.indent + Self.indentation, isFlat: item.isFlat))
      case .group(let layout):
        let flat = Item(layout: layout, indent: item.indent, isFlat: true)
        let fits = item.isFlat || Self.fits(flat, then: pending, within: width - column)
        pending.append(fits ? flat : Item(layout: layout, indent: item.indent, isFlat: false))
      case .sequence(let layouts):
        for layout in layouts.reversed() {
          pending.append(Item(layout: layout, indent: item.indent, isFlat: item.isFlat))
        }
      }
    }
    return output
  }

  /// Whether the item, and what follows it up to the next possible line break, fits on the rest of the line.
  private static func fits(_ first: Item, then rest: [Item], within room: Int) -> Bool {
    var room = room
    var pending = [first]
    var next = rest.count
    while room >= 0 {
      guard let item = pending.popLast() else {
        if next == 0 { return true }
        next -= 1
        pending.append(rest[next])
        continue
      }
      switch item.layout {
      case .text(let text): room -= text.unicodeScalars.count
      case .space:
        if !item.isFlat { return true }
        room -= 1
      case .soft: if !item.isFlat { return true }
      case .newline: return true
      case .indented(let layout), .group(let layout):
        pending.append(Item(layout: layout, indent: 0, isFlat: item.isFlat))
      case .sequence(let layouts):
        for layout in layouts.reversed() { pending.append(Item(layout: layout, indent: 0, isFlat: item.isFlat)) }
      }
    }
    return false
  }
}
