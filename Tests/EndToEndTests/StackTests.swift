import Foundation
import TestSupport
import Testing

/// What a header says of the stack, against the frames that gcc makes and the calls that are left in its code.
@Suite struct StackTests {
  /// A function's deepest path in the compiled code, as -fcallgraph-info=su writes it.
  private struct CallGraph {
    private var frames: [String: Int] = [:]
    private var calls: [String: Set<String>] = [:]
    /// A call pushes an address.
    private static let address = 8

    init(_ text: String) {
      for line in text.split(separator: "\n") {
        let quoted = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        if line.hasPrefix("node:"), let frame = quoted[3].firstMatch(of: /\\n(\d+) bytes \((static|dynamic,bounded)\)/)
        {
          frames[quoted[1]] = Int(frame.1)!
        } else if line.hasPrefix("edge:") {
          calls[quoted[1], default: []].insert(quoted[3])
        }
      }
    }

    /// The file's own functions, static ones without the file's name before them.
    func functions(_ isWanted: (Substring) -> Bool) -> [String] {
      frames.keys.filter { isWanted($0.split(separator: ":").last!) }
    }

    /// The bytes of the deepest path from every function.
    ///
    /// - Parameter pointer: of what is called by a pointer.
    func depths(pointer: Int) -> [String: Int] {
      var found: [String: Int] = ["__indirect_call": pointer]
      func depth(_ function: String) -> Int {
        if let known = found[function] { return known }
        // Of a library.
        guard let frame = frames[function] else { return 0 }
        let total = frame + Self.address + ((calls[function] ?? []).map(depth).max() ?? 0)
        found[function] = total
        return total
      }
      for function in frames.keys { _ = depth(function) }
      return found
    }
  }

  /// Lanes; rows of tables; the kernels of a net, and a product.
  private static let sources = [
    """
    program system (A : Real[4] -o Real[4], v : Real[4], n : Nat) : Real[4] = iter { v | y => A y } (n)
    program flip (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)
    """,
    """
    data Word = End | Letter Bool Word
    program even (w : Word[5]) : Bool = fold { End => true | Letter b rest => if b then rest else rest } (w)
    """,
    """
    horizon 3
    net weights (x : Real[6, 6]) : Nat = conv 3 3x3 | relu | maxpool 2 | dense 4 | tanh | dense | softmax
    model m (x : Real[6, 6]) : Real[6, 6] = iter { x | y => conv2d [[0.1, 0.2, 0.1]] y } (weights x)
    program apply (A : Real[40] -o Real[30], x : Real[40]) : Real[30] = A x
    """,
  ]

  private static let flags = [["-O0"], ["-Os"], ["-O3", "-march=native"]]

  @Test(arguments: [(0, "float"), (0, "double"), (1, "float"), (2, "double")])
  func isBounded(source: Int, real: String) throws {
    let isLarge = source == 2
    let source = Self.sources[source]
    try withScratch { folder in
      let file = try write(source + "\n", to: folder + "/m.cajal")
      let emitted = try run(
        compilerPath, [file, "--emit", "single", "--emit-grad", "--real", real, "-o", folder + "/m.c"])
      #expect(emitted.status == 0, "\(emitted.errors)")
      let header = try String(contentsOfFile: folder + "/m.h", encoding: .utf8)
      let bounds = header.matches(of: /#define m_(\w+?)_(ONE_STACK|STACK)_BYTES (\d+)/)
      #expect(
        bounds.count == 2 * source.split(separator: "\n").count { $0.hasPrefix("program") || $0.hasPrefix("model") })
      for compiler in isLarge ? ["gcc"] : installed("gcc", "gcc-11") {
        for flags in isLarge ? [["-O3"], ["-O3", "-march=native"]] : Self.flags {
          let built = try run(
            compiler,
            ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fcallgraph-info=su", "-c", "m.c", "-o", "m.o"]
              + flags, directory: folder)
          #expect(built.status == 0, "\(compiler) \(flags): \(built.errors.prefix(3000))")
          let graph = CallGraph(try String(contentsOfFile: folder + "/m.ci", encoding: .utf8))
          for bound in bounds {
            let exported = graph.functions {
              $0.hasPrefix("m_\(bound.1)_") && (bound.2 == "STACK" || $0.hasPrefix("m_\(bound.1)_one"))
            }
            #expect(exported.count >= 2)
            // What the runtime calls of the program: for tables its functions on reals, for the gradients of each sample
            // those of a batch.
            let own = graph.functions { $0.hasPrefix("\(bound.1)_") }
            func most(_ functions: [String], pointer: Int) -> Int {
              let depths = graph.depths(pointer: pointer)
              return functions.map { depths[$0]! }.max() ?? 0
            }
            let inner = most(own.filter { !$0.hasSuffix("_each") }, pointer: 0)
            let used = most(exported, pointer: source.hasPrefix("data") ? most(own, pointer: inner) : inner)
            #expect(used > 0 && used <= Int(bound.3)!, "\(bound.0): \(used) by \(compiler) \(flags)")
          }
        }
      }
    }
  }
}
