import CajalSyntax
import Diagnostics
import TestSupport
import Testing

/// Weighted automata, as folds over words, agree with the enumeration of all their paths; so do the gradients in their
/// matrices, which count how often a path takes a transition. Weights are fourths: arithmetic on them is exact.
@Suite struct WordAutomatonTests {
  /// Between two states of a path, in the order in which a word is read; nil: a move without a letter.
  private typealias Transition = (letter: Int?, from: Int, to: Int)

  private struct Automaton {
    let states: Int
    let start: [Double]
    let end: [Double]
    /// [letter][to][from]
    let letters: [[[Double]]]
    let silent: [[Double]]

    init(states: Int, letters: Int, _ random: inout SplitMix) {
      func vector() -> [Double] { (0..<states).map { _ in Double(random.below(9) - 4) / 4 } }
      self.states = states
      start = vector()
      end = vector()
      self.letters = (0..<letters).map { _ in (0..<states).map { _ in vector() } }
      silent = (0..<states).map { _ in vector() }
    }

    func weight(_ transition: Transition) -> Double {
      let matrix = transition.letter.map { letters[$0] } ?? silent
      return matrix[transition.to][transition.from]
    }

    /// Every path of a word, last move first, with its weight but for those of its ends.
    func paths(_ moves: [Int?]) -> [(first: Int, last: Int, transitions: [Transition])] {
      var paths = (0..<states).map { (first: $0, last: $0, transitions: [Transition]()) }
      for move in moves.reversed() {
        paths = paths.flatMap { path in
          (0..<states).map { (path.first, $0, path.transitions + [(move, path.last, $0)]) }
        }
      }
      return paths
    }

    /// The value of a word, and its derivatives: in each matrix, as `letters` and `silent` have them.
    func enumerate(_ moves: [Int?]) -> (value: Double, letters: [[[Double]]], silent: [[Double]]) {
      var value = 0.0
      let zero = [[Double]](repeating: [Double](repeating: 0, count: states), count: states)
      var (ofLetters, ofSilent) = (letters.map { _ in zero }, zero)
      for path in paths(moves) {
        let weights = path.transitions.map(weight)
        let ends = start[path.first] * end[path.last]
        value += weights.reduce(ends, *)
        for (index, transition) in path.transitions.enumerated() {
          let others = weights.indices.filter { $0 != index }.reduce(ends) { $0 * weights[$1] }
          if let letter = transition.letter {
            ofLetters[letter][transition.to][transition.from] += others
          } else {
            ofSilent[transition.to][transition.from] += others
          }
        }
      }
      return (value, ofLetters, ofSilent)
    }
  }

  private static let rows = 5
  /// The oracle, for values alone: it takes a derivative an entry; and what gradients come from too.
  private static let implementations: [(any Implementation, hasGradients: Bool)] = [
    (OracleImplementation(), false), (GraphImplementation(), true), (ScheduleImplementation(threshold: 4096), true),
    (ScheduleImplementation(threshold: 1), true),
  ]

  /// - Parameter text: of a program of a word, `start`, `step`, `end`, and `silent` where it has that.
  private func program(_ text: String) throws -> CheckedProgram {
    let dummy = RandomProgram(seed: 0, horizon: 3, context: [], type: .bool, body: Term(.bool(true)))
    return try CheckedProgram(dummy, text: text)
  }

  /// The matrix of `step`, [(to, from), letter], row-major.
  private func table(_ letters: [[[Double]]]) -> [Double] {
    letters[0].indices.flatMap { to in letters[0].indices.flatMap { from in letters.map { $0[to][from] } } }
  }

  private func agree(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found == expected, "\(what)")
  }

  /// All words of up to three letters.
  @Test(arguments: [1, 2, 3]) func wordsAgreeWithTheirPaths(states: Int) throws {
    let program = try program(
      """
      data Word = End | Letter Bool Word
      program automaton (w : Word[\(Self.rows)], start : Real[\(states)], step : Bool -o Real[\(states)] -o Real[\(states)],
                         end : Real[\(states)]) : Real =
        dot end (fold { End => start | Letter b state => step b state } (w))
      """)
    var random = SplitMix(seed: UInt64(states))
    let automaton = Automaton(states: states, letters: 2, &random)
    let words = (0...3).flatMap { length in
      (0..<(1 << length)).map { bits in (0..<length).map { bits >> $0 & 1 } }
    }
    for (implementation, hasGradients) in Self.implementations {
      let prepared = try #require(try implementation.prepare([program])[0])
      for word in words {
        let letters = word.flatMap { [0, 1, $0 == 0 ? 1 : 0, $0 == 0 ? 0 : 1] }
        let padding = [Double](repeating: .nan, count: 4 * (Self.rows - word.count - 1))
        let rows = letters.map(Double.init) + [1, 0, 0, 0] + padding
        let point = [
          rows, [Double(word.count + 1)], automaton.start, table(automaton.letters), automaton.end,
        ]
        let expected = automaton.enumerate(word)
        agree(try prepared.value(point), [expected.value], "\(implementation.name): \(word)")
        guard hasGradients else { continue }
        let gradients = try prepared.gradients(point, [1])
        agree(gradients[3], table(expected.letters), "\(implementation.name): the gradient of \(word)")
      }
    }
  }

  /// After a letter as many moves without one as a natural says.
  @Test func silentMovesAgreeWithTheirPaths() throws {
    let program = try program(
      """
      horizon 3
      data Word = End | Letter Nat[3] Nat Word
      program automaton (w : Word[\(Self.rows)], start : Real[2], step : Nat[3] -o Real[2] -o Real[2],
                         silent : Real[2] -o Real[2], end : Real[2]) : Real =
        dot end (fold { End => start | Letter b n state => step b (iter { state | x => silent x } (n)) } (w))
      """)
    var random = SplitMix(seed: 9)
    let automaton = Automaton(states: 2, letters: 3, &random)
    for (implementation, hasGradients) in Self.implementations {
      let prepared = try #require(try implementation.prepare([program])[0])
      for _ in 0..<8 {
        let word = (0..<random.below(4)).map { _ in (letter: random.below(3), moves: random.below(3)) }
        let letters = word.flatMap { letter, moves -> [Double] in
          [0, 1] + (0..<3).map { $0 == letter ? 1.0 : 0 } + (0..<3).map { $0 == moves ? 1.0 : 0 }
        }
        let padding = [Double](repeating: 0, count: 8 * (Self.rows - word.count - 1) + 7)
        let point = [
          letters + [1] + padding, [Double(word.count + 1)], automaton.start, table(automaton.letters),
          automaton.silent.flatMap { $0 }, automaton.end,
        ]
        let moves = word.flatMap { [$0.letter] + [Int?](repeating: nil, count: $0.moves) }
        let expected = automaton.enumerate(moves)
        agree(try prepared.value(point), [expected.value], "\(implementation.name): \(word)")
        guard hasGradients else { continue }
        let gradients = try prepared.gradients(point, [1])
        agree(gradients[3], table(expected.letters), "\(implementation.name): the gradient in the letters of \(word)")
        agree(gradients[4], expected.silent.flatMap { $0 }, "\(implementation.name): in the silent moves of \(word)")
      }
    }
  }
}
