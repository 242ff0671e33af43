"""Coupled pools, by their equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import folder_argument, trajectory, write  # noqa: E402

K1, K2, ALPHA, DT = 0.3, 0.05, 0.4, 0.1


def step(state):
    litter, soil = state
    lost = K1 * litter * DT
    return [litter - lost, soil + ALPHA * lost - K2 * soil * DT]


def sample(litter, soil, steps=100):
    return {"y0": [litter, soil]}, trajectory(step, [litter, soil], steps)


folder = folder_argument(__doc__)
write(folder, "train", [sample(1.0, 0.5)])
write(folder, "test", [sample(0.6, 0.55), sample(0.9, 0.6)])
write(folder, "outside", [sample(1.0, 0.5, 500)])
