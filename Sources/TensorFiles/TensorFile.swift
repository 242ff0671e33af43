/// The contents of a safetensors file: named tensors, and free texts about them.
///
/// The format: the length of the header in eight little-endian bytes; the header, a JSON object from each tensor's
/// name to its `dtype`, `shape` and `data_offsets`, with the texts under `__metadata__`; then the tensors' bytes.
///
/// Names are compared by their bytes: two spellings of the same accented letter are two names.
public struct TensorFile: Sendable {
  public var metadata: [String: String]
  public var tensors: [Tensor]
  /// Where it was read from, for messages.
  public let path: String

  public init(metadata: [String: String] = [:], tensors: [Tensor] = [], path: String = "") {
    self.metadata = metadata
    self.tensors = tensors
    self.path = path
  }

  public subscript(name: String) -> Tensor? {
    tensors.first { $0.name.utf8.elementsEqual(name.utf8) }
  }

  static let metadataKey = "__metadata__"

  func problem(_ message: String) -> SafetensorsError { SafetensorsError(path: path, message) }
}

#if _endian(big)
  #error("tensors are copied as they lie in memory, which has to be little-endian")
#endif
