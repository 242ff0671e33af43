import CajalSyntax
import CajalTyping
import Driver
import Lowering

extension TensorModel {
  init(_ tensor: ProgramTensor) {
    self.init(
      axes: tensor.axes.map { axis in
        Axis(name: axis.name, labels: (0..<axis.dimension).map { axis.label($0) })
      },
      entries: tensor.entries)
  }

  /// Numbers in rows as far as the first extent, and columns of all others; nil where there are too many.
  init?(_ values: [Double], shape: [Int]) {
    let rows = shape.count > 1 ? shape[0] : 1
    let columns = rows == 0 ? 0 : values.count / rows
    guard rows > 0, columns > 0, rows <= PageLimit.extent, columns <= PageLimit.extent else { return nil }
    func axis(_ count: Int) -> Axis { Axis(name: "", labels: (0..<count).map { "\($0)" }) }
    self.init(axes: [axis(rows), axis(columns)], entries: values)
  }
}

extension Judgement {
  /// Why a page shows no matrix of it; nil where it shows one.
  func whyNoTensor(horizon: Int) -> String? {
    if context.contains(where: { $0.rows != nil }) { return "It has no matrix: a table is no vector." }
    let nonlinear = zip(context, degrees).filter { !$1.isLinear }.map { "`\($0.0.variable.name)`" }
    guard nonlinear.isEmpty else {
      return "It has no matrix: it is not linear in \(nonlinear.joined(separator: ", "))."
    }
    var (columns, result) = (context.map(\.variable.type), type)
    while case .function(let argument, let rest) = result {
      columns.append(argument)
      result = rest
    }
    let dimensions = ([result] + columns).map { $0.dimension(horizon: horizon) ?? Int.max }
    var (size, isSmall) = (1, dimensions.allSatisfy { $0 <= PageLimit.extent })
    for dimension in dimensions where isSmall {
      size *= dimension
      isSmall = size <= PageLimit.extent * PageLimit.extent
    }
    return isSmall ? nil : "Its matrix is too large for a page: `cajal2c matrix` prints it."
  }
}
