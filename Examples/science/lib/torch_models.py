"""The nine by the same equations in PyTorch, with parameters of the same names and shapes."""
import torch
from torch.nn.functional import linear, softplus


def net(parameters, name, x, last=torch.sigmoid):
    """Of one number: dense, tanh, dense, tanh, dense, and `last`."""
    x = x[:, None]
    for layer in (0, 2, 4):
        x = linear(x, parameters[f"{name}.{layer}.weight"], parameters[f"{name}.{layer}.bias"])
        x = torch.tanh(x) if layer < 4 else last(x)
    return x[:, 0]


def scan(step, state, steps):
    """All states: of tensors [N, …] one [N, steps + 1, …]; of tuples of tensors [N] one [N, steps + 1, parts]."""
    states = [state]
    for _ in range(steps):
        states.append(step(*states[-1]) if isinstance(state, tuple) else step(states[-1]))
    if isinstance(state, tuple):
        return torch.stack([torch.stack(parts, -1) for parts in states], 1)
    return torch.stack(states, 1)


def linear_step(rate, matrix):
    """y ↦ y + rate · matrix y, for states [N, parts]."""
    transposed = torch.tensor(matrix, dtype=torch.float64).T
    return lambda y: y + rate[:, None] * (y @ transposed)


def constant(like, values):
    return tuple(torch.full_like(like, value) for value in values)


def decay(p, x, steps):
    return scan(lambda c: (p["w"] * c,), (x["c0"],), steps)


def pools(p, x, steps):
    alpha = torch.sigmoid(p["a"])

    def step(litter, soil):
        lost = 0.3 * 0.1 * litter
        return litter - lost, soil + (alpha * lost - 0.05 * 0.1 * soil)

    return scan(step, x["y0"].unbind(-1), steps)


def response(p, x):
    return net(p, "f", x["m"])


def moisture(p, x, steps):
    # The same factor in every round.
    factors = (1 - 0.5 * 0.1 * response(p, x))[:, None].expand(-1, steps)
    return torch.cat([torch.ones_like(factors[:, :1]), torch.cumprod(factors, 1)], 1)[..., None]


def soil_rate(p, x):
    return 5 * net(p, "f", x["t"] / 5 - 3) * net(p, "g", 6 * x["m"] - 3)


def soil(p, x, steps):
    e = soil_rate(p, x)
    litter, soil, passive = 0.4 * 0.5, 0.02 * 0.5, 0.001 * 0.5
    rates = [[-litter, 0, 0], [0.2 * litter, -soil, 0], [0, 0.1 * soil, -passive]]
    return scan(linear_step(e, rates), torch.stack(constant(e, [0.5, 1.5, 5]), -1), steps)


def chain(p, x, steps):
    f, g = torch.sigmoid(p["p"]).unbind()

    def step(a, b, c, d):
        lost_a, lost_b, lost_c = 0.3 * 0.5 * a, 0.1 * 0.5 * b, 0.05 * 0.5 * c
        return (
            a - lost_a, b + (f * lost_a - lost_b), c + ((1 - f) * lost_a + g * lost_b - lost_c),
            d + ((1 - g) * lost_b + lost_c),
        )

    return scan(step, x["y0"].unbind(-1), steps)


def battery(p, x, steps):
    def step(layer, capacity):
        grown = 0.1 * 0.5 * net(p, "f", layer, softplus)
        return layer + grown, capacity - 0.05 * 0.5 * layer * net(p, "g", capacity, softplus)

    return scan(step, x["y0"].unbind(-1), steps)


def kinetics_rate(p, x):
    return 3 * net(p, "k", x["t"] / 6 - 1.5)


def kinetics(p, x, steps):
    forward = 0.3 * kinetics_rate(p, x)
    backward = torch.full_like(forward, 0.3 * 0.1)
    matrix = torch.stack([1 - forward, backward, forward, 1 - backward], -1).reshape(-1, 2, 2)
    start = torch.stack(constant(forward, [1, 0]), -1)[..., None]
    return scan(lambda y: matrix @ y, start, steps)[..., 0]


def litter_rate(p, x):
    return 2 * net(p, "f", (x["t"] - 293) / 7.5) * net(p, "h", 5 * x["psi"] + 1)


def litter(p, x, steps):
    e = 0.5 * litter_rate(p, x)
    # Of what the four solid pools lose in units of the rate: what changes in all five.
    changes = torch.tensor(
        [[-1, 0, 0, 0, 1], [0, -1, 0, 0, 1], [0, 0, -0.2, 0, 0.2], [0, 0, 0, -1 / 15, 1 / 15]], dtype=torch.float64)

    def step(y):
        solid = y[:, :4]
        rate = e / ((1 + 0.5 / solid.sum(-1)) * (1 + 0.5 * y[:, 4]))
        return y + rate[:, None] * (solid @ changes)

    return scan(step, torch.stack(constant(e, [0.15, 0.30, 0.35, 0.15, 0.05]), -1), steps)


def permeability(p, x):
    return net(p, "k", 2 * x["s"] - 1)


def sorption(p, x, steps):
    permeable = permeability(p, x)

    def step(above, below, sorbed):
        carried = 0.9 * 0.25 * permeable * above
        middle = below + carried
        taken = 0.35 * 0.25 * middle * (0.6 - sorbed)
        return above - carried, middle - taken, sorbed + taken

    return scan(step, (x["up"], torch.zeros_like(x["up"]), torch.zeros_like(x["up"])), steps)


MODELS = {f.__name__: f for f in (decay, pools, moisture, soil, chain, battery, kinetics, litter, sorption)}

FUNCTIONS = {
    ("moisture", "response"): response,
    ("soil", "rate"): soil_rate,
    ("battery", "growth"): lambda p, x: net(p, "f", x["l"], softplus),
    ("battery", "fade"): lambda p, x: net(p, "g", x["q"], softplus),
    ("kinetics", "rate"): kinetics_rate,
    ("litter", "rate"): litter_rate,
    ("sorption", "permeability"): permeability,
}
