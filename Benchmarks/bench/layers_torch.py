"""xor of the experiments with its two networks as PyTorch's modules, and ways to join what they answer."""
import numpy as np
import torch

from . import closures
from .training_torch import loss_of


def network():
    return torch.nn.Sequential(torch.nn.Linear(784, 400), torch.nn.ReLU(), torch.nn.Linear(400, 2))


def after(join):
    """A way that is given the networks' answers to the whole batch."""
    return lambda nets, x, y: join(nets["first"](x), nets["second"](y))


def by_hand(a, b):
    return a[:, :1] * b.flip(1) + a[:, 1:] * b


def vmapped(program):
    """The program and its networks as closures over one sample: what vmap runs over is all of it."""
    term = program.closures(closures)
    return lambda nets, x, y: torch.func.vmap(
        lambda x, y: term({"a": nets["first"](x), "b": nets["second"](y)}))(x, y)


def joins(function, program):
    """Ways to join answers of two networks, by name; ours is first."""
    return {"cajal as a layer": function.torch(),
            "PyTorch closures": closures.batched(program.closures(closures), ["a", "b"]),
            "PyTorch by hand": by_hand}


def ways(function, program):
    """With the networks. Of `peer, form` the report takes the fastest form."""
    return {name: after(join) for name, join in joins(function, program).items()} | {
        "PyTorch closures, networks too": vmapped(program)}


class Joined:
    """One of the joins alone: its result for a batch, and the gradients of both answers."""

    def __init__(self, join, answers, out_bar):
        self.join, self.out_bar = join, torch.tensor(out_bar)
        self.answers = {name: torch.tensor(array, requires_grad=True) for name, array in answers.items()}

    def once(self):
        result = self.join(*self.answers.values())
        return result, torch.autograd.grad(result, list(self.answers.values()), self.out_bar)

    def values(self):
        result, gradients = self.once()
        return {"result": np.array(result.detach())} | {
            f"gradient of {name}": np.array(bar) for name, bar in zip(self.answers, gradients)}


class Steps:
    """Training from our initial weights on one batch."""

    def __init__(self, way, model, inputs, target, weights, learning_rate=5e-4):
        self.way, self.model = way, model
        self.nets = torch.nn.ModuleDict({"first": network(), "second": network()})
        self.nets.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
        self.x, self.y = (torch.tensor(inputs[name]).flatten(1) for name in ("x", "y"))
        self.target = torch.tensor(target)
        self.adam = torch.optim.Adam(self.nets.parameters(), lr=learning_rate, fused=True)

    def loss(self):
        self.adam.zero_grad(set_to_none=True)
        loss = loss_of(self.model, self.way(self.nets, self.x, self.y), self.target)
        loss.backward()
        return loss.item()

    def gradients(self):
        """The loss and its gradients, at the parameters as they are."""
        loss = self.loss()
        found = {f"gradient of {name}": np.array(p.grad) for name, p in self.nets.named_parameters()}
        return {"loss": np.array([loss], np.float32)} | found

    def step(self):
        loss = self.loss()
        self.adam.step()
        return loss
