"""Litter of five pools, by its equations. data.py DIR writes the samples."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from math import exp  # noqa: E402

from samples import between, denser_at_ends, folder_argument, grid, trajectory, write  # noqa: E402

R, KAPPA, DT = 8.3143, (1, 1, 0.2, 1 / 15), 0.5


def f(t):
    """Of a temperature in K: growth, and what cold and heat take from it."""
    cold, heat = exp((197500 - 710 * t) / (R * t)), exp((710 * t - 222500) / (R * t))
    return exp(25.229 - 62500 / (R * t)) / (1 + cold + heat)


def h(psi):
    """Of a water potential in MPa."""
    return exp(0.2 * psi)


def sample(t, psi):
    e = f(t) * h(psi)

    def step(state):
        solid, dissolved = state[:4], state[4]
        rate = e * sum(solid) / (sum(solid) + 0.5) / (1 + dissolved / 2) * DT
        lost = [kappa * rate * c for kappa, c in zip(KAPPA, solid)]
        return [c - d for c, d in zip(solid, lost)] + [dissolved + sum(lost)]

    return {"t": t, "psi": psi}, trajectory(step, [0.15, 0.30, 0.35, 0.15, 0.05], 60)


def samples(temperatures, potentials):
    return [sample(t, psi) for t in temperatures for psi in potentials]


folder = folder_argument(__doc__)
temperatures, potentials = denser_at_ends(278, 308, 17), denser_at_ends(-0.4, -0.01, 9)
write(folder, "train", samples(temperatures, potentials))
write(folder, "sparse", samples([278, 293, 308], potentials))
write(folder, "test", samples(between(temperatures), between(potentials)))
write(folder, "outside", samples([273, 293, 313], [-0.8, -1.5]))
write(folder, "temperature", [({"t": t, "psi": -0.14}, f(t) * h(-0.14)) for t in grid(270, 316, 185)])
write(folder, "potential", [({"t": 293.0, "psi": psi}, f(293) * h(psi)) for psi in grid(-1.5, -0.01, 150)])
