// tables.swift: whether a word has an even number of `true`, and what each of its letters would change.
import Cajal

func parity(of word: [Bool], by module: Module) throws -> (result: [Float], rowsBar: [Float]) {
  let even = try module.program("even", of: Float.self)
  let port = even.inputs[0]
  let table = port.table!
  var rows = Array(repeating: Float(0), count: port.size)
  func set(_ row: Int, _ part: String, entry: Int = 0) {
    rows[row * table.rowSize + table.parts[part]!.lowerBound + entry] = 1
  }
  for (row, letter) in word.enumerated() {
    set(row, "Letter")
    set(row, "Letter.1", entry: letter ? 0 : 1)
  }
  set(word.count, "End")
  // One word: the rows that count are its letters and the End.
  let kept = try even.forwardKeeping([.table(.packed(rows), nodes: [Int32(word.count + 1)])])
  return (kept.result, try kept.gradients([1, 0])["w"]!)
}
