import Diagnostics

/// The variables that a part of a term has used so far, each with the place of its use.
///
/// One map grows along a path; the two sides of a conditional or a sum get a map each, and the smaller is merged
/// into the larger, so that a program of n nodes costs O(n log n).
struct Usage {
  private(set) var places: [Int: Span] = [:]
  /// A part could not be read: a variable that seems unused may well have been meant there.
  var isIncomplete = false

  /// Records a use; the place of an earlier one, if there was one.
  mutating func use(_ id: Int, at span: Span) -> Span? {
    if let earlier = places[id] { return earlier }
    places[id] = span
    return nil
  }

  mutating func remove(_ id: Int) -> Bool { places.removeValue(forKey: id) != nil }

  /// The variables that only one side uses, in order of their ids.
  static func difference(_ a: Usage, _ b: Usage) -> (onlyFirst: [Int], onlySecond: [Int]) {
    let (small, large) = a.places.count <= b.places.count ? (a, b) : (b, a)
    let onlySmall = small.places.keys.filter { large.places[$0] == nil }
    if onlySmall.isEmpty, small.places.count == large.places.count { return ([], []) }
    let onlyLarge = large.places.keys.filter { small.places[$0] == nil }
    return a.places.count <= b.places.count
      ? (onlySmall.sorted(), onlyLarge.sorted()) : (onlyLarge.sorted(), onlySmall.sorted())
  }

  /// Takes in the uses of another part of the same path; the variables that both had, with both places.
  mutating func merge(_ other: consuming Usage) -> [(id: Int, first: Span, second: Span)] {
    isIncomplete = isIncomplete || other.isIncomplete
    var small: [Int: Span] = [:]
    swap(&small, &other.places)
    if small.count > places.count { swap(&small, &places) }
    var clashes: [(id: Int, first: Span, second: Span)] = []
    for (id, place) in small {
      if let present = places[id] { clashes.append((id, present, place)) } else { places[id] = place }
    }
    return clashes.sorted { $0.id < $1.id }
  }

  /// The uses of two alternatives that use the same variables: one of the two is taken.
  mutating func mergeAlternative(_ other: consuming Usage) {
    isIncomplete = isIncomplete || other.isIncomplete
    var small: [Int: Span] = [:]
    swap(&small, &other.places)
    if small.count > places.count { swap(&small, &places) }
    for (id, place) in small {
      if let present = places[id], present.start <= place.start { continue }
      places[id] = place
    }
  }
}
