/// The order of the samples in each epoch, by the seed.
struct Shuffle {
  let seed: UInt64
  let order: Buffer<Int32>
  private(set) var epoch: Int?

  init(count: Int, seed: UInt64) throws {
    self.seed = seed
    order = try Buffer(count, for: "the order of the samples")
  }

  /// Makes `order` that of an epoch, the first of which is 0.
  mutating func enter(_ epoch: Int) {
    guard self.epoch != epoch else { return }
    self.epoch = epoch
    RandomStream(seed: seed, name: "shuffle:\(epoch)")
      .permute(UnsafeMutableBufferPointer(start: order.base, count: order.count))
  }
}
