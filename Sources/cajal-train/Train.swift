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

      The run's folder holds model.safetensors, metrics.csv, steps.csv,
      config.json and checkpoint.safetensors. After any interruption the same
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

  @Option(help: "The loss. By default that of the task: l1, cross-entropy, nll or mse.")
  var loss: Loss?

  @Option(help: ArgumentHelp("Passes over the training samples. By default 10.", valueName: "N"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Steps, instead of --epochs.", valueName: "N"))
  var steps: Int?

  @Option(help: ArgumentHelp("Samples a step.", valueName: "N"))
  var batch = 64

  @Option(help: ArgumentHelp("Adam's learning rate.", valueName: "R"))
  var lr = 5e-4

  @Option(help: ArgumentHelp("Seed of the first parameters and of the order of the samples.", valueName: "N"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Clip the gradient's global norm to this.", valueName: "R"))
  var clip: Double?

  @Option(
    help: ArgumentHelp(
      "Pieces a batch is split into for the threads; the result's rounding depends on it.", valueName: "N"))
  var pieces = 4

  @Option(help: ArgumentHelp("Evaluate after every N steps; by default every epoch.", valueName: "N"))
  var evalEvery: Int?

  @Option(help: ArgumentHelp("Evaluate also after these steps.", valueName: "N,N,…"))
  var evalAt: NumberList?

  @Option(help: ArgumentHelp("Write a checkpoint after every N steps; by default every epoch.", valueName: "N"))
  var checkpointEvery: Int?

  @Option(help: ArgumentHelp("The run's folder.", valueName: "folder"))
  var out: String

  @Flag(help: "Go on with the run in the folder.")
  var resume = false

  @Flag(
    inversion: .prefixedNo,
    help: "Join the processes that an MPI launcher started; by default where there are several.")
  var mpi: Bool?

  @Option(help: ArgumentHelp("Start from these weights.", valueName: "file.safetensors"))
  var weights: String?

  @Option(help: ArgumentHelp("Save outputs after these steps, as snapshots/STEP.npy.", valueName: "N,N,…"))
  var snapshots: NumberList?

  @Option(
    help: ArgumentHelp(
      "The test samples whose outputs are saved, counted from 0; by default the first ten.", valueName: "N,N,…"))
  var snapshotImages: NumberList?

  func validate() throws {
    if epochs != nil, steps != nil { throw ValidationError("give --epochs or --steps, not both") }
    try require(epochs, "--epochs", from: 0, to: 1_000_000)
    try require(steps, "--steps", from: 0)
    try require(batch, "--batch", from: 1, to: 1 << 24)
    try require(pieces, "--pieces", from: 1, to: 1024)
    try require(evalEvery, "--eval-every", from: 1)
    try require(checkpointEvery, "--checkpoint-every", from: 1)
    if !(lr > 0 && lr.isFinite) { throw ValidationError("--lr takes a number above 0, not \(lr)") }
    if snapshotImages != nil, snapshots == nil { throw ValidationError("--snapshot-images needs --snapshots") }
    if let clip, !(clip > 0 && clip.isFinite) { throw ValidationError("--clip takes a number above 0, not \(clip)") }
  }

  func run() throws {
    var settings = RunSettings(
      modelPath: model.module, dataFolder: data.data, task: data.task, loss: loss ?? data.task.usualLoss, out: out)
    settings.modelName = model.model
    if let steps { settings.length = .steps(steps) }
    if let epochs { settings.length = .epochs(epochs) }
    settings.batch = batch
    settings.learningRate = lr
    settings.seed = seed
    settings.clip = clip
    settings.threads = data.threads
    settings.pieces = pieces
    settings.evaluateEvery = evalEvery
    settings.evaluateAt = evalAt?.numbers ?? []
    settings.checkpointEvery = checkpointEvery
    settings.resume = resume
    settings.weightsPath = weights
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
