import Diagnostics

/// The layers of a net (LANGUAGE.md, section 6). Their words are names everywhere else.
extension Parser {
  private static let everyLayer =
    "a layer is one of `conv C KxK [stride S] [valid]`, `dense [N]`, `maxpool P`, `avgpool P`, `relu`, `tanh`, "
    + "`sigmoid`, `softplus`, `softmax` and `within norm c`"

  private static let layerWords =
    ["conv", "dense", "within"] + Layer.Pool.allCases.map(\.rawValue) + Layer.Activation.allCases.map(\.rawValue)

  /// No layer starts with `net` or `model`: on a new line these words end a net, whatever follows them.
  var atNetEnd: Bool { atBoundary || atModelLine }

  /// `layer | layer …`; empty where one of them could not be read.
  mutating func parseLayers() -> [Layer] {
    var layers: [Layer] = []
    var isRead = true
    repeat {
      if let layer = parseLayer() {
        layers.append(layer)
        expectLayerEnd(layer)
      }
      if panicking {
        isRead = false
        while token.kind != .bar, !atNetEnd { advance() }
        if token.kind == .bar { panicking = false }
      }
    } while accept(.bar)
    return isRead ? layers : []
  }

  private mutating func parseLayer() -> Layer? {
    guard token.kind == .name, !atNetEnd else {
      unexpected("a layer", help: Self.everyLayer)
      return nil
    }
    let start = token.span.start
    guard let kind = parseLayerKind(source.text(token.span)) else { return nil }
    return Layer(kind, span(from: start))
  }

  private mutating func parseLayerKind(_ word: String) -> Layer.Kind? {
    switch word {
    case "conv": return parseConvolution()
    case "dense":
      advance()
      guard [.numeral, .extents, .malformedNumber].contains(token.kind) else { return .dense(nil) }
      return parsePositive("a number of outputs", "a dense layer is written `dense 400`").map { .dense($0) }
    case "within": return parseBound().map { .within($0) }
    default: break
    }
    if let pool = Layer.Pool(rawValue: word) {
      advance()
      let help = "a pooling layer is written `\(word) 2`: it pools squares of 2×2"
      return parsePositive("the side of the squares", help).map { .pool(pool, size: $0) }
    }
    if let activation = Layer.Activation(rawValue: word) {
      advance()
      return .activation(activation)
    }
    let similar = suggestion(for: word, among: Self.layerWords)
    report(
      Diagnostic(
        .unexpectedToken, "there is no layer `\(word)`", at: Label(token.span, "expected a layer"),
        help: similar.map { "did you mean `\($0)`?" } ?? Self.everyLayer,
        fixes: similar.map { [.replace(token.span, by: $0)] } ?? []))
    return nil
  }

  /// `conv C KxK [stride S] [valid]`
  private mutating func parseConvolution() -> Layer.Kind? {
    let shape = "a convolution is written `conv 8 5x5`: its channels, then the height and width of its kernel"
    advance()
    guard let channels = parsePositive("a number of channels", shape), let kernel = parseKernel(shape) else {
      return nil
    }
    var stride = 1
    if isName(token, "stride") {
      advance()
      guard let written = parsePositive("a stride", "a stride is written `conv 8 5x5 stride 2`") else { return nil }
      stride = written
    }
    let isValid = isName(token, "valid")
    if isValid { advance() }
    return .convolution(channels: channels, kernel: kernel, stride: stride, isValid: isValid)
  }

  private mutating func parseKernel(_ shape: String) -> [Int]? {
    let numbers = source.text(token.span).split(separator: "x").map { UInt64($0) }
    guard token.kind == .extents, numbers.count == 2 else {
      if token.kind == .malformedNumber {
        panicking = true
      } else {
        unexpected(
          "the kernel's height and width",
          help: token.kind == .numeral ? "write both without a space between, as in `5x5`" : shape)
      }
      return nil
    }
    var kernel: [Int] = []
    for number in numbers {
      guard let extent = checkedPositive(number) else { return nil }
      kernel.append(extent)
    }
    advance()
    return kernel
  }

  /// A whole number from 1 to 2^31.
  private mutating func parsePositive(_ expected: String, _ help: String) -> Int? {
    guard token.kind == .numeral else {
      if token.kind == .malformedNumber { panicking = true } else { unexpected(expected, help: help) }
      return nil
    }
    guard let number = checkedPositive(UInt64(source.text(token.span))) else { return nil }
    advance()
    return number
  }

  /// Reports a number of a layer that is out of range, at the token in hand.
  private mutating func checkedPositive(_ number: UInt64?) -> Int? {
    if number == 0 {
      report(
        Diagnostic(
          .unexpectedToken, "a layer's sizes are 1 or more", at: Label(token.span, "0 here"),
          help: "write a number of 1 or more"))
      return nil
    }
    guard let number, number <= 1 << 31 else {
      report(
        Diagnostic(
          .netTooLarge, "a layer's sizes are at most 2^31", at: Label(token.span, "this size is too large"),
          help: "write a smaller number"))
      return nil
    }
    return Int(number)
  }

  /// After a layer: the next one, or the next declaration.
  private mutating func expectLayerEnd(_ layer: Layer) {
    guard !panicking, token.kind != .bar, !atNetEnd else { return }
    let help: String
    switch token.kind {
    case .name: help = "layers are separated by `|`; \(Self.everyLayer)"
    case .numeral, .decimal, .extents, .malformedNumber: help = "`\(layer.kind)` takes no further number"
    case .comma: help = "layers are separated by `|`"
    default: help = endAdvice ?? "layers are separated by `|`; remove it, or start the next declaration by its word"
    }
    unexpected("`|` or the end of the net", help: help)
  }
}
