/// What a page shows. Its JSON is what the page's script reads.
public struct PageModel: Encodable, Sendable {
  let file: String
  let compiler: String
  let horizon: Int
  let source: SourceText
  /// The functions of the C that compute, in its order.
  let code: [CodeFunction]
  /// How many more functions there are.
  let codeLeftOut: Int
  let programs: [ProgramModel]
  let models: [ModelModel]
  let nets: [NetModel]
}

/// A program or a model, as far as they are alike.
struct MapModel: Encodable, Sendable {
  let name: String
  /// What `check` says.
  let summary: String
  /// Of the declaration, from 1.
  let line: Int
  let forward: GraphModel
  /// From the inputs and the cotangent of the result to the result and the gradients.
  let adjoint: GraphModel
}

/// What it takes to run a program or a model in the page.
struct RunModel: Encodable, Sendable {
  /// Of a model, its tensors first.
  let inputs: [PortModel]
  let result: PortModel
  /// Why it cannot be run in the page; nil where it can.
  let whyNot: String?
}

struct ProgramModel: Encodable, Sendable {
  let map: MapModel
  let run: RunModel
  /// Of a program that is linear in every variable and small.
  let tensor: TensorModel?
  let whyNoTensor: String?
}

/// A variable, or the result.
struct PortModel: Encodable, Sendable {
  let name: String
  let type: String
  let dimension: Int
  /// Rows and columns where it is a matrix or an image.
  let shape: [Int]
  /// What the basis vectors stand for: as many as are shown.
  let labels: [String]
  /// A unit vector stands for a value.
  let isDiscrete: Bool
  /// The vector to begin with, where there is no `value`.
  let start: Start
  /// Of a learnt tensor.
  var value: [Double]?

  enum Start: String, Encodable, Sendable { case first, second, ones, identity }
}

/// A matrix, or a tensor of more axes.
struct TensorModel: Encodable, Sendable {
  let axes: [Axis]
  /// Row-major.
  let entries: [Double]

  struct Axis: Encodable, Sendable {
    let name: String
    let labels: [String]
  }
}

struct ModelModel: Encodable, Sendable {
  let map: MapModel
  let run: RunModel
  let tensors: [Parameters]
  /// First layers, where their weights are known.
  let kernels: [KernelsModel]
  /// Of the model of `--run`.
  let training: TrainingModel?

  struct Parameters: Encodable, Sendable {
    let name: String
    let shape: [Int]
    let count: Int
    /// As rows and columns, where it is small and the numbers are known.
    let tensor: TensorModel?
  }
}

struct NetModel: Encodable, Sendable {
  let signature: String
  let line: Int
  let layers: [Layer]
  let parameterCount: Int

  struct Layer: Encodable, Sendable {
    let kind: String
    let input: [Int]
    let output: [Int]
    let parameterCount: Int
  }
}

/// What is too large for a page.
enum PageLimit {
  /// Entries of a vector that are shown one by one.
  static let entries = 64
  /// Rows and columns of a matrix.
  static let extent = 64
  /// Nodes of a graph that is drawn or run.
  static let nodes = 4_000
  /// Entries that a run of a graph visits.
  static let work = 5e7
  /// Lines of C.
  static let codeLines = 10_000
  /// Numbers of a model that is run.
  static let parameters = 4_096
  /// Numbers that the constants of a graph have.
  static let constants = 100_000
  /// Points of a curve.
  static let points = 1_000
  /// Rows of measures.
  static let measures = 100
  /// Pictures of a layer's weights.
  static let kernels = 64
  /// Of a run: samples, and steps at which their outputs are shown.
  static let samples = 10
  static let snapshots = 12
  /// Entries of all that is shown of samples.
  static let snapshotEntries = 200_000
  /// Of the files of snapshots.
  static let snapshotBytes = 1 << 28
  /// Rows and columns of what is drawn as curves.
  static let course = 16...4_096
  static let courseColumns = 6
  /// Significant digits of what is only looked at.
  static let digits = 5
}
