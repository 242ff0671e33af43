import Foundation

/// A matrix as a picture: a byte an entry, from 0 to 254 for the scale's ends, 255 for what is no finite number.
struct Picture: Encodable, Sendable {
  /// Row-major, in Base64.
  let pixels: String
  /// Of the finite entries; nil where there is none.
  let least, largest: Double?
  let strange: Int

  /// Entries beyond the scale have the colour of its end.
  init(_ entries: [Double], scale: ClosedRange<Double>) {
    let width = scale.upperBound - scale.lowerBound
    let bytes = entries.map { entry -> UInt8 in
      guard entry.isFinite else { return 255 }
      guard width > 0 else { return 127 }
      return UInt8((min(max((entry - scale.lowerBound) / width, 0), 1) * 254).rounded())
    }
    let finite = entries.filter(\.isFinite)
    pixels = Data(bytes).base64EncodedString()
    least = finite.min()?.rounded(digits: PageLimit.digits)
    largest = finite.max()?.rounded(digits: PageLimit.digits)
    strange = entries.count - finite.count
  }
}

extension Double {
  /// With so many significant digits, so that it takes few characters.
  func rounded(digits: Int) -> Double { isFinite ? Double(String(format: "%.\(digits)g", self)) ?? self : self }
}
