"""The models of the experiments in PyTorch, with our weights: nets as users write them, and a step with Adam."""
import numpy as np
import torch
import torch.nn.functional as F

from .recurrence_torch import FORMS


def conv_net(p, net, x):
    x = F.relu(F.conv2d(x, p[f"{net}.0.weight"], p[f"{net}.0.bias"], padding="same"))
    x = F.relu(F.conv2d(x, p[f"{net}.2.weight"], p[f"{net}.2.bias"], padding="same"))
    return F.linear(F.max_pool2d(x, 3).flatten(1), p[f"{net}.5.weight"], p[f"{net}.5.bias"])


def dense_net(p, net, x):
    x = F.relu(F.linear(x, p[f"{net}.0.weight"], p[f"{net}.0.bias"]))
    return F.linear(x, p[f"{net}.2.weight"], p[f"{net}.2.bias"])


def iterated(p, x, form):
    kernels = torch.tanh(conv_net(p, "kernel", x[:, None])).view(-1, 13, 13)
    convolve, iterate = FORMS[form]
    return iterate(convolve, x, kernels, conv_net(p, "steps", x[:, None]))


def model_d(p, inputs, form):
    return iterated(p, inputs["x"], form)


def model_t(p, inputs, form):
    x = inputs["x"]
    pairs = x.flatten(1)[:, :, None] * conv_net(p, "steps", x[:, None])[:, None, :]
    return F.linear(pairs.flatten(1), p["t.weight"].view(784, -1)).view_as(x)


def model_i(p, inputs, form):
    x = inputs["x"][:, None]
    for layer in (0, 2, 4):
        x = F.conv2d(x, p[f"transform.{layer}.weight"], p[f"transform.{layer}.bias"], padding="same")
        if layer < 4:
            x = F.relu(x)
    return x[:, 0]


def model_d_even(p, inputs, form):
    x = inputs["x"]
    even = dense_net(p, "even", x.flatten(1))
    return even[:, 0, None, None] * x + even[:, 1, None, None] * iterated(p, x, form)


def model_t_even(p, inputs, form):
    x = inputs["x"]
    pairs = x.flatten(1)[:, :, None] * conv_net(p, "steps", x[:, None])[:, None, :]
    triples = dense_net(p, "even", x.flatten(1))[:, :, None] * pairs.flatten(1)[:, None, :]
    return F.linear(triples.flatten(1), p["t.weight"].view(784, -1)).view_as(x)


def model_xor_d(p, inputs, form):
    a, b = dense_net(p, "first", inputs["x"].flatten(1)), dense_net(p, "second", inputs["y"].flatten(1))
    return a[:, :1] * b.flip(1) + a[:, 1:] * b


def model_xor_t(p, inputs, form):
    a, b = dense_net(p, "first", inputs["x"].flatten(1)), dense_net(p, "second", inputs["y"].flatten(1))
    return F.linear((a[:, :, None] * b[:, None, :]).flatten(1), p["t.weight"].view(2, 4))


def model_xor_i(p, inputs, form):
    x = torch.cat((inputs["x"].flatten(1), inputs["y"].flatten(1)), 1)
    for layer in (0, 2, 4):
        x = F.linear(x, p[f"answer.{layer}.weight"], p[f"answer.{layer}.bias"])
        if layer < 4:
            x = F.relu(x)
    return x


MODELS = {"d": model_d, "t": model_t, "i": model_i, "d-even": model_d_even, "t-even": model_t_even,
          "xor-d": model_xor_d, "xor-t": model_xor_t, "xor-i": model_xor_i}


def forms(model):
    return list(FORMS) if model.kind in ("d", "d-even") else [""]


def loss_of(model, output, target):
    if model.loss == "l1":
        return F.l1_loss(output, target)
    return F.cross_entropy(output, target)


class Steps:
    """Training from our initial weights on one batch."""

    def __init__(self, model, form, inputs, target, weights, compiled, learning_rate=5e-4):
        self.model, self.clip = model, model.clip
        self.parameters = {name: torch.nn.Parameter(torch.tensor(array)) for name, array in weights.items()}
        self.inputs = {name: torch.tensor(array) for name, array in inputs.items()}
        self.target = torch.tensor(target)
        self.adam = torch.optim.Adam(self.parameters.values(), lr=learning_rate, fused=True)

        def loss(parameters, inputs, target):
            return loss_of(model, MODELS[model.kind](parameters, inputs, form), target)

        if compiled:
            # Its cache of code belongs to the function's text, which all models share; it gives up after a few.
            torch._dynamo.reset()
        self.loss = torch.compile(loss) if compiled else loss

    def gradients(self):
        """The loss and its gradients, at the parameters as they are."""
        self.adam.zero_grad(set_to_none=True)
        loss = self.loss(self.parameters, self.inputs, self.target)
        loss.backward()
        found = {f"gradient of {name}": np.array(p.grad) for name, p in self.parameters.items()}
        return {"loss": np.array([loss.item()], np.float32)} | found

    def step(self):
        self.adam.zero_grad(set_to_none=True)
        loss = self.loss(self.parameters, self.inputs, self.target)
        loss.backward()
        if self.clip:
            torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.clip)
        self.adam.step()
        return loss.item()
