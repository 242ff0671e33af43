"""Both baselines of an example, on the samples of cajal-train, for as many steps.

torch_train.py NAME FOLDER STEPS [first]: reads FOLDER/data and FOLDER/init.safetensors, and writes FOLDER/equations and
FOLDER/box: losses.csv, the predictions for test.csv, outside.csv and the learnt functions, and seconds.txt. With `first`
only the first 100 losses of the equations.
"""
import sys
import time
from math import cos, pi
from pathlib import Path

import torch

import measure
import samples
import tensors
from examples import EXAMPLES
from torch_models import FUNCTIONS, MODELS

RATES = 0.003, 0.01


def load(path):
    """The inputs by name, and the target: [N, times, components], or [N] of a function."""
    header, rows = samples.read(path)
    (names, target), (input_names, input_rows) = measure.split(header, rows)
    columns = torch.tensor(input_rows, dtype=torch.float64)
    inputs = {}
    for index, name in enumerate(input_names):
        inputs.setdefault(name.split("[")[0], []).append(columns[:, index])
    inputs = {
        name: torch.stack(parts, -1) if "[" in "".join(n for n in input_names if n.split("[")[0] == name) else parts[0]
        for name, parts in inputs.items()
    }
    target = torch.tensor(target, dtype=torch.float64)
    if names == ["target"]:
        return names, inputs, target[:, 0]
    return names, inputs, target.reshape(len(rows), -1, len(measure.parts(names)))


def descend(parameters, loss_of, steps, rate, stop=None):
    """Adam with a cosine from the rate to 0 in so many steps; the losses before each step."""
    optimizer = torch.optim.Adam(parameters, lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (1 + cos(pi * step / steps)) / 2)
    losses = []
    for _ in range(stop or steps):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    return losses


def save(folder, name, header, values):
    samples.write_table(folder / f"{name}.csv", header, values.reshape(len(values), -1).tolist())


def finish(folder, losses, begin):
    samples.write_table(folder / "losses.csv", ["step", "loss"], [[step + 1, loss] for step, loss in enumerate(losses)])
    (folder / "seconds.txt").write_text(f"{time.perf_counter() - begin:.1f}\n")


def equations(example, folder, steps, stop):
    out = folder / "equations"
    out.mkdir(exist_ok=True)
    parameters = {
        name: torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()
        for name, (shape, values) in tensors.read(folder / "init.safetensors").items()
    }
    model = MODELS[example.name]
    _, inputs, target = load(folder / "data/train.csv")
    begin = time.perf_counter()
    losses = descend(
        list(parameters.values()),
        lambda: torch.mean((model(parameters, inputs, target.shape[1] - 1) - target) ** 2), steps, example.rate, stop)
    finish(out, losses, begin)
    if stop:
        return
    with torch.no_grad():
        for name in ("test", "outside"):
            header, inputs, target = load(folder / f"data/{name}.csv")
            save(out, name, header, model(parameters, inputs, target.shape[1] - 1))
        for function in example.functions:
            header, inputs, _ = load(folder / f"data/{function.samples}.csv")
            save(out, function.samples, header, FUNCTIONS[example.name, function.model](parameters, inputs))


class Box(torch.nn.Module):
    """(state, condition) → next state: the state and what a net adds to it, all in units of their own spread."""

    def __init__(self, pairs, conditions, following, hidden):
        super().__init__()
        seen = torch.cat([pairs, conditions], -1)
        change = following - pairs
        spread = lambda x: torch.where(x.std(0) > 0, x.std(0), torch.ones_like(x[0]))
        self.mean, self.spread = seen.mean(0), spread(seen)
        self.change, self.change_spread = change.mean(0), spread(change)
        inner = torch.nn.Linear(seen.shape[1], hidden), torch.nn.Linear(hidden, hidden)
        self.net = torch.nn.Sequential(
            inner[0], torch.nn.Tanh(), inner[1], torch.nn.Tanh(), torch.nn.Linear(hidden, pairs.shape[1])).double()

    def scaled(self, state, condition):
        return self.net((torch.cat([state, condition], -1) - self.mean) / self.spread)

    def forward(self, state, condition):
        return state + self.change + self.change_spread * self.scaled(state, condition)


def size(inputs, hidden, outputs):
    return (inputs + 1) * hidden + (hidden + 1) * hidden + (hidden + 1) * outputs


def box(example, folder, steps):
    out = folder / "box"
    out.mkdir(exist_ok=True)
    torch.manual_seed(0)

    def read(name):
        header, inputs, target = load(folder / f"data/{name}.csv")
        none = target.new_zeros(len(target), 0)
        return header, target, torch.stack([inputs[c] for c in example.conditions], -1) if example.conditions else none

    _, target, conditions = read("train")
    now, following = target[:, :-1].flatten(0, 1), target[:, 1:].flatten(0, 1)
    repeated = conditions[:, None].expand(-1, target.shape[1] - 1, -1).flatten(0, 1)
    count = sum(len(values) for _, values in tensors.read(folder / "init.safetensors").values())
    inputs, outputs = now.shape[1] + repeated.shape[1], now.shape[1]
    hidden = next(h for h in range(4, 1000) if size(inputs, h, outputs) >= count)

    def rolled(model, name):
        header, target, condition = read(name)
        states = [target[:, 0]]
        with torch.no_grad():
            for _ in range(target.shape[1] - 1):
                states.append(model(states[-1], condition))
        predicted = torch.stack(states, 1)
        rows = lambda x: x.reshape(len(x), -1).tolist()
        return header, predicted, measure.relative(header, rows(predicted), rows(target))

    begin = time.perf_counter()
    best = None
    for rate in RATES:
        model = Box(now, repeated, following, hidden)
        wanted = (following - now - model.change) / model.change_spread
        losses = descend(
            list(model.parameters()), lambda: torch.mean((model.scaled(now, repeated) - wanted) ** 2), steps, rate)
        error = rolled(model, "test")[2]
        if best is None or error < best[0]:
            best = error, model, losses
    finish(out, best[2], begin)
    (out / "parameters.txt").write_text(f"{size(inputs, hidden, outputs)}\n")
    for name in ("test", "outside"):
        header, predicted, _ = rolled(best[1], name)
        save(out, name, header, predicted)


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    chosen, where, length = EXAMPLES[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3])
    first = sys.argv[4:] == ["first"]
    equations(chosen, where, length, 100 if first else None)
    if not first:
        box(chosen, where, length)
