/// What a node computes.
public enum Operation: Hashable, Sendable {
  /// The graph's parameter of that index.
  case parameter(Int)
  case constant(SparseVector)
  indirect case loop(Loop)
  /// One result of a loop.
  case output(Int)
  /// Anything else.
  case compute(Computation)
}

/// What is computed from operands alone. Every one but `nonlinear` and its adjoint is linear in each operand on its own.
public enum Computation: Hashable, Sendable {
  case add
  /// Entry by entry.
  case times
  case scale(Double)
  case product(Product)
  case middleProduct(MiddleProduct)
  case view(View)
  case conv2d(Convolution)
  /// The mean of every window of the image.
  case averagePool(Pooling)
  /// The transpose of `averagePool`.
  case averageUnpool(Pooling)
  /// What counts of a table, by its children or count; `isCotangent`: the transpose. Linear in the first operand, as the
  /// next two are; an index is no polynomial's variable, and has no gradient.
  case counted(TableLayout, isCotangent: Bool)
  /// A row of a table, by an index. In a loop that fills the table it reads rows that do not change any more.
  case gatherRow(RowAccess)
  /// The transpose of `gatherRow`.
  case scatterRow(RowAccess)
  /// The one kind of computation that is not multilinear.
  case nonlinear(Nonlinear)
  /// The adjoint of `nonlinear`. Operands: what `Nonlinear.adjointReads` says, then the cotangent of the result; linear
  /// in the second.
  case nonlinearAdjoint(Nonlinear)

  var family: any Family {
    switch self {
    case .add: Add()
    case .times: Times()
    case .scale(let factor): Scale(factor: factor)
    case .product(let product): product
    case .middleProduct(let product): product
    case .view(let view): view
    case .conv2d(let convolution): convolution
    case .averagePool(let pooling): AveragePool(pooling: pooling, isTransposed: false)
    case .averageUnpool(let pooling): AveragePool(pooling: pooling, isTransposed: true)
    case .counted(let layout, let isCotangent): Counted(layout: layout, isCotangent: isCotangent)
    case .gatherRow(let access): TableRow(access: access, isTransposed: false)
    case .scatterRow(let access): TableRow(access: access, isTransposed: true)
    case .nonlinear(let map): map
    case .nonlinearAdjoint(let map): NonlinearAdjoint(map: map)
    }
  }

  /// Whose names a text may have.
  static let families: [any Family.Type] = [
    Add.self, Times.self, Scale.self, Product.self, MiddleProduct.self, View.self, Convolution.self, AveragePool.self,
    Counted.self, TableRow.self, Nonlinear.self, NonlinearAdjoint.self,
  ]
}

extension Operation {
  /// The computation, where it is one.
  public var computation: Computation? { if case .compute(let computation) = self { computation } else { nil } }
}
