import LinearMaps

// Kernels that pass over a whole image only to finish what another has just written are done by that one, as it stores
// its results: relu after the convolution of a layer, and in the adjoint relu's after that of a maximum pool or of the
// convolution above it. What is computed stays the same, to the last bit.
//
//   new convolved                                                     y[0] = convolution … with bias, relu (…)
//   convolved[0] = convolution … with bias (w[0], x[0], b[0])    →
//   y[0] = relu of 1024 (convolved[0])

extension SchedulePass {
  static let fuseKernels = SchedulePass("fuse-kernels") { $0.fuseKernels() }
}

extension Draft {
  fileprivate mutating func fuseKernels() {
    var uses: [Int: Int] = [:]
    func use(_ buffer: Int) { uses[buffer, default: 0] += 1 }
    body.allEffects { effect in
      switch effect {
      case .reads(let place, _), .writes(let place, _), .adds(let place, _): use(place.buffer)
      case .declares(let buffer): if case .pointer(let start) = buffers[buffer].storage { use(start.buffer) }
      case .swaps(let a, let b):
        use(a)
        use(b)
      case .compares: break
      }
    }
    body = fused(body, uses)
  }

  /// - Parameter uses: how often each buffer is mentioned, declarations apart.
  private func fused(_ body: [Statement], _ uses: [Int: Int]) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      if let (earlier, whole) = fusion(of: statement, after: result, uses) {
        result.remove(at: earlier)
        result.append(whole)
      } else {
        result.append(statement.mapBodies { fused($0, uses) })
      }
    }
    return result
  }

  /// The statement's kernel and the one that wrote its operand, as one in the statement's place.
  private func fusion(
    of last: Statement, after body: [Statement], _ uses: [Int: Int]
  ) -> (earlier: Int, whole: Statement)? {
    guard case .kernel(let kernel, let operands, let target, false) = last, let between = operands.last,
      isOnlyBetweenTwo(between, uses),
      let index = body.lastIndex(where: {
        if case .kernel(_, _, between, false) = $0 { true } else { false }
      }), case .kernel(let first, let sources, _, _) = body[index],
      let (whole, others) = first.fused(with: kernel, sources, operands.dropLast()),
      !others.contains(where: { $0.buffer == target.buffer || isPointer($0) }), !isPointer(target)
    else { return nil }
    let written = Accesses(body[(index + 1)...], buffers).writes
    if others.contains(where: { written.contains($0.buffer) }) { return nil }
    return (index, .kernel(whole, operands: others, target: target, accumulate: false))
  }

  /// Whether the place is all of a buffer that is written by one statement and read by another.
  private func isOnlyBetweenTwo(_ place: Place, _ uses: [Int: Int]) -> Bool {
    place.index == Affine(0) && buffers[place.buffer].storage == .unplanned && uses[place.buffer] == 2
  }

  private func isPointer(_ place: Place) -> Bool {
    if case .pointer = buffers[place.buffer].storage { true } else { false }
  }
}

extension Kernel {
  /// This kernel, and then one that is given all that it wrote, and no more, as its last operand.
  fileprivate func fused(
    with next: Kernel, _ operands: [Place], _ others: [Place]
  ) -> (kernel: Kernel, operands: [Place])? {
    if case .nonlinear(.activation(.relu), let size) = next, case .layer(let convolution, rectified: false) = self,
      convolution.size(of: .out) == size
    {
      return (.layer(convolution, rectified: true), operands)
    }
    guard case .nonlinearAdjoint(.activation(.relu), let size) = next else { return nil }
    if case .convolution(let convolution) = self, convolution.role == .image, convolution.size(of: .image) == size {
      return (.reluAdjointOfImage(convolution), operands + others)
    }
    if case .nonlinearAdjoint(.maximumPool(let pooling), _) = self, others == [operands[0]],
      pooling.imageSize == size
    {
      return (.reluAdjointOfPool(pooling), operands)
    }
    return nil
  }
}
