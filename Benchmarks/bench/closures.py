"""The way in which the paper's prototype runs programs in PyTorch (arXiv:2511.14953, section 5): each term becomes a
closure from an environment to a tensor by the equations of the denotation, and torch.func.vmap runs it over a batch.
Written from the description, to be compared with. Functions are closures from tensors to tensors."""
import torch


def variable(name):
    return lambda env: env[name]


def constant(*entries):
    tensor = torch.tensor(entries)
    return lambda env: tensor


true, false = constant(1.0, 0.0), constant(0.0, 1.0)


def zero(horizon):
    return constant(1.0, *[0.0] * (horizon - 1))


def successor(term):
    def run(env):
        number = term(env)
        return torch.cat((torch.zeros(1), number[:-1]))
    return run


def branch(condition, if_true, if_false):
    def run(env):
        c = condition(env)
        return c[0] * if_true(env) + c[1] * if_false(env)
    return run


def iterate(base, state, step, count, horizon):
    """The sum over k of n_k times the k-th power of the step, applied to the base."""
    def run(env):
        n, power = count(env), base(env)
        total = n[0] * power
        for k in range(1, horizon):
            power = step({**env, state: power})
            total = total + n[k] * power
        return total
    return run


def function(binder, body):
    return lambda env: lambda value: body({**env, binder: value})


def apply(term, argument):
    return lambda env: term(env)(argument(env))


def linked(name, *sizes):
    """A variable of type t1 -o ... -o r: its matrix, applied to one argument after the other. sizes: r, ..., t1."""
    def run(env):
        tensor = env[name].reshape(sizes)
        if len(sizes) == 3:
            return lambda first: lambda second: (tensor @ first) @ second
        return lambda first: tensor @ first
    return run


def batched(term, names):
    """The program over a batch of every variable."""
    return torch.func.vmap(lambda *values: term(dict(zip(names, values))))
