import Foundation

/// Compiles a file, builds the shared object and verifies its programs. Nil where the file has errors.
public func verify(
  _ compilation: Compilation, limit: Int, seed: UInt64, program: String? = nil, progress: (String) -> Void = { _ in }
) throws -> [VerifyReport]? {
  guard let emitted = try compilation.emitted(), let module = compilation.module,
    let horizons = compilation.horizons
  else { return nil }
  let toolchain = try Toolchain.find()
  return try withTemporaryDirectory { directory in
    let stem = directory + "/" + compilation.source.stem
    try writeAtomically([(stem + ".c", emitted.c), (stem + ".h", emitted.header)])
    progress("building the shared object")
    try toolchain.buildSharedObject([stem + ".c"], output: stem + ".so", blas: compilation.options.blas == .openblas)
    let linked = try LinkedModule(path: stem + ".so")
    let verifier = ModuleVerifier(module: module, horizons: horizons, limit: limit, seed: seed)
    let programs = try verifier.verify(linked, only: program, progress: progress)
    let models = try zip(module.models, compilation.models ?? []).enumerated().compactMap { index, pair in
      guard program == nil || pair.0.name.text == program else { return nil as VerifyReport? }
      progress(pair.0.name.text)
      // A point of a model costs what thousands of a program's do.
      var check = ModelCheck(
        name: pair.0.name.text, model: pair.1, code: linked.models[index], points: min(limit, 8), seed: seed)
      return try check.run()
    }
    return programs + models
  }
}
