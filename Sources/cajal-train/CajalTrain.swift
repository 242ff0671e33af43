import ArgumentParser

/// The compiler's as well: both are released together.
let version = "0.1.0"

struct CajalTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal-train",
    abstract: "Trains the models of compiled Cajal modules.",
    discussion: """
      EXAMPLES
        cajal-train blur.so --data DIR --task blur --epochs 10 --out runs/blur
        cajal-train evaluate blur.so --data DIR --task blur \\
          --weights runs/blur/model.safetensors
        cajal-train decay.so --data train.csv --test test.csv --loss mse \\
          --out runs/decay               samples of your own
        cajal-train plot runs/decay
        cajal-train baselines --data DIR --task blur
        cajal-train train --help               what a run can be told

      DIR has the four files of MNIST or Fashion-MNIST, plain or with .gz. Debian's
      package dataset-fashion-mnist: /usr/share/datasets/fashion-mnist.

      Exit codes: 0 fine, 1 errors in the model, the data or the run, 2 wrong
      usage, 70 a bug in the trainer, 128 + N stopped by signal N: 130 SIGINT,
      143 SIGTERM, 129 SIGHUP.
      """,
    version: "cajal-train \(version)",
    subcommands: [
      Train.self, Evaluate.self, Predict.self, Plot.self, Compare.self, Baselines.self, Bench.self,
    ],
    defaultSubcommand: Train.self)
}
