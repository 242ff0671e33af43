/// What is learnt from lists of images: `size` says of how many.
public struct ListTask: Sendable, Equatable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Images → the sum of their classes.
    case sum
    /// The columns of an addition, each two images, the most significant first → the digits of the sum.
    case carry
    /// The symbols of a formula → its value.
    case formula
  }

  public let kind: Kind
  public let size: Int

  static let sizes = 1...64

  public static let names = Kind.allCases.map { "\($0.rawValue):K" }

  /// From `sum:2`; nil where that is no such name.
  init?(name: String) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let size = Int(parts[1]),
      Self.sizes.contains(size), String(size) == parts[1]
    else { return nil }
    self.kind = kind
    self.size = size
  }

  public var name: String { "\(kind.rawValue):\(size)" }

  /// Images in an element of the list.
  var imagesInElement: Int {
    switch kind {
    case .sum, .formula: 1
    case .carry: 2
    }
  }

  /// The most elements of a list.
  var elements: Int {
    switch kind {
    case .sum, .carry: size
    case .formula: Self.formulaLength(size)
    }
  }

  /// The longest formula of so many symbols: its length is odd.
  private static func formulaLength(_ size: Int) -> Int { (size + 1) / 2 * 2 - 1 }

  var answer: Answer {
    switch kind {
    case .sum: .choices(1)
    case .carry: .choices(size + 1)
    case .formula: .number(within: 0.01)
    }
  }

  var usualLoss: Loss {
    switch kind {
    case .sum, .carry: .nll
    case .formula: .mse
    }
  }

  /// What a model is declared with, for messages.
  func declaration(_ dataset: Dataset) -> String {
    let (name, constructor) =
      switch kind {
      case .sum, .formula: ("Images", "Image Img")
      case .carry: ("Columns", "Column Img Img")
      }
    return
      "`type Img = Real[\(dataset.rows),\(dataset.columns)]`, `data \(name) = End | \(constructor) \(name)` and the "
      + "one input `xs : \(name)[\(elements + 1)]`, of so many rows or more"
  }
}
