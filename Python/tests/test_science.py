"""Functions on data, states that are data, trajectories and learnt tensors: gradients beside PyTorch's autograd."""
import numpy as np
import pytest
from conftest import compiled

torch = pytest.importorskip("torch")

# Of x, any numbers, and p, positive ones: the model's text, and the same in PyTorch. The points are away from kinks, where
# the two may differ.
FUNCTIONS = {
    "exp x": lambda x, p: torch.exp(x), "log p": lambda x, p: torch.log(p), "sqrt p": lambda x, p: torch.sqrt(p),
    "sin x": lambda x, p: torch.sin(x), "cos x": lambda x, p: torch.cos(x), "tanh x": lambda x, p: torch.tanh(x),
    "sigmoid x": lambda x, p: torch.sigmoid(x), "softplus x": lambda x, p: torch.nn.functional.softplus(x),
    "relu x": lambda x, p: torch.relu(x), "abs x": lambda x, p: torch.abs(x), "recip p": lambda x, p: 1 / p,
    "x ^ 3": lambda x, p: x ** 3, "p ^ 0.5": lambda x, p: p ** 0.5, "p ^ -2": lambda x, p: p ** -2,
    "x / (p + 2)": lambda x, p: x / (p + 2), "times x p": lambda x, p: x * p,
    "[entry 0 x, entry 6 x, 2, entry 1 p, entry 1 p]": lambda x, p: torch.stack([x[0], x[6], 2 + 0 * x[0], p[1], p[1]]),
    "concat (slice 2 7 x) (slice 0 2 p)": lambda x, p: torch.cat([x[2:], p[:2]]),
    "min x (1 - p)": lambda x, p: torch.minimum(x, 1 - p), "max x (1 - p)": lambda x, p: torch.maximum(x, 1 - p),
    "scale (sin (entry 0 x)) (exp p)": lambda x, p: torch.sin(x[0]) * torch.exp(p),
}
# All in one model, which is compiled once.
SOURCE = "model all (x : Real[7], p : Real[7]) : Real[145] = " + "".join(
    f"concat ({text}) (" for text in list(FUNCTIONS)[:-1]) + list(FUNCTIONS)[-1] + ")" * (len(FUNCTIONS) - 1)


def agree(found, expected):
    assert found.shape == expected.shape
    assert (found - expected).abs().max() <= 1e-12 * max(1, expected.abs().max().item())


def test_gradients_of_functions():
    generator = torch.Generator().manual_seed(3)
    x = 4 * torch.rand(7, generator=generator, dtype=torch.float64) - 2
    p = 0.3 + 3 * torch.rand(7, generator=generator, dtype=torch.float64)
    ours = compiled(SOURCE, "double").all.torch()
    begin = 0
    for text, theirs in FUNCTIONS.items():
        at = [[part.clone().requires_grad_() for part in (x, p)] for _ in range(2)]
        expected = theirs(*at[1])
        found = ours(*at[0])[begin:begin + len(expected)]
        begin += len(expected)
        bar = torch.randn(len(expected), generator=generator, dtype=torch.float64)
        for result in (found, expected):
            result.backward(bar)
        agree(found.detach(), expected.detach())
        for mine, other in zip(*at):
            agree(mine.grad, other.grad if other.grad is not None else torch.zeros_like(other))


MODEL = """
param a : Real[3,3] = [[0.5, 0.2, 0], [-0.1, 0.6, 0.1], [0, 0.3, 0.4]]
param b : Real[3] = [0.1, -0.2, 0.3]
net f (t : Real, y : Real) : Real = dense 4 | tanh | dense | softplus

model affine (y0 : Real[3]) : Real[9,3] = scan { y0 | !y => apply a y + b } (8)
model last (y0 : Real[3]) : Real[3] = iter { y0 | !y => apply a y + times b y } (8)
model reaction (y0 : Real[3], t : Real) : Real[9,3] =
  scan { y0 | !y =>
    let flux = scale (f t (entry 0 y)) (entry 1 y / (1 + abs (entry 2 y))) in
    y + 0.1 * [- flux, 2 * flux, - flux] } (8)
"""


def net(p, *x):
    for layer in (0, 2):
        x = torch.cat([part.reshape(1) for part in x]) if layer == 0 else torch.tanh(x)
        x = torch.nn.functional.linear(x, p[f"f.{layer}.weight"], p[f"f.{layer}.bias"])
    return torch.nn.functional.softplus(x)[0]


def affine(p, y):
    states = [y]
    for _ in range(8):
        states.append(p["a"] @ states[-1] + p["b"])
    return torch.stack(states)


def last(p, y):
    for _ in range(8):
        y = p["a"] @ y + p["b"] * y
    return y


def reaction(p, y, t):
    states = [y]
    for _ in range(8):
        y = states[-1]
        flux = net(p, t, y[0]) * y[1] / (1 + y[2].abs())
        states.append(y + 0.1 * torch.stack([-flux, 2 * flux, -flux]))
    return torch.stack(states)


@pytest.mark.parametrize("theirs", [affine, last, reaction])
def test_gradients_of_trajectories(theirs):
    module = getattr(compiled(MODEL, "double"), theirs.__name__).torch()
    parameters = {name: p.detach().clone().requires_grad_() for name, p in module.named_parameters()}
    generator = torch.Generator().manual_seed(5)
    inputs = [0.5 + torch.rand(shape, generator=generator, dtype=torch.float64)
              for shape in ([(3,), ()] if theirs is reaction else [(3,)])]
    results = []
    for f, learnt in ((module, module.parameters()), (lambda *x: theirs(parameters, *x), parameters.values())):
        at = [x.clone().requires_grad_() for x in inputs]
        y = f(*at)
        bar = torch.cos(torch.arange(y.numel(), dtype=torch.float64)).reshape(y.shape)
        y.backward(bar)
        results.append([y.detach(), *(x.grad for x in at), *(p.grad for p in learnt)])
    for found, expected in zip(*results, strict=True):
        agree(found, expected)
    assert np.isfinite(results[0][0].numpy()).all()
