import CajalSyntax
import Diagnostics

/// A variable in scope. Its type is nil where an error in it has been reported (a poisoned type).
struct Binding {
  let id: Int
  let name: String
  let span: Span
  let type: Type?
  /// nil exactly where `type` is.
  let variable: Variable?
  /// In the data zone of a model: it may be used any number of times.
  let isData: Bool
}

/// The variables in scope, the innermost of a name first, and what is known about them for diagnostics.
struct Context {
  private var byName: [String: [Binding]] = [:]
  private var byID: [Int: Binding] = [:]
  /// For a shadowed variable, the first binder that shadows it.
  private var shadowedAt: [Int: Span] = [:]
  /// Variables that a misspelt name was probably meant to be: not reported as unused as well.
  private var excused: Set<Int> = []
  private(set) var nextID: Int
  var observations: Observations?

  init(nextID: Int = 0) { self.nextID = nextID }

  subscript(name: String) -> Binding? { byName[name]?.last }
  subscript(id id: Int) -> Binding? { byID[id] }
  var names: some Sequence<String> { byName.keys }

  mutating func bind(_ name: Name, _ type: Type?, isData: Bool = false) -> Binding {
    let variable = type.map { Variable(id: nextID, name: name.text, type: $0, span: name.span, isData: isData) }
    let binding = Binding(
      id: nextID, name: name.text, span: name.span, type: type, variable: variable, isData: isData)
    observations?.note(binding)
    bind(binding)
    return binding
  }

  /// A variable of the data zone that no binder of the text stands for.
  mutating func variable(_ name: String, _ type: Type, _ span: Span) -> Variable {
    nextID += 1
    return Variable(id: nextID - 1, name: name, type: type, span: span, isData: true)
  }

  private mutating func bind(_ binding: Binding) {
    let name = Name(binding.name, binding.span)
    nextID += 1
    if let outer = byName[name.text]?.last, shadowedAt[outer.id] == nil { shadowedAt[outer.id] = name.span }
    byName[name.text, default: []].append(binding)
    byID[binding.id] = binding
  }

  mutating func unbind(_ binding: Binding) {
    byName[binding.name]?.removeLast()
    if byName[binding.name]?.isEmpty == true { byName[binding.name] = nil }
    byID[binding.id] = nil
    shadowedAt[binding.id] = nil
    excused.remove(binding.id)
  }

  mutating func excuse(_ binding: Binding) { excused.insert(binding.id) }
  func isExcused(_ id: Int) -> Bool { excused.contains(id) }
  func shadowing(of id: Int) -> Span? { shadowedAt[id] }
}

/// The constants of LANGUAGE.md, section 5. Variables and declarations may take their names.
enum Constant: String, CaseIterable {
  case conv2d, scale, dot, apply, outer, reshape, transpose, widen, times, entry, slice

  /// Of the numerals that come before its operands are none.
  var arity: Int {
    switch self {
    case .conv2d, .scale, .dot, .apply, .outer, .times: 2
    case .reshape, .transpose, .widen, .entry, .slice: 1
    }
  }

  /// How many numerals come before its operands.
  var numerals: Int {
    switch self {
    case .conv2d, .scale, .dot, .apply, .outer, .reshape, .transpose, .widen, .times: 0
    case .entry: 1
    case .slice: 2
    }
  }

  /// The types it has, as the specification writes them.
  var scheme: String {
    switch self {
    case .conv2d: "Real[kh,kw] -o Real[h,w] -o Real[h,w], with odd kh and kw"
    case .scale: "Real -o t -o t, for a type t whose final result is Real[…]"
    case .dot: "Real[s] -o Real[s] -o Real, for any shape s"
    case .apply: "Real[m,n] -o Real[n] -o Real[m]"
    case .outer: "Real[m] -o Real[n] -o Real[m,n]"
    case .reshape: "Real[s] -o Real[s'], for shapes of equal size"
    case .transpose: "Real[m,n] -o Real[n,m]"
    case .widen: "Nat[m] -o Nat[n], for m of at most n"
    case .times: "Real[s] -o Real[s] -o Real[s], for any shape s, entry by entry"
    case .entry: "Real[n,s] -o Real[s], after a numeral below n"
    case .slice: "Real[n,s] -o Real[j-i,s], after two numerals i and j, i below j, j at most n"
    }
  }
}

/// What a name of the file stands for in an expression.
struct Global {
  enum Kind { case definition, program, net, model, constructor, learnt }
  let kind: Kind
  let name: Name
  /// Of the declaration, in `SyntaxTree.declarations`.
  let declaration: Int
  /// nil until checked, and where an error in it has been reported.
  var type: Type?
  /// Its index in `TypedModule.definitions`, of a net in `TypedModule.nets`, of a learnt tensor in
  /// `TypedModule.learnt`; nil where checking it failed, and for a
  /// program that nobody calls.
  var index: Int?
  /// A program with a bounded port: it may not be called.
  var boundedPort: Span?
  /// Of a net: the types and names of its parameters, and its result; a type is nil after an error in it.
  var netParameters: [Type?] = []
  var parameterNames: [String] = []
  var netResult: Type?
  /// Of a constructor: its type, and its number there; nil after an error in the type.
  var constructor: (data: DataType, index: Int)?
}

/// What the declarations of a file name.
struct Globals {
  var values: [String: Global] = [:]
  /// Of all types that the file declares.
  var aliases: [String: Alias] = [:]
  /// Those without errors.
  var nets: [Net] = []
  var learnt: [Learnt] = []

  struct Alias {
    /// nil where an error in it has been reported.
    let sized: SizedType?
  }
}

/// A type with the number of its nodes, which `Type.maximumNodes` limits.
struct SizedType {
  let type: Type
  let nodes: Int
}

extension Type {
  /// Aliases can double a type with every line; types above this size are refused (E0401).
  static let maximumNodes = 1_000
  /// Reals in one tensor.
  static let maximumExtent = 1 << 31

  /// Counts no further than `limit` + 1.
  func exceeds(nodes limit: Int) -> Bool {
    var left = limit
    func walk(_ type: Type) {
      left -= 1
      guard left >= 0, case .function(let argument, let result) = type else { return }
      walk(argument)
      walk(result)
    }
    walk(self)
    return left < 0
  }

  /// Of a type that was found to be small enough.
  var nodeCount: Int {
    guard case .function(let argument, let result) = self else { return 1 }
    return argument.nodeCount + result.nodeCount + 1
  }

  /// A space of reals at the end of the arrows: values of such types can be added and scaled.
  var endsInReals: Bool { if case .real = finalResult { true } else { false } }
}
