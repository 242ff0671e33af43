import CajalRuntime
import EmitC

// What a loaded module says of its ports and tensors. Nil where something is missing.

extension PortDescription {
  init?(_ raw: UnsafePointer<cajal_port>?) {
    // Modules of before there were tables have no field behind `dims`.
    let known = MemoryLayout<cajal_port>.offset(of: \.element)!
    guard let raw, raw.pointee.struct_size >= known, let name = raw.pointee.name, let type = raw.pointee.type,
      raw.pointee.rank <= 4
    else { return nil }
    self.init(
      name: String(cString: name), type: String(cString: type), size: Int(raw.pointee.size),
      // SIZE_MAX says that there is no bound; Swift reads it as -1.
      degree: raw.pointee.degree < 0 ? .max : Int(raw.pointee.degree), linear: raw.pointee.linear == 1,
      dims: extents(raw.pointee.rank, raw.pointee.dims))
    guard raw.pointee.struct_size >= MemoryLayout<cajal_port>.size else { return }
    isDistribution = raw.pointee.distribution == 1
    guard raw.pointee.nodes > 0 else { return }
    isNodes = raw.pointee.element == 1
    var parts: [TableDescription.Part] = []
    for index in 0..<raw.pointee.part_count {
      guard let part = raw.pointee.parts?[index]?.pointee, let name = part.name else { return nil }
      parts.append(TableDescription.Part(name: String(cString: name), offset: part.offset, size: part.size))
    }
    table = TableDescription(
      rows: raw.pointee.nodes, arity: raw.pointee.arity, isChain: raw.pointee.arity == 1, parts: parts)
  }
}

extension TensorDescription {
  init?(_ raw: UnsafePointer<cajal_tensor>, isDouble: Bool) {
    let tensor = raw.pointee
    guard tensor.struct_size >= MemoryLayout<cajal_tensor>.size, let name = tensor.name, tensor.rank <= 4 else {
      return nil
    }
    let initial = tensor.initial.map { numbers in
      isDouble
        ? Array(UnsafeBufferPointer(start: numbers.assumingMemoryBound(to: Double.self), count: tensor.count))
        : UnsafeBufferPointer(start: numbers.assumingMemoryBound(to: Float.self), count: tensor.count).map(Double.init)
    }
    self.init(
      name: String(cString: name), dims: extents(tensor.rank, tensor.dims), fanIn: Int(tensor.fan_in),
      initial: initial)
  }
}

extension LinkedProgram {
  static func ports(_ raw: UnsafePointer<UnsafePointer<cajal_port>?>?, _ count: Int) -> [PortDescription]? {
    var ports: [PortDescription] = []
    for index in 0..<count {
      guard let port = PortDescription(raw?[index]) else { return nil }
      ports.append(port)
    }
    return ports
  }
}

private func extents(_ rank: Int, _ dims: (Int, Int, Int, Int)) -> [Int] {
  Array([dims.0, dims.1, dims.2, dims.3].prefix(rank))
}
