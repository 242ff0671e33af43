import Diagnostics
import EmitC
import Foundation
import Lowering
import TensorFiles

/// Trained parameters for the models of a file (`--weights`), by the tensors' names. Models that share a net share its
/// tensors.
public struct Weights: Sendable {
  private let values: [String: [Double]]

  /// Reads a file that has to hold exactly the tensors of the models, each as F32 or F64, with entries that are finite
  /// as reals of so many bytes. An entry that is too small for a float becomes 0. Throws `FileProblem`.
  public init(reading path: String, for models: [LoweredModel], realBytes: Int) throws {
    var expected: [ExpectedTensor] = []
    var known = Set<String>()
    for tensor in models.flatMap(\.tensors) where known.insert(tensor.name).inserted {
      expected.append(ExpectedTensor(name: tensor.name, shape: tensor.dims))
    }
    do {
      let file = try TensorFile(reading: path)
      try file.check(holdsExactly: expected, dtypes: [.f32, .f64])
      var values: [String: [Double]] = [:]
      for tensor in expected {
        let numbers =
          file[tensor.name]!.dtype == .f64
          ? try file.values(named: tensor.name, shape: tensor.shape, as: Double.self)
          : try file.values(named: tensor.name, shape: tensor.shape, as: Float.self).map { Double($0) }
        for (index, number) in numbers.enumerated() {
          guard number.isFinite else {
            throw SafetensorsError(path: path, "entry \(index) of \(tensor.name) is \(number)")
          }
          guard realBytes == 8 || Float(number).isFinite else {
            throw SafetensorsError(
              path: path,
              "entry \(index) of \(tensor.name) is \(number), too large for a float (compile with --real double)")
          }
        }
        values[tensor.name] = numbers
      }
      self.values = values
    } catch let error as SafetensorsError {
      // A list is one to a line, below the message.
      let parts = "\(error)".split(separator: "\n", maxSplits: 1)
      let list = parts.dropFirst().flatMap { $0.split(separator: "\n") }.map { String($0.drop { $0 == " " }) }
      throw FileProblem(
        diagnostic: Diagnostic(
          .weightsDoNotFit, "cannot use the weights: \(parts[0])", at: nil,
          notes: list.isEmpty ? [] : [list.joined(separator: "\n")],
          help: "`--emit manifest` prints the tensors of every model; `cajal-train` writes them. `make` embeds the "
            + "weights that lie beside a program under its name: remove or rename them to compile without"))
    }
  }

  /// Whether it has all tensors of a model, also of one that it was not read for.
  public func has(_ model: LoweredModel) -> Bool {
    model.tensors.allSatisfy { values[$0.name]?.count == $0.dims.reduce(1, *) }
  }

  /// The parameter vector of a model that it has.
  public func vector(of model: LoweredModel) -> [Double] { model.tensors.flatMap { values[$0.name]! } }
}
