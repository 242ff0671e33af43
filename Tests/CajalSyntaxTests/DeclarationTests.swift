import CajalSyntax
import Diagnostics
import Testing

@Suite struct DeclarationTests {
  private func printed(_ text: String, _ location: SourceLocation = #_sourceLocation) -> String {
    let (tree, found, _) = read(text)
    #expect(found == [], sourceLocation: location)
    return PrettyPrinter().print(tree)
  }

  @Test func allKinds() {
    let text = """
      horizon 12
      type Image = Real[28,28]
      def not : Bool -o Bool = fun x => if x then false else true
      def id = fun (x : Image) => x
      program p ( ) : Bool = true
      program q (x : Image within l2 1.5, b : Bool) : Image = if b then x else -x

      """
    #expect(printed(text) == text)
  }

  @Test func declarationsNeedNoSeparator() {
    #expect(
      printed("horizon 3 def a = b def c = d type T = Bool program p () : T = a").split(separator: "\n").count == 5)
  }

  @Test func normsAreContextual() {
    for norm in Norm.allCases {
      let (tree, found, _) = read("program p (within : Real within \(norm.rawValue) 1e-3) : Real = within")
      #expect(found == [])
      guard case .program(_, let parameters, _, _) = tree.declarations.first?.kind else {
        Issue.record("not a program")
        return
      }
      #expect(parameters.first?.bound == Bound(norm: norm, radius: 1e-3))
    }
  }

  @Test func badBounds() {
    for bound in ["l3 1", "l1 0", "l1 -1", "l1 0.0", "l2", "1", ""] {
      #expect(
        read("program p (x : Real within \(bound)) : Real = x").found.map { $0.prefix(5) } == ["E0407"], "\(bound)")
    }
  }

  @Test func badHorizons() {
    for horizon in ["0", "-3", "2.5"] { #expect(read("horizon \(horizon)").found == ["E0307@1:9"], "\(horizon)") }
    #expect(read("horizon").found == ["E0005@1:8"])
    #expect(read("horizon ten").found == ["E0005@1:9"])
    #expect(read("horizon 99999999999999999999").found == ["E0004@1:9"])
  }

  @Test func typesOfTheLanguageAreTaken() {
    for name in ["Bool", "Nat", "Real", "ℕ", "𝟚"] { #expect(read("type \(name) = Bool").found == ["E0303@1:6"]) }
  }

  @Test func definitionsHaveNoParameters() {
    let (tree, found, _) = read("def f (x : Bool) : Bool = true\ndef g x = true")
    #expect(found == ["E0005@1:7", "E0005@2:7"])
    #expect(tree.declarations.count == 2)
  }

  @Test func programsNeedParameters() {
    #expect(read("program p : Bool = true").found == ["E0005@1:11"])
    #expect(read("program p x : Bool = true").found == ["E0005@1:11"])
    #expect(read("program p (x) : Bool = true").found == ["E0005@1:13"])
    #expect(read("program p (x : Bool,) : Bool = true").found == ["E0005@1:21"])
    #expect(read("program p (x y : Bool) : Bool = true").found == ["E0005@1:14"])
    #expect(read("program p () = true").found == ["E0005@1:14"])
  }

  // MARK: net and model

  private func layers(_ text: String) -> [Layer.Kind] {
    let (tree, found, _) = read("net f (x : Img) : Bool = " + text)
    guard found == [], tree.declarations.count == 1, case .net(_, _, _, let layers) = tree.declarations[0].kind else {
      Issue.record("\(text): \(found)")
      return []
    }
    return layers.map(\.kind)
  }

  @Test func netsAndModels() {
    let text = """
      net kernel (x : Img) : Real[13,13] = conv 8 5x5 | relu | conv 16 5x5 | relu | maxpool 3 | dense | tanh

      net steps (x : Img, y : Img) : Nat = dense 3 | within l1 1
      model blur (x : Img) : Img = iter { x | y => conv2d (kernel x) y } (steps x)
      def a = true

      """
    let (tree, found, _) = read(text)
    #expect(found == [])
    #expect(PrettyPrinter(width: 110).print(tree) == text.replacing("\n\n", with: "\n"))
    guard case .model(let name, let parameters, _, _) = tree.declarations[2].kind else {
      Issue.record("no model")
      return
    }
    #expect(name.text == "blur" && parameters.map(\.name.text) == ["x"])
  }

  @Test func everyLayer() {
    #expect(
      layers("conv 8 5x5 | conv 1 3x4 stride 2 | conv 2 1x1 valid | conv 3 7x7 stride 3 valid") == [
        .convolution(channels: 8, kernel: [5, 5], stride: 1, isValid: false),
        .convolution(channels: 1, kernel: [3, 4], stride: 2, isValid: false),
        .convolution(channels: 2, kernel: [1, 1], stride: 1, isValid: true),
        .convolution(channels: 3, kernel: [7, 7], stride: 3, isValid: true),
      ])
    #expect(
      layers("maxpool 2 | avgpool 3 | dense 400 | dense | within linf 0.5") == [
        .pool(.maxpool, size: 2), .pool(.avgpool, size: 3), .dense(400), .dense(nil),
        .within(Bound(norm: .linf, radius: 0.5)),
      ])
    #expect(
      layers("relu | tanh | sigmoid | softplus | softmax")
        == [.relu, .tanh, .sigmoid, .softplus, .softmax].map { .activation($0) })
  }

  @Test func kernelsAreTokensOnlyAmongLayers() {
    #expect(read("def a = 5x5").found == ["E0004@1:9"])
    #expect(read("net f (x : Img) : Img = conv 8 5x5\ndef a = 5x5").found == ["E0004@2:9"])
    #expect(read("net f (x : Real[5x5]) : Img = dense").found == ["E0004@1:17"])
    #expect(read("net f (x : Img) : Img = conv 8 5x5y").found == ["E0004@1:32"])
  }

  @Test(arguments: [
    ("", "1:24"), ("relu |", "1:32"), ("relu relu", "1:31"), ("relu 3", "1:31"), ("relu, relu", "1:30"),
    ("flatten", "1:26"), ("conv", "1:30"), ("conv 8", "1:32"), ("conv 5x5", "1:31"), ("conv 8 5", "1:33"),
    ("conv 8 5 x 5", "1:33"), ("conv 8 5x5x5", "1:33"), ("conv 0 5x5", "1:31"), ("conv 8 0x5", "1:33"),
    ("conv 8 5x5 stride", "1:43"), ("conv 8 5x5 stride 0", "1:44"), ("conv 8 5x5 valid stride 2", "1:43"),
    ("maxpool", "1:33"), ("maxpool 2x2", "1:34"), ("maxpool 0", "1:34"), ("dense 5x5", "1:32"), ("dense 0", "1:32"),
    ("dense 1.5", "1:32"), ("relu = relu", "1:31"), ("fun x => x", "1:26"), ("(relu)", "1:26"),
  ]) func layersThatCannotBeRead(text: String, place: String) {
    let (tree, found, diagnostics) = read("net f (x : Img) : Img =  \(text)\nnet g (x : Img) : Img = relu")
    #expect(found == ["E0005@\(place)"], "\(text): \(diagnostics.items.map(\.message))")
    #expect(diagnostics.items.allSatisfy { $0.help != nil })
    #expect(tree.declarations.count == 2, "the net is declared, without layers")
    if case .net(_, _, _, let layers)? = tree.declarations.first?.kind { #expect(layers.isEmpty) }
  }

  @Test func layersThatAreTooLarge() {
    #expect(read("net f (x : Img) : Img = dense 2147483649").found == ["E0409@1:31"])
    #expect(read("net f (x : Img) : Img = conv 1 99999999999999999999x3").found == ["E0409@1:32"])
    #expect(read("net f (x : Img) : Img = dense 2147483648").found == [])
  }

  @Test func everyLayerIsLookedAt() {
    #expect(
      read("net f (x : Img) : Img = flatten | conv 5x5 | relu | maxpool\ndef a = )").found
        == ["E0005@1:25", "E0005@1:40", "E0005@1:60", "E0005@2:9"])
  }

  @Test func headsOfNetsAndModels() {
    #expect(read("net f x : Img = relu\ndef a = b").found == ["E0005@1:7"])
    #expect(read("net f (x : Img) = relu\ndef a = b").found == ["E0005@1:17"])
    #expect(read("net f (x : ) : Img = relu\ndef a = b").found == ["E0005@1:12"])
    #expect(read("model m (x : Img) = x\ndef a = b").found == ["E0005@1:19"])
    #expect(read("model m (x : Img within l3 1) : Img = x").found == ["E0407@1:25"])
    #expect(
      read("net f (x : Img) : Img = relu\nnet g x : Img = relu\nmodel m : Img = x").found == [
        "E0005@2:7", "E0005@3:9",
      ])
  }

  @Test func networksEndTheDeclarationBeforeThem() {
    let (tree, found, _) = read("def a = f x\n net k (x : Bool) : Bool = dense def b = c")
    #expect(found == [])
    #expect(PrettyPrinter().print(tree) == "def a = f x\nnet k (x : Bool) : Bool = dense\ndef b = c\n")
  }

  @Test func netAndModelAreNamesElsewhere() {
    let text = "def a = net f (x : Bool) + model g x (y : Nat)\ndef net = net\ndef model = net model\n"
    #expect(printed(text) == text)
    #expect(read("def a = (net k (x) : Bool)\ndef b = net k (x)").found == [])
    #expect(read("program p (net : Bool, model : Bool) : Bool = net model (net)").found == [])
  }

  // MARK: Recovery

  @Test func severalErrorsInOneRun() {
    let (tree, found, _) = read(
      """
      def a = (1 + )
      def b = true
      program c (x : , y : Bool) : Bool = if x then y
      def d = [1, x] [2,]
      type = Bool
      def e = fun x -> x
      """)
    #expect(found == ["E0005@1:14", "E0005@3:16", "E0005@3:48", "E0005@4:19", "E0005@5:6", "E0005@6:15"])
    #expect(tree.declarations.count == 5)
  }

  @Test func oneMistakeIsReportedOnce() {
    for (text, place) in [
      ("def a = (b c\ndef d = e", "E0005@1:13"),
      ("def a = b) c + (d\ndef d = e", "E0005@1:10"),
      ("def a = (b ] c) d\ndef d = e", "E0005@1:12"),
      ("garbage in the first line\ndef d = e", "E0005@1:1"),
      ("def a = iter { x | y => ( } (n)\ndef d = e", "E0005@1:27"),
      ("def a = let x = in x\ndef d = e", "E0005@1:17"),
      ("def a = if x { y } else z\ndef d = e", "E0005@1:14"),
      ("def a b c = d\ndef d = e", "E0005@1:7"),
      ("def = x\ndef d = e", "E0005@1:5"),
      ("def\ndef d = e", "E0005@1:4"),
      ("def a\ndef d = e", "E0005@1:6"),
      ("def a =\ndef d = e", "E0005@1:8"),
      ("def a : = x\ndef d = e", "E0005@1:9"),
      ("def type = x\ndef d = e", "E0005@1:5"),
      ("program p (x : Bool : Bool = x\ndef d = e", "E0005@1:21"),
      ("def a = x @# y\ndef d = e", "E0002@1:11"),
      ("def a = \"\"x\ndef d = e", "E0002@1:9"),
      ("def a = 12abc * 2 + [1]\ndef d = e", "E0004@1:9"),
    ] {
      let (tree, found, _) = read(text)
      #expect(found.first == place, "\(text)")
      #expect(found.count == 1, "\(text): \(found)")
      let last = tree.declarations.last.map { PrettyPrinter().print($0) }
      #expect(last == "def d = e", "\(text): the next declaration was lost")
    }
  }

  @Test func missingPartsAreShownWhereTheyBelong() {
    let (_, _, diagnostics) = read("def a = (b\n\n\ndef d = e")
    #expect(diagnostics.items.first?.secondary.first?.text == "to close this `(`")
    #expect(diagnostics.items.first?.primary?.span == Span(10, 10))
  }

  @Test func whatCouldBeReadIsKept() throws {
    let (tree, _, _) = read("def a : Bool = f (1 + ) y\nprogram p (x : Bool, y) : Bool = x")
    #expect(tree.declarations.count == 2)
    guard case .definition(let name, let type, let body) = tree.declarations[0].kind else {
      Issue.record("not a definition")
      return
    }
    #expect(name.text == "a")
    #expect(type != nil)
    #expect(shape(body) == "(@ (@ f (+ 1 error)) y)")
    guard case .program(_, let parameters, _, let programBody) = tree.declarations[1].kind else {
      Issue.record("not a program")
      return
    }
    #expect(parameters.map(\.name.text) == ["x"])
    #expect(shape(programBody) == "error", "the body of a program whose parameters are not known is not checked")
  }
}
