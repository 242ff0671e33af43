#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A shared object, for as long as somebody has it.
final class LoadedObject: @unchecked Sendable {  // dlsym may be called by any thread
  private let handle: UnsafeMutableRawPointer
  private let descriptor: Int32?

  init(path: String) throws {
    // Without a slash dlopen would look for it elsewhere.
    let path = path.contains("/") ? path : "./" + path
    var name = path
    var descriptor: Int32?
    #if os(Linux)
      // Where a file of this name is loaded, dlopen answers with that one, though another may be there by now. Under the
      // name of a descriptor the file itself is compared; while that is open no other file has this name.
      if let loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD) {
        dlclose(loaded)
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw CajalError("cannot open \(path)") }
        descriptor = opened
        name = "/proc/self/fd/\(opened)"
      }
    #endif
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "cannot load \(path)"
      if let descriptor { close(descriptor) }
      throw CajalError(reason)
    }
    self.handle = handle
    self.descriptor = descriptor
  }

  deinit {
    dlclose(handle)
    if let descriptor { close(descriptor) }
  }

  func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
}
