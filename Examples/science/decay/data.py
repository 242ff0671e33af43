"""Exponential decay, by its equation. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import folder_argument, trajectory, write  # noqa: E402

W = 1 - 0.3 * 0.1


def sample(c0, steps=40):
    return {"c0": c0}, trajectory(lambda c: W * c, c0, steps)


folder = folder_argument(__doc__)
write(folder, "train", [sample(1.0)])
write(folder, "test", [sample(0.5), sample(0.8)])
write(folder, "outside", [sample(1.0, 200)])
