import Testing

@testable import Training

/// Small images, by hand.
@Suite struct TransformTests {
  private func apply(_ transform: ImageTransform, _ rounds: Int, _ image: [[Double]]) -> [[Double]] {
    let (rows, columns) = (image.count, image[0].count)
    var pixels = image.flatMap { $0 }
    var scratch = [Double](repeating: .nan, count: pixels.count)
    transform.apply(rounds: rounds, to: &pixels, rows: rows, columns: columns, scratch: &scratch)
    return (0..<rows).map { Array(pixels[$0 * columns..<($0 + 1) * columns]) }
  }

  @Test func blur() {
    let image = [[4.0, 0], [0, 8], [0, 4]]
    #expect(apply(.blur, 0, image) == image)
    #expect(apply(.blur, 1, image) == [[2, 2], [1, 5], [0, 4]])
    #expect(apply(.blur, 2, image) == [[1.25, 2.25], [1, 4], [0.25, 3.25]])
    // What leaves the image over the border is gone.
    #expect(apply(.blur, 1, [[1]]) == [[0.5]])
  }

  @Test func dilate() {
    let once = apply(.dilate, 1, [[1.0, 0], [0, 0.5], [0, 0]])
    #expect(isClose(once.flatMap { $0 }, [1, 0.35, 0.7, 0.5, 0, 0.35]))
    let twice = apply(.dilate, 2, [[1.0, 0], [0, 0.5], [0, 0]])
    #expect(isClose(twice.flatMap { $0 }, [1, 0.455, 0.91, 0.5, 0.49, 0.455]))
    // The background outside is 0.
    #expect(isClose(apply(.dilate, 1, [[-1.0]])[0], [-0.3]))
  }

  @Test func rounds() {
    for label in 0...9 as ClosedRange<UInt8> {
      #expect(LearningTask.rounds(label: label, oddOnly: false) == Int(label))
      #expect(LearningTask.rounds(label: label, oddOnly: true) == (label % 2 == 1 ? Int(label) : 0))
    }
  }

  @Test(arguments: LearningTask.names.map { $0.replacing("K", with: "3") }) func everyTaskHasItsName(name: String)
    throws
  {
    #expect(try #require(LearningTask(name: name)).name == name)
    #expect(LearningTask(name: name + "x") == nil)
  }
}
