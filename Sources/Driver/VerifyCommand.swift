import Foundation

/// What machine code `verify` compares.
public enum VerifySubject {
  /// A shared object that was built before and is loaded.
  case object(LinkedModule)
  /// One that is built with these flags; nil: as `make` does.
  case built(flags: [String]?)
}

/// Verifies the programs and models of a file, in an object that is built from it or was. Nil where the file has errors.
/// Throws `LinkedModule.Failure` for an object that does not belong to the file.
public func verify(
  _ compilation: Compilation, _ subject: VerifySubject = .built(flags: nil), limit: Int, seed: UInt64,
  program: String? = nil, progress: (String) -> Void = { _ in }
) throws -> [VerifyReport]? {
  switch subject {
  case .object(let linked):
    progress("comparing \(linked.path) with the file")
    guard let unit = try compilation.moduleUnit() else { return nil }
    try linked.checkBelongs(to: unit)
    return try verify(compilation, linked, limit: limit, seed: seed, program: program, progress: progress)
  case .built(let flags):
    guard let emitted = try compilation.emitted() else { return nil }
    let toolchain = try Toolchain.find()
    return try withTemporaryDirectory { directory in
      let stem = directory + "/" + compilation.source.stem
      try writeAtomically([(stem + ".c", emitted.c), (stem + ".h", emitted.header)])
      progress("building the shared object")
      let usesBLAS = compilation.options.blas == .openblas
      try toolchain.buildSharedObject([stem + ".c"], output: stem + ".so", blas: usesBLAS, flags: flags)
      let linked = try LinkedModule(path: stem + ".so")
      return try verify(compilation, linked, limit: limit, seed: seed, program: program, progress: progress)
    }
  }
}

private func verify(
  _ compilation: Compilation, _ linked: LinkedModule, limit: Int, seed: UInt64, program: String?,
  progress: (String) -> Void
) throws -> [VerifyReport]? {
  guard let module = compilation.module, let horizons = compilation.horizons, let graphs = compilation.graphs,
    let models = compilation.models
  else { return nil }
  let verifier = ModuleVerifier(module: module, horizons: horizons, graphs: graphs, limit: limit, seed: seed)
  let programs = try verifier.verify(linked, only: program, progress: progress)
  return try programs
    + zip(module.models, models).enumerated().compactMap { index, pair in
      let name = pair.0.name.text
      guard program == nil || name == program else { return nil }
      progress(name)
      var check = ModelCheck(
        linked: pair.0, module: module, model: pair.1, code: linked.models[index], limit: limit, seed: seed)
      return try check.run()
    }
}

/// The words of `--cflags`; nil where a quote is not closed.
public func compilerFlags(_ text: String) -> [String]? { shellWords(text) }
