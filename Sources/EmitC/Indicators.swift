import Schedule

extension CountedLoop {
  /// Whether something inside compares the counter with a number or with another counter.
  var comparesCounter: Bool {
    var result = false
    body.allEffects { effect in
      if case .compares(let index) = effect, index.terms.contains(where: { $0.variable == variable }) { result = true }
    }
    return result
  }
}
