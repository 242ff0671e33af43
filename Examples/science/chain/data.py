"""A decay chain that branches, by its equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import folder_argument, trajectory, write  # noqa: E402

LAMBDA, DT, F, G = (0.3, 0.1, 0.05), 0.5, 0.7, 0.85


def step(state):
    a, b, c = (rate * amount * DT for rate, amount in zip(LAMBDA, state))
    return [state[0] - a, state[1] + F * a - b, state[2] + (1 - F) * a + G * b - c, state[3] + (1 - G) * b + c]


def sample(start, steps=60):
    return {"y0": start}, trajectory(step, start, steps)


folder = folder_argument(__doc__)
write(folder, "train", [sample([1.0, 0.0, 0.0, 0.0])])
write(folder, "test", [sample([0.8, 0.1, 0.1, 0.0]), sample([0.5, 0.3, 0.2, 0.0])])
write(folder, "outside", [sample([1.0, 0.0, 0.0, 0.0], 300)])
