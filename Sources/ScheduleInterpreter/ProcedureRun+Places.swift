import LinearMaps
import Schedule

// Where the buffers of a run are.

extension ProcedureRun {
  func declare(_ buffer: Int) throws {
    isDeclared[buffer] = true
    let size = procedure.buffers[buffer].size
    switch procedure.buffers[buffer].storage {
    case .local, .unplanned: locals[buffer] = TrackedMemory(name(buffer), size: size)
    case .workspace where !hasWorkspace: locals[buffer] = TrackedMemory(name(buffer), size: size)
    // What another step has left there is still wanted, if several know of it.
    case .workspace(let offset): if isOfOneStep[buffer] { try workspace.forget(offset..<(offset + size)) }
    case .pointer: try point(buffer)
    case .input, .output, .kept, .table, .rows, .keptRows, .rowPointer:
      throw ScheduleFault("\(name(buffer)) is declared")
    }
  }

  /// Sets a pointer to where it starts.
  func point(_ pointer: Int) throws {
    let start: Place
    switch procedure.buffers[pointer].storage {
    case .pointer(let place), .rowPointer(let place): start = place
    case .input, .output, .kept, .table, .workspace, .rows, .keptRows, .local, .unplanned:
      throw ScheduleFault("\(name(pointer)) is no pointer")
    }
    let outer = pointers[start.buffer]
    pointers[pointer] = (outer?.buffer ?? start.buffer, (outer?.offset ?? 0) + (try value(start.index)))
  }

  func exchange(_ a: Int, _ b: Int) throws {
    guard let first = pointers[a], let second = pointers[b] else {
      throw ScheduleFault("\(name(a)) and \(name(b)) are exchanged, which point to nothing")
    }
    (pointers[a], pointers[b]) = (second, first)
  }

  func read(_ place: Place) throws -> Double {
    let from = try locate(place)
    return try from.memory.read(from.start, for: from.buffer)
  }

  func read(_ place: Place, _ count: Int) throws -> [Double] {
    let from = try locate(place, count)
    return try (0..<count).map { try from.memory.read(from.start + $0 * from.step, for: from.buffer) }
  }

  func write(_ values: [Double], to target: Location) throws {
    for (index, value) in values.enumerated() {
      try target.memory.write(value, to: target.start + index * target.step, for: target.buffer)
    }
  }

  struct Location {
    let memory: TrackedMemory
    let buffer: Int
    let start: Int
    let count: Int
    /// From one entry to the next.
    let step: Int

    func overlaps(_ other: Location) -> Bool {
      memory === other.memory && start < other.start + other.count * other.step && other.start < start + count * step
    }
  }

  func locate(_ place: Place, _ count: Int = 1) throws -> Location {
    try locate(place.buffer, try value(place.index), count)
  }

  /// Entries of a buffer, from one on.
  func locate(_ index: Int, _ entry: Int, _ count: Int) throws -> Location {
    let buffer = procedure.buffers[index]
    guard entry >= 0, entry + count <= buffer.size else {
      throw ScheduleFault("\(name(index)) has \(buffer.size) entries, not \(entry)..<\(entry + count)")
    }
    func location(_ memory: TrackedMemory, _ start: Int, step: Int = 1) -> Location {
      Location(memory: memory, buffer: index, start: start + entry * step, count: count, step: step)
    }
    func row(_ memory: TrackedMemory, _ offset: Int) throws -> Location {
      location(memory, batch * offset + (try ofSample(index)) * buffer.size)
    }
    func ofEachSample(_ kept: KeptMemory, _ offset: Int) throws -> Location {
      guard offset + buffer.size <= kept.size else { throw ScheduleFault("\(name(index)) is beyond what is kept") }
      return location(kept.memory, (try ofSample(index)) * kept.size + offset)
    }
    if let offset = buffer.keptAt, let kept {
      return try keepsSampleBySample ? ofEachSample(kept, offset) : row(kept.memory, offset)
    }
    switch buffer.storage {
    case .input(let input): return location(inputs[input].memory, try start(of: inputs[input], index))
    case .output(let output):
      guard let port = outputs[output] else { throw ScheduleFault("\(name(index)) is not wanted") }
      return location(port.memory, try start(of: port, index))
    case .table(let table): return location(tables[table], 0)
    case .kept(let offset):
      guard let kept else { throw ScheduleFault("\(name(index)) is not kept") }
      let place = try ofEachSample(kept, offset)
      guard let lanes, let sample else { return place }
      // Entry by entry, those of a group of samples side by side.
      let group = sample / lanes * kept.size
      return location(kept.memory, (group + offset) * lanes + sample % lanes, step: lanes)
    case .keptRows(let offset):
      guard let kept else { throw ScheduleFault("\(name(index)) is not kept") }
      return try row(kept.memory, offset)
    case .rows(let offset): return try row(rows, offset)
    case .workspace(let offset) where hasWorkspace:
      guard isDeclared[index] || isInBatchProduct else { throw ScheduleFault("\(name(index)) is not declared") }
      return location(workspace, offset)
    case .workspace, .local, .unplanned:
      guard isDeclared[index], let memory = locals[index] else {
        throw ScheduleFault("\(name(index)) is not declared")
      }
      return location(memory, 0)
    case .pointer:
      guard isDeclared[index], let target = pointers[index] else {
        throw ScheduleFault("\(name(index)) is not declared")
      }
      return try locate(target.buffer, target.offset + entry, count)
    case .rowPointer:
      guard let target = pointers[index] else { throw ScheduleFault("\(name(index)) points to nothing") }
      guard procedure.buffers[target.buffer].size == buffer.size else {
        throw ScheduleFault("\(name(index)) goes over the rows of \(name(target.buffer)), which are of another size")
      }
      return try locate(target.buffer, target.offset + entry, count)
    }
  }

  private func start(of port: PortMemory, _ buffer: Int) throws -> Int {
    guard let stride = port.stride else { return 0 }
    let sample = try ofSample(buffer)
    return min(sample, batch - 1) * stride
  }

  private func ofSample(_ buffer: Int) throws -> Int {
    guard let sample else { throw ScheduleFault("\(name(buffer)) is used where there is no sample") }
    return sample
  }

  func name(_ buffer: Int) -> String { "\(procedure.buffers[buffer].name).\(buffer)" }
}
