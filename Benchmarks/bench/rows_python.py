"""Row p: what calls cost from Python, and training steps of PyTorch's networks with a program as a layer.

The package is that of the repository, with a cache of its own in build/bench.
"""
import cajal
import numpy as np

from . import modules, native, small_programs, training_models
from .harness import Candidate, Settings, contest, python_seconds, refusals
from .report import IN_C
from .rows_training import STEPS, checked, fastest_of_each, our_gradients

CALL_BATCH, LAYER_BATCHES = 64, (1, 64)
TOLERANCE = 1e-5


def rows(context):
    yield from calls(context)
    if "torch" in context.loaded:
        yield from layers(context)


def calls(context):
    """A batch of n, and one x that it shares."""
    function = cajal.compile(small_programs.named("flip").text).flip
    random = np.random.default_rng(1)
    inputs = [random.normal(size=shape).astype(np.float32) for shape in (2, (CALL_BATCH, small_programs.HORIZON))]
    out_bar = random.normal(size=(CALL_BATCH, 2)).astype(np.float32)
    names = [port.name for port in function.inputs]
    call = modules.Call(modules.Loaded(function.path, function.name), CALL_BATCH, dict(zip(names, inputs)), out_bar)
    for side in ("NumPy", "PyTorch"):
        for both in (False, True):
            key = {"from": side, "pass": "both" if both else "forward", "batch": CALL_BATCH}
            if not context.takes(key) or (side == "PyTorch" and "torch" not in context.loaded):
                continue
            which = native.BOTH if both else native.FORWARD
            if side == "NumPy":
                candidates = [from_numpy(function, inputs, out_bar, both)]
            else:
                candidates = context.loaded["torch"].calls(function, inputs, out_bar, both)
            candidates.insert(1, Candidate(IN_C, lambda repeats, which=which: call.seconds(which, repeats),
                                           lambda both=both: call.values(both)))
            results = contest(candidates, context.settings, TOLERANCE)
            if "seconds" in results[0]:
                in_c = next(result["seconds"] for result in results if result["name"] == IN_C)
                results[0]["beyond"] = results[0]["seconds"] - in_c
            yield key, results


def from_numpy(function, inputs, out_bar, both):
    names = [port.name for port in function.inputs]

    def once():
        if not both:
            return function(*inputs), ()
        result, vjp = function.vjp(*inputs)
        return result, vjp(out_bar)

    def compare():
        result, gradients = once()
        return {"result": result} | {f"gradient of {name}": g for name, g in zip(names, gradients)}

    return Candidate("NumPy", python_seconds(once), compare)


def layers(context):
    """Two networks, and a program that joins their answers; then the program alone."""
    xor = small_programs.named("xor")
    function = cajal.compile(xor.text).xor
    model = next(m for m in training_models.MODELS if m.kind == "xor-d")
    for batch in LAYER_BATCHES:
        for networks, race in (("xor", steps), ("none", joins)):
            key = {"networks": networks, "batch": batch}
            if context.takes(key):
                yield key, race(context, function, xor, model, batch)


def steps(context, function, program, model, batch):
    inputs, target = training_models.samples(model, batch)
    loaded = model.loaded()
    ours, *others = context.loaded["torch"].layers(
        function, program, model, inputs, target, loaded.named(loaded.initial()))
    # The whole model, compiled, says what the gradients are.
    expected, refused = our_gradients(model, loaded, batch, inputs, target), {}
    first = ours.make()
    loss = [first.step() for _ in range(STEPS)][-1]
    found = [checked(entrant, expected, loss, refused) for entrant in (ours, *others)]
    if found[0].failed:
        raise RuntimeError(found[0].failed)
    if refused:
        return refusals([candidate.name for candidate in found], refused)
    settings = Settings(block=0.05, turns=9)
    return contest([found[0], *fastest_of_each(found[1:])], settings.quick() if context.quick else settings)


def joins(context, function, program, model, batch):
    random = np.random.default_rng(1)
    *answers, out_bar = random.normal(size=(3, batch, 2)).astype(np.float32)
    return contest(context.loaded["torch"].joins(function, program, dict(zip(program.inputs, answers)), out_bar),
                   context.settings, TOLERANCE)
