import CajalSyntax
import CajalTyping
import EmitC

extension Port {
  /// How the rows of a table are laid out; nil of another port. Weights come first, then the fields, both in the order of
  /// the declaration.
  func table(horizon: Int) -> TableDescription? {
    guard let rows, case .data(let type) = variable.type else { return nil }
    var parts = type.constructors.enumerated().map { index, constructor in
      TableDescription.Part(name: constructor.name, offset: index, size: 1)
    }
    var offset = parts.count
    for constructor in type.constructors {
      for (number, field) in constructor.fields.enumerated() {
        guard case .other(let type) = field, let size = type.dimension(horizon: horizon) else { continue }
        parts.append(TableDescription.Part(name: "\(constructor.name).\(number + 1)", offset: offset, size: size))
        offset += size
      }
    }
    return TableDescription(rows: rows, arity: type.arity, isChain: type.isChain, parts: parts)
  }
}

extension Judgement {
  /// The graph's parameters that are the nodes of tables.
  ///
  /// - Parameter first: the number of the first port's.
  func nodes(from first: Int) -> Set<Int> {
    var result = Set<Int>()
    var parameter = first
    for port in context {
      if port.rows != nil {
        parameter += 1
        result.insert(parameter)
      }
      parameter += 1
    }
    return result
  }
}
