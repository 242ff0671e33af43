import CZlib
import Foundation

/// Labelled images in grey, as they are in MNIST's files.
public struct Dataset: Sendable {
  public let rows: Int
  public let columns: Int
  /// `count` images of `rows` times `columns` bytes.
  public let pixels: [UInt8]
  /// Classes from 0 to 9.
  public let labels: [UInt8]

  public static let classCount = 10

  public var count: Int { labels.count }
  public var imageSize: Int { rows * columns }

  public enum Part: String, CaseIterable, Sendable {
    case train, test

    var prefix: String {
      switch self {
      case .train: "train"
      case .test: "t10k"
      }
    }
  }

  public init(rows: Int, columns: Int, pixels: [UInt8], labels: [UInt8]) {
    precondition(pixels.count == rows * columns * labels.count)
    (self.rows, self.columns, self.pixels, self.labels) = (rows, columns, pixels, labels)
  }

  /// Reads `PREFIX-images-idx3-ubyte` and `PREFIX-labels-idx1-ubyte`, each with `.gz` or without, from a folder.
  ///
  /// - Parameter limit: how many images to keep, the first of the file; nil for all.
  public init(folder: String, part: Part, limit: Int? = nil) throws {
    let imagesPath = try Self.find("\(part.prefix)-images-idx3-ubyte", in: folder)
    let labelsPath = try Self.find("\(part.prefix)-labels-idx1-ubyte", in: folder)
    let images = try IDXFile(reading: imagesPath, rank: 3)
    let labels = try IDXFile(reading: labelsPath, rank: 1)
    guard images.dims[0] == labels.dims[0] else {
      throw TrainingError("\(imagesPath) has \(images.dims[0]) images, and \(labelsPath) has \(labels.dims[0]) labels")
    }
    if let index = labels.bytes.firstIndex(where: { $0 >= Self.classCount }) {
      throw TrainingError(
        "\(labelsPath): label \(index + 1) is \(labels.bytes[index]); there are classes 0 to \(Self.classCount - 1)")
    }
    let kept = limit ?? images.dims[0]
    guard kept <= images.dims[0] else {
      throw TrainingError("\(imagesPath) has \(images.dims[0]) images, and \(kept) were asked for")
    }
    let size = images.dims[1] * images.dims[2]
    self.init(
      rows: images.dims[1], columns: images.dims[2], pixels: Array(images.bytes.prefix(kept * size)),
      labels: Array(labels.bytes.prefix(kept)))
  }

  /// A checksum of all pixels and labels.
  var checksum: UInt {
    [pixels, labels].reduce(0) { sum, bytes in
      bytes.withUnsafeBufferPointer { crc32_z(sum, $0.baseAddress, $0.count) }
    }
  }

  private static func find(_ name: String, in folder: String) throws -> String {
    let path = (folder as NSString).appendingPathComponent(name)
    for candidate in [path + ".gz", path] where FileManager.default.fileExists(atPath: candidate) { return candidate }
    throw TrainingError(
      "there is no \(path) and no \(path).gz; --data takes a folder with MNIST's four files "
        + "(Debian's package dataset-fashion-mnist has them in /usr/share/datasets/fashion-mnist)")
  }
}
