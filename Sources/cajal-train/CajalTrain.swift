import ArgumentParser

struct CajalTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal-train",
    abstract: "Trains the models of compiled Cajal modules.",
    discussion: """
      EXAMPLES
        cajal-train blur.so --data DIR --task blur --loss l1 --epochs 10 --out runs/blur
        cajal-train blur.so --data DIR --task blur --loss l1 --epochs 10 --out runs/blur --resume
        cajal-train evaluate blur.so --data DIR --task blur --weights runs/blur/model.safetensors
        cajal-train baselines --data DIR --task blur

      DIR has the four files of MNIST or Fashion-MNIST, plain or with .gz; Debian's package dataset-fashion-mnist
      has them in /usr/share/datasets/fashion-mnist. `cajal-train train --help` lists what a run can be told.

      Exit codes: 0 fine, 1 errors in the model, the data or the run, 2 wrong usage, 70 a bug in the trainer.
      """,
    subcommands: [Train.self, Evaluate.self, Baselines.self],
    defaultSubcommand: Train.self)
}
