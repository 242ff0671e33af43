import Foundation
import TestSupport
import Testing

/// `cajal2c matrix` against matrices written by hand.
@Suite struct MatrixTests {
  private static let programs = """
    horizon 3
    program not (x : Bool) : Bool = if x then false else true
    program closed ( ) : Bool -o Bool = fun x => if x then false else true
    program pair (a : Bool, n : Nat) : Bool = if a then iter { true | y => if y then false else true } (n)
      else iter { false | y => y } (n)
    program curried ( ) : Nat -o Bool -o Bool = fun n b => iter { b | y => if y then false else true } (n)
    program value ( ) : Nat = succ 1
    program twist (v : Real[2]) : Real[2] = apply [[0, -1.5], [2, 0]] v
    program square (k : Real[1,1], n : Nat) : Real[1,1] = iter { [[1]] | y => conv2d k y } (n)
    program wide (x : Real[9000], y : Real[9000]) : Real = dot x y
    """

  private func matrix(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    try withScratch { folder in
      let file = try write(MatrixTests.programs, to: folder + "/p.cajal")
      let result = try run(
        compilerPath, ["matrix", file] + arguments, directory: folder, environment: ["NO_COLOR": "1"])
      return (result.status, result.output, result.errors)
    }
  }

  @Test(arguments: [
    ("not", "0,1\n1,0\n"), ("closed", "0,1\n1,0\n"), ("value", "0\n0\n1\n"), ("twist", "0,-1.5\n2,0\n"),
  ]) func oneAxisIsAMatrix(expected: (program: String, csv: String)) throws {
    #expect(try matrix("--program", expected.program, "--format", "csv").output == expected.csv)
  }

  /// Entry (r, a, n): true rounds alternate from true, false stays false.
  @Test func moreAxesAreATensor() throws {
    let lines = try matrix("--program", "pair", "--format", "csv").output.split(separator: "\n")
    #expect(lines[0] == "result,a,n,value")
    let ones = Set(lines.dropFirst().filter { $0.hasSuffix(",1") })
    #expect(ones == ["0,0,0,1", "1,0,1,1", "0,0,2,1", "1,1,0,1", "1,1,1,1", "1,1,2,1"])
    #expect(lines.count == 1 + 2 * 2 * 3)
  }

  /// The arguments of a result come in their own order, though its matrix has the first one last.
  @Test func argumentsOfTheResultAreAxes() throws {
    let lines = try matrix("--program", "curried", "--format", "csv").output.split(separator: "\n")
    let ones = Set(lines.dropFirst().filter { $0.hasSuffix(",1") })
    #expect(lines[0] == "result,argument1,argument2,value")
    #expect(ones == ["0,0,0,1", "1,0,1,1", "1,1,0,1", "0,1,1,1", "0,2,0,1", "1,2,1,1"])
  }

  @Test func textHasTheBasis() throws {
    #expect(
      try matrix("--program", "not").output == """
               true  false
         true     0      1
        false     1      0

        """)
    let text = try matrix("--program", "pair").output
    #expect(text.hasPrefix("a = true:\n       0  1  2\n true  1  0  1\nfalse  0  1  0\n\na = false:\n"))
  }

  @Test func npyIsNumPys() throws {
    try withScratch { folder in
      let file = try write(MatrixTests.programs, to: folder + "/p.cajal")
      let result = try cajal2c("matrix", file, "--program", "twist", "-o", folder + "/twist.npy")
      #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/twist.npy")))
      #expect(Array(bytes.prefix(8)) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
      let length = Int(bytes[8]) + 256 * Int(bytes[9])
      let header = String(decoding: bytes[10..<(10 + length)], as: UTF8.self)
      #expect(
        header.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2,), }") && header.hasSuffix(" \n"))
      #expect((10 + length) % 64 == 0)
      let values = stride(from: 10 + length, to: bytes.count, by: 8).map { start in
        Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
      }
      #expect(values == [0, -1.5, 2, 0])
    }
  }

  @Test func whatHasNoTensorIsRefused() throws {
    let nonlinear = try matrix("--program", "square")
    #expect(nonlinear.status == 1 && nonlinear.errors.contains("E0106") && nonlinear.errors.contains("`k`"))
    let large = try matrix("--program", "wide", "--format", "csv")
    #expect(large.status == 1 && large.errors.contains("E0401") && large.output.isEmpty, "\(large.errors)")
  }
}
