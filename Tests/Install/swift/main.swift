// Check MODULE.so OTHER.so FIRST.so SECOND.so TABLES.so: the library against values by hand, and what it refuses. MODULE is
// turn without weights, OTHER no module; FIRST answers 1 and SECOND 2; TABLES has lists and trees.
import Cajal
import CajalRuntime
import Foundation
import Turn

nonisolated(unsafe) var failures = 0
func expect(_ condition: Bool, _ what: String, line: Int = #line) {
  if condition { return }
  print("Check: FAILED: \(what), line \(line)")
  failures += 1
}
func refuses(_ text: String, status: Int32 = 1, line: Int = #line, _ action: () throws -> Void) {
  do {
    try action()
    expect(false, "not refused: \(text)", line: line)
  } catch let error as CajalError {
    expect(error.description.contains(text) && error.status == status, "instead of `\(text)`: \(error)", line: line)
  } catch {
    expect(false, "\(error)", line: line)
  }
}

// A function that was generated.
var direct: [Float] = [0, 0]
expect(turn_flip_forward(1, [1, 0], 2, [0.25, 0.75], 2, &direct, nil) == 0, "turn_flip_forward")
expect(direct == [0.25, 0.75], "\(direct)")

func programs(_ module: Module) throws {
  expect(module.source == "turn.cajal" && module.programNames == ["flip"] && module.modelNames == ["turn"], "names")
  let flip = try module.program("flip", of: Float.self)
  expect(flip.signature == "flip (x : Bool, n : Nat) : Bool" && flip.horizon == 2, flip.signature)
  expect(flip.inputs.map(\.name) == ["x", "n"] && flip.inputs[1].type == "Nat" && flip.output.size == 2, "ports")
  expect(flip.inputs[0].isLinear && flip.inputs[0].degree == 1 && flip.parameters == nil, "degree")
  let (x, n): ([Float], [Float]) = ([1, 2, 3, 4], [0.5, 0.25, 1, 10])
  expect(try flip([.packed(x), .packed(n)], batch: 2) == [1, 1.25, 43, 34], "packed")
  expect(try flip([.shared([1, 2]), .packed(n)], batch: 2) == [1, 1.25, 21, 12], "shared")

  // Of ⟨(1, 10), result⟩ in each sample: x̄ = (n0 + 10 n1, 10 n0 + n1), n̄ = (x0 + 10 x1, x1 + 10 x0).
  let kept = try flip.forwardKeeping([.shared([1, 2]), .packed(n)], batch: 2)
  expect(kept.result == [1, 1.25, 21, 12], "kept")
  expect(try kept.gradients([1, 10, 1, 10]) == ["x": [104, 25.25], "n": [21, 12, 21, 12]], "gradients")
  expect(try kept.gradients([1, 10, 1, 10], in: ["n"]) == ["n": [21, 12, 21, 12]], "gradient in n")

  // Of each sample and summed, whatever the input is; after what is kept moved, in turns with the others.
  let each: [String: [Float]] = ["x": [3, 5.25, 101, 20], "n": [42, 24]]
  for _ in 0..<2 {
    let gradients = try kept.gradients([1, 10, 1, 10], of: ["x": .each, "n": .sum])
    expect(gradients.inputs == each && gradients.parameters == [], "\(gradients)")
    expect(try kept.gradients([1, 10, 1, 10], of: ["n": .each]).inputs == ["n": [21, 12, 21, 12]], "each in n")
    expect(try kept.gradients([1, 10, 1, 10], of: ["x": .sum]).inputs == ["x": [104, 25.25]], "sum in x")
    expect(try kept.gradients([1, 10, 1, 10]) == ["x": [104, 25.25], "n": [21, 12, 21, 12]], "gradients again")
  }
  refuses("the result has 4 reals, and its gradient 2") { _ = try kept.gradients([1, 0], of: ["x": .each]) }
  refuses("there is no input `y`; there is x, n") { _ = try kept.gradients([1, 0, 1, 0], of: ["y": .sum]) }
  refuses("it has no parameters") { _ = try kept.gradients([1, 0, 1, 0], of: [:], parameters: .sum) }

  refuses("flip: it computes in Float, not in Double") { _ = try module.program("flip", of: Double.self) }
  refuses("there is no program `flop` in turn.cajal; there is flip") { _ = try module.program("flop", of: Float.self) }
  refuses("there is no model `flip` in turn.cajal; there is turn") { _ = try module.model("flip", of: Float.self) }
  refuses("flip: it takes 2 inputs, not 1") { _ = try flip([[1, 0]]) }
  refuses("input `n` has 4 reals, where a batch of 1 needs 2") { _ = try flip([[1, 0], .packed(n)]) }
  refuses("input `x` has 4 reals, where a batch of 2 needs 2") { _ = try flip([.shared(x), .packed(n)], batch: 2) }
  refuses("a batch of 0 samples") { _ = try flip([[], []], batch: 0) }
  refuses("a batch of -1 samples") { _ = try flip([[], []], batch: -1) }
  refuses("too large a batch") { _ = try flip([[1, 0], [1, 0]], batch: .max) }
  refuses("too large a batch") { _ = try flip([.shared([1, 0]), .shared([1, 0])], batch: .max) }
  refuses("the result has 4 reals, and its gradient 2") { _ = try kept.gradients([1, 0]) }
  refuses("there is no input `y`; there is x, n") { _ = try kept.gradients([1, 0, 1, 0], in: ["y"]) }
  refuses("it has no parameters") { _ = try kept.gradientsWithParameters([1, 0, 1, 0]) }
  refuses("it has 0 parameters, not 1") { _ = try flip.with(parameters: [1]) }
}

