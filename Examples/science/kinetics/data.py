"""A reversible reaction, by its equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from math import exp  # noqa: E402

from samples import between, denser_at_ends, folder_argument, grid, trajectory, write  # noqa: E402

DT = 0.3


def k(t):
    return 2 * exp(-5 / t)


def sample(t):
    def step(state):
        flux = k(t) * state[0] - 0.1 * state[1]
        return [state[0] - flux * DT, state[1] + flux * DT]

    return {"t": t}, trajectory(step, [1.0, 0.0], 40)


folder = folder_argument(__doc__)
inside = denser_at_ends(3, 15, 25)
write(folder, "train", [sample(t) for t in inside])
write(folder, "test", [sample(t) for t in between(inside)])
write(folder, "outside", [sample(t) for t in [1.5, 2, 2.5, 16, 18, 20]])
write(folder, "k", [({"t": t}, k(t)) for t in grid(1.5, 20, 186)])
