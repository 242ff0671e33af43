// The numbers by which the schedule goes one way or another, for speed or to bound the size of the code. Nothing that is
// computed depends on them, but for the order in which sums are added up. Each says where it comes from: a measurement,
// and by what it can be repeated, a bound that something else sets, or a guess, which nothing stands behind but that the
// benchmarks were as they are with it.

enum Threshold {
  // MARK: Expressions

  /// Vectors up to this dimension are computed entry by entry. Guess.
  static let tinyVector = 4

  /// Products of at most so many multiplications are part of their reader's expression. Guess.
  static let tinyProduct = 16

  /// Expressions of more atoms are computed in several steps. Guess.
  static let expressionAtoms = 16

  /// Constants of more runs of equal entries are no expressions. Guess.
  static let constantRuns = 8

  /// The most entries of a constant matrix that is written out in a product, and of the result. Guess.
  static let sparseEntries = 64

  // MARK: Tables

  /// Constants up to this size are tables even where most entries are 0. Guess.
  static let smallTable = 64

  /// One in so many entries of a larger table is not 0. Guess.
  static let tableSparsity = 4

  // MARK: Products

  /// Products of at most so many multiplications are written out as loops. Guess.
  static let writtenOutProduct = 64

  /// From so many terms on, a dot product is a call of the runtime. Guess: two vectors of doubles, at AVX-512.
  static let shortestDot = 16

  /// From so many multiplications on, a product of matrices is one of OpenBLAS. Guess: 32 x 32 matrices.
  static let blasProduct = 32.0 * 32 * 32

  /// From so many reals on, a product with a matrix that the batch shares is run for the batch. Measured: `make bench
  /// ROWS=b`, where a system of dimension 16 is ten times as fast that way.
  static let batchMatrix = 256

  /// In a loop, a product of at least so many rows with a matrix of the batch stays with its sample. Guess: it is about
  /// as fast for one sample as for many.
  static let manyRows = 32

  // MARK: Sums

  /// The most reals of a sample that are put aside so that a sum over rounds becomes one product. Guess.
  static let gatheredReals = 1 << 16

  /// The most writes to one output that are compared with each other, each with each. Guess.
  static let comparedWrites = 200

  // MARK: Memory

  /// Vectors up to this size are local arrays, if there is room. Guess.
  static let localVector = 16

  /// The most bytes of these in a function. Guess: safe on the stack of any thread.
  static let localVectorBytes = 6144

  /// The most bytes of numbers that are local variables and alive at a time. Guess, as above.
  static let localScalarBytes = 4096

  // MARK: Lanes

  /// The most reals of a sample, all buffers of a direction taken together, that are computed in lanes. Guess: of 64
  /// bytes each, a third of a first cache of 32 kB.
  static let laneReals = 192

  /// The most reals of a sample that are kept in lanes: they are written once and read once. Guess: 64 kB, in a second
  /// cache.
  static let laneKeptReals = 1024

  /// The same where lanes lie in the workspace, all buffers of a direction, and what is kept. Guess: a megabyte of
  /// lanes of 64 bytes, in a second cache.
  static let laneWorkspaceReals = 1 << 14

  /// Products of at most so many multiplications are loops in lanes that lie in the workspace. Guess: a tree's
  /// bilinear step on states of 8 (`make bench ROWS=h`).
  static let laneProduct = 512

  /// The most lanes that are variables of one function. Guess: 15.25 kB, safe on the stack of a thread.
  static let lanesOnStack = 244

  /// Of a program in lanes, batches of fewer samples go one after another. Guess: half a register of floats.
  static let laneBatch = 4

  /// The most statements of a direction that are written out for one sample, and that a header may define. Guess: what a
  /// caller's own loop can hold.
  static let writtenOutStatements = 512
}
