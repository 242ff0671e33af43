/// Values that were given up: what nobody else holds is taken apart by a loop.
///
/// An iteration can build as many functions, environments and data around each other as it has rounds, and the stack
/// does not hold that many destructors.
struct PendingRelease {
  private var functions: [FunctionValue] = []
  private var bindings: [Binding] = []
  private var data: [DataValue] = []

  mutating func take(_ value: Value) {
    switch value {
    case .bool, .natural, .tensor: break
    case .function(let function): functions.append(function)
    case .data(let datum): data.append(datum)
    }
  }

  mutating func take(_ environment: Binding?) { if let environment { bindings.append(environment) } }

  mutating func finish() {
    while true {
      if var binding = bindings.popLast() {
        if isKnownUniquelyReferenced(&binding) { binding.release(into: &self) }
      } else if var function = functions.popLast() {
        if isKnownUniquelyReferenced(&function) { function.release(into: &self) }
      } else if var datum = data.popLast() {
        if isKnownUniquelyReferenced(&datum) { datum.release(into: &self) }
      } else {
        return
      }
    }
  }
}
