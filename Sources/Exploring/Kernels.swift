import CajalSyntax
import CajalTyping
import Lowering

/// What the units of a net's first layer look for, as pictures of their weights.
struct KernelsModel: Encodable, Sendable {
  let tensor: String
  let rows: Int
  let columns: Int
  /// The largest absolute weight: the end of the scale, whose middle is 0.
  let largest: Double
  let pictures: [Picture]
  let leftOut: Int
}

extension KernelsModel {
  /// Of the nets whose tensors these are: where a net begins with a convolution, or is dense and of images, and the
  /// weights are known.
  static func all(of nets: [Net], _ tensors: [Tensor], _ values: [[Double]?]) -> [KernelsModel] {
    nets.compactMap { net in
      guard let shape = net.kernelShape, let name = net.tensors.first?.name,
        let place = tensors.firstIndex(where: { $0.name == name }), let weights = values[place]
      else { return nil }
      return KernelsModel(name, weights, shape: shape)
    }
  }

  /// - Parameter shape: of a unit's weights: the images beside each other, and their rows and columns.
  private init?(_ tensor: String, _ weights: [Double], shape: [Int]) {
    let size = shape.reduce(1, *)
    guard let layout = TensorLayout(shape: shape, dimension: size), layout.look == .picture else { return nil }
    let count = weights.count / size
    let shown = min(count, PageLimit.kernels)
    let largest = weights[..<(shown * size)].reduce(0) { max($0, abs($1)) }
    self.init(
      tensor: tensor, rows: layout.rows, columns: layout.columns, largest: largest.rounded(digits: PageLimit.digits),
      pictures: (0..<shown).map { unit in
        let entries = layout.arranged(Array(weights[unit * size..<(unit + 1) * size]), shape: shape)
        return Picture(entries, scale: -largest...largest)
      },
      leftOut: count - shown)
  }
}

extension Net {
  /// Nil where the weights of a unit are no images.
  fileprivate var kernelShape: [Int]? {
    guard let first = layers.first else { return nil }
    switch first.kind {
    case .convolution(_, let kernel, _, _): return [first.input[0]] + kernel
    case .dense:
      let shapes = parameters.map(\.type.imageShape)
      guard let shape = shapes.first ?? nil, shapes.allSatisfy({ $0 == shape }) else { return nil }
      return [shapes.count] + shape
    case .pool, .activation, .within: return nil
    }
  }
}

extension Type {
  /// Nil of what is no image of one channel.
  fileprivate var imageShape: [Int]? {
    if case .real(let shape) = self, shape.count == 2 { shape } else { nil }
  }
}
