import CajalSyntax
import Diagnostics

/// A layer of a checked net, with the shapes that lead into it and out of it: `[channels, height, width]` or `[size]`.
public struct TypedLayer: Sendable {
  /// `dense` has its size.
  public let kind: Layer.Kind
  public let input: [Int]
  public let output: [Int]
  public let span: Span
  public init(kind: Layer.Kind, input: [Int], output: [Int], span: Span) {
    self.kind = kind
    self.input = input
    self.output = output
    self.span = span
  }
}

/// A checked `net` declaration (LANGUAGE.md, section 6).
public struct Net: Sendable {
  public let name: Name
  /// Concatenated, flattened, in order.
  public let parameters: [(name: String, type: Type)]
  public let result: Type
  public let layers: [TypedLayer]
  public init(name: Name, parameters: [(name: String, type: Type)], result: Type, layers: [TypedLayer]) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.layers = layers
  }
}

/// A checked `param` declaration: a learnt tensor.
public struct Learnt: Sendable {
  public let name: Name
  /// `Real[…]`
  public let shape: [Int]
  /// Its entries at first, or one number for all; nil where they are drawn.
  public let initial: Numbers?
  public init(name: Name, shape: [Int], initial: Numbers?) {
    self.name = name
    self.shape = shape
    self.initial = initial
  }
}

/// A variable of a model's judgement and the datum that is linked to it.
public struct Link: Sendable {
  public let variable: Variable
  /// A term over the model's inputs and learnt tensors: one of these, or a net applied to what is computed from them.
  /// Equal data are one object.
  public let datum: TypedTerm
  public init(variable: Variable, datum: TypedTerm) {
    self.variable = variable
    self.datum = datum
  }
}

/// A checked `model` declaration: data, and one judgement whose variables are linked to them (LANGUAGE.md, section 6).
public struct LinkedModel: Sendable {
  public let name: Name
  public let inputs: [Port]
  /// The learnt tensors that it mentions, by their places in `TypedModule.learnt`, which ascend.
  public let learnt: [(index: Int, variable: Variable)]
  /// Distinct data, in the order in which the text first uses them: equal net applications are one.
  public let links: [Link]
  /// Its context are the links' variables. Nets on the state of an iteration stay inside of its term.
  public var judgement: Judgement
  public init(
    name: Name, inputs: [Port], learnt: [(index: Int, variable: Variable)] = [], links: [Link], judgement: Judgement
  ) {
    self.name = name
    self.inputs = inputs
    self.learnt = learnt
    self.links = links
    self.judgement = judgement
  }
}
