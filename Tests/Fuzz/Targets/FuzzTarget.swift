import TestSupport

/// What reads input that nobody has vouched for, each with what has to hold of any input whatever.
///
/// A target throws `Falsified` where something does not hold; that it ends, and within its memory, is for the fuzzer to
/// see. Refusing an input is no failure.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Bytes to a syntax tree and back to text.
  case syntax
  /// Bytes to C, by all stages.
  case program
  /// The text of a graph, through the verifier, the printer and the interpreter.
  case graph
  /// Files of tensors.
  case safetensors
  /// Files of images, plain or compressed.
  case idx
  /// NumPy's archives of arrays.
  case npz
  /// Tables of samples.
  case csv

  public func check(_ bytes: [UInt8]) throws {
    switch self {
    case .syntax: try checkSyntax(bytes)
    case .program: try checkProgram(bytes)
    case .graph: try checkGraph(bytes)
    case .safetensors: try checkTensors(bytes)
    case .idx: try checkImages(bytes)
    case .npz: try checkArrays(bytes)
    case .csv: try checkTable(bytes)
    }
  }

  /// Another input that is like this one; nil where single bytes are as good as anything.
  public func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8]? {
    switch self {
    case .syntax, .program:
      return random.below(8) == 0
        ? AlmostRight.program(seed: random.next()) : TextMutator(.cajal).mutated(bytes, &random)
    case .graph:
      return random.below(8) == 0 ? AlmostRight.graph(seed: random.next()) : TextMutator(.graph).mutated(bytes, &random)
    case .safetensors: return random.below(2) == 0 ? TensorHeader.mutated(bytes, &random) : nil
    case .idx, .npz, .csv: return nil
    }
  }

  /// Inputs to begin with.
  public func seeds() -> [[UInt8]] {
    switch self {
    case .syntax, .program: Seeds.programs
    case .graph: Seeds.graphs
    case .safetensors: Seeds.tensors
    case .idx: Seeds.images
    case .npz: Seeds.archives
    case .csv: Seeds.tables
    }
  }
}
