import CajalSyntax
import Diagnostics
import Testing

@Suite struct SyntaxTreeDumpTests {
  @Test func netsAndModels() {
    let text = """
      net k (x : Real[4,4], b : Bool) : Nat = conv 2 3x5 stride 2 valid | relu
        | within l2 0.5 | dense
      model m (x : Real within linf 2) : Nat = k x
      """
    let (tree, found, _) = read(text)
    #expect(found == [])
    #expect(
      SyntaxTreeDump.dump(tree, source: Source(name: "t", text: text)) == """
        (net k @1:1
          (parameter x `Real[4,4]` @1:8)
          (parameter b `Bool` @1:23)
          (type `Nat` @1:35)
          (conv 2 3x5 stride 2 valid @1:41)
          (relu @1:69)
          (within l2 0.5 @2:5)
          (dense @2:21))
        (model m @3:1
          (parameter x `Real` within linf 2 @3:10)
          (type `Nat` @3:36)
          (apply @3:42
            (variable k @3:42)
            (variable x @3:44)))

        """)
  }

  @Test func everyNode() {
    let text = """
      horizon 4
      type T = Real[2] -o Bool
      def a : T = fun (x : Real[2]) y => x
      program p (n : Nat, v : Real within l1 0.5) : Bool =
        iter { [1, -2.5] | y => let z = succ n in if tt then -z + 2 * z - 1.5 else (f [[1], [2]] : T) } (3)
      """
    let (tree, found, _) = read(text)
    #expect(found == [])
    #expect(
      SyntaxTreeDump.dump(tree, source: Source(name: "t", text: text)) == """
        (horizon 4 @1:1)
        (type T @2:1
          (is `Real[2] -o Bool` @2:10))
        (def a @3:1
          (type `T` @3:9)
          (function x `Real[2]` @3:13
            (function y @3:31
              (variable x @3:36))))
        (program p @4:1
          (parameter n `Nat` @4:12)
          (parameter v `Real` within l1 0.5 @4:21)
          (type `Bool` @4:47)
          (iter y @5:3
            (vector [1, -2.5] @5:10)
            (let z @5:27
              (succ @5:35
                (variable n @5:40))
              (if @5:45
                (bool true @5:48)
                (subtract @5:56
                  (add @5:56
                    (negate @5:56
                      (variable z @5:57))
                    (scale 2 @5:61
                      (variable z @5:65)))
                  (decimal 1.5 @5:69))
                (ascription `T` @5:78
                  (apply @5:79
                    (variable f @5:79)
                    (matrix [[1], [2]] @5:81)))))
            (numeral 3 @5:100)))

        """)
  }

  @Test func terms() throws {
    let text = "f 1"
    #expect(
      SyntaxTreeDump.dump(try term(text), source: Source(name: "t", text: text))
        == "(apply @1:1\n  (variable f @1:1)\n  (numeral 1 @1:3))\n")
  }
}
