/// Whether two vectors agree up to a tolerance, which is absolute, and another, which is relative to the largest finite
/// entry of the second, or to 1.
public func agree(
  _ a: [Double], _ b: [Double], within absolute: Double = 0, relative: Double = 0, equalNaN: Bool = false
) -> Bool {
  let scale = b.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
  let tolerance = absolute + relative * scale
  return a.count == b.count
    && zip(a, b).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance || equalNaN && $0.isNaN && $1.isNaN }
}

/// The same of lists of vectors, each by its own largest entry.
public func agree(_ a: [[Double]], _ b: [[Double]], relative: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, relative: relative) }
}
