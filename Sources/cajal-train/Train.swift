import ArgumentParser
import Foundation
import Training

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model (the default command).",
    discussion: """
      EXAMPLES
        cajal-train blur.so --data DIR --task blur --epochs 10 --out runs/blur
        cajal-train blur.so --data DIR --task blur --epochs 10 --out runs/blur \\
          --resume
        cajal-train xor.so --data DIR --task xor --steps 2000 --out runs/xor
        cajal-train decay.so --data train.csv --validation 0.2 --loss mse \\
          --steps 2000 --schedule cosine --out runs/decay

      A CSV has a header and a sample a row; a column is an entry of an input,
      x[0], or of the model's result, target[0]; x alone is one number, or the
      index of a natural or of an enumeration.

      The run's folder holds model.safetensors, with --validation
      best.safetensors, metrics.csv, steps.csv, config.json and
      checkpoint.safetensors. After any interruption the same
      command with --resume goes on, to the same bits as if it had not been
      interrupted; where there is no checkpoint yet, it begins. SIGINT, SIGTERM
      and SIGHUP end a run after the step at hand and a checkpoint.

        mpirun -np 4 cajal-train blur.so --data DIR --task blur --out runs/blur

      trains on four processes, to the same bits as one does. Each has some of
      the pieces of a batch; the first writes. `make MPI=1` builds what this
      needs.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @OptionGroup var learning: LearningOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Passes over the training samples. By default 10.", valueName: "N"))
  var epochs: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Steps, instead of --epochs.", valueName: "N"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seed of the first parameters and of the order of the samples.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Choose the best parameters by these samples, and keep them in best.safetensors: a part of the training samples, as "
        + "0.2, which are not learnt from then, or a file of their own.",
      valueName: "part|file"))
  var validation: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after N evaluations in which the validation loss has not become less.", valueName: "N"))
  var patience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Evaluate after every N steps; by default every epoch, or as many as make a hundred evaluations.", valueName: "N")
  )
  var evalEvery: Int?

  @Option(help: ArgumentHelp("Evaluate also after these steps.", valueName: "N,N,…"))
  var evalAt: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Write a checkpoint after every N steps; by default as it evaluates by default, unless there was one in the last five "
        + "seconds.", valueName: "N"))
  var checkpointEvery: Int?

  @Option(help: ArgumentHelp("The run's folder.", valueName: "folder"))
  var out: String

  @Flag(help: "Go on with the run in the folder.")
  var resume = false

  @Flag(help: "Rewrite live.html in the run's folder as the run goes, to be left open in a browser.")
  var live = false

  @Flag(
    inversion: .prefixedNo,
    help: "Join the processes that an MPI launcher started; by default where there are several.")
  var mpi: Bool?

  @Option(help: ArgumentHelp("Save outputs after these steps, as snapshots/STEP.npy.", valueName: "N,N,…"))
  var snapshots: NumberList?

  @Option(
    help: ArgumentHelp(
      "The test samples whose outputs are saved, counted from 0; by default the first ten.", valueName: "N,N,…"))
  var snapshotImages: NumberList?

  func validate() throws {
    if epochs != nil, steps != nil { throw ValidationError("give --epochs or --steps, not both") }
    try require(epochs, "--epochs", from: 0, to: 1_000_000)
    try require(steps, "--steps", from: 0, to: 1 << 48)
    try require(patience, "--patience", from: 1)
    try require(evalEvery, "--eval-every", from: 1)
    try require(checkpointEvery, "--checkpoint-every", from: 1)
    if patience != nil, validation == nil { throw ValidationError("--patience needs --validation") }
    if let validation, let part = Double(validation), !(part > 0 && part < 1) {
      throw ValidationError("--validation takes a part between 0 and 1, or a file, not \(validation)")
    }
    if snapshotImages != nil, snapshots == nil { throw ValidationError("--snapshot-images needs --snapshots") }
  }

  func run() throws {
    var settings = RunSettings(
      modelPath: model.module, dataFolder: data.data, task: data.task, loss: learning.loss ?? data.task.usualLoss,
      out: out)
    settings.data = data.source
    if let validation { settings.data.validation = Double(validation).map { .part($0) } ?? .file(validation) }
    settings.patience = patience
    learning.apply(to: &settings)
    settings.modelName = model.model
    if let steps { settings.length = .steps(steps) }
    if let epochs { settings.length = .epochs(epochs) }
    settings.seed = seed
    settings.threads = data.threads
    settings.evaluateEvery = evalEvery
    settings.evaluateAt = evalAt?.numbers ?? []
    settings.checkpointEvery = checkpointEvery
    settings.resume = resume
    settings.isLive = live
    settings.trainLimit = data.trainImages
    settings.testLimit = data.testImages
    settings.snapshots = snapshots?.numbers ?? []
    settings.snapshotSamples = snapshotImages?.numbers
    try run(settings, try Ranks.join(mpi))
  }

  /// Where all processes stop together, the first says why.
  private func run(_ settings: RunSettings, _ ranks: Ranks) throws {
    let progress = ranks.isFirst ? Progress(write: printLine) : Progress(isTerminal: false) { _ in }
    do { try train(settings, progress: progress, stop: .signals, ranks: ranks) } catch let failure as LoneFailure {
      printError("cajal-train: \(failure)")
      ranks.abort()
    } catch {
      // Said before they part: where one ends with an error, the launcher ends those that are left.
      let code = ranks.isFirst ? report(error) : (error as? StoppedRun).map { 128 + $0.signal } ?? 1
      ranks.end()
      throw ExitCode(code)
    }
    ranks.end()
  }
}
