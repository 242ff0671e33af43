import Driver
import EmitC
import Lowering
import TestSupport

/// What a module of the campaign is made of. Everything follows from the campaign's seed and the module's number.
struct Plan {
  /// Programs and models that are generated for one module: the C compiler's start is paid once for all of them.
  static let size = 40

  let seed: UInt64
  let module: Int
  let row: Row
  let realBytes: Int
  let blas: Blas
  let horizon: Int
  let typePreserving: TypePreserving?

  init(seed: UInt64, module: Int, cycle: [Row]) {
    self.seed = seed
    self.module = module
    row = cycle[module % cycle.count]
    // Each row meets each of the four in turn.
    let turn = module / cycle.count + module % cycle.count
    realBytes = turn % 2 == 0 ? 8 : 4
    blas = turn / 2 % 2 == 0 ? .none : .openblas
    var random = SplitMix(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(module))
    horizon = [2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 8, 10, 16][random.below(13)]
    typePreserving = [nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, .trained, .frozen][random.below(12)]
  }

  /// The seed of a program, which is all that it depends on besides the horizon.
  func programSeed(_ index: Int) -> UInt64 { seed &* 1_000_000_007 &+ UInt64(module * Self.size + index) }

  func program(_ index: Int) -> RandomProgram {
    let seed = programSeed(index)
    var options = ProgramGenerator.Options(reals: true, horizons: [horizon], bounds: true)
    if typePreserving != nil || seed % 5 < 2 {
      options.size = 12
      return ProgramGenerator.model(seed: seed, options)
    }
    options.reals = seed % 5 < 4
    options.bounds = options.reals
    return ProgramGenerator.program(seed: seed, options)
  }

  var compilerOptions: CompilerOptions {
    var options = CompilerOptions()
    options.gradients = true
    options.realBytes = realBytes
    options.blas = blas
    options.typePreserving = typePreserving
    return options
  }
}
