import CajalSyntax
import Diagnostics

/// `data` declarations (LANGUAGE.md, section 8).
extension Checker {
  /// Declares the types of a file: all names first, then the aliases, then what the constructors hold.
  ///
  /// Returns the declared types that have no errors, in the order of the file.
  func declareTypes(_ tree: SyntaxTree) -> [DataType] {
    var written: [WrittenData] = []
    var aliases: [(name: Name, type: TypeExpression)] = []
    var seen: [String: Name] = [:]
    for declaration in tree.declarations {
      switch declaration.kind {
      case .data(let name, let constructors):
        if let first = seen[name.text] {
          reportDuplicate(name, first, "type")
          continue
        }
        seen[name.text] = name
        written.append(WrittenData(name: name, constructors: constructors, data: DataType(name: name.text)))
      case .type(let name, let type):
        if let first = seen[name.text] {
          reportDuplicate(name, first, "type")
          continue
        }
        seen[name.text] = name
        aliases.append((name, type))
      case .horizon, .definition, .program, .net, .model, .learnt: break
      }
    }
    for item in written {
      globals.aliases[item.name.text] = Globals.Alias(sized: SizedType(type: .data(item.data), nodes: 1))
    }
    declareAliases(aliases)
    let refused = defineAll(written)
    forgetAliases(of: refused)
    return written.map(\.data).filter { !refused.contains($0) }
  }

  private struct WrittenData {
    let name: Name
    let constructors: [ConstructorDeclaration]
    let data: DataType
  }

  /// Gives all types their constructors; those that have errors are returned, and have none.
  private func defineAll(_ written: [WrittenData]) -> Set<DataType> {
    let index = Dictionary(uniqueKeysWithValues: written.enumerated().map { ($1.data, $0) })
    let fields = written.map { item in item.constructors.map { $0.fields.map { resolve($0) } } }
    let graph = DependencyGraph(
      edges: written.indices.map { node in
        zip(written[node].constructors, fields[node]).flatMap { constructor, types in
          zip(constructor.fields, types).flatMap { field, type in
            (type?.dataTypes ?? []).compactMap { data in
              index[data].flatMap { $0 == node ? nil : DependencyGraph.Edge(target: $0, span: field.span) }
            }
          }
        }
      })
    let order = graph.ordered()
    for cycle in order.cycles { reportMutualData(cycle, written.map(\.name)) }
    var refused: Set<DataType> = []
    var done = [Bool](repeating: false, count: written.count)
    for node in order.nodes {
      let item = written[node]
      // A type that uses one of a cycle, or one that was refused, goes without a message of its own.
      let isReady = graph.edges[node].allSatisfy { done[$0.target] && !refused.contains(written[$0.target].data) }
      if !isReady || !define(item, fields[node]) {
        item.data.define([])
        refused.insert(item.data)
      }
      done[node] = true
    }
    return refused
  }

  /// Gives a type its constructors; false where there are errors in them.
  private func define(_ item: WrittenData, _ fields: [[Type?]]) -> Bool {
    guard !item.constructors.isEmpty else { return false }
    var constructors: [Constructor] = []
    var isGood = true
    for (written, types) in zip(item.constructors, fields) {
      var checked: [Field] = []
      for (place, type) in zip(written.fields, types) {
        guard let type, let field = field(type, place.span, of: item.data) else {
          isGood = false
          continue
        }
        checked.append(field)
      }
      constructors.append(Constructor(name: written.name.text, fields: checked))
    }
    guard isGood else { return false }
    item.data.define(constructors, horizon: horizon)
    return checkLeaf(item) && checkSize(item)
  }

