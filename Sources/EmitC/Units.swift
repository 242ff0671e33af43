import LinearMaps
import Schedule

/// The matrix products of large sizes.
public enum Blas: String, Hashable, Sendable, CaseIterable { case none, openblas }

public struct EmitOptions: Sendable {
  public typealias Blas = EmitC.Blas

  /// 4: float, 8: double.
  public var realBytes: Int
  public var blas: Blas
  public var checkFinite: Bool
  /// Of every exported name; made a C name where it is none.
  public var prefix: String
  /// The source file's name, without directories.
  public var sourceName: String
  /// The name under which the emitted C includes its header.
  public var headerName: String
  /// The compiler's name and version.
  public var compiler: String
  public var gradients: Bool
  /// Products with tensors of at least as many reals are run for a whole batch.
  public var batchThreshold: Int
  /// Programs on small spaces are computed for several samples at once.
  public var lanes: Bool
  /// The header defines the functions of one sample of small programs.
  public var inlines: Bool
  /// Names that nothing of the file may have at its top level, because of what is put beside it.
  public var reserved: Set<String> = []

  public init(
    realBytes: Int = 4, blas: Blas = .openblas, checkFinite: Bool = false, prefix: String, sourceName: String,
    headerName: String? = nil, compiler: String, gradients: Bool,
    batchThreshold: Int = ScheduleOptions.defaultBatchThreshold, lanes: Bool = true,
    inlines: Bool = false
  ) {
    self.realBytes = realBytes
    self.blas = blas
    self.checkFinite = checkFinite
    self.prefix = prefix
    self.sourceName = sourceName
    self.headerName = headerName ?? EmitOptions.stem(of: sourceName) + ".h"
    self.compiler = compiler
    self.gradients = gradients
    self.batchThreshold = batchThreshold
    self.lanes = lanes
    self.inlines = inlines
  }

  private static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}

/// One variable of the context, or the result.
public struct PortDescription: Hashable, Sendable {
  /// Empty for the result.
  public var name: String
  public var type: String
  /// In reals.
  public var size: Int
  /// `Int.max` where there is no bound.
  public var degree: Int
  public var linear: Bool
  /// The shape of a Real, else the dimension alone; of a table, its rows and the reals of one; of its nodes, the rows and
  /// their children, or the count alone.
  public var dims: [Int]
  /// Of a table and of its nodes.
  public var table: TableDescription?
  /// The children or the count of the table before it: of `int32_t`, without a gradient.
  public var isNodes = false
  /// Of a result: links that are distributions make it one (LANGUAGE.md, section 8).
  public var isDistribution = false
  /// Of a declared type whose constructors have no fields: their names.
  public var values: [String] = []

  public init(name: String, type: String, size: Int, degree: Int, linear: Bool, dims: [Int]) {
    self.name = name
    self.type = type
    self.size = size
    self.degree = degree
    self.linear = linear
    self.dims = dims
  }
}

extension PortDescription {
  /// As a model describes its data.
  fileprivate var asData: PortDescription {
    var data = self
    data.degree = 0
    data.linear = false
    return data
  }

  /// The table `name : type[rows]` and its nodes (DATA.md, section 5).
  public static func table(_ name: String, type: String, degree: Int, _ table: TableDescription) -> [PortDescription] {
    var reals = PortDescription(
      name: name, type: "\(type)[\(table.rows)]", size: table.rows * table.row, degree: degree, linear: false,
      dims: [table.rows, table.row])
    reals.table = table
    let dims = table.isChain ? [1] : [table.rows, table.arity]
    var nodes = PortDescription(
      name: "\(name).nodes", type: "nodes", size: dims.reduce(1, *), degree: 0, linear: false, dims: dims)
    nodes.table = table
    nodes.isNodes = true
    return [reals, nodes]
  }
}

/// How the rows of a table are laid out.
public struct TableDescription: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    /// "Letter" for the weight of a constructor, "Letter.1" for its first field.
    public let name: String
    public let offset: Int
    public let size: Int
    public init(name: String, offset: Int, size: Int) {
      self.name = name
      self.offset = offset
      self.size = size
    }
  }
  /// The most nodes.
  public let rows: Int
  /// The most children of a row; 1 in a chain.
  public let arity: Int
  public let isChain: Bool
  /// Weights first.
  public let parts: [Part]

  public init(rows: Int, arity: Int, isChain: Bool, parts: [Part]) {
    self.rows = rows
    self.arity = arity
    self.isChain = isChain
    self.parts = parts
  }

  /// The reals of a row.
  public var row: Int { parts.reduce(0) { $0 + $1.size } }
}

