import Adjoint
import Foundation
import LinearMaps
import TestSupport

/// One call for the client, with what it should be answered and how far off that may be.
struct Request {
  let isModel: Bool
  /// Among the module's programs, or models.
  let index: Int
  let batch: Int
  /// Of each input: 0, or the distance between samples.
  let strides: [Int]
  /// Distinct samples, which the batch repeats in turn: for each, the inputs.
  let samples: [[[Double]]]
  let parameters: [Double]
  /// For each distinct sample.
  let outBars: [[Double]]
  /// The inputs whose gradients the last call asks for, and the parameters'.
  let wanted: UInt64

  var kinds: Set<String> {
    var kinds: Set<String> = [batch == 1 ? "batch of 1" : batch < 10 ? "batch of 2 to 9" : "batch of 10 to 70"]
    let sizes = samples[0].map(\.count)
    let forms = Set(zip(strides, sizes).map { $0 == 0 ? "shared" : $0 == $1 ? "packed" : "padded" })
    for form in forms { kinds.insert("\(form) input") }
    if forms.count > 1 { kinds.insert("mixed strides") }
    return kinds
  }

  /// Numbers that the precision has, some of them 0. Doubles have all of their digits, so that products are rounded.
  static func vector(_ count: Int, scale: Double, realBytes: Int, _ random: inout SplitMix) -> [Double] {
    (0..<count).map { _ in
      if random.below(6) == 0 { return 0 }
      return realBytes == 4 ? Double(Float(scale * random.real())) : scale * random.real()
    }
  }

  static func batch(_ random: inout SplitMix) -> Int {
    switch random.below(8) {
    case 0, 1: 1
    case 2: 2 + random.below(3)
    case 3: 1 + random.below(9)
    case 4: [7, 8, 9, 15, 16, 17, 31, 32, 33][random.below(9)]
    case 5: 10 + random.below(61)
    default: 2 + random.below(8)
    }
  }

  /// Strides of each kind; of a batch of 1 sometimes so large a one that whatever it leads to is not there.
  static func strides(_ sizes: [Int], batch: Int, _ random: inout SplitMix) -> [Int] {
    let form = random.below(6)
    return sizes.map { size in
      switch form < 3 ? form : random.below(4) {
      case 0: size
      case 1: 0
      case 2 where batch == 1: 1 << (20 + random.below(8))
      default: size + 1 + random.below(3)
      }
    }
  }

  func sample(_ index: Int) -> Int { index % samples.count }
}

/// What a request is answered, if all is well.
struct Expectation {
  /// Results, then gradients in the parameters, then in the inputs; each without padding.
  var out: [BoundedVector] = []
  var parameterGradient: BoundedVector
  var gradients: [[BoundedVector]]
  /// For each distinct sample, in the order of the graph.
  let perSample: [[BoundedVector]]

  /// Throws `Discarded` where numbers leave the range of the precision.
  ///
  /// - Parameters:
  ///   - joint: `reverse` of the subject's graph before any pass.
  ///   - tensorSizes: of the parameters that come first.
  init(of request: Request, joint: Graph, tensorSizes: [Int], realBytes: Int) throws {
    var interpreter = BoundingInterpreter(realBytes: realBytes)
    var rest = request.parameters[...]
    let tensors = tensorSizes.map { size -> BoundedVector in
      defer { rest = rest.dropFirst(size) }
      return BoundedVector(exact: Array(rest.prefix(size)))
    }
    let perSample = zip(request.samples, request.outBars).map { inputs, outBar in
      interpreter.run(joint, tensors + (inputs + [outBar]).map { BoundedVector(exact: $0) })
    }
    // 0 times what overflows is no number, and another order may overflow where this one does not.
    guard interpreter.largest < (realBytes == 4 ? 1e25 : 1e200) else { throw Discarded("numbers overflow") }
    guard perSample.joined().allSatisfy({ $0.error.allSatisfy { $0 < 1e250 } }) else { throw Discarded("no bound") }
    let inputCount = request.strides.count
    self.perSample = perSample
    func total(_ result: Int) -> BoundedVector {
      BoundedVector.sum(
        perSample.enumerated().map { index, results in
          (results[result], (request.batch - index + perSample.count - 1) / perSample.count)
        })
    }
    let first = 1 + tensorSizes.count
    parameterGradient = BoundedVector(joining: tensorSizes.indices.map { total(1 + $0) })
    gradients = []
    for input in 0..<inputCount {
      gradients.append(
        request.strides[input] == 0
          ? [total(first + input)]
          : (0..<request.batch).map { perSample[request.sample($0)][first + input] })
    }
    out = (0..<request.batch).map { perSample[request.sample($0)][0] }
  }
}

extension BoundedVector {
  init(joining parts: [BoundedVector]) {
    self.init(exact: parts.flatMap(\.value))
    magnitude = parts.flatMap(\.magnitude)
    error = parts.flatMap(\.error)
  }

  /// Σ over a batch of which each vector is so many samples. In one sum with what is added inside of a sample, a term
  /// takes part in at most as many additions as a sample has roundings, and one more, for every sample.
  static func sum(_ parts: [(vector: BoundedVector, count: Int)]) -> BoundedVector {
    let batch = Double(parts.reduce(0) { $0 + $1.count })
    var result = BoundedVector(exact: parts[0].vector.value.map { _ in 0 })
    for (vector, count) in parts {
      let count = Double(count)
      for i in result.value.indices {
        result.value[i] += count * vector.value[i]
        result.magnitude[i] += count * vector.magnitude[i]
        result.error[i] += batch * count * (vector.error[i] + vector.magnitude[i])
      }
    }
    return result
  }
}

/// The client's file, in the byte order of the machine.
struct RequestFile {
  private(set) var count = 0
  private var numbers: [UInt64] = [0]

  var data: Data {
    var numbers = numbers
    numbers[0] = UInt64(count)
    return numbers.withUnsafeBytes { Data($0) }
  }

  private mutating func append(_ values: [Double]) { for value in values { numbers.append(value.bitPattern) } }

  private mutating func append(_ vectors: [BoundedVector], _ interpreter: BoundingInterpreter) {
    for vector in vectors { append(vector.value) }
    for vector in vectors { append(vector.error.map { interpreter.bound($0) }) }
  }

  mutating func append(_ request: Request, _ expected: Expectation, realBytes: Int) {
    let interpreter = BoundingInterpreter(realBytes: realBytes)
    count += 1
    let outputSize = request.outBars[0].count
    numbers += [
      request.isModel ? 1 : 0, UInt64(request.index), UInt64(request.batch), UInt64(request.strides.count),
      UInt64(outputSize), UInt64(request.parameters.count), request.wanted,
    ]
    for (input, stride) in request.strides.enumerated() {
      let size = request.samples[0][input].count
      numbers += [UInt64(size), UInt64(stride)]
      if stride == 0 || request.batch == 1 {
        append(request.samples[0][input])
      } else {
        for b in 0..<request.batch {
          append(request.samples[request.sample(b)][input])
          if b + 1 < request.batch { append([Double](repeating: .nan, count: stride - size)) }
        }
      }
      append(expected.gradients[input], interpreter)
    }
    append(request.parameters)
    append([expected.parameterGradient], interpreter)
    append((0..<request.batch).flatMap { request.outBars[request.sample($0)] })
    append(expected.out, interpreter)
  }
}
