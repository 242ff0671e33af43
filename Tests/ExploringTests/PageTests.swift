import CajalSyntax
import Diagnostics
import Driver
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Exploring

private func model(_ text: String, name: String = "p.cajal", change: (inout CompilerOptions) -> Void = { _ in }) throws
  -> PageModel
{
  var options = CompilerOptions()
  options.gradients = true
  change(&options)
  let compilation = Compilation(source: Source(name: name, text: text), options: options)
  return try #require(try PageModel(compilation), "\(compilation.diagnostics.items)")
}

private let flip = """
  -- It turns x.
  def not : Bool -o Bool = fun x => if x then false else true
  program flip (x : Bool, n : Nat) : Bool =
    iter { x | y => not y } (n)
  """

/// What a page has, and that it has it as text.
@Suite struct PageTests {
  @Test func theSourceIsThere() throws {
    let page = try model(flip)
    #expect(page.source.lines.map { $0.map(\.text).joined() }.joined(separator: "\n") == flip)
    func kinds(_ line: Int) -> [String] { page.source.lines[line].compactMap(\.kind) }
    #expect(kinds(0) == ["comment"])
    #expect(kinds(1).prefix(3) == ["keyword", "function", "operator"])
    let name = try #require(page.source.lines[2].first { $0.text == "flip" })
    let note = page.source.notes[try #require(name.note)]
    #expect(name.isDeclaration == true && note.contains("x : Bool   degree 1, linear"), "\(note)")
    #expect(page.programs[0].map.summary == note + "\n")
  }

  @Test func linesEndInAnyWay() throws {
    let page = try model("-- a\r\ndef t = true\r{- b\n c -}\n")
    #expect(page.source.lines.map { $0.map(\.text).joined() } == ["-- a", "def t = true", "{- b", " c -}"])
  }

  @Test func theCodeKnowsItsLines() throws {
    let page = try model(flip)
    let blocks = page.code.flatMap(\.blocks)
    #expect(Set(blocks.compactMap(\.line)) == [2, 4])
    for block in blocks {
      guard let line = block.line else { continue }
      #expect(block.lines[0].contains("/* line \(line): "))
    }
    let functions = page.code.map { $0.blocks.flatMap(\.lines) }
    #expect(functions.allSatisfy { $0.first?.hasPrefix("static ") == true && $0.last == "}" })
    #expect(functions.contains { $0[0].contains("flip_adjoint") })
  }

  @Test func matricesWhereThereAreAny() throws {
    let page = try model(
      flip + """

        program turned (A : Real[2] -o Real[2], v : Real[2], n : Nat) : Real[2] = iter { v | y => A y } (n)
        program large (x : Real[65]) : Real[65] = x
        """)
    let tensor = try #require(page.programs[0].tensor)
    #expect(tensor.axes.map(\.labels.count) == [2, 2, 10] && tensor.axes[1].labels == ["true", "false"])
    #expect(tensor.entries.prefix(4) == [1, 0, 1, 0])
    let (turned, large) = (page.programs[1], page.programs[2])
    #expect(turned.tensor == nil && turned.whyNoTensor == "It has no matrix: it is not linear in `A`.")
    #expect(large.tensor == nil && large.whyNoTensor?.contains("too large") == true)
    #expect(page.programs.allSatisfy { $0.run.whyNot == nil })
  }

  @Test func programsWithTablesAreNotRun() throws {
    let page = try model(
      "data L = E | C Bool L\nprogram f (xs : L[3]) : Bool = fold { E => true | C x y => if x then y else y } (xs)")
    #expect(page.programs[0].run.whyNot == "It is not run here: `xs` is a table.")
    #expect(page.programs[0].tensor == nil)
  }

  @Test func netsAndModels() throws {
    let page = try model(
      "net f (x : Real[3]) : Bool = dense 4 | relu | dense | softmax\n"
        + "param a : Real[2] = [1, 2]\n"
        + "model m (x : Real[3]) : Bool = f x\nmodel b (x : Real[2]) : Real[2] = x + a")
    #expect(page.nets[0].layers.map(\.output) == [[4], [4], [2], [2]] && page.nets[0].parameterCount == 26)
    #expect(page.models.map(\.map.name) == ["m", "b"])
    #expect(page.models[0].tensors.map(\.shape) == [[4, 3], [4], [2, 4], [2]])
    #expect(page.models[0].tensors.allSatisfy { $0.tensor == nil })
    #expect(page.models[1].tensors.map(\.tensor?.entries) == [[1, 2]])
    #expect(page.models[0].run.whyNot?.contains("--weights") == true)
    #expect(page.models[1].run.whyNot == nil && page.models[1].run.inputs.map(\.value) == [[1, 2], nil])
  }

  @Test func weightsAreShown() throws {
    try withScratch { folder in
      let text = "net f (x : Real[3]) : Real[2] = dense\nmodel m (x : Real[3]) : Real[2] = f x"
      let file = TensorFile(tensors: [
        Tensor("f.0.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] as [Float]),
        Tensor("f.0.bias", shape: [2], values: [0.5, -0.5] as [Float]),
      ])
      try Data(file.serialised()).write(to: URL(fileURLWithPath: folder + "/w.safetensors"))
      let page = try model(text) { $0.weights = folder + "/w.safetensors" }
      #expect(page.models[0].tensors.map(\.tensor?.entries) == [[1, 2, 3, 4, 5, 6], [0.5, -0.5]])
      #expect(page.models[0].run.whyNot == nil)
      #expect(page.models[0].tensors[0].tensor?.axes.map(\.labels.count) == [2, 3])
    }
  }

  @Test func longCodeIsCut() throws {
    let functions = try model(flip).code
    let sizes = functions.map { $0.blocks.reduce(0) { $0 + $1.lines.count } }
    #expect(functions.first(lines: sizes[0] + sizes[1]).count == 2)
    #expect(functions.first(lines: sizes[0] + sizes[1] - 1).count == 1)
  }

  /// Nothing in a program, and no name of a file, becomes markup or script.
  @Test func textIsNoMarkup() throws {
    let hostile = "-- </script><script>window.bad = 1</script><!-- <img src=x onerror=bad()> \u{2028} ]]>\n" + flip
    let name = "<b>&amp;\"'.cajal"
    let page = try model(hostile, name: name).html()
    let plain = try model(flip).html()
    func count(_ text: String, _ page: String) -> Int { page.components(separatedBy: text).count - 1 }
    for mark in ["<script", "</script", "<!--", "<img", "<b>"] { #expect(count(mark, page) == count(mark, plain)) }
    #expect(page.contains("<title>&lt;b&gt;&amp;amp;\"'.cajal ·"))
    let start = try #require(page.components(separatedBy: "id=\"model\">").last)
    let json = try #require(start.components(separatedBy: "</script>").first)
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(object?["file"] as? String == name)
  }

  @Test func loadsNothing() throws {
    let page = try model(flip).html()
    #expect(page.contains("default-src 'none'"))
    for text in ["https://", "src=", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
      #expect(!page.contains(text), "\(text)")
    }
    // The one address is the name of SVG's elements.
    #expect(page.components(separatedBy: "http://").count == 2 && page.contains("http://www.w3.org/2000/svg"))
  }

  @Test func sameInputSamePage() throws {
    #expect(try model(flip).html() == model(flip).html())
  }
}
