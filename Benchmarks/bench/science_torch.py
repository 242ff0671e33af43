"""A step of a model of Examples/science in PyTorch, by the examples' own equations."""
import tensors
import torch
from torch_models import MODELS
from torch_train import load


def make_step(example, folder):
    """A step of Adam on all trajectories; returns the loss before it."""
    parameters = {
        name: torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()
        for name, (shape, values) in tensors.read(folder / "init.safetensors").items()
    }
    model = MODELS[example.name]
    _, inputs, target = load(folder / "data/train.csv")
    optimizer = torch.optim.Adam(parameters.values(), lr=example.rate)

    def step():
        optimizer.zero_grad()
        loss = torch.mean((model(parameters, inputs, target.shape[1] - 1) - target) ** 2)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
