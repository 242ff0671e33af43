import LinearMaps
import Testing

/// A text that is no graph is refused, whatever it says: the numbers and references in it are nobody's word.
@Suite struct GraphReaderTests {
  static let refused: [(text: String, reason: String)] = [
    ("", "expected `graph`"),
    ("graph g(%0 p: nat[-1]) { return %0 }", "is no size"),
    ("graph g(%0 p: nat[99999999999999999999]) { return %0 }", "is no whole number"),
    ("graph g(%0 p: real[4294967296,4294967296]) { return %0 }", "is no size"),
    ("graph g(%0 p: hom(nat[4294967296], nat[4294967296])) { return %0 }", "is no size"),
    ("graph g() { %0 = constant{} : (real[1152921504606846975], real[1152921504606846975]) return }", "is no size"),
    ("graph g(%0 p: \(String(repeating: "hom(real, ", count: 100_000))", "nested more than"),
    (
      "graph g() {" + String(repeating: "%0 = loop[1, ascending, states 0, sequences 0] : () body () {", count: 1_000),
      "nested more than"
    ),
    // The product of the last two alone is no number of entries.
    (
      "graph g(%0 p: nat[5]) { %1 = product[1, 5, 9223372036854775807] %0, %0 : real return %1 }",
      "`product` wants whole numbers"
    ),
    ("graph g(%0 p: nat[5]) { %1 = product[0, 4294967296, 4294967296] %0, %0 : real return %1 }", "is no size"),
    ("graph g(%0 p: real) { %1 = transpose[4294967296, 4294967296] %0 : real return %1 }", "is no size"),
    ("graph g(%0 p: real) { %1 = averagePool[1, 1, 1, 4294967296] %0 : real return %1 }", "is no size"),
    (
      "graph g(%0 p: real) { "
        + "%1 = conv2d[1, 1, 1, 1, 1, 1, 1, 1, 4294967296, 4294967296, out] %0, %0 : real return %1 }",
      "is no size"
    ),
    ("graph g(%0 p: real) { %1 = slice[9223372036854775807] %0 : real return %1 }", "`slice` wants whole numbers"),
    // References of a loop's body, and counts, that lead nowhere.
    (
      "graph g() { %0 = loop[1, ascending, states 0, sequences 0] : (real) body () { return %7 } return }",
      "returns %7, which is no value"
    ),
    (
      "graph g() { %0 = loop[1, ascending, states -1, sequences 0, basis] : () body () { return } return }",
      "no basis parameter"
    ),
    (
      "graph g(%0 p: real[4]) { %1 = loop[1152921504606846975, ascending, states 0, sequences 1] %0 : () "
        + "body (%0 x: real[1152921504606846975]) { return } return }", "reads past the end of sequence 0"
    ),
  ]

  @Test(arguments: refused.indices) func isRefused(index: Int) {
    let (text, reason) = Self.refused[index]
    let error = #expect(throws: UnreadableGraph.self, "\(text.prefix(200))") { try parseGraph(text) }
    #expect(error?.reason.contains(reason) == true, "\(text.prefix(200)): \(error?.reason ?? "")")
  }
}
