/// What a run of `cajal-train` shows of its model.
struct TrainingModel: Encodable, Sendable {
  /// How far it is, and whose parameters the page has: sentences, with code between backquotes.
  let notes: [String]
  /// Which one the curves are of.
  let loss: String
  let curves: [CurveModel]
  let measures: TextTable
  let settings: TextTable
  let snapshots: SnapshotsModel?
  /// Why there are none, or what is left out of them.
  let snapshotNotes: [String]
}

/// Losses by steps.
struct CurveModel: Encodable, Sendable {
  let name: String
  let steps: [Int]
  /// As many, all of them finite.
  let values: [Double]
  /// Whether every point is marked.
  let hasMarks: Bool
}

struct TextTable: Encodable, Sendable {
  let header: [String]
  let rows: [[String]]
}

/// What was saved of test samples, beside each other.
struct SnapshotsModel: Encodable, Sendable {
  let sampleCount: Int
  /// Inputs, outputs in the order of their steps, the target.
  let columns: [SampleColumn]
}

/// A tensor of each sample.
struct SampleColumn: Encodable, Sendable {
  enum Role: String, Encodable, Sendable { case input, output, target }

  let title: String
  let role: Role
  let look: TensorLook
  let rows: Int
  let columns: Int
  /// What the entries of a vector stand for.
  let labels: [String]
  /// What the ends of a picture's grey scale stand for.
  let scale: [Double]?
  let cells: [SampleCell]
}

/// A tensor of one sample.
struct SampleCell: Encodable, Sendable {
  /// Of what is no picture: row-major.
  let numbers: [Double]?
  let picture: Picture?
}