let paths = Array(CommandLine.arguments.dropFirst())
let linked = try Module(linked: turn_module_info())
try programs(linked)
var loaded: Module? = try Module(path: paths[0])
try programs(loaded!)

let trained = try linked.model("turn", of: Float.self)
let parameters: [Float] = [0.5, 0, 0, 1, 0.25, 0]
expect(trained.parameters == parameters && trained.parameterCount == 6, "embedded weights")
let untrained = try loaded!.model("turn", of: Float.self)
loaded = nil  // the function keeps its code
let turn = try untrained.with(parameters: parameters)
let kept = try turn.forwardKeeping([.shared([1, 0]), [1, 0, 0, 1]], batch: 2)
expect(kept.result == [0.75, 0, 0.25, 1], "\(kept.result)")
expect(try trained([.shared([1, 0]), [1, 0, 0, 1]], batch: 2) == kept.result, "trained")
let gradients = try kept.gradientsWithParameters([1, 0, 1, 0], in: ["s"])
expect(gradients.inputs == ["s": [0.5, 0, 0.5, 0]] && gradients.parameters == [1, 1, 0, 0, 2, 0], "\(gradients)")
expect(try kept.gradients([1, 0, 1, 0])["x"] == [1, 1], "gradient in x alone")
for _ in 0..<2 {
  let each = try kept.gradients([1, 0, 1, 0], of: ["x": .each, "s": .sum], parameters: .each)
  expect(each.inputs == ["x": [0.75, 0, 0.25, 1], "s": [1, 0]], "\(each.inputs)")
  expect(each.parameters == [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0], "\(each.parameters)")
  expect(try kept.gradients([1, 0, 1, 0], of: [:], parameters: .sum).parameters == [1, 1, 0, 0, 2, 0], "sum")
  expect(try kept.gradientsWithParameters([1, 0, 1, 0]).parameters == [1, 1, 0, 0, 2, 0], "again")
}
refuses("the model is not trained: give its 6 parameters by `with`") { _ = try untrained([[1, 0], [1, 0]]) }

refuses("cannot open shared object file") { _ = try Module(path: "no-such.so") }
refuses("is no compiled Cajal module") { _ = try Module(path: paths[1]) }
let later = UnsafeMutablePointer<cajal_module>.allocate(capacity: 1)
later.initialize(to: turn_module_info().pointee)
later.pointee.abi = 3
refuses("has version 3 of the interface, not 1 to 2") { _ = try Module(linked: later) }

// From before there was backward_each: what is behind is not looked at.
func older<Table>(_ table: UnsafePointer<Table>, _ size: Int) -> UnsafePointer<Table> {
  let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
  bytes.copyMemory(from: table, byteCount: size)
  bytes.storeBytes(of: UInt32(size), as: UInt32.self)
  return UnsafePointer(bytes.assumingMemoryBound(to: Table.self))
}
func list<Table>(_ table: UnsafePointer<Table>) -> UnsafePointer<UnsafePointer<Table>?> {
  let list = UnsafeMutablePointer<UnsafePointer<Table>?>.allocate(capacity: 1)
  list.initialize(to: table)
  return UnsafePointer(list)
}
let before = UnsafeMutablePointer<cajal_module>.allocate(capacity: 1)
before.initialize(to: turn_module_info().pointee)
before.pointee.programs = list(
  older(before.pointee.programs[0]!, MemoryLayout.offset(of: \cajal_program.backward_each)!))
before.pointee.models = list(older(before.pointee.models[0]!, MemoryLayout.offset(of: \cajal_model.backward_each)!))
let beforeEach = try Module(linked: before)
for function in [try beforeEach.program("flip", of: Float.self), try beforeEach.model("turn")] {
  let kept = try function.forwardKeeping([[1, 0], [1, 0]])
  expect(try kept.gradients([1, 0])["x"]?.count == 2, "gradients of an older module")
  refuses("\(function.name): the module has no gradients of each sample, since it was compiled before there were any") {
    _ = try kept.gradients([1, 0], of: ["x": .each])
  }
}

