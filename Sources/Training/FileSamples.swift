import CZlib
import TensorFiles

/// The samples of a file: for each input of the model a tensor of its name and shape [N, …], and `target`.
extension Samples {
  /// - Parameters:
  ///   - limit: how many samples to keep, the first ones; nil for all.
  ///   - targets: without, there need not be any; all are 0 then.
  ///   - loss: of choices, it takes targets that are indices, and distributions only.
  init(file path: String, model: Model, limit: Int?, targets: Bool = true, loss: Loss = .mse) throws {
    let choosesTarget = loss == .crossEntropy || loss == .nll
    let source = try SampleFile(path, model, limit: limit, targets: targets, choosesTarget: choosesTarget)
    count = source.kept
    inputs = try model.inputs.map { port in
      switch port.content {
      case .reals: .reals(try source.reals(port, choice: port.choice))
      case .table(let table): .reals(try source.reals(port, rowSize: table.rowSize))
      case .nodes(let nodes): .nodes(try source.nodes(port, nodes))
      }
    }
    let choice = source.target.choice ?? (choosesTarget && source.target.shape.count == 1 ? .index : nil)
    if targets, loss == .l1, source.isIndexed(source.target) {
      throw TrainingError(
        "\(path): `target` is the index of a choice: add --loss cross-entropy where the model's result are logits, or "
          + "--loss nll where it is a distribution")
    }
    target =
      targets
      ? try source.reals(source.target, choice: choice)
      : Column(
        try Buffer(model.output.size, for: "the samples of \(path)"), shape: model.output.shape,
        index: try Buffer(count, for: "the samples of \(path)"))
    if targets, choosesTarget { try source.checkDistributions(target) }
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
  let target: Port
  /// How many samples there are, and how many of them are read.
  let total, kept: Int
  private let data: DataFile
  private var file: TensorFile { data.tensors }

  init(_ path: String, _ model: Model, limit: Int?, targets: Bool, choosesTarget: Bool) throws {
    self.path = path
    target = Port(
      name: "target", type: model.output.type, size: model.output.size, shape: model.output.shape,
      values: model.output.values)
    guard !model.inputs.contains(where: { $0.name == "target" }) else {
      throw TrainingError(
        "the model `\(model.name)` has an input called `target`, which is the name of its result in \(path)")
    }
    data = try DataFile(
      path, ports: model.inputs + (targets ? [target] : []), indexed: choosesTarget ? [target.name] : [])
    let names = Set(model.inputs.map(\.name) + ["target"])
    guard let counted = targets ? "target" : model.inputs.first?.name else {
      throw TrainingError("the model `\(model.name)` has no input, by which samples could be counted")
    }
    let found = data.tensors[counted]
    guard let found else {
      throw TrainingError(
        "\(path): the tensor \"\(counted)\" of shape [N, …] is missing; its first dimension counts the samples"
          + data.columnsText + data.unknownText(names))
    }
    guard let total = found.shape.first, total > 0 else {
      throw TrainingError(
        "\(path) has no samples: the tensor \"\(counted)\" has the shape \(found.shape), "
          + "and its first dimension counts them")
    }
    self.total = total
    kept = limit ?? total
    guard kept <= total else { throw TrainingError("\(path) has \(total) samples, and \(kept) were asked for") }
    // Where nothing is learnt, what else a file holds is no mistake.
    guard targets else { return }
    for tensor in data.tensors.tensors where !names.contains(tensor.name) {
      throw TrainingError(
        "\(path): there is a \(data.unit) \"\(tensor.name)\", and the model `\(model.name)` has no such input: it has "
          + (model.inputs.map(\.name) + ["target"]).joined(separator: ", "))
    }
  }

  /// - Parameters:
  ///   - choice: how one value can stand for the entries of a sample.
  ///   - rowSize: of a table.
  func reals<Real: TrainingReal>(_ port: Port, choice: Port.Choice? = nil, rowSize: Int? = nil) throws -> Column<Real> {
    if let choice, isIndexed(port), let tensor = file[port.name] { return try chosen(port, choice, tensor) }
    let tensor = try tensor(port, shapes: [[total] + port.shape, [total, port.size]])
    func place(_ index: Int) -> String {
      let row = rowSize.map { ", row \(index % port.size / $0)" } ?? ""
      return "in \(data.place(ofSample: index / port.size))\(row)"
    }
    let wider = "compile it with --real double"
    let values = try tensor.reals(as: Real.self) { value, index in
      throw TrainingError(
        "\(path): the tensor \"\(port.name)\" holds \(value) \(place(index)), a whole number that the model's reals do "
          + "not have" + (Real.self == Float.self ? ": \(wider)" : ""))
    }
    guard let values else { throw wrongType(tensor, "integers and floats of 16, 32 and 64 bits") }
    let rows = try Buffer<Real>(kept * port.size, for: "the samples of \(path)")
    for index in 0..<rows.count {
      rows[index] = values[index]
      if values[index].isFinite { continue }
      let stored =
        tensor.dtype == .f64 ? try file.values(named: port.name, as: Double.self)[index] : Double(values[index])
      throw TrainingError(
        "\(path): the tensor \"\(port.name)\" holds \(stored) \(place(index))"
          + (stored.isFinite ? ", which is too large for the model's reals: \(wider)" : ""))
    }
    return Column(rows, shape: port.shape)
  }

  /// Whether the tensor has one value a sample, that stands for all entries.
  func isIndexed(_ port: Port) -> Bool {
    guard let tensor = file[port.name], [[total], [total, 1]].contains(tensor.shape) else { return false }
    return port.size > 1 || (port.choice != nil && (tensor.integers != nil || tensor.dtype == .bool))
  }

  /// What a loss of choices takes targets for: entries that are not below 0, and add up to 1 at most.
  func checkDistributions<Real: TrainingReal>(_ target: Column<Real>) throws {
    for sample in 0..<kept {
      let entries = UnsafeBufferPointer(start: target.row(sample), count: target.size)
      let sum = entries.reduce(0.0) { $0 + Double($1) }
      guard let wrong = entries.first(where: { $0 < 0 }) ?? (sum > 1.001 ? Real(sum) : nil) else { continue }
      throw TrainingError(
        "\(path): the target in \(data.place(ofSample: sample)) is no choice between \(target.size) entries: "
          + (wrong < 0 ? "it holds \(wrong)" : "its entries add up to \(wrong)")
          + "; --loss mse is for numbers")
    }
  }

  /// One-hot, from the index of each sample's 1, or its truth value.
  private func chosen<Real: TrainingReal>(_ port: Port, _ choice: Port.Choice, _ tensor: Tensor) throws -> Column<Real>
  {
    let indices: [Int]
    switch choice {
    case .truth:
      guard tensor.dtype == .bool else {
        throw wrongType(tensor, "truth values (BOOL), or both entries of Bool, of which `true` is the first,")
      }
      indices = tensor.bytes.map { $0 == 0 ? 1 : 0 }
    case .index:
      guard let integers = tensor.integers else { throw wrongType(tensor, "indices, whole numbers,") }
      indices = integers
    }
    let rows = try Buffer<Real>(kept * port.size, for: "the samples of \(path)")
    for sample in 0..<kept {
      guard (0..<port.size).contains(indices[sample]) else {
        throw TrainingError(
          "\(path): the tensor \"\(port.name)\" holds the index \(indices[sample]) in \(data.place(ofSample: sample)); "
            + "\(port.type) has 0 to \(port.size - 1)")
      }
      rows[sample * port.size + indices[sample]] = 1
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
    guard let values = tensor.integers else { throw wrongType(tensor, "whole numbers") }
    let rows = try Buffer<Int32>(kept * nodes.size, for: "the samples of \(path)")
    for index in 0..<rows.count {
      guard let value = Int32(exactly: values[index]), nodes.allows(value, at: index % nodes.size) else {
        throw outOfRange("\(values[index])", index, port, nodes)
      }
      rows[index] = value
    }
    return Column(rows, shape: port.shape)
  }

  private func tensor(_ port: Port, shapes: [[Int]]) throws -> Tensor {
    guard let tensor = file[port.name] else {
      throw TrainingError("\(path): there is no tensor \"\(port.name)\" of shape \(shapes[0])" + data.columnsText)
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
    let start = "\(path): the tensor \"\(port.name)\" has in \(data.place(ofSample: index / nodes.size))"
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
