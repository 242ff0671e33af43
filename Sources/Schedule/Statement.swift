import LinearMaps

/// An entry of a buffer, or all from there on.
public struct Place: Hashable, Sendable {
  public let buffer: Int
  public let index: Affine
}

extension Place {
  func offset(by index: Affine) -> Place { Place(buffer: buffer, index: self.index + index) }
  func offset(by index: Int) -> Place { Place(buffer: buffer, index: self.index + index) }
}

/// A real, computed at one point of the program.
public indirect enum Expression: Hashable, Sendable {
  case literal(Double)
  case load(Place)
  case sum(Expression, Expression)
  case difference(Expression, Expression)
  case product(Expression, Expression)
  case negation(Expression)
  /// 1 where the index is 0, and 0 elsewhere.
  case indicator(Affine)
}

public struct CountedLoop: Hashable, Sendable {
  public let variable: LoopVariable
  /// Half open.
  public let lower: Int
  public let upper: Int
  public let descending: Bool
  public let body: [Statement]
}

extension CountedLoop {
  func with(body: [Statement]) -> CountedLoop {
    CountedLoop(variable: variable, lower: lower, upper: upper, descending: descending, body: body)
  }
}

public enum Statement: Hashable, Sendable {
  /// What follows comes from this place of the source.
  case note(Origin)
  /// The buffer's name is known from here to the end of the block.
  case declare(Int)
  case loop(CountedLoop)
  case assign(Place, Expression)
  case accumulate(Place, Expression)
  /// The target is overwritten, or added to.
  case kernel(Kernel, operands: [Place], target: Place, accumulate: Bool)
  /// Only in a run that keeps what the adjoint wants.
  case whenKept([Statement])
  /// Only where the index lies in 0 ..< count.
  case whenInside(Affine, count: Int, [Statement])
  /// Only where one of these gradients is wanted.
  case whenWanted([Wanted], [Statement])
  /// Exchanges two pointers.
  case swap(Int, Int)
}
