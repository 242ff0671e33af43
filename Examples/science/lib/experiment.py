"""One example from its program to its errors: build, check, generate, train, predict, compare.

experiment.py NAME FOLDER [--quick] [--threads N] [--real float] [--torch PYTHON [--first]]: writes into FOLDER/NAME; the
numbers are in errors.json.
"""
import argparse
import json
import random
import re
import shutil
import subprocess
import sys
from math import sqrt
from pathlib import Path

import measure
import samples
import tensors
from examples import EXAMPLES

DTYPES = {"float": "F32", "double": "F64"}

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "Examples/science"
QUICK_STEPS = 200


def run(*command, log=None):
    """What the command prints; where it fails, this program ends with its words."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT)
    if log:
        log.write_text(done.stdout + done.stderr)
    if done.returncode:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stderr[-2000:]}")
    return done.stdout


def proved(example, source):
    """What `check` proves of the model: the conserved sum, and whether it keeps its state nonnegative."""
    text = run(ROOT / "bin/cajal2c", "check", source)
    of_model = re.search(rf"^model {example.conserving or example.name} .*?(?=^\S|\Z)", text, re.M | re.S).group()
    return {
        "conserves": re.findall(r"conserves (.*?)\s+\(proved", of_model), "nonnegative": "nonnegative where" in of_model}


def initial_weights(example, source, path, real):
    """Uniform in ±1/√fan_in, or what the program says a `param` starts from; so that both trainers start alike."""
    manifest = json.loads(run(ROOT / "bin/cajal2c", source, "--emit-grad", "--real", real, "--emit", "manifest"))
    model = next(model for model in manifest["models"] if model["name"] == example.name)
    weights = {}
    for tensor in model["tensors"]:
        source_of_numbers = random.Random(tensor["name"])
        bound = 1 / sqrt(tensor["fan_in"])
        weights[tensor["name"]] = tensor["dims"], example.start.get(tensor["name"]) or [
            bound * (2 * source_of_numbers.random() - 1) for _ in range(tensor["count"])]
    tensors.write(path, weights, DTYPES[real])
    return manifest, sum(len(values) for _, values in weights.values())


def weights_for(manifest, model, run_folder, real):
    """The run's weights that the model mentions, as a file."""
    found = tensors.read(run_folder / "model.safetensors")
    names = [t["name"] for m in manifest["models"] if m["name"] == model for t in m["tensors"]]
    path = run_folder / f"of-{model}.safetensors"
    tensors.write(path, {name: found[name] for name in names}, DTYPES[real])
    return path


class Trained:
    """A run of cajal-train, and what it predicts."""

    def __init__(self, example, folder, manifest, name, real, options):
        self.folder, self.manifest, self.real, self.run = folder, manifest, real, folder / name
        self.module = HERE / f"{example.name}/{example.name}.so"
        shutil.rmtree(self.run, ignore_errors=True)
        run(ROOT / "bin/cajal-train", self.module, "--model", example.name, "--loss", "mse",
            "--weights", folder / "init.safetensors", "--out", self.run, "--schedule", "cosine", "--lr", example.rate,
            "--pieces", 1, *options, log=folder / f"{name}.log")

    def predict(self, model, name):
        """The predictions for data/NAME.csv: the target's header, these, and what is true."""
        out = self.run / f"{name}.csv"
        weights = weights_for(self.manifest, model, self.run, self.real)
        data = self.folder / f"data/{name}.csv"
        (names, target), _ = measure.split(*samples.read(data))
        run(ROOT / "bin/cajal-train", "predict", self.module, "--model", model, "--data", data, "--weights", weights,
            "-o", out)
        return names, samples.read(out)[1], target

    def error(self, model, name):
        return measure.relative(*self.predict(model, name))


def inside(function, folder, names, predicted, target):
    """The error of a learnt function over the arguments that the training data have."""
    header, rows = samples.read(folder / f"data/{function.samples}.csv")
    column = header.index(function.argument)
    low, high = function.inside
    kept = [i for i, row in enumerate(rows) if low - 1e-9 <= row[column] <= high + 1e-9]
    return measure.relative(names, [predicted[i] for i in kept], [target[i] for i in kept])


def baseline(folder, kind, name):
    """What a baseline predicted for data/NAME.csv: as `Trained.predict`."""
    header, rows = samples.read(folder / f"data/{name}.csv")
    (names, target), _ = measure.split(header, rows)
    return names, samples.read(folder / f"{kind}/{name}.csv")[1], target


