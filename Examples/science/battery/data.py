"""A battery that fades by a growing layer, by its equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from math import sqrt  # noqa: E402

from samples import between, folder_argument, geometric, grid, trajectory, write  # noqa: E402

DT = 0.5


def f(layer):
    return 1 / sqrt(0.1 + layer)


def sample(layer, capacity):
    def step(state):
        layer, capacity = state
        return [layer + 0.1 * f(layer) * DT, capacity - 0.05 * layer * sqrt(capacity) * DT]

    return {"y0": [layer, capacity]}, trajectory(step, [layer, capacity], 20)


def samples(layers, capacities):
    return [sample(layer, capacity) for layer in layers for capacity in capacities]


folder = folder_argument(__doc__)
layers = geometric(0.05, 0.6, 8)
write(folder, "train", samples(layers, [1.0, 0.7, 0.4]))
write(folder, "sparse", samples(layers, [1.0]))
write(folder, "test", samples(between(layers), [0.85, 0.55]))
write(folder, "outside", samples([0.01, 1.0, 1.4], [1.2, 0.3]))
write(folder, "f", [({"l": layer}, f(layer)) for layer in grid(0.01, 2, 200)])
write(folder, "g", [({"q": capacity}, sqrt(capacity)) for capacity in grid(0.05, 1.2, 116)])
