import LinearMaps
import Schedule

/// The code of one direction's steps, one after another.
extension BatchEmitter {
  enum Direction { case forward, adjoint }

  func runSteps(_ steps: [StepCode], of procedure: Procedure, direction: Direction) -> [CStatement] {
    let usage = BufferUsage(procedure)
    var hasRows = false
    var hasKept = false
    for (index, buffer) in procedure.buffers.enumerated() where usage.isUsed(index) {
      if buffer.keptAt != nil { hasKept = true }
      switch buffer.storage {
      case .rows: hasRows = true
      case .kept, .keptRows: hasKept = true
      case .input, .output, .table, .workspace, .local, .pointer, .unplanned: break
      }
    }
    if steps.contains(where: { $0.function?.arguments.contains(.kept) ?? false }) { hasKept = true }
    let work = CExpression.cast("real *", name("work"))
    var body: [CStatement] = []
    if hasRows { body.append(constant("real *const ", "rows", plus(work, .integer(rowsStart(direction))))) }
    if hasKept {
      let kept = plus(plus(work, .integer(layout.shared)), times(name("batch"), layout.rows))
      switch direction {
      case .forward:
        body.append(
          constant("real *const ", "kept", .conditional(name("keep"), kept, .cast("real *", .number("0")))))
      case .adjoint: body.append(constant("const real *const ", "kept", kept))
      }
    }
    var places = StepPlaces(emitter: self, procedure: procedure, direction: direction)
    for step in steps {
      switch step {
      case .once(let function): body.append(.expression(.call(function.function.name, places.arguments(function))))
      case .samples(let function):
        places.isInLoop = true
        body.append(forEachSample([.expression(.call(function.function.name, places.arguments(function)))]))
        places.isInLoop = false
      case .batch(let product, let wanted):
        let call = CStatement.expression(places.call(product))
        body.append(wanted.isEmpty ? call : .ifThen(.any(wanted.map(bar)), [call]))
      }
    }
    return body
  }

  private func rowsStart(_ direction: Direction) -> Int {
    switch direction {
    case .forward: layout.forward
    case .adjoint: layout.shared
    }
  }

  /// Where a gradient goes; null where it is not wanted.
  func bar(_ wanted: Wanted) -> CExpression {
    switch wanted {
    case .parameters: name("params_bar")
    case .port(let port): .index(name("in_bar"), .integer(port))
    }
  }

  func plus(_ a: CExpression, _ b: CExpression) -> CExpression { b.isZero ? a : a + b }

  func times(_ a: CExpression, _ factor: Int) -> CExpression {
    factor == 0 ? .number("0") : factor == 1 ? a : a * .integer(factor)
  }
}

/// Where the steps of a procedure find their buffers.
private struct StepPlaces {
  let emitter: BatchEmitter
  let procedure: Procedure
  let direction: BatchEmitter.Direction
  /// Whether a sample's number is at hand, in `b`.
  var isInLoop = false

  private var unit: ProgramUnit { emitter.unit }
  private func name(_ text: String) -> CExpression { .name(text) }

  func arguments(_ function: SampleFunction) -> [CExpression] {
    function.arguments.map { argument in
      switch argument {
      case .input(let index): input(index)
      case .output(let index): output(index)
      case .row(let buffer): row(buffer)
      case .kept:
        .conditional(name("kept"), name("kept") + name("b") * .integer(emitter.layout.kept), name("kept"))
      case .keep: name("keep")
      case .wants(let wanted): .binary("!=", emitter.bar(wanted), .number("0"))
      case .work: name("work")
      }
    }
  }

  private func input(_ index: Int) -> CExpression {
    if index < unit.tensors.count + unit.ports.count { return emitter.input(index) }
    return .cast("const real *", name("out_bar")) + name("b") * .integer(unit.output.size)
  }

  private func output(_ index: Int) -> CExpression {
    switch direction {
    case .forward:
      let out = CExpression.cast("real *", name("out"))
      return isInLoop ? out + name("b") * .integer(unit.output.size) : out
    case .adjoint:
      if index < unit.tensors.count {
        let bar = name("params_bar")
        let place = emitter.tensor(index, of: "real *", bar)
        return unit.model!.offsets[index] == 0 ? place : .conditional(bar, place, .cast("real *", .number("0")))
      }
      let port = index - unit.tensors.count
      let bar = emitter.bar(.port(port))
      return .conditional(
        bar, .cast("real *", bar) + name("b") * .index(name("stride"), .integer(port)), .cast("real *", .number("0")))
    }
  }

  /// The sample's row of a buffer, or outside of the loop the first one.
  private func row(_ index: Int) -> CExpression {
    let buffer = procedure.buffers[index]
    func row(_ base: String, _ offset: Int) -> CExpression {
      let start = emitter.plus(name(base), emitter.times(name("batch"), offset))
      return isInLoop ? start + emitter.times(name("b"), buffer.size) : start
    }
    func keptRow(_ offset: Int, otherwise: CExpression) -> CExpression {
      switch direction {
      case .forward: .conditional(name("kept"), row("kept", offset), otherwise)
      case .adjoint: row("kept", offset)
      }
    }
    let place: CExpression =
      switch buffer.storage {
      case .rows(let offset): row("rows", offset)
      case .keptRows(let offset): keptRow(offset, otherwise: name("kept"))
      case .workspace(let offset): emitter.plus(.cast("real *", name("work")), .integer(offset))
      case .input, .output, .kept, .table, .local, .pointer, .unplanned: preconditionFailure("has no rows")
      }
    return buffer.keptAt.map { keptRow($0, otherwise: place) } ?? place
  }

  private func matrix(_ place: Place) -> CExpression {
    let start: CExpression =
      switch procedure.buffers[place.buffer].storage {
      case .input(let index): input(index)
      case .output(let index): output(index)
      case .rows, .keptRows, .workspace: row(place.buffer)
      case .kept, .table, .local, .pointer, .unplanned: preconditionFailure("is in no product of the batch")
      }
    return emitter.plus(start, .integer(place.index.constant))
  }

  func call(_ product: BatchProduct) -> CExpression {
    let function = "cajal_\(product.blas ? "blas_" : "")product_\(emitter.options.realBytes == 4 ? "f32" : "f64")"
    let rows = emitter.times(name("batch"), product.rows)
    let (left, right, target) = (matrix(product.left), matrix(product.right), matrix(product.target))
    let accumulate = CExpression.integer(product.accumulate ? 1 : 0)
    switch product.role {
    case .apply(let k, let n, let transposed):
      return .call(
        function,
        [rows, .integer(k), .integer(n), left, .number("0"), right, .integer(transposed ? 1 : 0), target, accumulate])
    case .sum(let m, let n):
      return .call(
        function, [.integer(m), rows, .integer(n), left, .number("1"), right, .number("0"), target, accumulate])
    }
  }
}

extension CExpression {
  fileprivate var isZero: Bool { if case .number("0") = self { true } else { false } }
}
