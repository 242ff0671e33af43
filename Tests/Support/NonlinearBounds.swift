import Foundation
import LinearMaps

// What rounding changes of the operations that are not multilinear; `BoundingInterpreter` says by which rule. Errors
// are in units of the roundoff, so whether a kink is within an error depends on the unit.

extension Nonlinear {
  /// - Parameter result: the map of the value.
  func bounded(_ x: BoundedVector, _ result: [Double], unit: Double) -> BoundedVector {
    let c = BoundingInterpreter.elementary
    var error: [Double]
    switch self {
    case .activation(let activation):
      error = x.value.indices.map { i in
        let (v, e, y) = (x.value[i], x.error[i], abs(result[i]))
        switch activation {
        case .exp, .log, .sqrt, .sin, .cos, .abs, .recip, .power:
          return activation.spread(v, unit * e) / unit + c * y
        case .relu: return v < -unit * e ? 0 : e
        case .tanh: return min(2 / unit, e * min(1, 1 - y * y + 2 * unit * e)) + c * y
        case .sigmoid: return min(1 / unit, e * min(0.25, y * (1 - y) + unit * e)) + c * y
        case .softplus: return e * min(1, -expm1(-y) + unit * e) + c * y
        }
      }
    case .softmax:
      // d y_i = y_i (d x_i − Σ y_j d x_j); the differences x_i − max x are rounded before exp.
      let largest = x.value.max() ?? 0
      let errors = x.value.indices.map { x.error[$0] + abs(x.value[$0] - largest) }
      let mean = zip(result, errors).reduce(0) { $0 + $1.0 * $1.1 }
      error = result.indices.map { min(1 / unit, result[$0] * (errors[$0] + mean + c + Double(result.count))) }
    case .choice: error = result.indices.map { max(x.error[$0], x.error[result.count + $0]) }
    case .maximumPool(let pooling):
      error = pooling.candidates(x, unit).map { $0.reduce(0) { max($0, x.error[$1]) } }
    case .bound(let ball):
      let size = ball.length(x.value)
      let spread = ball.errorOfLength(x)
      if size + unit * spread < ball.radius {
        error = x.error
      } else {
        let factor = min(1, ball.radius / max(size, .leastNormalMagnitude))
        let roundings = Double(x.value.count) + 6
        error = x.value.indices.map {
          factor * (x.error[$0] + abs(x.value[$0]) * (spread / max(size, .leastNormalMagnitude) + roundings))
        }
      }
    }
    for i in error.indices where !error[i].isFinite { error[i] = .infinity }
    return BoundedVector(value: result, magnitude: result.map(abs), error: error, terms: 1)
  }

  /// - Parameters:
  ///   - known: the operand or the result, as `adjointReads` says.
  ///   - result: the adjoint of the values.
  func boundedAdjoint(
    _ known: BoundedVector, _ w: BoundedVector, _ result: [Double], rounds: Double, unit: Double
  ) -> BoundedVector {
    let c = BoundingInterpreter.elementary
    var (magnitude, error) = (result.map(abs), result.map { _ in 0.0 })
    switch self {
    case .activation(let activation):
      for i in result.indices {
        let (y, e) = (known.value[i], known.error[i])
        // The slope, its error, and how much of the cotangent a kink may take or give.
        let (slope, slopeError, kink): (Double, Double, Double) =
          switch activation {
          case .exp, .log, .sqrt, .sin, .cos, .recip, .power:
            (abs(activation.slope(y)), activation.spreadOfSlope(y, unit * e) / unit + c * abs(activation.slope(y)), 0)
          case .abs: (y == 0 ? 0 : 1, 0, e > 0 && abs(y) <= unit * e ? 2 : 0)
          case .relu: (y > 0 ? 1 : 0, 0, e > 0 && y <= unit * e ? 1 : 0)
          case .tanh: (1 - y * y, 2 * abs(y) * e + 2, 0)
          case .sigmoid: (y * (1 - y), e + 2, 0)
          case .softplus: (-expm1(-y), exp(-y) * e + c, 0)
          }
        magnitude[i] = slope * w.magnitude[i]
        error[i] =
          slope * w.error[i] + (slopeError + slope) * w.magnitude[i] + kink / unit
          * (w.magnitude[i] + unit * w.error[i])
      }
    case .choice:
      for i in w.value.indices {
        let (a, b) = (i, w.value.count + i)
        let near = unit * (known.error[a] + known.error[b])
        let isOpen = near > 0 && abs(known.value[a] - known.value[b]) <= near
        for place in [a, b] where isOpen || result[place] != 0 || w.value[i] == 0 {
          magnitude[place] = w.magnitude[i]
          error[place] = w.error[i] + (isOpen ? w.magnitude[i] / unit : 0)
        }
      }
    case .softmax:
      let n = Double(result.count) * rounds
      let inner = zip(known.value, w.magnitude).reduce(0) { $0 + $1.0 * $1.1 }
      let innerError = result.indices.reduce(0) {
        $0 + known.error[$1] * w.magnitude[$1] + known.value[$1] * w.error[$1]
      }
      for i in result.indices {
        let (y, sum) = (known.value[i], w.magnitude[i] + inner)
        magnitude[i] = y * sum
        error[i] = y * (w.error[i] + innerError + (n + 3) * sum) + known.error[i] * sum
      }
    case .maximumPool(let pooling):
      magnitude = result.map { _ in 0 }
      for (window, candidates) in pooling.candidates(known, unit).enumerated() {
        let isCertain = candidates.count == 1
        for index in candidates {
          magnitude[index] = w.magnitude[window]
          error[index] = w.error[window] + (isCertain ? 0 : w.magnitude[window] / unit)
        }
      }
    case .bound(let ball): (magnitude, error) = ball.boundedAdjoint(known, w, unit)
    }
    for i in error.indices where !error[i].isFinite { error[i] = .infinity }
    return BoundedVector(value: result, magnitude: magnitude, error: error, terms: w.terms)
  }
}

