import CajalRuntime
import EmitC

// What a loaded module says of its ports and tensors. Nil where something is missing.

extension PortDescription {
  init?(_ raw: UnsafePointer<cajal_port>?) {
    guard let port = raw?.pointee, port.struct_size >= MemoryLayout<cajal_port>.size, let name = port.name,
      let type = port.type, port.rank <= 4
    else { return nil }
    self.init(
      name: String(cString: name), type: String(cString: type), size: Int(port.size),
      degree: Int(clamping: port.degree), linear: port.linear == 1, dims: extents(port.rank, port.dims))
  }
}

extension TensorDescription {
  init?(_ raw: UnsafePointer<cajal_tensor>) {
    let tensor = raw.pointee
    guard tensor.struct_size >= MemoryLayout<cajal_tensor>.size, let name = tensor.name, tensor.rank <= 4 else {
      return nil
    }
    self.init(name: String(cString: name), dims: extents(tensor.rank, tensor.dims), fanIn: Int(tensor.fan_in))
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
