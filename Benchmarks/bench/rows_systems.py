"""Row b: linear dynamical systems iter { b | v => A v } (n), against cblas_sgemm at the same shapes."""
from dataclasses import dataclass

import numpy as np

from . import limits, modules, native
from .harness import Candidate, contest

BATCH = 64
TOLERANCE = 1e-4


@dataclass
class System:
    dimension: int
    horizon: int
    matrix: str  # "constant": written in the program; "linked": without its gradient; "learnt": with
    shared: bool

    @property
    def wanted(self):
        return ["b", "n", "A"] if self.matrix == "learnt" else ["b", "n"]


def systems():
    for dimension in (2, 16, 64, 256, 784, 1024):
        for matrix in ("constant", "linked", "learnt"):
            if matrix != "constant" or dimension <= 64:
                yield System(dimension, 10, matrix, True)
    for dimension in (2, 16, 64, 256):
        for matrix in ("linked", "learnt"):
            yield System(dimension, 10, matrix, False)
    # Longer ones, as far as PyTorch's rounds and JAX's states allow.
    for dimension, horizons in ((2, (1000, 10_000)), (16, (100, 1000, 10_000)), (64, (1000,))):
        for horizon in horizons:
            for matrix in ("constant", "linked", "learnt"):
                yield System(dimension, horizon, matrix, True)


def inputs_of(system):
    """A is near an isometry, so that a thousand rounds neither explode nor vanish."""
    random = np.random.default_rng(3)
    d = system.dimension
    isometry = np.linalg.qr(random.normal(size=(d, d)))[0].astype(np.float32)
    inputs = {"b": random.normal(size=(BATCH, d)).astype(np.float32),
              "n": (random.normal(size=(BATCH, system.horizon)) / system.horizon ** 0.5).astype(np.float32)}
    if system.shared:
        inputs["A"] = isometry.reshape(-1)
    else:
        signs = random.choice(np.array([-1, 1], np.float32), size=(BATCH, d, 1))
        inputs["A"] = (signs * isometry).reshape(BATCH, d * d)
    return inputs, random.normal(size=(BATCH, d)).astype(np.float32)


def text_of(system, matrix):
    d = system.dimension
    head = f"horizon {system.horizon}\nprogram system (b : Real[{d}], n : Nat"
    if system.matrix == "constant":
        rows = matrix.reshape(d, d)
        literal = "[" + ",\n    ".join("[" + ", ".join(f"{x:.12f}" for x in row) + "]" for row in rows) + "]"
        return f"{head}) : Real[{d}] =\n  iter {{ b | v => {literal} v }} (n)\n"
    return f"{head}, A : Real[{d}] -o Real[{d}]) : Real[{d}] = iter {{ b | v => A v }} (n)\n"


def loaded_of(system, matrix):
    kind = "constant" if system.matrix == "constant" else "linked"
    name = f"system_{kind}_{system.dimension}_{system.horizon}"
    return modules.Loaded(modules.build(name, text_of(system, matrix)).path)


def products(system, both):
    """The matrix products that the definition asks for."""
    d, rounds = system.dimension, system.horizon - 1
    learnt = both and system.matrix == "learnt"
    if system.shared:
        found = [limits.Sgemm(BATCH, d, d, rounds, transpose_b=True)]
        if both:
            found.append(limits.Sgemm(BATCH, d, d, rounds))
        if learnt:
            found.append(limits.Sgemm(d, d, BATCH, rounds, transpose_a=True))
    else:
        found = [limits.Sgemm(d, 1, d, rounds, BATCH)]
        if both:
            found.append(limits.Sgemm(d, 1, d, rounds, BATCH, transpose_a=True))
        if learnt:
            found.append(limits.Sgemm(d, d, 1, rounds, BATCH))
    return found


def rows(context):
    for system in systems():
        keys = [{"A": system.matrix, "matrices": "one" if system.shared else "one a sample",
                 "dimension": system.dimension, "horizon": system.horizon, "batch": BATCH, "pass": which}
                for which in ("forward", "both")]
        keys = [key for key in keys if context.takes(key)]
        if not keys:
            continue
        inputs, out_bar = inputs_of(system)
        loaded = loaded_of(system, inputs["A"])
        ours = {name: array for name, array in inputs.items() if name in loaded.input_names}
        call = modules.Call(loaded, BATCH, ours, out_bar, wanted=system.wanted)
        for key in keys:
            yield key, race(context, system, call, inputs, out_bar, key["pass"] == "both")


def race(context, system, call, inputs, out_bar, both):
    which = native.BOTH if both else native.FORWARD
    candidates = [Candidate("cajal2c", lambda repeats: call.seconds(which, repeats), lambda: call.values(both))]
    needed = products(system, both)
    candidates.append(limits.sgemm("cblas_sgemm", *needed))
    candidates += context.candidates("system", system, inputs, out_bar, both)
    results = contest(candidates, context.settings, TOLERANCE)
    results[0] |= {"flops": sum(product.flops for product in needed),
                   "workspace": call.loaded.workspace_bytes(BATCH, True)}
    return results
