import CajalSyntax

/// A constructor applied to values (LANGUAGE.md, section 8): immutable, and shared where a value is used again.
///
/// `@unchecked`: `fields` is written in `init`, and by the release of a datum, when nobody else holds it.
public final class DataValue: @unchecked Sendable {
  public let type: DataType
  /// The number of the constructor.
  public let constructor: Int
  public private(set) var fields: [Value]

  /// The fields are as many as those of the constructor, and of their types.
  public init(_ type: DataType, _ constructor: Int, _ fields: [Value]) {
    self.type = type
    self.constructor = constructor
    self.fields = fields
  }

  public var name: String { type.constructors[constructor].name }

  /// Of the recursive fields, in order.
  var parts: [Value] {
    zip(type.constructors[constructor].fields, fields).filter { $0.0 == .recursive }.map(\.1)
  }

  /// A list of a million nodes is released by a loop, for the stack does not hold that many destructors.
  deinit {
    guard !fields.isEmpty else { return }
    var pending = PendingRelease()
    release(into: &pending)
    pending.finish()
  }

  /// Gives up the fields.
  func release(into pending: inout PendingRelease) {
    for field in fields { pending.take(field) }
    fields = []
  }
}

extension Value {
  /// The same value: functions are, where they are one object.
  public func isSame(as other: Value) -> Bool {
    var pending = [(self, other)]
    while let (a, b) = pending.popLast() {
      switch (a, b) {
      case (.bool(let a), .bool(let b)): if a != b { return false }
      case (.natural(let a), .natural(let b)): if a != b { return false }
      case (.tensor(let a), .tensor(let b)): if a != b { return false }
      case (.function(let a), .function(let b)): if a !== b { return false }
      case (.data(let a), .data(let b)):
        if a === b { continue }
        guard a.type == b.type, a.constructor == b.constructor else { return false }
        pending += zip(a.fields, b.fields)
      case (.bool, _), (.natural, _), (.tensor, _), (.function, _), (.data, _): return false
      }
    }
    return true
  }
}

extension DataValue: CustomStringConvertible {
  /// What is longer is cut: shared parts can make a text exponentially longer than the program.
  private static let longestText = 1 << 26

  /// `Letter true (Letter false End)`: it reads back as the same value, unless functions or large tensors are in it.
  public var description: String {
    enum Piece {
      case text(String)
      case value(Value)
    }
    var output = ""
    var pending: [Piece] = [.value(.data(self))]
    var isOutermost = true
    while let piece = pending.popLast() {
      guard output.utf8.count < Self.longestText else { return output + "…" }
      switch piece {
      case .text(let text): output += text
      case .value(.data(let datum)):
        let isBracketed = !isOutermost && !datum.fields.isEmpty
        isOutermost = false
        if isBracketed { pending.append(.text(")")) }
        for field in datum.fields.reversed() { pending += [.value(field), .text(" ")] }
        pending.append(.text((isBracketed ? "(" : "") + datum.name))
      case .value(let value):
        let text = value.description
        output += text.hasPrefix("-") ? "(\(text))" : text
      }
    }
    return output
  }
}