// Without --emit-grad; and built again while the first is in use.
func answer(_ module: Module) throws -> Int? { try module.program("answer", of: Float.self)([]).firstIndex { $0 != 0 } }
let first = try Module(path: paths[2])
refuses("answer: compiled without --emit-grad", status: 3) {
  _ = try first.program("answer", of: Float.self).forwardKeeping([]).gradients([0, 0, 0, 0])
}
expect(try answer(first) == 1, "the first")
expect(rename(paths[3], paths[2]) == 0, "rename")
expect(try answer(Module(path: paths[2])) == 2, "the second")
expect(try answer(first) == 1, "the first, still")

// Lists: a row has the weights of End and Letter, and true, false.
let tables = try Module(path: paths[4])
expect(try parity(of: [true, false, true], by: tables).result == [1, 0], "even")
let (odd, rowsBar) = try parity(of: [true, true, true], by: tables)
expect(odd == [0, 1] && rowsBar == [1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0], "odd: \(odd), \(rowsBar)")
let even = try tables.program("even", of: Float.self)
expect(even.inputs.count == 1 && even.inputs[0].type == "Word[4]" && even.inputs[0].size == 16, "the port of a list")
let list = even.inputs[0].table!
expect(list.rows == 4 && list.arity == 1 && list.rowSize == 4, "a list")
expect(list.parts == ["End": 0..<1, "Letter": 1..<2, "Letter.1": 2..<4], "\(list.parts)")
let word: [Float] = [0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0]
expect(try even([.table(.shared(word), nodes: [4, 3])], batch: 2) == [1, 0, 0, 0], "counts")
expect(try even([.table(.packed(word), nodes: .all)]) == [1, 0], "all rows")
expect(try even([.table(.packed(word + word), nodes: .shared([4]))], batch: 2) == [1, 0, 1, 0], "a shared count")
refuses("even: bad argument: w.nodes says that 5 rows count, and there are 4 (sample 1)") {
  _ = try even([.table(.shared(word), nodes: [4, 5])], batch: 2)
}
refuses("input `w` is a table: give its rows and nodes, by `.table`") { _ = try even([.packed(word)]) }
refuses("input `w` is a table") { _ = try even([.table(.table(.packed(word), nodes: .all), nodes: .all)]) }
refuses("the nodes of `w` are 1 numbers, where a batch of 2 needs 2") {
  _ = try even([.table(.shared(word), nodes: [4])], batch: 2)
}
refuses("input `w` has 16 reals, where a batch of 2 needs 32") {
  _ = try even([.table(.packed(word), nodes: [4, 4])], batch: 2)
}

// Trees: a row has the weights of Leaf and Node, and the number. x · ((3 · 5) · 2).
let product = try tables.program("product", of: Float.self)
let tree: [Float] = [0, 1, 0, 0, 1, 0, 1, 0, 3, 1, 0, 5, 1, 0, 2]
let children: [Int32] = [1, 4, 2, 3, -1, -1, -1, -1, -1, -1]
expect(product.inputs.map(\.name) == ["t", "x"] && product.inputs[1].table == nil, "the ports of a tree")
let keptTree = try product.forwardKeeping([.table(.shared(tree), nodes: .shared(children)), [1, 10]], batch: 2)
expect(keptTree.result == [30, 300], "\(keptTree.result)")
for _ in 0..<2 {
  let bars = try keptTree.gradients([1, 2])
  expect(bars["x"] == [30, 60] && bars["t"]?[8] == 210 && bars["t"]?[14] == 315 && bars["t"]?[1] == 630, "\(bars)")
  let each = try keptTree.gradients([1, 2], of: ["t": .each, "x": .sum]).inputs
  expect(each["t"]?.count == 30 && each["t"]?[8] == 10 && each["t"]?[23] == 200 && each["x"] == [90], "\(each)")
}
var wrong = children
wrong[3] = 1
refuses("product: bad argument: t.nodes: child 1 of row 1 is 1; it has to be -1, or above 1 and below 5") {
  _ = try product([.table(.packed(tree), nodes: .packed(wrong)), [1]])
}
refuses("t.nodes: child 1 of row 1 is 1; it has to be -1, or above 1 and below 5 (sample 1)") {
  _ = try product([.table(.shared(tree), nodes: .packed(children + wrong)), .shared([1])], batch: 2)
}
refuses("the nodes of `t` are missing: only of a list may all rows count") {
  _ = try product([.table(.packed(tree), nodes: .all), [1]])
}
refuses("input `x` is no table") {
  _ = try product([.table(.packed(tree), nodes: .packed(children)), .table([1], nodes: .all)])
}

let weighed = try tables.model("weighed", of: Float.self).with(parameters: [2, 3, 0.5])
let keptWord = try weighed.forwardKeeping([.table(.packed(word), nodes: .all)])
expect(keptWord.result == [21.875], "\(keptWord.result)")
let ofWord = try keptWord.gradientsWithParameters([1])
expect(ofWord.parameters == [17.5, 6.25, 23.75] && ofWord.inputs["w"]?[3] == 26.25, "\(ofWord)")
exit(failures == 0 ? 0 : 1)
