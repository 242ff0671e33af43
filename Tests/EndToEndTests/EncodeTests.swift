import Driver
import Foundation
import TensorFiles
import TestSupport
import Testing

/// `cajal2c encode` against tables written by hand.
@Suite struct EncodeTests {
  private static let programs = """
    horizon 3
    data Items = End | Item Nat[4] Real[2] Items
    data Op = Add | Sub
    data Expr = Leaf Bool | Node Op Expr Expr
    net f (x : Real[2]) : Real = dense
    program total (xs : Items[3], start : Real) : Real =
      fold { End => start | Item n v rest => scale (dot [1, 1] v) (iter { rest | y => 0.5 * y } (n)) } (xs)
    program first (t : Expr[4], n : Nat, step : Bool -o Bool) : Bool =
      iter { fold { Leaf b => b | Node op l r => pick op l r } (t) | b => step b } (n)
    def pick : Op -o Bool -o Bool -o Bool = fun op l r =>
      case { Add => if r then l else l | Sub => if l then r else r } (op)
    model lengths (xs : Items[2]) : Real = fold { End => 1 | Item _n v rest => scale (f v) rest } (xs)
    """

  private func encode(_ arguments: String...) throws -> SubprocessResult {
    try withScratch { folder in
      let file = try write(EncodeTests.programs, to: folder + "/p.cajal")
      return try run(compilerPath, ["encode", file] + arguments, directory: folder, environment: ["NO_COLOR": "1"])
    }
  }

  /// The last row does not count.
  @Test func listsAreTables() throws {
    let result = try encode("--program", "total", "--set", "xs=Item 2 [0.5, -1] End", "--set", "start=0.1")
    #expect(
      result.output == """
        {
          "xs": [
            [0, 1, 0, 0, 1, 0, 0.5, -1],
            [1, 0, 0, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0]
          ],
          "xs.nodes": 2,
          "start": [0.1]
        }

        """, "\(result)")
    #expect(result.status == 0 && result.errors.isEmpty)
  }

  /// Rows are in pre-order. What is not set is left out; functions are their matrices.
  @Test func treesAreTables() throws {
    let result = try encode(
      "--program", "first", "--set", "t=Node Sub (Leaf true) (Leaf false)", "--set", "n=1", "--set",
      "step=fun b => if b then false else true")
    #expect(
      result.output == """
        {
          "t": [
            [0, 1, 0, 0, 0, 1],
            [1, 0, 1, 0, 0, 0],
            [1, 0, 0, 1, 0, 0],
            [0, 0, 0, 0, 0, 0]
          ],
          "t.nodes": [
            [1, 2],
            [-1, -1],
            [-1, -1],
            [-1, -1]
          ],
          "n": [0, 1, 0],
          "step": [0, 1, 1, 0]
        }

        """, "\(result)")
    let leaf = try encode("--program", "first", "--set", "t=Leaf true")
    #expect(leaf.status == 0 && !leaf.output.contains("\"n\""))
  }

  @Test(arguments: [("float", DType.f32), ("double", DType.f64)])
  func filesAreSamples(real: String, dtype: DType) throws {
    try withScratch { folder in
      let file = try write(EncodeTests.programs, to: folder + "/p.cajal")
      let list = try cajal2c(
        "encode", file, "--program", "lengths", "--set", "xs=Item 3 [0.1, 2] End", "--real", real, "-o",
        folder + "/xs.safetensors")
      #expect(list.status == 0 && list.output.isEmpty, "\(list)")
      let lists = try TensorFile(reading: folder + "/xs.safetensors")
      #expect(lists["xs"]?.shape == [1, 2, 8] && lists["xs"]?.dtype == dtype)
      #expect(lists["xs.nodes"]?.shape == [1])
      #expect(try lists.values(named: "xs.nodes", as: Int32.self) == [2])
      if dtype == .f64 {
        #expect(
          try lists.values(named: "xs", as: Double.self) == [0, 1, 0, 0, 0, 1, 0.1, 2, 1, 0, 0, 0, 0, 0, 0, 0])
      }
      let tree = try cajal2c(
        "encode", file, "--program", "first", "--set", "t=Leaf true", "-o", folder + "/t.safetensors")
      #expect(tree.status == 0, "\(tree)")
      let trees = try TensorFile(reading: folder + "/t.safetensors")
      #expect(trees["t"]?.shape == [1, 4, 6] && trees["t.nodes"]?.shape == [1, 4, 2])
      #expect(try trees.values(named: "t.nodes", as: Int32.self) == Array(repeating: -1, count: 8))
    }
  }

  @Test(arguments: [
    (["total", "xs=Item 0 [0, 0] (Item 0 [0, 0] (Item 0 [0, 0] End))"], "E0415", "has 4 nodes, and the table 3 rows"),
    (["first", "n=3"], "E0415", "3 in the value of `n` is not below 3"),
    (["total", "xs=Item (succ 3) [0, 0] End"], "E0415", "4 in the value of `xs` is not below 4"),
    (["total", "start=1e300"], "E0415", "which is no float"),
    (["total", "ys=End"], "E0406", "`total` has no variable `ys`"),
    (["lengths", "ys=End"], "E0406", "`lengths` has no variable `ys`"),
    (["total", "xs=End", "xs=End"], "E0406", "`xs` is set twice"),
    (["total", "xs=true"], "E0201", "true"), (["totl", "xs=End"], "E0308", "did you mean `total`?"),
  ]) func whatHasNoEncoding(case: (arguments: [String], code: String, text: String)) throws {
    try withScratch { folder in
      let file = try write(EncodeTests.programs, to: folder + "/p.cajal")
      let settings = `case`.arguments.dropFirst().flatMap { ["--set", $0] }
      let result = try run(compilerPath, ["encode", file, "--program", `case`.arguments[0]] + settings)
      #expect(result.status == 1 && result.output.isEmpty, "\(result)")
      #expect(result.errors.contains(`case`.code) && result.errors.contains(`case`.text), "\(result.errors)")
    }
  }

  @Test func wrongUsage() throws {
    for arguments in [["-o", "xs.npy", "--set", "xs=End"], [], ["--set", "xs"]] {
      try withScratch { folder in
        let file = try write(EncodeTests.programs, to: folder + "/p.cajal")
        #expect(try run(compilerPath, ["encode", file, "--program", "total"] + arguments).status == 2)
      }
    }
    #expect(
      try encode("--program", "total", "--set", "xs=End", "-o", "no/such/xs.safetensors").errors.contains("E0011"))
  }
}
