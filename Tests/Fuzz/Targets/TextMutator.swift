import TestSupport

/// Changes a text word by word, so that most of what comes out is a text of its language but for one or two faults: a
/// name used once more or once less, another type, a lost bracket, a number at a limit.
struct TextMutator {
  let dictionary: [String]

  init(_ language: Language) { dictionary = language.words }

  /// Longer texts are left to the fuzzer's own ways.
  static let longest = 16_384

  func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var words = Self.words(of: bytes)
    for _ in 0...random.below(3) { change(&words, &random) }
    return Array(words.joined().prefix(Self.longest))
  }

  private typealias Word = [UInt8]

  private func change(_ words: inout [[UInt8]], _ random: inout SplitMix) {
    let solid = words.indices.filter { !Self.isSpace(words[$0][0]) }
    guard !solid.isEmpty else {
      words.append(entry(&random))
      return
    }
    func place() -> Int { solid[random.below(solid.count)] }
    let index = place()
    switch random.below(14) {
    case 0: words.remove(at: index)
    case 1: words.insert(contentsOf: [words[index], [0x20]], at: index)
    case 2: words.swapAt(index, place())
    case 3, 4:
      // Most often a name by a name, or a number by a number.
      let alike = solid.filter { Self.isNamed(words[$0][0]) == Self.isNamed(words[index][0]) }
      words[index] = words[alike[random.below(alike.count)]]
    case 5: words[index] = entry(&random)
    case 6: words.insert(contentsOf: [[0x20], entry(&random), [0x20]], at: index)
    case 7:
      let numbers = solid.filter { Self.isDigit(words[$0][0]) }
      let target = numbers.isEmpty ? index : numbers[random.below(numbers.count)]
      words[target] = Array(Self.limits[random.below(Self.limits.count)].utf8)
    case 8:
      let brackets = solid.filter { "()[]{}".utf8.contains(words[$0][0]) }
      if !brackets.isEmpty { words.remove(at: brackets[random.below(brackets.count)]) }
    case 9:
      // A stretch, elsewhere once more.
      let stretch = Array(words[index..<min(words.count, index + 1 + random.below(24))])
      words.insert(contentsOf: stretch, at: place())
    case 10:
      // A stretch, many times over.
      let stretch = Array(words[index..<min(words.count, index + 1 + random.below(8))])
      let times = min(1 << random.below(9), Self.longest / stretch.reduce(1) { $0 + $1.count })
      words.insert(contentsOf: (0..<times).flatMap { _ in stretch }, at: index)
    case 11: words.removeSubrange(index..<min(words.count, index + 1 + random.below(24)))
    case 12:
      // In brackets.
      words.insert([0x29], at: min(words.count, index + 1 + random.below(12)))
      words.insert([0x28], at: index)
    default: words[index] = Word((0..<(1 + random.below(3))).map { _ in UInt8(random.below(256)) })
    }
  }

  private func entry(_ random: inout SplitMix) -> [UInt8] { Array(dictionary[random.below(dictionary.count)].utf8) }

  private static let limits = [
    "0", "1", "2", "3", "7", "9", "10", "16", "63", "64", "65", "255", "256", "1000", "4096", "9999", "65536",
    "16777216", "16777217", "2147483647", "2147483648", "4294967296", "4611686018427387904", "9223372036854775807",
    "9223372036854775808", "18446744073709551615", "18446744073709551616", "-1", "-0", "0.0", "1e-320", "1e308",
    "1e309", "1e-400", "0.1", "1.5", "99999999999999999999", "-9223372036854775808", "nan", "inf", "-inf",
  ]

  // MARK: Words

  /// Names and numbers, white space, and all other bytes on their own; UTF-8 beyond ASCII counts as letters.
  private static func words(of bytes: [UInt8]) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var last = 0
    for byte in bytes.prefix(longest) {
      let kind = isNamed(byte) ? 1 : isSpace(byte) ? 2 : 0
      if kind != 0, kind == last { words[words.count - 1].append(byte) } else { words.append([byte]) }
      last = kind
    }
    return words
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isNamed(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte >= 0x80
      || "_'.%".utf8.contains(byte)
  }
}

extension TextMutator {
  enum Language {
    case cajal, graph

    var words: [String] {
      switch self {
      case .cajal:
        [
          "fun", "if", "then", "else", "let", "in", "iter", "succ", "true", "false", "def", "program", "type",
          "horizon", "net", "model", "within", "Bool", "Nat", "Real", "Real[2]", "Real[2,3]", "Real[1,1]", "-o", "=>",
          "->", "=", ":", "(", ")", "[", "]", "{", "}", "|", ",", ".", "+", "-", "*", "conv", "dense", "relu", "tanh",
          "sigmoid", "softplus", "softmax", "maxpool", "avgpool", "5x5", "3x3", "8", "stride", "valid", "l1", "l2",
          "linf", "dot", "scale", "apply", "outer", "conv2d", "transpose", "reshape", "⊸", "λ", "𝟚", "ℕ", "⇒", "→",
          "--", "{-", "-}", "\n", "x", "y", "f", "n", "Bool -o Bool", "Nat -o Nat", "iter { 0 | y => succ y } (3)",
          "[1, 2]", "[[1, 2], [3, 4]]", "fun x => x", "(x : Bool)", "scale 2 x", "2 * x", "let z = x in z",
          "net f (x : Bool) : Real[4] = dense 3 | relu | dense\n", "model m (x : Bool) : Real[4] = f x\n",
          "program q (b : Bool) : Bool = b\n", "def d : Bool = true\n", "type T = Bool -o Nat\n", "horizon 3\n",
        ]
      case .graph:
        [
          "graph", "body", "return", "bool", "nat[3]", "real", "real[2]", "real[2,3]", "hom(bool, bool)",
          "(real, bool)", "add", "scale[2.0]", "product[2, 2, 1]", "product[1, 1, 1, left, right]", "shift[1]",
          "slice[0]", "embed[0]", "reshape", "transpose[2, 3]", "conv2d[1, 1, 3, 3, 1, 4, 4, 1, 1, 1, out]",
          "averagePool[1, 4, 4, 2]", "averageUnpool[1, 4, 4, 2]", "maximumPool[1, 4, 4, 2]",
          "maximumPoolAdjoint[1, 4, 4, 2]", "softmax", "softmaxAdjoint", "relu", "reluAdjoint", "tanh", "sigmoid",
          "softplus", "bound[l2, 1.0]", "boundAdjoint[linf, 0.5]", "output[0]", "output[1]", "constant{0: 1.0}",
          "constant{}", "loop[3, ascending, states 1, sequences 0]",
          "loop[2, descending, states 0, sequences 1, basis]", "basis", "states", "sequences", "%0", "%1", "%2", "%3",
          "=", ":", ",", "(", ")", "{", "}", "[", "]", ";", "\n",
        ]
      }
    }
  }
}
