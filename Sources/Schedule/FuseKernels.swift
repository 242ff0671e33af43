import LinearMaps

// Kernels that pass over a whole image only to finish what another has just written are done by that one, as it stores
// its results: relu after the convolution of a layer, and in the adjoint relu's after that of a maximum pool or of the
// convolution above it. What is computed stays the same, to the last bit.

extension Draft {
  mutating func fuseKernels() {
    var uses = BufferUses()
    uses.count(body, buffers)
    body = fused(body, uses)
  }

  private func fused(_ body: [Statement], _ uses: BufferUses) -> [Statement] {
    var result: [Statement] = []
    for statement in body {
      switch statement {
      case .note, .declare, .assign, .accumulate, .swap: result.append(statement)
      case .loop(let loop): result.append(.loop(loop.with(body: fused(loop.body, uses))))
      case .whenKept(let inner): result.append(.whenKept(fused(inner, uses)))
      case .whenInside(let index, let count, let inner):
        result.append(.whenInside(index, count: count, fused(inner, uses)))
      case .whenWanted(let wanted, let inner): result.append(.whenWanted(wanted, fused(inner, uses)))
      case .kernel:
        if let (earlier, whole) = fusion(of: statement, after: result, uses) {
          result.remove(at: earlier)
          result.append(whole)
        } else {
          result.append(statement)
        }
      }
    }
    return result
  }

  /// The statement's kernel and the one that wrote its operand, as one in the statement's place.
  private func fusion(
    of last: Statement, after body: [Statement], _ uses: BufferUses
  ) -> (earlier: Int, whole: Statement)? {
    guard case .kernel(let kernel, let operands, let target, false) = last, let between = operands.last,
      isOnlyBetweenTwo(between, uses),
      let index = body.lastIndex(where: {
        if case .kernel(_, _, between, false) = $0 { true } else { false }
      }), case .kernel(let first, let sources, _, _) = body[index],
      let (whole, others) = first.fused(with: kernel, sources, operands.dropLast()),
      !others.contains(where: { $0.buffer == target.buffer || isPointer($0) }), !isPointer(target)
    else { return nil }
    let written = Accesses(Array(body[(index + 1)...]), buffers).writes
    if others.contains(where: { written.contains($0.buffer) }) { return nil }
    return (index, .kernel(whole, operands: others, target: target, accumulate: false))
  }

  /// Whether the place is all of a buffer that is written by one statement and read by another.
  private func isOnlyBetweenTwo(_ place: Place, _ uses: BufferUses) -> Bool {
    place.index == Affine(0) && buffers[place.buffer].storage == .unplanned && uses.counts[place.buffer] == 2
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
      convolution.out.reduce(1, *) == size
    {
      return (.layer(convolution, rectified: true), operands)
    }
    guard case .nonlinearAdjoint(.activation(.relu), let size) = next else { return nil }
    if case .convolution(let convolution) = self, convolution.role == .image, convolution.image.reduce(1, *) == size {
      return (.reluAdjointOfImage(convolution), operands + others)
    }
    if case .nonlinearAdjoint(.maximumPool(let pooling), _) = self, others == [operands[0]],
      pooling.image.reduce(1, *) == size
    {
      return (.reluAdjointOfPool(pooling), operands)
    }
    return nil
  }
}

/// How often each buffer is mentioned, declarations apart.
private struct BufferUses {
  private(set) var counts: [Int: Int] = [:]

  mutating func count(_ body: [Statement], _ buffers: [Buffer]) {
    for statement in body {
      switch statement {
      case .note: break
      case .declare(let buffer): if case .pointer(let start) = buffers[buffer].storage { add(start) }
      case .loop(let loop): count(loop.body, buffers)
      case .assign(let place, let value), .accumulate(let place, let value):
        add(place)
        value.visit { add($0) }
      case .kernel(_, let operands, let target, _): for place in operands + [target] { add(place) }
      case .whenKept(let inner), .whenInside(_, _, let inner), .whenWanted(_, let inner): count(inner, buffers)
      case .swap(let a, let b): for buffer in [a, b] { counts[buffer, default: 0] += 1 }
      }
    }
  }

  private mutating func add(_ place: Place) { counts[place.buffer, default: 0] += 1 }
}