/// A named piece of a model's parameter vector.
public struct TensorDescription: Hashable, Sendable {
  /// "kernel.0.weight".
  public var name: String
  public var dims: [Int]
  /// Of the initialisation, uniform in ±1/√fanIn.
  public var fanIn: Int
  /// Its entries at first, row-major; nil where `fanIn` decides.
  public var initial: [Double]?

  public init(name: String, dims: [Int], fanIn: Int, initial: [Double]? = nil) {
    self.name = name
    self.dims = dims
    self.fanIn = fanIn
    self.initial = initial
  }

  /// In reals.
  public var count: Int { dims.reduce(1, *) }
}

/// What a model has and a program has not.
public struct ModelDescription: Sendable {
  /// One after another, the parameter vector.
  public let tensors: [TensorDescription]
  /// The trained parameters, which become part of the module; nil in an untrained model.
  public var weights: [Double]?

  public init(tensors: [TensorDescription], weights: [Double]?) {
    self.tensors = tensors
    self.weights = weights
    // It may wrap: what cannot be addressed is refused, see `isPossible`.
    var end = 0
    offsets = tensors.map { tensor in
      defer { end &+= tensor.dims.reduce(1, &*) }
      return end
    }
  }

  public var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }

  /// Where each tensor begins in the parameter vector.
  let offsets: [Int]

  /// Whether the parameter vector can be addressed.
  var isPossible: Bool {
    var total = 0
    for tensor in tensors {
      var count = 1
      for extent in tensor.dims {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        if overflow { return false }
        count = product
      }
      let (sum, overflow) = total.addingReportingOverflow(count)
      if overflow || sum > Int.max / 64 { return false }
      total = sum
    }
    return true
  }
}

/// A program or a model, as its graphs.
public struct ProgramUnit: Sendable {
  public var name: String
  /// Its signature, for readers.
  public var judgement: String
  /// What stands above its code: where it is in the source, and what it says there.
  public var sourceLines: [String]
  public var horizon: Int
  /// nil for a program.
  public var model: ModelDescription?
  /// Of a model: its data, which has no degree.
  public var ports: [PortDescription]
  public var output: PortDescription
  /// With parameters and results as the signature says.
  public var forward: Graph
  public var backward: Graph?

  public init(
    name: String, judgement: String, sourceLines: [String] = [], horizon: Int, model: ModelDescription? = nil,
    ports: [PortDescription], output: PortDescription, forward: Graph, backward: Graph?
  ) {
    self.name = name
    self.judgement = judgement
    self.sourceLines = sourceLines
    self.horizon = horizon
    self.model = model
    self.ports = model == nil ? ports : ports.map(\.asData)
    self.output = output
    self.forward = forward
    self.backward = backward
  }

  var hasTables: Bool { ports.contains { $0.isNodes } }

  public var signature: GraphSignature {
    model.map { .model(tensors: $0.tensors.count, ports: ports.count) } ?? .program(ports: ports.count)
  }

  /// None of a program.
  var tensors: [TensorDescription] { model?.tensors ?? [] }

  /// Whether there is anything that can have a gradient.
  var isAdjointEmpty: Bool { tensors.isEmpty && ports.isEmpty }
}

/// A file of programs and models.
public struct ModuleUnit: Sendable {
  public var programs: [ProgramUnit]
  public var options: EmitOptions
  /// The version of the interface that callers need: 2 where an input is not of reals.
  public var abi: Int { programs.contains { $0.hasTables } ? 2 : 1 }

  public init(programs: [ProgramUnit], options: EmitOptions) {
    self.programs = programs
    self.options = options
  }
}

public enum EmitError: Error, Hashable, Sendable {
  /// Programs whose names are one name in C (E0309).
  case clashes([NameClash])
  /// The program, by name, needs more memory than can be addressed (E0401).
  case tooLarge(String)
}

extension EmitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .clashes(let clashes): clashes.map(\.description).joined(separator: "; ")
    case .tooLarge(let name): "'\(name)' needs more memory than can be addressed"
    }
  }
}
