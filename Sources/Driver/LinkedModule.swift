import CajalRuntime
import Foundation
import SharedObjects

/// A compiled module that was loaded with `dlopen`.
public final class LinkedModule {
  public let path: String
  /// The compiler's name and version, and the file's name, as the module says them.
  public let compiler: String
  public let source: String
  public let programs: [LinkedProgram]
  public let models: [LinkedProgram]
  private let handle: UnsafeMutableRawPointer

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Loads a shared object, which runs what it says is to be run when it is loaded, and reads what it holds. Nothing
  /// of it is called but `cajal_module_info`.
  ///
  /// OpenBLAS, where the object needs it, is kept to one thread: with more the bits of a result may differ.
  public init(path: String) throws {
    setenv("OPENBLAS_NUM_THREADS", "1", 0)
    // Without a slash dlopen would look in the system's folders.
    let file = path.contains("/") ? path : "./" + path
    do { try checkLoadable(sharedObject: file) } catch let problem as UnloadableObject {
      throw Failure(description: "cannot load the object: \(problem)")
    }
    guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
      throw Failure(description: "cannot load the object: \(String(cString: dlerror()))")
    }
    self.path = path
    self.handle = handle
    do {
      let module = try LinkedModule.info(of: handle, path)
      func text(_ pointer: UnsafePointer<CChar>?) throws -> String {
        guard let pointer else { throw LinkedModule.damaged(path) }
        return String(cString: pointer)
      }
      compiler = try text(module.compiler)
      source = try text(module.source)
      programs = try (0..<Int(module.program_count)).map { index in
        guard let pointer = module.programs?[index],
          let program = structure(
            pointer, size: pointer.pointee.struct_size,
            required: MemoryLayout.offset(of: \cajal_program.backward_each)!),
          let linked = LinkedProgram(program)
        else { throw LinkedModule.damaged(path) }
        return linked
      }
      models = try (0..<Int(module.model_count)).map { index in
        guard let pointer = module.models?[index],
          let model = structure(
            pointer, size: pointer.pointee.struct_size, required: MemoryLayout.offset(of: \cajal_model.backward_each)!),
          let linked = LinkedProgram(model)
        else { throw LinkedModule.damaged(path) }
        return linked
      }
    } catch {
      dlclose(handle)
      throw error
    }
  }

  deinit { dlclose(handle) }

  private static func info(of handle: UnsafeMutableRawPointer, _ path: String) throws -> cajal_module {
    guard let symbol = dlsym(handle, "cajal_module_info") else {
      throw Failure(
        description: "\(path) is no module of cajal2c: it has no cajal_module_info; "
          + "`make` builds one, and so does a C compiler with -DCAJAL_SHARED_OBJECT")
    }
    typealias Info = @convention(c) () -> UnsafePointer<cajal_module>?
    guard let module = unsafeBitCast(symbol, to: Info.self)() else { throw damaged(path) }
    // The fields up to abi are in every version.
    guard (CAJAL_ABI...CAJAL_ABI_TABLES).contains(module.pointee.abi) else {
      throw Failure(
        description:
          "\(path) has version \(module.pointee.abi) of the interface, and this is for \(CAJAL_ABI) to \(CAJAL_ABI_TABLES): "
          + "compile it again")
    }
    guard module.pointee.struct_size >= MemoryLayout<cajal_module>.size else { throw damaged(path) }
    return module.pointee
  }

  private static func damaged(_ path: String) -> Failure {
    Failure(description: "\(path) is damaged: it does not say what it holds; compile it again")
  }
}
