/// What is being called: said by whoever handles the signal that ends the process in the middle of it.
public enum CrashNote {
  private static let capacity = 512
  nonisolated(unsafe) public static let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  /// The bytes of `text`; 0 where nothing is being called.
  nonisolated(unsafe) public private(set) static var count = 0

  /// Allocates, which a signal handler may not.
  public static func prepare() { text[0] = 0 }

  static func during<T>(_ call: String, _ body: () throws -> T) rethrows -> T {
    let bytes = Array(call.utf8.prefix(capacity))
    for (index, byte) in bytes.enumerated() { text[index] = byte }
    count = bytes.count
    defer { count = 0 }
    return try body()
  }
}
