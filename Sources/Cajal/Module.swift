import CajalRuntime

/// A compiled Cajal module, linked or loaded. Its functions keep it loaded.
public struct Module: @unchecked Sendable {  // nothing that it points to is ever written
  let object: LoadedObject?
  let info: UnsafePointer<cajal_module>

  /// A module that is linked: `Module(linked: flip_module_info())`.
  public init(linked info: UnsafePointer<cajal_module>) throws {
    try self.init(object: nil, info: info, name: "the module")
  }

  /// Loads a shared object. A file that was built again is loaded anew, though the former one is still in use.
  public init(path: String) throws {
    let object = try LoadedObject(path: path)
    guard let symbol = object.symbol("cajal_module_info") else {
      throw CajalError("\(path) is no compiled Cajal module: it has no cajal_module_info")
    }
    typealias Info = @convention(c) () -> UnsafePointer<cajal_module>
    try self.init(object: object, info: unsafeBitCast(symbol, to: Info.self)(), name: path)
  }

  private init(object: LoadedObject?, info: UnsafePointer<cajal_module>, name: String) throws {
    guard (CAJAL_ABI...CAJAL_ABI_TABLES).contains(info.pointee.abi) else {
      throw CajalError(
        "\(name) has version \(info.pointee.abi) of the interface, not \(CAJAL_ABI) to \(CAJAL_ABI_TABLES)")
    }
    self.object = object
    self.info = info
  }

  /// The file it was compiled from, without directories.
  public var source: String { String(cString: info.pointee.source) }

  public var programNames: [String] { programs.map { String(cString: $0.pointee.name) } }
  public var modelNames: [String] { models.map { String(cString: $0.pointee.name) } }

  /// - Throws: where there is no such program, or it computes with other reals.
  public func program<Real: CajalReal>(_ name: String, of real: Real.Type = Real.self) throws -> Function<Real> {
    guard let index = programNames.firstIndex(of: name) else { throw missing("program", name, programNames) }
    return try Function(module: self, program: programs[index])
  }

  /// With its embedded weights, if it has some.
  ///
  /// - Throws: where there is no such model, or it computes with other reals.
  public func model<Real: CajalReal>(_ name: String, of real: Real.Type = Real.self) throws -> Function<Real> {
    guard let index = modelNames.firstIndex(of: name) else { throw missing("model", name, modelNames) }
    return try Function(module: self, model: models[index])
  }

  private var programs: [UnsafePointer<cajal_program>] {
    (0..<info.pointee.program_count).map { info.pointee.programs[$0]! }
  }
  private var models: [UnsafePointer<cajal_model>] {
    (0..<info.pointee.model_count).map { info.pointee.models[$0]! }
  }

  private func missing(_ kind: String, _ name: String, _ names: [String]) -> CajalError {
    let others = names.isEmpty ? "" : "; there is \(names.joined(separator: ", "))"
    return CajalError("there is no \(kind) `\(name)` in \(source)\(others)")
  }
}
