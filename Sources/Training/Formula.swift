/// The operators of formulas, and how the image of one is made of an image of class 0.
enum FormulaOperator: Int, CaseIterable, Sendable {
  case plus, minus, times, over

  var look: ListImage.Look {
    switch self {
    case .plus: .plain
    case .minus: .negative
    case .times: .mirrored
    case .over: .mirroredNegative
    }
  }
}

/// A digit, then operators and digits in turn.
struct Formula: Sendable {
  var first: Int
  var rest: [(FormulaOperator, Int)]

  /// × and ÷ bind more closely than + and −, and each is done from left to right.
  var value: Double {
    var (sum, product) = (0.0, Double(first))
    for (op, digit) in rest {
      switch op {
      case .plus: (sum, product) = (sum + product, Double(digit))
      case .minus: (sum, product) = (sum + product, -Double(digit))
      case .times: product *= Double(digit)
      case .over: product /= Double(digit)
      }
    }
    return sum + product
  }
}

extension ImageLists {
  /// Formulas of up to `size` symbols. Digits are the images of classes 1 to 9, in a random order; operators the four
  /// looks of each image of class 0, in another; each of these is used once at most.
  static func formulas(_ dataset: Dataset, size: Int, part: Dataset.Part) throws -> (ImageLists, [Double]) {
    let digits = try randomOrder(dataset.count, "formula:\(part.rawValue)").filter { dataset.labels[$0] != 0 }
    let zeros = dataset.labels.indices.filter { dataset.labels[$0] == 0 }
    let operators = try randomOrder(zeros.count * FormulaOperator.allCases.count, "operators:\(part.rawValue)")
    let lengths = RandomStream(seed: 0, name: "lengths:\(part.rawValue)")
    var (lists, values) = (ImageLists(imagesInElement: 1), [Double]())
    var (nextDigit, nextOperator) = (0, 0)
    for number in 0..<dataset.count / size {
      let pairs = lengths.below((size + 1) / 2, number)
      guard nextDigit + pairs < digits.count, nextOperator + pairs <= operators.count else { break }
      func digit() -> Int {
        defer { nextDigit += 1 }
        lists.images.append(ListImage(image: digits[nextDigit], look: .plain))
        return Int(dataset.labels[digits[nextDigit]])
      }
      var formula = Formula(first: digit(), rest: [])
      for _ in 0..<pairs {
        let symbol = operators[nextOperator]
        nextOperator += 1
        let op = FormulaOperator(rawValue: symbol % FormulaOperator.allCases.count)!
        lists.images.append(ListImage(image: zeros[symbol / FormulaOperator.allCases.count], look: op.look))
        formula.rest.append((op, digit()))
      }
      lists.lengths.append(2 * pairs + 1)
      values.append(formula.value)
    }
    return (lists, values)
  }
}
