/// What came of one module: a line of the campaign's state.
struct ModuleReport: Codable, Sendable {
  struct Failure: Codable, Sendable {
    /// The number of the program in the campaign; -1 where the whole module is to blame.
    var program: Int
    /// What failed, in one word: `value`, `crash`, `compiler` …
    var kind: String
    var reason: String
  }

  var module: Int
  /// Which sources were tried.
  var code = ""
  var row: String
  var realBytes: Int
  var blas: String
  var programs = 0
  var models = 0
  var calls = 0
  var comparisons = 0
  /// Comparisons of the graph with the evaluator, and with the equations.
  var evaluated = 0
  var equations = 0
  var derivatives = 0
  /// Calls of which the schedule was run too; nil in the lines of older campaigns.
  var schedules: Int?
  var scheduled: Int { schedules ?? 0 }
  /// Gradients of a call for some that have other bits than those of the call for all.
  var otherBits = 0
  /// Comparisons with a bound above a hundredth of the entry, and above a hundredth.
  var loose = 0
  /// The largest error as a part of its bound, and where it was.
  var worst = 0.0
  var worstProgram = -1
  var discarded: [String: Int] = [:]
  var kinds: [String: Int] = [:]
  var seconds: [String: Double] = [:]
  var failures: [Failure] = []
}
