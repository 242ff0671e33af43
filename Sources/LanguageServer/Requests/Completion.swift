import CajalSyntax
import CajalTyping
import Diagnostics

extension LanguageServer {
  func completion(_ document: Document, _ params: JSON) throws -> JSON {
    let analysis = document.analysis
    let offset = try offset(document, params)
    let place = CompletionPlace(offset, analysis)
    let range = document.buffer.range(Span(place.start, offset))
    let candidates =
      switch place.kind {
      case .nothing: [Candidate]()
      case .symbol: symbols
      case .type: types(analysis) + symbols
      case .layer: layers
      case .declaration: Self.declarationWords.map { Candidate($0, .keyword) }
      case .expression: values(analysis, offset) + words + symbols
      }
    return [
      "isIncomplete": false,
      "items": .array(
        candidates.enumerated().map { order, candidate in
          [
            "label": .string(candidate.label), "kind": .integer(candidate.kind.rawValue),
            "detail": .string(candidate.detail), "filterText": .string(candidate.filter),
            // In the order of this list: what is nearest first.
            "sortText": .string(String(10_000 + order)),
            "textEdit": ["range": range, "newText": .string(candidate.text)],
          ]
        }),
    ]
  }

  /// The numbers of the protocol.
  private enum CandidateKind: Int {
    case function = 3
    case variable = 6
    case structure = 22
    case keyword = 14
    case member = 20
    case module = 9
    case text = 1
  }

  private struct Candidate {
    let label: String
    let kind: CandidateKind
    let detail: String
    let text: String
    let filter: String

    init(_ label: String, _ kind: CandidateKind, _ detail: String = "", text: String? = nil, filter: String? = nil) {
      (self.label, self.kind, self.detail) = (label, kind, detail)
      self.text = text ?? label
      self.filter = filter ?? label
    }
  }

  static let declarationWords = ["program", "model", "net", "param", "def", "type", "data", "horizon"]

  private var words: [Candidate] {
    ["fun", "if", "then", "else", "let", "in", "iter", "scan", "case", "fold", "succ", "true", "false"]
      .map { Candidate($0, .keyword) }
  }

  private var symbols: [Candidate] {
    [("λ", "lambda"), ("⊸", "-o"), ("ℕ", "N"), ("𝟚", "2"), ("⇒", "=>")].map { symbol, name in
      Candidate(symbol, .text, "\\" + name, filter: "\\" + name)
    }
  }

  private func types(_ analysis: Analysis) -> [Candidate] {
    ["Bool", "Nat", "Real"].map { Candidate($0, .structure) }
      + analysis.names.symbols.filter(\.isType).map { symbol in
        Candidate(
          symbol.name.text, .structure, analysis.observed.namedTypes[symbol.name.text].map { "\($0)" } ?? "")
      }
  }

  private var layers: [Candidate] {
    [
      ("conv", "conv 8 5x5 [stride 2] [valid]"), ("dense", "dense [400]"), ("maxpool", "maxpool 2"),
      ("avgpool", "avgpool 2"), ("within", "within l1 1"), ("stride", "stride 2"), ("valid", "no zeros at the border"),
    ].map { Candidate($0, .keyword, $1) } + Layer.Activation.allCases.map { Candidate($0.rawValue, .keyword) }
  }

  private func values(_ analysis: Analysis, _ offset: Int) -> [Candidate] {
    let visible = analysis.names.visibleValues(at: offset)
    var candidates = visible.filter(\.isLocal).map { symbol in
      Candidate(
        symbol.name.text, .variable,
        analysis.observed.variables[symbol.name.span]?.variable.map { "\($0.type)" } ?? "")
    }
    candidates += visible.filter { !$0.isLocal && $0.kind != .model }.map { symbol in
      let kind: CandidateKind =
        symbol.kind == .constructor ? .member : symbol.kind == .net ? .module : .function
      return Candidate(symbol.name.text, kind, analysis.observed.globals[symbol.name.text].map { "\($0)" } ?? "")
    }
    let taken = Set(candidates.map(\.label))
    // Where a declaration cannot be read its names are not known, but they stand there.
    let written = CompletionPlace.binders(before: offset, analysis).subtracting(taken)
    return written.sorted().map { Candidate($0, .variable) } + candidates
      + BuiltIn.all.filter { !taken.contains($0.name) }.map { Candidate($0.name, .function, $0.scheme) }
  }
}
