import LinearMaps

/// Where the reals of a buffer are.
public enum Storage: Hashable, Sendable {
  /// Read only; the number is a `GraphSignature`'s, the cotangent's among them.
  case input(Int)
  /// Of forward the result; of the adjoint the gradient of that number.
  case output(Int)
  /// What forward_keep keeps for the adjoint, of one sample, from an offset on. Null in a forward run that keeps
  /// nothing.
  case kept(Int)
  /// A literal of the module, an index into its tables.
  case table(Int)
  /// The workspace from an offset on, in reals.
  case workspace(Int)
  /// A row for every sample, in the part of the workspace that grows with the batch: the row of sample b begins at
  /// batch · offset + b · size.
  case rows(Int)
  /// The same in what forward_keep keeps for the adjoint of a model.
  case keptRows(Int)
  /// A local array, or a local variable where the size is 1.
  case local
  /// A pointer variable that starts at the place and is swapped with another.
  case pointer(Place)
  /// The same for the rows of all samples.
  case rowPointer(Place)
  /// Not planned yet.
  case unplanned
}

extension Storage {
  /// The number of the output that it is.
  var output: Int? { if case .output(let output) = self { output } else { nil } }

  /// Where a pointer points at first.
  var start: Place? {
    switch self {
    case .pointer(let place), .rowPointer(let place): place
    case .input, .output, .kept, .table, .workspace, .rows, .keptRows, .local, .unplanned: nil
    }
  }
}

public struct Buffer: Hashable, Sendable {
  public var name: String
  /// In reals.
  public let size: Int
  public var storage: Storage
  /// Where it is, instead, in a run that keeps what the adjoint wants: the offset of `keptRows`.
  public var keptAt: Int?
}

/// Something of which the caller of a model's adjoint may want the gradient or not.
public enum Wanted: Hashable, Sendable {
  case parameters
  case port(Int)

  /// Of a gradient in that input.
  init?(_ input: GraphSignature.Input) {
    switch input {
    case .tensor: self = .parameters
    case .port(let port): self = .port(port)
    case .cotangent: return nil
    }
  }
}

/// A matrix product for all samples together, one operand or the result of which they share: a tensor, or its gradient.
/// Each sample has `rows` rows in the other matrices; a single one may be a part of the buffer's row.
public struct BatchProduct: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    /// target[batch·rows × n] = left[batch·rows × k] op(right)[k × n], where `right` is the tensor.
    case apply(k: Int, n: Int, transposed: Bool)
    /// target[m × n] = Σ leftᵀ right over all rows of left[batch·rows × m] and right[batch·rows × n].
    case sum(m: Int, n: Int)
    /// target[batch × outer × columns] from left[batch × inner] and the tensor `right`; one row a sample.
    case middle(MiddleProduct)
  }
  public let role: Role
  public let rows: Int
  public let blas: Bool
  public var left: Place
  public var right: Place
  public var target: Place
  public var accumulate: Bool
}

/// A part of a procedure.
public enum Step: Hashable, Sendable {
  /// What does not depend on the sample, once a batch.
  case once([Statement])
  /// For every sample.
  case samples([Statement])
  /// For all samples together; only where one of the gradients is wanted, if there are any.
  case batch(BatchProduct, wanted: [Wanted])
  /// All samples together, round by round.
  case rounds(RoundSteps)
}

/// A loop around steps.
public struct RoundSteps: Hashable, Sendable {
  /// Without its body.
  public let loop: CountedLoop
  /// Pointers to rows, which are declared before the loop.
  public let pointers: [Int]
  /// Pointers that are exchanged at the end of a round.
  public let swaps: [PointerSwap]
  public let body: [Step]
}

public struct PointerSwap: Hashable, Sendable {
  public let first: Int
  public let second: Int
}

/// One direction of a program: loops over buffers.
public struct Procedure: Hashable, Sendable {
  public var buffers: [Buffer]
  public var steps: [Step]
  /// In reals, for one sample at a time; a multiple of 64 bytes.
  public var workspaceSize: Int
  /// In reals, what the workspace grows by with every sample; a multiple of 64 bytes.
  public var rowsSize: Int
  /// Of a model's adjoint: the outputs that are not overwritten but added to, and so have to be 0 at first.
  public var clearedOutputs: [Int]
}

/// A literal that lies in the emitted file as a table.
public struct Table: Hashable, Sendable {
  public let values: [Double]
}

/// Both directions of a program.
public struct ProgramSchedule: Sendable {
  public let forward: Procedure
  public let backward: Procedure?
  /// What forward_keep keeps of a sample, in reals; a multiple of 64 bytes.
  public let keptSize: Int
  /// Of a program: other ways for batches that share matrices. The first whose condition holds is taken.
  public var variants: [ScheduleVariant] = []

  /// Whether the batch may have to go sample by sample, as `forward` and `backward` do.
  public var isFallback: Bool { variants.allSatisfy { !$0.inputs.isEmpty } }

  /// For batches that share no input.
  public var usual: (forward: Procedure, backward: Procedure?) {
    isFallback ? (forward, backward) : (variants[variants.count - 1].forward, variants[variants.count - 1].backward)
  }
}

/// A program for batches in which these inputs are the same for every sample.
public struct ScheduleVariant: Sendable {
  public let inputs: [Int]
  public let forward: Procedure
  public let backward: Procedure?
}
