"""PyTorch."""
import numpy as np
import torch

from . import closures, folds_torch, layers_torch, training_torch
from .harness import Candidate, Entrant, python_seconds
from .recurrence_torch import FORMS
from .report import NOTHING, PRODUCT

NAME = "PyTorch"


def start(threads):
    torch.set_num_threads(threads)


def tensors(inputs, requires_grad=False):
    return {name: torch.tensor(array, requires_grad=requires_grad) for name, array in inputs.items()}


def candidate(label, run, names, values, bar, both):
    """run: from the values, which have these names, to the result."""
    def once():
        if not both:
            with torch.no_grad():
                return run(*values), ()
        result = run(*values)
        return result, torch.autograd.grad(result, values, bar)

    def compare():
        result, gradients = once()
        return named(result, dict(zip(names, gradients)))

    return Candidate(label, python_seconds(once), compare)


def small(program, batch, inputs, out_bar, both):
    names = list(program.inputs)
    run = closures.batched(program.closures(closures), names)
    values = list(tensors(inputs, both).values())
    return [candidate("PyTorch closures", run, names, values, torch.tensor(out_bar), both)]


def folds(fold, out_bar, both):
    names = [name for name in fold.inputs if not name.endswith(".nodes")]
    values = [torch.tensor(fold.inputs[name], requires_grad=both) for name in names]
    bar = torch.tensor(out_bar)
    return [candidate(f"PyTorch {form}".strip(), run, names, values, bar, both)
            for form, run in folds_torch.forms(fold).items()]


class Nothing(torch.autograd.Function):
    """What PyTorch itself takes of a call of a program of two inputs."""

    @staticmethod
    def forward(ctx, x, n):
        ctx.save_for_backward(x, n)
        return x.new_empty((len(n), 2))

    @staticmethod
    def backward(ctx, bar):
        return tuple(torch.empty_like(x) for x in ctx.saved_tensors)


def calls(function, inputs, out_bar, both):
    """The program as a layer, beside what computes nothing, and what PyTorch's own operators take at least."""
    values = [torch.tensor(array, requires_grad=both) for array in inputs]
    names, bar = [port.name for port in function.inputs], torch.tensor(out_bar)

    def caller(f):
        def once():
            result = f(*values)
            return result, torch.autograd.grad(result, values, bar) if both else ()
        return once

    layer = caller(function.torch())
    n, n_bar = values[1], torch.ones_like(values[1])

    def product():
        result = 2 * n
        return result, torch.autograd.grad(result, [n], n_bar) if both else ()

    def compare():
        result, gradients = layer()
        return named(result, dict(zip(names, gradients)))

    return [Candidate("PyTorch", python_seconds(layer), compare),
            Candidate(NOTHING, python_seconds(caller(Nothing.apply))), Candidate(PRODUCT, python_seconds(product))]


def joins(function, program, answers, out_bar):
    """Ways to join the answers of two networks by a program, forward and backward, the compiled one first."""
    joined = {name: layers_torch.Joined(join, answers, out_bar)
              for name, join in layers_torch.joins(function, program).items()}
    return [Candidate(name, python_seconds(one.once), one.values) for name, one in joined.items()]


def layers(function, program, model, inputs, target, weights):
    """The same with the networks: what makes the steps of training."""
    return [Entrant(name, lambda ways=ways: layers_torch.Steps(ways, model, inputs, target, weights))
            for name, ways in layers_torch.ways(function, program).items()]


def array(tensor):
    return np.ascontiguousarray(tensor.detach().numpy())


def named(result, gradients):
    return {"result": array(result)} | {f"gradient of {name}": array(g) for name, g in gradients.items()}


def system(system, inputs, out_bar, both):
    """In Horner's form, two operations a round."""
    names = system.wanted if both else []
    values = {name: torch.tensor(array.reshape(shape_of_system(system, name)), requires_grad=name in names)
              for name, array in inputs.items()}
    bar = torch.tensor(out_bar)

    def run():
        b, n, a = values["b"], values["n"], values["A"]
        state = n[:, -1:] * b
        if system.shared:
            transposed = a.T
            for k in range(system.horizon - 2, -1, -1):
                state = torch.addmm(n[:, k:k + 1] * b, state, transposed)
            return state
        state = state.unsqueeze(2)
        for k in range(system.horizon - 2, -1, -1):
            state = torch.baddbmm((n[:, k:k + 1] * b).unsqueeze(2), a, state)
        return state.squeeze(2)

    def once():
        if not both:
            with torch.no_grad():
                return run(), ()
        result = run()
        return result, torch.autograd.grad(result, [values[name] for name in names], bar)

    def compare():
        result, gradients = once()
        return named(result, dict(zip(names, gradients)))

    return [Candidate("PyTorch", python_seconds(once), compare)]


def shape_of_system(system, name):
    if name != "A":
        return (-1, system.dimension if name == "b" else system.horizon)
    return (system.dimension,) * 2 if system.shared else (-1, system.dimension, system.dimension)


def recurrence(inputs, out_bar, horizon, kernel, size, which):
    shapes = {"k": (-1, kernel, kernel), "x": (-1, size, size), "n": (-1, horizon)}
    values = {name: torch.tensor(a.reshape(shapes[name]), requires_grad=True) for name, a in inputs.items()}
    bar = torch.tensor(out_bar).view(-1, size, size)
    candidates = []
    for form, (convolve, iterate) in FORMS.items():
        def forward(convolve=convolve, iterate=iterate):
            return iterate(convolve, values["x"], values["k"], values["n"])

        result = forward()

        def backward(result=result):
            return torch.autograd.grad(result, list(values.values()), bar, retain_graph=True)

        def compare(result=result, backward=backward):
            gradients = backward()
            return named(result.flatten(1), {name: g.reshape(inputs[name].shape) for name, g in zip(values, gradients)})

        once = forward if which == "forward" else backward
        candidates.append(Candidate(name_of("PyTorch", form), python_seconds(once), compare))
    return candidates


def training(model, inputs, target, weights, compiled):
    def entrant(peer, form, compile_):
        return Entrant(name_of(peer, form), lambda: training_torch.Steps(
            model, form, inputs, target, weights, compile_))

    forms = training_torch.forms(model)
    return [entrant("PyTorch eager", form, False) for form in forms] + [
        entrant("torch.compile", form, True) for form in forms[:1] if compiled]


def name_of(peer, form):
    """A column of the report: forms of a peer share one, a hand-written adjoint has its own."""
    if form == "own adjoint":
        return f"{peer} with own adjoint"
    return f"{peer}, {form}" if form else peer


def inference(model, inputs, weights):
    parameters = {name: torch.tensor(w) for name, w in weights.items()}
    values = {name: torch.tensor(a) for name, a in inputs.items()}
    candidates = []
    torch._dynamo.reset()
    # There is no adjoint here, of its own or not.
    for index, form in enumerate(form for form in training_torch.forms(model) if form != "own adjoint"):
        def run(parameters, values, form=form):
            return training_torch.MODELS[model.kind](parameters, values, form)

        functions = {"PyTorch eager": run} | ({"torch.compile": torch.compile(run)} if index == 0 else {})
        for name, function in functions.items():
            def once(function=function):
                with torch.inference_mode():
                    return function(parameters, values)

            candidates.append(Candidate(
                name_of(name, form), python_seconds(once), lambda once=once: {"result": array(once().flatten(1))}))
    return candidates


def science(example, folder):
    """The equations of an example of Examples/science, whose folder `lib` is among those of modules by now."""
    from .science_torch import make_step
    return [Entrant("PyTorch eager", lambda: make_step(example, folder))]
