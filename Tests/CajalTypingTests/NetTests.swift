import CajalSyntax
import CajalTyping
import Testing

/// The shapes of nets (LANGUAGE.md, section 6).
@Suite struct NetTests {
  private func net(_ text: String, horizon: Int? = nil) throws -> Net {
    let outcome = checked(text, horizon: horizon)
    guard let net = outcome.module?.nets.first else { throw NoNet(messages: outcome.rendered) }
    return net
  }

  private struct NoNet: Error { let messages: String }

  /// Where a window of a size can start in a padded line, stepping; by trying every start.
  private func starts(extent: Int, kernel: Int, stride: Int, padding: Int) -> Int {
    (-padding..<(extent + padding)).filter { start in
      (start + padding) % stride == 0 && start + kernel <= extent + padding
    }.count
  }

  @Test func convolutionsOfEverySize() throws {
    for (height, width) in [(1, 1), (5, 7), (28, 28), (9, 4)] {
      for kernel in [[1, 1], [3, 3], [3, 5], [5, 3], [2, 4]] {
        for stride in 1...4 {
          for isValid in [false, true] {
            let isOdd = kernel.allSatisfy { $0 % 2 == 1 }
            let padding = kernel.map { isValid ? 0 : $0 / 2 }
            let output = [
              starts(extent: height, kernel: kernel[0], stride: stride, padding: padding[0]),
              starts(extent: width, kernel: kernel[1], stride: stride, padding: padding[1]),
            ]
            let layer =
              "conv 3 \(kernel[0])x\(kernel[1])" + (stride > 1 ? " stride \(stride)" : "") + (isValid ? " valid" : "")
            let text = "net f (x : Real[2,\(height),\(width)]) : Bool = \(layer) | dense"
            guard isValid || isOdd, output.allSatisfy({ $0 > 0 }) else {
              #expect(checked(text).codes == ["E0210"], "\(text)")
              continue
            }
            let net = try net(text)
            #expect(net.layers[0].input == [2, height, width])
            #expect(net.layers[0].output == [3] + output, "\(text)")
            #expect(net.layers[0].parameterCount == 3 * 2 * kernel[0] * kernel[1] + 3)
            #expect(net.layers[1].parameterCount == 2 * 3 * output[0] * output[1] + 2)
          }
        }
      }
    }
  }

  @Test func sameWithStrideRoundsUp() throws {
    for extent in 1...12 {
      for stride in 1...4 {
        let net = try net("net f (x : Real[\(extent),\(extent)]) : Bool = conv 1 5x5 stride \(stride) | dense")
        let output = (extent + stride - 1) / stride
        #expect(net.layers[0].output == [1, output, output])
      }
    }
  }

  @Test func pools() throws {
    for extent in 1...9 {
      for size in 1...4 {
        let text = "net f (x : Real[3,\(extent),8]) : Bool = avgpool \(size) | dense"
        guard size <= extent else {
          #expect(checked(text).codes == ["E0210"])
          continue
        }
        #expect(try net(text).layers[0].output == [3, extent / size, 8 / size])
      }
    }
  }

  @Test(arguments: [
    ("x : Real[4,6]", [1, 4, 6]), ("x : Real[3,4,6]", [3, 4, 6]), ("x : Real", [1]), ("x : Real[7]", [7]),
    ("x : Real[2,3,4,5]", [120]), ("x : Nat", [10]), ("x : Bool", [2]), ("f : Nat -o Bool", [20]),
    ("x : Real[4,6], b : Bool", [26]), ("x : Real[2,2], y : Real[2,2]", [8]),
  ])
  func whatComesIn(parameters: String, shape: [Int]) throws {
    let net = try net("net f (\(parameters)) : Real[5] = tanh | dense")
    #expect(net.layers.map(\.input) == [shape, shape])
    #expect(net.parameterCount == 5 * shape.reduce(1, *) + 5)
  }

  @Test func theHorizonIsADimension() throws {
    let text = "horizon 4\nnet f (n : Nat, g : Nat -o Nat) : Nat -o Bool = dense"
    #expect(try net(text).layers[0].output == [8])
    #expect(try net(text).layers[0].input == [20])
    #expect(try net(text, horizon: 7).layers[0].input == [56])
    #expect(checked("net f (n : Nat) : Nat = relu", horizon: 3).module != nil)
    #expect(checked("net f (n : Nat) : Real[10] = relu", horizon: 3).codes == ["E0210"])
  }