def first_losses(folder):
    """The largest relative difference of the losses of the first 100 steps, ours and PyTorch's."""
    ours = [row[1] for row in samples.read(folder / "run/steps.csv")[1][:100]]
    theirs = [row[1] for row in samples.read(folder / "equations/losses.csv")[1][:100]]
    return max(abs(a - b) / b for a, b in zip(ours, theirs))


def write_panel(path, blocks):
    """x, true, learnt, baseline; blocks are apart by an empty line."""
    lines = ["x,true,learnt,baseline"]
    for block in blocks:
        lines += [",".join("nan" if value is None else repr(float(value)) for value in row) for row in block] + [""]
    path.write_text("\n".join(lines))


def panels(example, folder, ours, with_torch):
    """The points of the figure: each learnt function, and the first trajectory outside of the training range."""
    described = []
    for index, function in enumerate(example.functions):
        names, predicted, target = ours.predict(function.model, function.samples)
        theirs = baseline(folder, "equations", function.samples)[1] if with_torch else None
        header, rows = samples.read(folder / f"data/{function.samples}.csv")
        column = header.index(function.argument)
        write_panel(folder / f"panel-{index}.csv", [[
            (row[column], target[i][0], predicted[i][0], theirs[i][0] if theirs else None)
            for i, row in enumerate(rows)]])
        low, high = function.inside
        described.append(f"{index},{function.argument},{function.label},{low},{high}," + "PyTorch" * with_torch)
    names, predicted, target = ours.predict(example.outside, "outside")
    theirs = baseline(folder, "box", "outside")[1] if with_torch else None
    write_panel(folder / f"panel-{len(described)}.csv", [
        [(time, target[0][c], predicted[0][c], theirs[0][c] if theirs else None) for time, c in enumerate(columns)]
        for columns in measure.parts(names)])
    described.append(f"{len(described)},step,outside of the training range,nan,nan," + "box" * with_torch)
    (folder / "panels.csv").write_text("\n".join(["panel,x,title,low,high,baseline", *described]) + "\n")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("name")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--threads", default="1")
    arguments.add_argument("--real", default="double")
    arguments.add_argument("--torch")
    arguments.add_argument("--first", action="store_true")
    options = arguments.parse_args()
    example = EXAMPLES[options.name]
    folder = options.folder.resolve() / example.name
    folder.mkdir(parents=True, exist_ok=True)
    steps = QUICK_STEPS if options.quick else example.steps
    source = HERE / f"{example.name}/{example.name}.cajal"

    result = {"name": example.name, "steps": steps, "open": example.open, "sparse_conditions": example.sparse}
    result["proved"] = proved(example, source)
    run("make", "-s", f"Examples/science/{example.name}/{example.name}.so",
        f"CAJALFLAGS=--emit-grad --real {options.real}")
    run(sys.executable, HERE / f"{example.name}/data.py", folder / "data")
    manifest, result["parameters"] = initial_weights(example, source, folder / "init.safetensors", options.real)

    def train(name, data):
        count = len(samples.read(folder / f"data/{data}.csv")[1])
        return Trained(example, folder, manifest, name, options.real, [
            "--data", folder / f"data/{data}.csv", "--test", folder / "data/test.csv", "--steps", steps,
            "--batch", count, "--threads", options.threads, "--eval-every", max(1, steps // 20),
            "--checkpoint-every", steps])

    ours = train("run", "train")
    result["worst"] = measure.worst(*ours.predict(example.name, "test"))
    result["ours"] = {"test": ours.error(example.name, "test"), "outside": ours.error(example.outside, "outside")}
    weights = tensors.read(ours.run / "model.safetensors")
    result["functions"] = {
        function.label: inside(function, folder, *ours.predict(function.model, function.samples))
        for function in example.functions}
    result["constants"] = {
        constant.name: [constant.value(weights[constant.tensor][1][constant.entry]), constant.truth]
        for constant in example.constants}
    if example.sparse:
        result["sparse"] = train("sparse", "sparse").error(example.name, "test")

    if options.torch:
        run(options.torch, HERE / "lib/torch_train.py", example.name, folder, steps, *["first"] * options.first)
        result["first_losses"] = first_losses(folder)
    baselines = bool(options.torch) and not options.first
    if baselines:
        for kind in ("equations", "box"):
            result[kind] = {
                name: measure.relative(*baseline(folder, kind, name)) for name in ("test", "outside")}
        result["box_parameters"] = int((folder / "box/parameters.txt").read_text())
    if result["proved"]["conserves"] and not example.conserving:
        result["drift"] = {"learnt": measure.drift(*ours.predict(example.outside, "outside")[:2])}
        if baselines:
            result["drift"]["black box"] = measure.drift(*baseline(folder, "box", "outside")[:2])
    panels(example, folder, ours, baselines)
    (folder / "errors.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
