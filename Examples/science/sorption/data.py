"""A solute that is carried and sorbed, by its equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import between, folder_argument, grid, trajectory, write  # noqa: E402

DT = 0.25


def k(s):
    return min(max((s - 0.2) / 0.8, 0), 1) ** 3


def sample(s, up):
    def step(state):
        above, below, sorbed = state
        carried = 0.9 * k(s) * above * DT
        middle = below + carried
        taken = 0.35 * middle * (0.6 - sorbed) * DT
        return [above - carried, middle - taken, sorbed + taken]

    return {"s": s, "up": up}, trajectory(step, [up, 0.0, 0.0], 60)


def samples(saturations, starts):
    return [sample(s, up) for s in saturations for up in starts]


folder = folder_argument(__doc__)
saturations = grid(0.32, 0.84, 27)
write(folder, "train", samples(saturations, [0.4, 0.7, 1.0]))
write(folder, "sparse", samples([0.32, 0.58, 0.84], [0.4, 0.7, 1.0]))
write(folder, "test", samples(between(saturations), [0.55, 0.85]))
write(folder, "outside", samples([1.0, 0.92, 0.22], [1.5, 0.2]))
write(folder, "k", [({"s": s}, k(s)) for s in grid(0.1, 1, 181)])
