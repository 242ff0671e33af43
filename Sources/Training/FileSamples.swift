import CZlib
import TensorFiles

/// The samples of a safetensors file: for each input of the model a tensor of its name and shape [N, …], and `target`.
extension Samples {
  /// - Parameter limit: how many samples to keep, the first ones; nil for all.
  init(file path: String, model: Model, limit: Int?) throws {
    let file = try TensorFile(reading: path)
    let ports =
      model.inputs + [Port(name: "target", type: model.output.type, size: model.output.size, shape: model.output.shape)]
    guard !model.inputs.contains(where: { $0.name == "target" }) else {
      throw TrainingError(
        "the model `\(model.name)` has an input called `target`, which is the name of its result in \(path)")
    }
    guard let target = file["target"] else {
      throw TrainingError(
        "\(path): the tensor \"target\" of shape [N, …] is missing; its first dimension counts the samples")
    }
    guard let total = target.shape.first, total > 0 else {
      throw TrainingError(
        "\(path) has no samples: the tensor \"target\" has the shape \(target.shape), "
          + "and its first dimension counts them")
    }
    let kept = limit ?? total
    guard kept <= total else { throw TrainingError("\(path) has \(total) samples, and \(kept) were asked for") }
    for tensor in file.tensors where !ports.contains(where: { $0.name == tensor.name }) {
      throw TrainingError(
        "\(path): there is a tensor \"\(tensor.name)\", and the model `\(model.name)` has no such input")
    }
    let columns = try ports.map { port in
      guard let tensor = file[port.name] else {
        throw TrainingError("\(path): there is no tensor \"\(port.name)\" of shape \([total] + port.shape)")
      }
      guard tensor.shape == [total] + port.shape || tensor.shape == [total, port.size] else {
        throw TrainingError(
          "\(path): the tensor \"\(port.name)\" has the shape \(tensor.shape) instead of \([total] + port.shape)")
      }
      let rows = try Buffer<Real>(kept * port.size, for: "the samples of \(path)")
      func copy<Stored: TrainingReal>(_ values: [Stored]) throws {
        for index in 0..<rows.count {
          rows[index] = Real(values[index])
          if rows[index].isFinite { continue }
          let advice = ", which is too large for the model's reals: compile it with --real double"
          throw TrainingError(
            "\(path): the tensor \"\(port.name)\" holds \(values[index]) in sample \(index / port.size)"
              + (values[index].isFinite ? advice : ""))
        }
      }
      if tensor.dtype == .f32 {
        try copy(file.values(named: port.name, as: Float.self))
      } else if tensor.dtype == .f64 {
        try copy(file.values(named: port.name, as: Double.self))
      } else {
        throw TrainingError(
          "\(path): the tensor \"\(port.name)\" has the type \(tensor.dtype.rawValue), and only F32 and F64 are read")
      }
      return Column(rows, shape: port.shape)
    }
    count = kept
    inputs = Array(columns.dropLast())
    self.target = columns.last!
    inputNames = model.inputs.map(\.name)
    checksum = columns.reduce(0) { sum, column in
      crc32_z(
        sum, UnsafeRawPointer(column.rows.base).assumingMemoryBound(to: UInt8.self),
        column.rows.count * MemoryLayout<Real>.stride)
    }
  }
}