  @Test func sizesOfDense() throws {
    let text = "net f (x : Real[6]) : Real[3,4] = dense 7 | relu | dense | within l1 2 | softmax"
    #expect(try net(text).layers.map(\.output) == [[7], [7], [12], [12], [12]])
    #expect(try net(text).layers[2].kind == .dense(12))
    #expect(try net("net f (x : Real[6]) : Real[3,4] = dense 12").layers[0].kind == .dense(12))
    #expect(try net("net f (x : Real[2,6]) : Real[3,4] = relu").layers[0].output == [1, 2, 6])
  }

  @Test(arguments: [
    ("net f (x : Real[4,4]) : Bool = dense | relu | dense 2", "E0210", "dense"),
    ("net f (x : Real[4,4]) : Bool = dense 3", "E0210", "dense 3"),
    ("net f (x : Real[4,4]) : Real[3,3] = relu | tanh", "E0210", "tanh"),
    ("net f (x : Real[4]) : Bool = maxpool 2 | dense", "E0210", "maxpool 2"),
    ("net f (x : Real[4,4]) : Bool = dense 16 | avgpool 2 | dense", "E0210", "avgpool 2"),
    ("net f (x : Real[4,4]) : Bool = conv 1 3x2 | dense", "E0210", "conv 1 3x2"),
    ("net f ( ) : Bool = dense", "E0210", "f"),
    ("net f (x : Real[4] within l2 1) : Bool = dense", "E0407", "x : Real[4]"),
    ("net f (x : Real[4], x : Real[4]) : Bool = dense", "E0304", "x"),
    ("net f (x : Image) : Bool = dense", "E0302", "Image"),
    ("net f (x : Real[4]) : Image = dense", "E0302", "Image"),
    ("net f (x : Real[50000]) : Real[50000] = dense", "E0409", "dense"),
    ("net f (x : Real[70000]) : Real[1] = dense 70000 | dense", "E0409", "dense 70000"),
    ("net f (x : Real[30000]) : Real[1] = dense 40000 | dense 40000 | dense", "E0409", "dense 40000"),
    ("net f (x : Real[1000,1000]) : Bool = conv 3000 3x3 | dense", "E0409", "conv 3000 3x3"),
    ("net f (x : Real[2147483648,1]) : Bool = conv 2147483648 1x1 | dense", "E0409", "conv 2147483648 1x1"),
    ("horizon 1000000 net f (g : Nat -o Nat) : Bool = dense", "E0409", "f"),
    ("horizon 1000000 net f (g : Bool) : Nat -o Nat = dense", "E0409", "f"),
    ("net f (x : Real[4]) : Bool = dense def f = true", "E0303", "f"),
    ("program f ( ) : Bool = true net f (x : Real[4]) : Bool = dense", "E0303", "f"),
  ])
  func misfits(text: String, code: String, place: String) {
    let outcome = checked(text)
    #expect(outcome.codes == [code], "\(outcome.rendered)")
    #expect(outcome.place() == place)
    #expect(outcome.module == nil)
    #expect(outcome.diagnostics.allSatisfy { $0.help != nil || $0.code == .unknownType })
  }

  @Test func theLargestNet() throws {
    // 2^31 parameters: 46340² + 46340 is below, 46341² above.
    #expect(try net("net f (x : Real[46340]) : Real[46340] = dense").parameterCount == 46_340 * 46_341)
    #expect(checked("net f (x : Real[46341]) : Real[46341] = dense").codes == ["E0409"])
  }

  @Test func shapesAreShown() {
    let outcome = checked("net f (x : Real[9,9]) : Real[3,3] = conv 4 3x3 | relu | maxpool 2 | conv 2 5x5 valid")
    #expect(outcome.codes == ["E0210"])
    #expect(outcome.diagnostics[0].message == "`conv 2 5x5 valid` does not fit [4,4,4]")
    #expect(
      outcome.diagnostics[0].notes == [
        "[1,9,9] comes in, `conv 4 3x3` gives [4,9,9], `maxpool 2` gives [4,4,4]"
      ])
  }

  @Test func netsArePrintedWithTheirShapes() throws {
    let module = try #require(
      checked("net f (x : Real[9,9]) : Bool = conv 2 3x3 stride 2 | maxpool 2 | dense | within l1 1").module)
    #expect(
      JudgementPrinter(module).print(module.nets[0]) == """
        net f (x : Real[9,9]) : Bool
          conv 2 3x3 stride 2   [1,9,9] -> [2,5,5]   20 parameters
          maxpool 2             [2,5,5] -> [2,2,2]
          dense 2               [2,2,2] -> [2]       18 parameters
          within l1 1           [2] -> [2]
          in all                                     38 parameters

        """)
  }
}
