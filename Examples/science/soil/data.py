"""Litter, soil and passive carbon, by their equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from samples import between, denser_at_ends, folder_argument, grid, trajectory, write  # noqa: E402

KF, KS, KP, DT = 0.4, 0.02, 0.001, 0.5


def f(t):
    return 2 ** ((t - 15) / 10)


def g(m):
    return m**0.7 / (0.3 + m**0.7)


def sample(t, m):
    e = f(t) * g(m)

    def step(state):
        litter, soil, passive = state
        return [
            litter - KF * e * litter * DT,
            soil + 0.2 * KF * e * litter * DT - KS * e * soil * DT,
            passive + 0.1 * KS * e * soil * DT - KP * e * passive * DT,
        ]

    return {"t": t, "m": m}, trajectory(step, [0.5, 1.5, 5.0], 60)


def samples(temperatures, moistures):
    return [sample(t, m) for t in temperatures for m in moistures]


folder = folder_argument(__doc__)
temperatures, moistures = denser_at_ends(5, 25, 13), denser_at_ends(0.2, 0.8, 9)
write(folder, "train", samples(temperatures, moistures))
write(folder, "sparse", samples([5, 15, 25], [0.2, 0.5, 0.8]))
write(folder, "test", samples(between(temperatures), between(moistures)))
write(folder, "outside", samples([0, 15, 30], [0.1, 0.95]))
write(folder, "temperature", [({"t": t, "m": 0.5}, f(t) * g(0.5)) for t in grid(0, 30, 121)])
write(folder, "moisture", [({"t": 15.0, "m": m}, f(15) * g(m)) for m in grid(0.05, 1, 96)])
