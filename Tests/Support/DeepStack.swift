import Foundation

private final class Box<Value>: @unchecked Sendable {
  var value: Value?
}

/// Runs a body on a thread with the stack that the driver gives every entry point: 1 GB.
public func onDeepStack<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
  let box = Box<Value>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    box.value = body()
    done.signal()
  }
  thread.stackSize = 1 << 30
  thread.start()
  done.wait()
  guard let value = box.value else { preconditionFailure("the thread ended without a value") }
  return value
}
