import CZlib
import TensorFiles

/// The samples of a safetensors file: for each input of the model a tensor of its name and shape [N, …], and `target`.
extension Samples {
  /// - Parameter limit: how many samples to keep, the first ones; nil for all.
  init(file path: String, model: Model, limit: Int?) throws {
    let source = try SampleFile(path, model, limit: limit)
    count = source.kept
    inputs = try model.inputs.map { port in
      switch port.content {
      case .reals: .reals(try source.reals(port))
      case .table(let table): .reals(try source.reals(port, rowSize: table.rowSize))
      case .nodes(let nodes): .nodes(try source.nodes(port, nodes))
      }
    }
    target = try source.reals(source.target)
    answer = .choices(1)
    inputNames = model.inputs.map(\.name)
    checksum = (inputs + [.reals(target)]).reduce(0) { sum, column in
      switch column {
      case .reals(let column): column.rows.checksum(sum)
      case .nodes(let column): column.rows.checksum(sum)
      }
    }
  }
}

extension Buffer {
  fileprivate func checksum(_ sum: UInt) -> UInt {
    crc32_z(
      sum, UnsafeRawPointer(base).assumingMemoryBound(to: UInt8.self), count * MemoryLayout<Element>.stride)
  }
}

/// A file of samples, while they are read.
private struct SampleFile {
  let path: String
  let file: TensorFile
  let target: Port
  /// How many samples there are, and how many of them are read.
  let total, kept: Int

  init(_ path: String, _ model: Model, limit: Int?) throws {
    self.path = path
    file = try TensorFile(reading: path)
    target = Port(name: "target", type: model.output.type, size: model.output.size, shape: model.output.shape)
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
    self.total = total
    kept = limit ?? total
    guard kept <= total else { throw TrainingError("\(path) has \(total) samples, and \(kept) were asked for") }
    let names = Set(model.inputs.map(\.name) + ["target"])
    for tensor in file.tensors where !names.contains(tensor.name) {
      throw TrainingError(
        "\(path): there is a tensor \"\(tensor.name)\", and the model `\(model.name)` has no such input")
    }
  }

  /// - Parameter rowSize: of a table.
  func reals<Real: TrainingReal>(_ port: Port, rowSize: Int? = nil) throws -> Column<Real> {
    let tensor = try tensor(port, shapes: [[total] + port.shape, [total, port.size]])
    let rows = try Buffer<Real>(kept * port.size, for: "the samples of \(path)")
    func copy<Stored: TrainingReal>(_ values: [Stored]) throws {
      for index in 0..<rows.count {
        rows[index] = Real(values[index])
        if rows[index].isFinite { continue }
        let place = rowSize.map { ", row \(index % port.size / $0)" } ?? ""
        let advice = ", which is too large for the model's reals: compile it with --real double"
        throw TrainingError(
          "\(path): the tensor \"\(port.name)\" holds \(values[index]) in sample \(index / port.size)\(place)"
            + (values[index].isFinite ? advice : ""))
      }
    }
    if tensor.dtype == .f32 {
      try copy(file.values(named: port.name, as: Float.self))
    } else if tensor.dtype == .f64 {
      try copy(file.values(named: port.name, as: Double.self))
    } else {
      throw wrongType(tensor, "F32 and F64")
    }
    return Column(rows, shape: port.shape)
  }

  /// The counts of a list, all rows where there is no such tensor; or the children of a tree.
  func nodes(_ port: Port, _ nodes: Table.Nodes) throws -> Column<Int32> {
    if nodes.isList, file[port.name] == nil {
      let all = try Buffer<Int32>(1, for: "the samples of \(path)")
      all[0] = Int32(nodes.rows)
      return Column(all, shape: port.shape, index: try Buffer(kept, for: "the samples of \(path)"))
    }
    let shape = nodes.isList ? [total] : [total, nodes.rows, nodes.arity]
    let tensor = try tensor(port, shapes: [shape, [total, nodes.size]])
    let rows = try Buffer<Int32>(kept * nodes.size, for: "the samples of \(path)")
    func copy(_ values: [some FixedWidthInteger]) throws {
      for index in 0..<rows.count {
        guard let value = Int32(exactly: values[index]), nodes.allows(value, at: index % nodes.size) else {
          throw outOfRange("\(values[index])", index, port, nodes)
        }
        rows[index] = value
      }
    }
    if tensor.dtype == .i32 {
      try copy(file.values(named: port.name, as: Int32.self))
    } else if tensor.dtype == .i64 {
      try copy(file.values(named: port.name, as: Int64.self))
    } else {
      throw wrongType(tensor, "I32 and I64")
    }
    return Column(rows, shape: port.shape)
  }

  private func tensor(_ port: Port, shapes: [[Int]]) throws -> Tensor {
    guard let tensor = file[port.name] else {
      throw TrainingError("\(path): there is no tensor \"\(port.name)\" of shape \(shapes[0])")
    }
    guard shapes.contains(tensor.shape) else {
      throw TrainingError(
        "\(path): the tensor \"\(port.name)\" has the shape \(tensor.shape) instead of \(shapes[0])")
    }
    return tensor
  }

  private func wrongType(_ tensor: Tensor, _ allowed: String) -> TrainingError {
    TrainingError(
      "\(path): the tensor \"\(tensor.name)\" has the type \(tensor.dtype.rawValue), and only \(allowed) are read")
  }

  private func outOfRange(_ value: String, _ index: Int, _ port: Port, _ nodes: Table.Nodes) -> TrainingError {
    let start = "\(path): the tensor \"\(port.name)\" has in sample \(index / nodes.size)"
    if nodes.isList { return TrainingError("\(start) the count \(value): a list has 0 to \(nodes.rows) rows") }
    let row = index % nodes.size / nodes.arity
    let rest = row + 1 < nodes.rows ? ", or a row from \(row + 1) to \(nodes.rows - 1)" : ", as this is the last row"
    return TrainingError("\(start), row \(row), the child \(value): it is -1 for none\(rest)")
  }
}

extension Table.Nodes {
  /// Whether a number may stand at this place of a sample's nodes.
  func allows(_ number: Int32, at place: Int) -> Bool {
    if isList { return (0...rows).contains(Int(number)) }
    return number == -1 || (place / arity + 1 < rows && (place / arity + 1..<rows).contains(Int(number)))
  }
}
