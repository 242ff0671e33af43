import Foundation
import LinearMaps

// Maps that are not linear, and their adjoints. Where the operand is so near to a kink that rounding decides on which
// side it is, the bound is the difference that it makes.

extension RoundingInterpreter {
  /// Roundings of a function of libm and of what is written around it.
  private var ofFunction: Double { 8 * arithmetic.unit }

  func apply(_ map: Nonlinear, _ x: Approximation) -> Approximation {
    let off = x.bounds(arithmetic.unit)
    let values = Interpreter().apply(.nonlinear(map), [x.values], map.dimension(of: x.values.count))
    var errors = off
    switch map {
    case .activation(let activation):
      for index in values.indices {
        errors[index] =
          activation.change(x.values[index], off[index]) + (activation.isExact ? 0 : ofFunction * abs(values[index]))
      }
    case .softmax:
      let mean = zip(values, off).reduce(0) { $0 + $1.0 * $1.1 }
      let largest = x.values.max() ?? 0
      let count = Double(values.count)
      for index in values.indices {
        let relative =
          2 * (off[index] + mean) + arithmetic.unit * (count + 8 + 2 * abs(x.values[index] - largest))
        errors[index] = min(1, values[index] * relative * (1 + relative))
      }
    case .maximumPool(let pooling): errors = pooling.windows.map { $0.reduce(0) { max($0, off[$1]) } }
    case .choice: errors = values.indices.map { max(off[$0], off[values.count + $0]) }
    case .bound(let ball):
      let size = ball.size(x.values)
      let wrong = ball.size(off)
      let share = max(0, min(1, ball.radius / max(size, .leastNormalMagnitude)))
      let rounding = arithmetic.unit * Double(values.count + 8)
      for index in values.indices where size > ball.radius - wrong {
        errors[index] =
          share * (off[index] + abs(x.values[index]) / max(size, .leastNormalMagnitude) * wrong)
          + rounding * abs(values[index])
      }
    }
    return Approximation(values: values, magnitudes: values.map { abs($0) }, errors: errors, roundings: 1)
  }

  /// - Parameter known: the operand or the result, as `Nonlinear.adjointReads` says.
  func adjoint(_ map: Nonlinear, _ known: Approximation, _ w: Approximation) -> Approximation {
    let off = known.bounds(arithmetic.unit)
    let y = known.values
    let all = zip(w.magnitudes, w.bounds(arithmetic.unit)).map(+)
    var result = Approximation(
      values: Interpreter().apply(.nonlinearAdjoint(map), [y, w.values], y.count),
      magnitudes: [Double](repeating: 0, count: y.count), errors: [Double](repeating: 0, count: y.count),
      roundings: w.roundings + 3)
    switch map {
    case .activation(let activation):
      for index in y.indices {
        let slope = abs(activation.slope(y[index]))
        let change =
          activation.changeOfSlope(y[index], off[index]) + activation.roundingOfSlope(slope) * arithmetic.unit
        result.magnitudes[index] = slope * w.magnitudes[index]
        result.errors[index] = slope * w.errors[index] + change * all[index]
      }
    case .softmax:
      func inner(_ vector: [Double]) -> Double { zip(y, vector).reduce(0) { $0 + $1.0 * $1.1 } }
      let (magnitude, error, whole) = (inner(w.magnitudes), inner(w.errors), inner(all))
      let moved = zip(off, all).reduce(0) { $0 + $1.0 * $1.1 }
      for index in y.indices {
        result.magnitudes[index] = y[index] * (w.magnitudes[index] + magnitude)
        result.errors[index] =
          y[index] * (w.errors[index] + error + moved) + off[index] * (all[index] + whole + moved)
      }
      result.roundings += Double(y.count)
    case .maximumPool(let pooling):
      for (window, cotangent) in zip(pooling.windows, all.indices) {
        let best = window.max { y[$0] < y[$1] || y[$0] == y[$1] && $0 > $1 }!
        let isOpen = window.contains {
          $0 != best && off[$0] + off[best] > 0 && y[best] - y[$0] <= off[$0] + off[best]
        }
        result.magnitudes[best] = w.magnitudes[cotangent]
        result.errors[best] = w.errors[cotangent]
        if isOpen { for index in window { result.errors[index] = all[cotangent] } }
      }
    case .choice(let choice):
      let size = w.values.count
      for index in 0..<size {
        let places = [index, size + index]
        let (first, second) = (y[places[0]], y[places[1]])
        let taken = places[choice.takesFirst(first, second) ? 0 : 1]
        result.magnitudes[taken] = w.magnitudes[index]
        result.errors[taken] = w.errors[index]
        let near = off[places[0]] + off[places[1]]
        if near > 0, abs(first - second) <= near { for place in places { result.errors[place] = all[index] } }
      }
    case .bound(let ball): bound(ball, y, off, w, all, &result)
    }
    return result
  }

  private func bound(
    _ ball: Ball, _ v: [Double], _ off: [Double], _ w: Approximation, _ all: [Double], _ result: inout Approximation
  ) {
    let (size, wrong) = (ball.size(v), ball.size(off))
    let total = all.reduce(0, +)
    if size < ball.radius - wrong {
      result.magnitudes = w.magnitudes
      result.errors = w.errors
      return
    }
    let largest = v.indices.max { abs(v[$0]) < abs(v[$1]) } ?? 0
    let isOpen: Bool
    switch ball.norm {
    case .l1: isOpen = v.indices.contains { abs(v[$0]) <= off[$0] && off[$0] > 0 }
    case .l2: isOpen = false
    case .linf:
      isOpen = v.indices.contains {
        $0 != largest && off[$0] + off[largest] > 0 && abs(v[largest]) - abs(v[$0]) <= off[$0] + off[largest]
      }
    }
    if isOpen || size <= ball.radius + wrong || size == 0 {
      result.magnitudes = w.magnitudes
      result.errors = all.map { $0 + 2 * total }
      return
    }
    let share = ball.radius / size
    let relative = wrong / size
    func inner(_ vector: [Double]) -> Double { zip(v, vector).reduce(0) { $0 + abs($1.0) / size * $1.1 } }
    let (magnitude, error, whole) = (inner(w.magnitudes), inner(w.errors), inner(all))
    let moved = zip(off, all).reduce(0) { $0 + $1.0 / size * $1.1 }
    for index in v.indices {
      let s: Double
      switch ball.norm {
      case .l1: s = 1
      case .l2: s = abs(v[index]) / size
      case .linf: s = index == largest ? 1 : 0
      }
      let turned = ball.norm == .l2 ? off[index] / size : 0
      result.magnitudes[index] = share * (w.magnitudes[index] + s * magnitude)
      result.errors[index] =
        share * (w.errors[index] + s * error + s * moved + turned * whole)
        + 4 * relative * (1 + relative) * share * (all[index] + s * whole)
    }
    result.roundings += 2 * Double(v.count) + 8
  }
}

extension Nonlinear {
  /// In reals, of the result.
  fileprivate func dimension(of operand: Int) -> Int {
    switch self {
    case .bound, .activation, .softmax: operand
    case .maximumPool(let pooling): pooling.out.reduce(1, *)
    case .choice: operand / 2
    }
  }
}
