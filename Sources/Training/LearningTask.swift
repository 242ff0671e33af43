/// What is to be learnt from the images, or from tensors in files.
public enum LearningTask: Sendable, Equatable {
  /// Image → the image transformed as often as its class says; `oddOnly`: unless the class is even, then untouched.
  case image(ImageTransform, oddOnly: Bool)
  /// Two images → whether the predicate holds of "the first has an even class" and "the second has".
  case pairs(Predicate)
  /// Image → its class.
  case classes
  /// A list of images → what follows from their classes.
  case lists(ListTask)
  /// The tensors of `train.safetensors` and `test.safetensors`, by the names of the model's inputs, and `target`.
  case files

  public enum Predicate: String, CaseIterable, Sendable {
    case xor, eq, and, or

    func holds(_ first: Bool, _ second: Bool) -> Bool {
      switch self {
      case .xor: first != second
      case .eq: first == second
      case .and: first && second
      case .or: first || second
      }
    }
  }

  public static let names =
    ["blur", "dilate", "blur-odd", "dilate-odd"] + Predicate.allCases.map(\.rawValue) + ["classes"] + ListTask.names
    + ["files"]

  public init?(name: String) {
    switch name {
    case "blur": self = .image(.blur, oddOnly: false)
    case "dilate": self = .image(.dilate, oddOnly: false)
    case "blur-odd": self = .image(.blur, oddOnly: true)
    case "dilate-odd": self = .image(.dilate, oddOnly: true)
    case "classes": self = .classes
    case "files": self = .files
    default:
      if let predicate = Predicate(rawValue: name) {
        self = .pairs(predicate)
      } else if let lists = ListTask(name: name) {
        self = .lists(lists)
      } else {
        return nil
      }
    }
  }

  public var name: String {
    switch self {
    case .image(.blur, let oddOnly): oddOnly ? "blur-odd" : "blur"
    case .image(.dilate, let oddOnly): oddOnly ? "dilate-odd" : "dilate"
    case .pairs(let predicate): predicate.rawValue
    case .classes: "classes"
    case .lists(let lists): lists.name
    case .files: "files"
    }
  }

  /// The loss that it is trained with if no other is asked for.
  public var usualLoss: Loss {
    switch self {
    case .image, .files: .l1
    case .pairs, .classes: .crossEntropy
    case .lists(let lists): lists.usualLoss
    }
  }

  /// Rounds of the transform that an image of this class gets.
  static func rounds(label: UInt8, oddOnly: Bool) -> Int { oddOnly && label % 2 == 0 ? 0 : Int(label) }
}
