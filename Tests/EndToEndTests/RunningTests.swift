import Diagnostics
import Driver
import Foundation
import TensorFiles
import TestSupport
import Testing

/// `cajal2c run`
@Suite struct RunningTests {
  private static let text = """
    horizon 4
    param k : Real[2] = [0.5, 2]
    param free : Real
    net f (x : Real[2]) : Real[1] = dense
    model m (x : Real[2], t : Real) : Real[2] = times k x + scale (t ^ 2) [1, 1]
    model open (x : Real[2]) : Real[1] = f x + [free]
    program flip (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)
    program twice (x : Real[2], a : Real[2] -o Real[2]) : Real[2] = iter { x | y => a y } (2)
    data List = End | Cons List
    program length (xs : List[4]) : Nat = fold { End => 0 | Cons rest => succ rest } (xs)

    """

  private func compilation(weights: String? = nil) -> Compilation {
    var options = CompilerOptions()
    options.weights = weights
    return Compilation(source: Source(name: "r.cajal", text: Self.text), options: options)
  }

  private func run(
    _ name: String?, _ settings: [(name: String, value: String)], isJacobian: Bool = false
  ) throws -> RunResult? {
    try compilation().run(name, settings: settings, isJacobian: isJacobian)
  }

  @Test func results() throws {
    #expect(try run("m", [("x", "[1, 2]"), ("t", "3")])?.tensors[0].entries == [9.5, 13])
    #expect(try run("flip", [("x", "true"), ("n", "1")])?.tensors[0].entries == [0, 1])
    // Vectors that are no values.
    #expect(try run("flip", [("x", "[0.25, 0.75]"), ("n", "[0, 0.5, 0.5, 0]")])?.tensors[0].entries == [0.5, 0.5])
    for matrix in ["[[0, 1], [2, 0]]", "[0, 1, 2, 0]", "fun (v : Real[2]) => [[0, 1], [2, 0]] v"] {
      #expect(try run("twice", [("x", "[1, 2]"), ("a", matrix)])?.tensors[0].entries == [2, 4], "\(matrix)")
    }
  }

  /// A vector has no entry for it, and zeros are no answer.
  @Test func aNaturalBeyondTheHorizonIsRefused() throws {
    let compilation = compilation()
    #expect(try compilation.run("flip", settings: [("x", "true"), ("n", "4")], isJacobian: false) == nil)
    let errors = compilation.diagnostics.items
    #expect(errors.map(\.code) == [.noEncoding])
    let error = try #require(errors.first)
    #expect(error.message == "`n` is 4, and its vector has the entries 0 to 3")
    #expect(error.help == "use `--horizon 5` or more")
    #expect(try run("flip", [("x", "true"), ("n", "3")])?.tensors[0].entries == [0, 1])
  }

  @Test func numbersThatAreNotTrainedAreSaidToBe() throws {
    #expect(try run("m", [("x", "[1, 2]"), ("t", "3")])?.untrained == ["k"])
    #expect(try run("flip", [("x", "true"), ("n", "3")])?.untrained == [])
  }

  @Test func derivatives() throws {
    let result = try #require(try run("m", [("x", "[1, 2]"), ("t", "3")], isJacobian: true))
    #expect(result.tensors.map(\.entries) == [[0.5, 0, 0, 2], [6, 6]])
    #expect(result.csv == "x[0],x[1],t[0]\n0.5,0,6\n0,2,6\n")
    #expect(result.text.hasPrefix("in x:\n     [0]  [1]\n[0]  0.5    0\n"))
    let nonlinear = try #require(try run("twice", [("x", "[1, 2]"), ("a", "[0, 1, 2, 0]")], isJacobian: true))
    #expect(nonlinear.tensors[1].entries == [2, 2, 1, 2, 2, 4, 2, 2])
  }

  @Test func weights() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("w.safetensors").path
    let file = TensorFile(
      tensors: [
        Tensor("k", shape: [2], values: [1.0, 2]), Tensor("free", shape: [], values: [0.25]),
        Tensor("f.0.weight", shape: [1, 2], values: [3.0, 4]), Tensor("f.0.bias", shape: [1], values: [0.5]),
      ])
    try file.write(to: path)
    let found = try compilation(weights: path).run("open", settings: [("x", "[1, 2]")], isJacobian: false)
    #expect(found?.tensors[0].entries == [11.75])
  }

  @Test(arguments: [
    (Optional("open"), "x=[1, 2]", "E0406"), ("m", "x=[1, 2]", "E0406"), ("nothing", "x=1", "E0308"),
    (nil, "x=1", "E0308"), ("m", "y=1", "E0406"), ("length", "xs=End", "E0406"),
  ])
  func mistakes(name: String?, setting: String, code: String) throws {
    let compilation = compilation()
    let parts = setting.split(separator: "=")
    let found = try compilation.run(name, settings: [(String(parts[0]), String(parts[1]))], isJacobian: false)
    #expect(found == nil && compilation.diagnostics.items.last?.code.rawValue == code)
  }

  @Test func aValueOfAnotherType() throws {
    #expect(throws: SettingProblem.self) { try run("m", [("x", "[1, 2, 3]"), ("t", "1")]) }
  }
}
