import CajalRuntime
import Foundation
import SharedObjects

/// The models of a shared object.
public final class ModelLibrary: @unchecked Sendable {
  public let path: String
  public let models: [Model]
  private let handle: UnsafeMutableRawPointer

  /// Loads a shared object and checks everything that it says of its models.
  ///
  /// OpenBLAS, where the object needs it, is set to one thread: batches are split over threads by the trainer.
  public init(path: String) throws {
    if path.hasSuffix(".cajal") {
      let module = path.dropLast(5) + "so"
      throw TrainingError("\(path) is a program: compile it (make \(module)), and give \(module)")
    }
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    // Without a slash dlopen would look in the system's folders.
    let file = path.contains("/") ? path : "./" + path
    do { try checkLoadable(sharedObject: file) } catch let problem as UnloadableObject {
      throw TrainingError("cannot load the model: \(problem)")
    }
    guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw TrainingError("cannot load the model: \(String(cString: dlerror()))")
    }
    self.path = path
    self.handle = handle
    ProductThreads.limit(in: handle)
    do { models = try Self.models(of: handle, path) } catch {
      dlclose(handle)
      throw error
    }
  }

  deinit { dlclose(handle) }

  /// The model of this name; without a name the only one.
  public func model(named name: String?) throws -> Model {
    let names = models.map { "`\($0.name)`" }.joined(separator: ", ")
    guard let name else {
      guard models.count == 1 else {
        throw TrainingError("\(path) has several models, \(names): choose one with --model")
      }
      return models[0]
    }
    guard let model = models.first(where: { $0.name == name }) else {
      throw TrainingError("\(path) has no model `\(name)`; it has \(names)")
    }
    return model
  }

  private static func models(of handle: UnsafeMutableRawPointer, _ path: String) throws -> [Model] {
    guard let symbol = dlsym(handle, "cajal_module_info") else {
      throw TrainingError(
        "\(path) is no Cajal module: it has no cajal_module_info (compile it with -DCAJAL_SHARED_OBJECT)")
    }
    typealias Info = @convention(c) () -> UnsafePointer<cajal_module>?
    guard let module = unsafeBitCast(symbol, to: Info.self)() else {
      throw TrainingError("\(path) is damaged: it does not say what it holds")
    }
    // The fields up to abi are in every version.
    guard (CAJAL_ABI...CAJAL_ABI_TABLES).contains(module.pointee.abi) else {
      throw TrainingError(
        "\(path) has version \(module.pointee.abi) of the interface, and this is for \(CAJAL_ABI) to \(CAJAL_ABI_TABLES): "
          + "compile it again")
    }
    guard module.pointee.struct_size >= MemoryLayout<cajal_module>.size else {
      throw TrainingError("\(path) was compiled before there were models: compile it again")
    }
    let count = module.pointee.model_count
    guard count > 0 else {
      let programs = (0..<module.pointee.program_count).compactMap { module.pointee.programs?[$0]?.pointee.name }
        .map { "`\(String(cString: $0))`" }.joined(separator: ", ")
      throw TrainingError(
        "\(path) has no model, only programs\(programs.isEmpty ? "" : " (\(programs))"): "
          + "a program has nothing to train; declare a `model` that links networks to it")
    }
    return try (0..<count).map { index in
      guard let model = module.pointee.models?[index] else {
        throw TrainingError("\(path) is damaged: model \(index) is missing")
      }
      return try Model(model, path)
    }
  }
}
