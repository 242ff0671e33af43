import Amalgamation
import EmitC

extension Compilation {
  /// The module as one C file, and its header: neither includes anything of ours. The kernels are in the file, but for
  /// OpenBLAS, which is not used. Nil where there were errors.
  ///
  /// - Parameter header: the name of the header.
  /// - Throws: what `emitted` does, and `Toolchain.Failure` where the runtime's sources are not found.
  public func singleFile(header: String? = nil) throws -> (c: String, header: String)? {
    let folder = try Toolchain.findRuntime()
    let runtime: RuntimeTexts
    do { runtime = try RuntimeTexts(folder: folder) } catch {
      throw Toolchain.Failure(description: "the runtime in \(folder) cannot be read: \(error.localizedDescription)")
    }
    var headerName = ""
    let emitted = try emitted(header: header) { options in
      headerName = options.headerName
      options.blas = .none
      options.reserved = runtime.identifiers
    }
    guard let emitted else { return nil }
    let file = Amalgamation(runtime, realBytes: options.realBytes)
    return (file.c(emitted.c, header: (headerName, emitted.header)), file.header(emitted.header))
  }
}