extension Pooling {
  /// For every window, the entries that may be its largest, those that are equal without any error being one.
  fileprivate func candidates(_ x: BoundedVector, _ unit: Double) -> [[Int]] {
    (0..<image[0]).flatMap { c in
      (0..<out[1]).flatMap { i in
        (0..<out[2]).map { j in
          let window = (0..<(size * size)).map {
            (c * image[1] + i * size + $0 / size) * image[2] + j * size + $0 % size
          }
          let least = window.reduce(-Double.infinity) { max($0, x.value[$1] - unit * x.error[$1]) }
          let candidates = window.filter { x.value[$0] + unit * x.error[$0] >= least }
          return candidates.allSatisfy { x.error[$0] == 0 } ? Array(candidates.prefix(1)) : candidates
        }
      }
    }
  }
}

extension Ball {
  fileprivate func length(_ v: [Double]) -> Double {
    switch norm {
    case .l1: v.reduce(0) { $0 + abs($1) }
    case .l2: v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: v.reduce(0) { max($0, abs($1)) }
    }
  }

  /// What the errors of the entries make of the length, with its own rounding.
  fileprivate func errorOfLength(_ v: BoundedVector) -> Double {
    let sum = v.error.reduce(0, +)
    let roundings = Double(v.value.count) + 4
    switch norm {
    case .l1, .l2: return sum + roundings * length(v.value)
    case .linf: return v.error.reduce(0, max) + 2 * length(v.value)
    }
  }

  /// Of (r/‖v‖)·(w − s⟨v,w⟩/‖v‖) outside, and w inside; near the sphere, of either.
  fileprivate func boundedAdjoint(_ v: BoundedVector, _ w: BoundedVector, _ unit: Double) -> ([Double], [Double]) {
    let size = length(v.value)
    let spread = errorOfLength(v)
    if size + unit * spread < radius { return (w.magnitude, w.error) }
    let floor = max(size, .leastNormalMagnitude)
    let (factor, relative) = (radius / floor, spread / floor)
    let n = Double(v.value.count) + 8
    let inner = v.value.indices.reduce(0) { $0 + abs(v.value[$1]) * w.magnitude[$1] } / floor
    let innerError =
      v.value.indices.reduce(0) { $0 + v.error[$1] * w.magnitude[$1] + abs(v.value[$1]) * w.error[$1] } / floor
      + inner * (relative + n)
    let isNearSphere = size - unit * spread <= radius
    var (magnitudes, errors) = (w.magnitude, w.error)
    let least = v.value.indices.reduce(0.0) { max($0, abs(v.value[$1]) - unit * v.error[$1]) }
    let near = v.value.indices.filter { abs(v.value[$0]) + unit * v.error[$0] >= least }
    let first = near.allSatisfy { v.error[$0] == 0 } ? Array(near.prefix(1)) : near
    for i in v.value.indices {
      var (s, sError): (Double, Double)
      switch norm {
      case .l1:
        (s, sError) = v.value[i] == 0 && v.error[i] == 0 ? (0, 0) : (1, 0)
        if v.error[i] > 0, abs(v.value[i]) <= unit * v.error[i] { sError = 2 / unit }
      case .l2:
        s = abs(v.value[i]) / floor
        sError = v.error[i] / floor + s * (relative + n)
      case .linf:
        s = first.contains(i) ? 1 : 0
        sError = first.contains(i) && first.count > 1 ? 1 / unit : 0
      }
      magnitudes[i] = factor * (w.magnitude[i] + s * inner)
      errors[i] =
        factor * (w.error[i] + s * innerError + sError * inner) + magnitudes[i] * (relative + 6)
      if isNearSphere {
        errors[i] += (abs(1 - factor) * w.magnitude[i] + factor * (s + unit * sError) * inner) / unit
        magnitudes[i] = max(magnitudes[i], w.magnitude[i])
      }
    }
    return (magnitudes, errors)
  }
}

extension Nonlinear.Activation {
  /// The most that the value differs from that at x within a distance; infinite where that is not known.
  fileprivate func spread(_ x: Double, _ distance: Double) -> Double {
    if distance == 0 { return 0 }
    switch self {
    case .sin, .cos, .abs, .tanh, .softplus, .relu, .sigmoid: return distance
    case .exp: return value(x) * expm1(distance)
    case .log, .sqrt, .recip, .power:
      // Monotonic on either side of 0.
      if case .power(let exponent) = self, exponent >= 1, exponent == exponent.rounded(), Swift.abs(x) <= distance {
        return exponent * pow(Swift.abs(x) + distance, exponent - 1) * distance
      }
      let ends = [value(x - distance) - value(x), value(x + distance) - value(x)].map { Swift.abs($0) }
      return Swift.abs(x) > distance && ends.allSatisfy(\.isFinite) ? max(ends[0], ends[1]) : .infinity
    }
  }

  fileprivate func spreadOfSlope(_ known: Double, _ distance: Double) -> Double {
    if distance == 0 { return 0 }
    switch self {
    case .exp, .sin, .cos: return distance
    case .abs, .relu, .tanh, .sigmoid, .softplus: return 2
    case .sqrt, .log:
      let ends = [slope(known - distance) - slope(known), slope(known + distance) - slope(known)].map { Swift.abs($0) }
      return known > distance ? max(ends[0], ends[1]) : .infinity
    case .recip: return (2 * Swift.abs(known) + distance) * distance
    case .power(let exponent):
      return Swift.abs(exponent) * Nonlinear.Activation.power(exponent - 1).spread(known, distance)
    }
  }
}
