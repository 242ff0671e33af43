"""JAX."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from . import folds_jax, training_jax
from .harness import Candidate, Entrant, python_seconds
from .recurrence_jax import FORMS

NAME = "JAX"


def start(threads):
    jax.config.update("jax_platforms", "cpu")


class Operations:
    """What terms of small programs mean; an iteration is a scan, or is written out round by round."""

    def __init__(self, scan):
        self.scan = scan

    def constant(self, entries):
        return jnp.array(entries, jnp.float32)

    def branch(self, c, if_true, if_false):
        return c[0] * if_true + c[1] * if_false

    def shift(self, v):
        return jnp.concatenate([jnp.zeros(1), v[:-1]])

    def choose(self, choice, x, y):
        return (choice.reshape(2, 2, 2) @ x) @ y

    def iterate(self, base, step, n):
        if self.scan:
            def round_(state, n_k):
                power, total = state
                return (step(power), total + n_k * power), None
            return lax.scan(round_, (base, jnp.zeros_like(base)), n)[0][1]
        power, total = base, n[0] * base
        for k in range(1, len(n)):
            power = step(power)
            total = total + n[k] * power
        return total


def small(program, batch, inputs, out_bar, both):
    iterates = "iter" in program.text
    candidates = []
    for scan in (True, False) if iterates else (True,):
        operations = Operations(scan)
        run = jax.vmap(lambda *values, m=operations: program.meaning(m, *values))
        label = "JAX" if not iterates else "JAX scan" if scan else "JAX unrolled"
        candidates.append(candidate(label, run, inputs, out_bar, both))
    return candidates


def candidate(label, run, inputs, out_bar, both, wanted=None):
    """run: from the inputs, in order, to the result."""
    names = list(inputs)
    wanted = names if wanted is None else wanted

    def run_both(bar, *values):
        def of_wanted(*of):
            changed = dict(zip(wanted, of))
            return run(*(changed.get(name, value) for name, value in zip(names, values)))
        result, pull = jax.vjp(of_wanted, *(values[names.index(name)] for name in wanted))
        return result, pull(bar)

    values = [jnp.array(array) for array in inputs.values()]
    bar = jnp.array(out_bar)
    function = jax.jit(run_both if both else run)
    arguments = (bar, *values) if both else values

    def once():
        return jax.block_until_ready(function(*arguments))

    def compare():
        answer = once()
        return named(answer[0], dict(zip(wanted, answer[1]))) if both else named(answer, {})

    return Candidate(label, python_seconds(once), compare)


def named(result, gradients):
    return {"result": np.array(result)} | {f"gradient of {name}": np.array(g) for name, g in gradients.items()}


def folds(fold, out_bar, both):
    inputs = {name: array for name, array in fold.inputs.items() if not name.endswith(".nodes")}
    return [candidate("JAX", folds_jax.runner(fold), inputs, out_bar, both)]


def system(system, inputs, out_bar, both):
    """In Horner's form, as a scan."""
    def run(b, n, a):
        if system.shared:
            transposed = a.reshape(system.dimension, system.dimension).T

            def step(state):
                return state @ transposed
        else:
            matrices = a.reshape(-1, system.dimension, system.dimension)

            def step(state):
                return jnp.einsum("bij,bj->bi", matrices, state)

        def round_(state, n_k):
            return n_k[:, None] * b + step(state), None
        return lax.scan(round_, n[:, -1:] * b, n[:, :-1].T, reverse=True)[0]

    return [candidate("JAX", run, inputs, out_bar, both, system.wanted)]


def recurrence(inputs, out_bar, horizon, kernel, size, which):
    batch = len(out_bar)
    k = jnp.array(inputs["k"]).reshape(batch, kernel, kernel)
    x, n = jnp.array(inputs["x"]).reshape(batch, size, size), jnp.array(inputs["n"])
    bar = jnp.array(out_bar).reshape(batch, size, size)
    candidates = []
    for label, (convolve, iterate) in FORMS.items():
        # What forward leaves for backward is what the function that jax.vjp answers holds.
        forward = jax.jit(lambda k, x, n, c=convolve, it=iterate: jax.vjp(lambda k, x, n: it(c, x, k, n), k, x, n))
        backward = jax.jit(lambda pull, bar: pull(bar))
        result, pull = forward(k, x, n)

        def once(forward=forward, backward=backward, pull=pull):
            return jax.block_until_ready(forward(k, x, n) if which == "forward" else backward(pull, bar))

        def compare(result=result, backward=backward, pull=pull):
            gradients = backward(pull, bar)
            return named(result.reshape(batch, -1), {
                name: g.reshape(inputs[name].shape) for name, g in zip("kxn", gradients)})

        candidates.append(Candidate(f"JAX {label}", python_seconds(once), compare))
    return candidates


def training(model, inputs, target, weights, compiled):
    if not compiled:
        return []
    return [Entrant(f"JAX, {form}" if form else "JAX", lambda form=form: training_jax.Steps(
        model, form, inputs, target, weights)) for form in training_jax.forms(model)]


def inference(model, inputs, weights):
    parameters = {name: jnp.array(w) for name, w in weights.items()}
    values = {name: jnp.array(a) for name, a in inputs.items()}
    candidates = []
    for form in training_jax.forms(model):
        function = jax.jit(lambda p, v, form=form: training_jax.MODELS[model.kind](p, v, form))

        def once(function=function):
            return jax.block_until_ready(function(parameters, values))

        candidates.append(Candidate(
            f"JAX, {form}" if form else "JAX", python_seconds(once),
            lambda once=once: {"result": np.array(once()).reshape(1, -1)}))
    return candidates
