"""A pool whose decay depends on moisture, by its equation. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import between, folder_argument, geometric, grid, trajectory, write  # noqa: E402

K, DT = 0.5, 0.1


def f(m):
    return m**0.7 / (0.3 + m**0.7)


def sample(m):
    return {"m": m}, trajectory(lambda c: c - K * f(m) * c * DT, 1.0, 100)


folder = folder_argument(__doc__)
inside = geometric(0.05, 1, 20)
write(folder, "train", [sample(m) for m in inside])
write(folder, "test", [sample(m) for m in between(inside)])
write(folder, "outside", [sample(m) for m in [0.005, 0.01, 0.02, 0.03, 0.04]])
write(folder, "f", [({"m": m}, f(m)) for m in grid(0.005, 1, 200)])
