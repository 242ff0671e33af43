"""The models of the experiments in JAX, with our weights: one jitted function a step, Adam included."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .recurrence_jax import FORMS


def conv(x, p, name):
    found = lax.conv_general_dilated(x, p[f"{name}.weight"], (1, 1), "SAME")
    return found + p[f"{name}.bias"][None, :, None, None]


def linear(x, p, name):
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def conv_net(p, net, x):
    x = jax.nn.relu(conv(x, p, f"{net}.0"))
    x = jax.nn.relu(conv(x, p, f"{net}.2"))
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 3, 3), (1, 1, 3, 3), "VALID")
    return linear(x.reshape(len(x), -1), p, f"{net}.5")


def dense_net(p, net, x):
    return linear(jax.nn.relu(linear(x.reshape(len(x), -1), p, f"{net}.0")), p, f"{net}.2")


def iterated(p, x, form):
    convolve, iterate = FORMS[form]
    kernels = jnp.tanh(conv_net(p, "kernel", x[:, None])).reshape(-1, 13, 13)
    return iterate(convolve, x, kernels, conv_net(p, "steps", x[:, None]))


def model_d(p, inputs, form):
    return iterated(p, inputs["x"], form)


def model_t(p, inputs, form):
    x = inputs["x"]
    pairs = x.reshape(len(x), -1)[:, :, None] * conv_net(p, "steps", x[:, None])[:, None, :]
    return (pairs.reshape(len(x), -1) @ p["t.weight"].reshape(784, -1).T).reshape(x.shape)


def model_i(p, inputs, form):
    x = inputs["x"][:, None]
    for layer in (0, 2, 4):
        x = conv(x, p, f"transform.{layer}")
        if layer < 4:
            x = jax.nn.relu(x)
    return x[:, 0]


def model_d_even(p, inputs, form):
    x = inputs["x"]
    even = dense_net(p, "even", x)
    return even[:, 0, None, None] * x + even[:, 1, None, None] * iterated(p, x, form)


def model_t_even(p, inputs, form):
    x = inputs["x"]
    pairs = x.reshape(len(x), -1)[:, :, None] * conv_net(p, "steps", x[:, None])[:, None, :]
    triples = dense_net(p, "even", x)[:, :, None] * pairs.reshape(len(x), 1, -1)
    return (triples.reshape(len(x), -1) @ p["t.weight"].reshape(784, -1).T).reshape(x.shape)


def model_xor_d(p, inputs, form):
    a, b = dense_net(p, "first", inputs["x"]), dense_net(p, "second", inputs["y"])
    return a[:, :1] * b[:, ::-1] + a[:, 1:] * b


def model_xor_t(p, inputs, form):
    a, b = dense_net(p, "first", inputs["x"]), dense_net(p, "second", inputs["y"])
    return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1) @ p["t.weight"].reshape(2, 4).T


def model_xor_i(p, inputs, form):
    count = len(inputs["x"])
    x = jnp.concatenate((inputs["x"].reshape(count, -1), inputs["y"].reshape(count, -1)), 1)
    for layer in (0, 2, 4):
        x = linear(x, p, f"answer.{layer}")
        if layer < 4:
            x = jax.nn.relu(x)
    return x


MODELS = {"d": model_d, "t": model_t, "i": model_i, "d-even": model_d_even, "t-even": model_t_even,
          "xor-d": model_xor_d, "xor-t": model_xor_t, "xor-i": model_xor_i}


def forms(model):
    return list(FORMS) if model.kind in ("d", "d-even") else [""]


def loss_of(model, output, target):
    if model.loss == "l1":
        return jnp.mean(jnp.abs(output - target))
    return -jnp.mean(jnp.sum(target * jax.nn.log_softmax(output), axis=1))


class Steps:
    """Training from our initial weights on one batch."""

    def __init__(self, model, form, inputs, target, weights, learning_rate=5e-4, betas=(0.9, 0.999), epsilon=1e-8):
        self.parameters = {name: jnp.array(array) for name, array in weights.items()}
        self.inputs = {name: jnp.array(array) for name, array in inputs.items()}
        self.target = jnp.array(target)
        zeros = jax.tree.map(jnp.zeros_like, self.parameters)
        self.state = (self.parameters, zeros, jax.tree.map(jnp.zeros_like, zeros), jnp.zeros(()))

        def loss(parameters, inputs, target):
            return loss_of(model, MODELS[model.kind](parameters, inputs, form), target)

        def step(state, inputs, target):
            parameters, first, second, count = state
            value, gradient = jax.value_and_grad(loss)(parameters, inputs, target)
            if model.clip:
                norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradient.values()))
                scale = jnp.minimum(1.0, model.clip / (norm + 1e-6))
                gradient = {name: scale * g for name, g in gradient.items()}
            count = count + 1
            first = {k: betas[0] * m + (1 - betas[0]) * gradient[k] for k, m in first.items()}
            second = {k: betas[1] * v + (1 - betas[1]) * gradient[k] ** 2 for k, v in second.items()}
            step_size, root = learning_rate / (1 - betas[0] ** count), jnp.sqrt(1 - betas[1] ** count)
            parameters = {k: p - step_size * first[k] / (jnp.sqrt(second[k]) / root + epsilon)
                          for k, p in parameters.items()}
            return (parameters, first, second, count), value, gradient

        self.value_and_gradient = jax.jit(jax.value_and_grad(loss))
        self.advance = jax.jit(lambda *arguments: step(*arguments)[:2], donate_argnums=0)

    def gradients(self):
        value, gradient = self.value_and_gradient(self.state[0], self.inputs, self.target)
        return {"loss": np.array([value])} | {f"gradient of {name}": np.array(g) for name, g in gradient.items()}

    def step(self):
        self.state, value = self.advance(self.state, self.inputs, self.target)
        return float(value)
