extension Tensor {
  /// Booleans as bytes of 0 and 1.
  public init(_ name: String, truths: [Bool]) {
    self.init(unchecked: name, .bool, [truths.count], truths.map { $0 ? 1 : 0 })
  }

  /// The values, where each is a number that `Real` has; doubles are rounded to floats.
  ///
  /// - Returns: nil where the type has no such numbers: of 8 bits and below, of exponents alone, complex.
  /// - Parameter inexact: given a value that `Real` does not have, and its place; what it throws ends the conversion.
  public func reals<Real: BinaryFloatingPoint>(
    as real: Real.Type, inexact: (_ value: String, _ place: Int) throws -> Never
  ) throws -> [Real]? {
    func integers<Stored: FixedWidthInteger>(_ stored: Stored.Type) throws -> [Real] {
      try loaded(stored).enumerated().map { place, value in
        guard let exact = Real(exactly: value) else { try inexact("\(value)", place) }
        return exact
      }
    }
    switch dtype {
    case .f64: return loaded(UInt64.self).map { Real(Double(bitPattern: $0)) }
    case .f32: return loaded(UInt32.self).map { Real(Float(bitPattern: $0)) }
    case .f16: return loaded(UInt16.self).map { Real(float(half: $0)) }
    case .bf16: return loaded(UInt16.self).map { Real(Float(bitPattern: UInt32($0) << 16)) }
    case .bool: return loaded(UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .u8: return try integers(UInt8.self)
    case .i8: return try integers(Int8.self)
    case .i16: return try integers(Int16.self)
    case .u16: return try integers(UInt16.self)
    case .i32: return try integers(Int32.self)
    case .u32: return try integers(UInt32.self)
    case .i64: return try integers(Int64.self)
    case .u64: return try integers(UInt64.self)
    case .f4, .f6e2m3, .f6e3m2, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz, .c64: return nil
    }
  }

  /// The values of a type of whole numbers; nil of another type, and where one is beyond `Int`.
  public var integers: [Int]? {
    func integers<Stored: FixedWidthInteger>(_ stored: Stored.Type) -> [Int]? {
      let values = loaded(stored)
      let converted = values.compactMap { Int(exactly: $0) }
      return converted.count == values.count ? converted : nil
    }
    switch dtype {
    case .u8: return integers(UInt8.self)
    case .i8: return integers(Int8.self)
    case .i16: return integers(Int16.self)
    case .u16: return integers(UInt16.self)
    case .i32: return integers(Int32.self)
    case .u32: return integers(UInt32.self)
    case .i64: return integers(Int64.self)
    case .u64: return integers(UInt64.self)
    case .bool, .f16, .bf16, .f32, .f64, .f4, .f6e2m3, .f6e3m2, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz,
      .c64:
      return nil
    }
  }

  private func loaded<Stored: FixedWidthInteger>(_ stored: Stored.Type) -> [Stored] {
    let width = MemoryLayout<Stored>.size
    return bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / width).map {
        Stored(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: Stored.self))
      }
    }
  }
}

/// IEEE 754's binary16, all of whose numbers a float has. Swift's `Float16` is not on every processor.
private func float(half: UInt16) -> Float {
  let (sign, exponent, fraction) = (half >> 15 == 0 ? Float(1) : -1, Int(half >> 10 & 31), Float(half & 1023))
  switch exponent {
  case 0: return sign * fraction * 0x1p-24
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