  private func field(_ type: Type, _ span: Span, of data: DataType) -> Field? {
    if type == .data(data) { return .recursive }
    if type.dataTypes.contains(data) {
      report(
        Diagnostic(
          .higherOrderRecursion, "`\(data.name)` recurs through a function", at: Label(span, "this is `\(type)`"),
          notes: ["a part of a datum is a datum or has a vector, and a function of data has no matrix"],
          help: "let the field be `\(data.name)` itself, or a function of other types"))
      return nil
    }
    if let part = type.recursiveType {
      report(
        Diagnostic(
          .fieldOfRecursiveType, "a field of `\(data.name)` is of the recursive type `\(part.name)`",
          at: Label(span, "this has no dimension"),
          notes: ["the fields of a datum are its own type, or have a vector; a list of lists has none"],
          help: "put the constructors of `\(part.name)` into `\(data.name)`, or fold the part before"))
      return nil
    }
    return .other(type)
  }

  private func checkLeaf(_ item: WrittenData) -> Bool {
    guard item.data.constructors.allSatisfy({ $0.arity > 0 }) else { return true }
    report(
      Diagnostic(
        .noLeafConstructor, "`\(item.name.text)` has no values",
        at: Label(item.name.span, "no constructor to begin with"),
        notes: ["every constructor has a field of the type itself, and so none can be the first to be applied"],
        help: "add one without such a field, as `End` in `data Word = End | Letter Bool Word`"))
    return false
  }

  private func checkSize(_ item: WrittenData) -> Bool {
    guard item.data.depth <= Term.maximumDepth else {
      reportTooLarge(item, "more than \(Term.maximumDepth) types are inside of each other")
      return false
    }
    // Of a recursive type: a row of its table.
    var size = item.data.constructors.count
    for constructor in item.data.constructors {
      for case .other(let type) in constructor.fields {
        let dimension = type.dimension(horizon: horizon) ?? .max
        size = saturatingSum(size, dimension)
      }
    }
    if !item.data.isRecursive { size = Type.data(item.data).dimension(horizon: horizon) ?? .max }
    guard size <= Type.maximumExtent else {
      reportTooLarge(item, "more than 2^31 reals")
      return false
    }
    return true
  }

  private func reportTooLarge(_ item: WrittenData, _ what: String) {
    report(
      Diagnostic(
        .typeTooLarge, "`\(item.name.text)` is too large", at: Label(item.name.span, what),
        notes: [
          "the dimension of a type is the sum, over its constructors, of the product of their fields' dimensions"
        ],
        help: "use smaller fields"))
  }

  private func reportMutualData(_ cycle: [(from: Int, edge: DependencyGraph.Edge)], _ names: [Name]) {
    reportCycle(
      .mutualData, cycle, cycle.map { names[$0.from].text }, "recurs by way of another type",
      "a type may have fields of itself; types that recur through each other have no table",
      "make one type of them, with the constructors of all")
  }

  /// Aliases of types with errors have errors.
  private func forgetAliases(of refused: Set<DataType>) {
    guard !refused.isEmpty else { return }
    for (name, alias) in globals.aliases {
      guard let type = alias.sized?.type, type.dataTypes.contains(where: refused.contains) else { continue }
      globals.aliases[name] = Globals.Alias(sized: nil)
    }
  }

  // MARK: Constructors as values

  /// Declares the constructors of a `data` declaration.
  func declareConstructors(_ name: Name, _ constructors: [ConstructorDeclaration]) {
    var data: DataType?
    if case .data(let declared)? = globals.aliases[name.text]?.sized?.type, declared.name == name.text,
      declared.constructors.map(\.name) == constructors.map(\.name.text)
    {
      data = declared
    }
    for (index, constructor) in constructors.enumerated() {
      let type = data.map { $0.constructors[index].type(of: $0) }
      let isSmall = type.map { !$0.exceeds(nodes: Type.maximumNodes) } ?? true
      if !isSmall { reportTooManyNodes(constructor.name.span) }
      guard declare(constructor.name, .constructor, 0, isSmall ? type : nil, nil) else { continue }
      globals.values[constructor.name.text]?.constructor = data.map { ($0, index) }
    }
  }

  /// A constructor as a value; nil after an error in its type.
  func constructor(_ global: Global, _ span: Span) -> TypedTerm? {
    guard let type = global.type, let (data, index) = global.constructor else { return nil }
    return TypedTerm(.constructor(data, index), type, span)
  }
}
