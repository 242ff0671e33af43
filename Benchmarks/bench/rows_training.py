"""Row d: training steps (forward, loss, backward, clipping, Adam) of the experiments' models, through our trainer."""
import time

import numpy as np

from . import cost, limits, modules, native, training_models
from .harness import Candidate, Settings, contest, disagreements, python_seconds, reason, refusals
from .trainer import on_batch

BATCHES = (32, 64, 128)
# Of a tensor's largest gradient. Gradients of nets are sums over pixels and samples of numbers of both signs.
TOLERANCE = 2e-3
# Of the loss after STEPS steps: what a step does beside the gradient.
LOSS_TOLERANCE, STEPS = 2e-3, 5
# torch.compile and JAX are slow to compile: they take part at this batch, in these models.
COMPILED_BATCH, COMPILED_KINDS = 64, ("d", "t", "i", "d-even", "xor-d")


def rows(context):
    settings = Settings(block=0.08, turns=9, budget=8, pause=0.02)
    if context.quick:
        settings = settings.quick()
    for model in training_models.MODELS:
        loaded = model.loaded()
        for batch in [COMPILED_BATCH] if context.quick else BATCHES:
            key = {"model": model.label, "batch": batch}
            if context.takes(key):
                yield key, race(context, settings, model, loaded, batch)


def race(context, settings, model, loaded, batch):
    inputs, target = training_models.samples(model, batch)
    weights = loaded.named(loaded.initial())
    expected = our_gradients(model, loaded, batch, inputs, target)
    trainer = on_batch(model, model.build().path, batch, context.threads, inputs, target, weights)
    loss = trainer.round(STEPS)["last_loss"]
    ours = Candidate("cajal-train", trainer.seconds)
    peak = limits.peak()
    found, refused = [], {}
    try:
        compiled = batch == COMPILED_BATCH and model.kind in COMPILED_KINDS
        for entrant in context.candidates("training", model, inputs, target, weights, compiled):
            found.append(entrant if entrant.failed else checked(entrant, expected, loss, refused))
        if refused:
            return refusals(["cajal-train", *refused], refused)
        limit = Candidate("cblas_sgemm", lambda repeats: with_threads(context.threads, peak, repeats))
        results = contest([ours, limit, *fastest_of_each(found)], settings)
        results[0] |= {"flops": training_models.flops(model, batch), "parts": trainer.parts(),
                       "peak_bytes": trainer.peak_bytes(), "cost": cost.of_batch(model.cost(), batch)}
        results[1]["flops"] = peak.flops
        return results
    finally:
        trainer.close()


def checked(entrant, expected, loss, refused):
    """What is timed of an entrant, after a look at its gradients and first steps. Differences go to `refused`."""
    try:
        steps = entrant.make()
        wrong = disagreements(steps.gradients(), expected, TOLERANCE)
        losses = [steps.step() for _ in range(STEPS)]
    except Exception as error:  # whatever a peer throws is its failure, and no reason to end the run
        return Candidate(entrant.name, None, failed=reason(error))
    difference = abs(losses[-1] - loss) / abs(loss)
    if not difference <= LOSS_TOLERANCE:
        wrong.append(f"the loss after {STEPS} steps differs by {difference:.2g}")
    if wrong:
        refused[entrant.name] = "; ".join(wrong)
    return Candidate(entrant.name, python_seconds(steps.step))


def with_threads(threads, product, repeats):
    native.library().bench_blas_threads(threads)
    seconds = product.seconds(repeats)
    native.library().bench_blas_threads(1)
    if threads > 1:
        time.sleep(0.1)  # OpenBLAS's threads look for work for a while, on cores that the next one needs
    return seconds


def fastest_of_each(rivals):
    """Of rivals called `peer, form` the fastest of each peer."""
    chosen = {}
    for rival in rivals:
        peer = rival.name.split(",")[0]
        if rival.failed:
            chosen.setdefault(peer, rival)
            continue
        rival.probe = min(rival.seconds(1) for _ in range(3))
        if peer not in chosen or chosen[peer].failed or rival.probe < chosen[peer].probe:
            chosen[peer] = rival
    return list(chosen.values())


def our_gradients(model, loaded, batch, inputs, target):
    """The loss and the gradients of all parameters, from the compiled model itself."""
    params = loaded.initial()
    flat = {name: array.reshape(batch, -1) for name, array in inputs.items()}
    call = modules.Call(loaded, batch, flat, np.zeros((batch, loaded.output_size)), wanted=[], params=params)
    call.once(native.FORWARD_KEEP)
    loss, bar = loss_and_bar(model.loss, call.out.astype(np.float64), target.reshape(batch, -1).astype(np.float64))
    call.out_bar[:] = bar
    call.once(native.BACKWARD)
    gradients = {f"gradient of {name}": g.copy() for name, g in loaded.named(call.params_bar).items()}
    return {"loss": np.array([loss], np.float32)} | gradients


def loss_and_bar(loss, output, target):
    """As PyTorch defines losses: the mean over everything, or over samples."""
    if loss == "l1":
        return np.abs(output - target).mean(), np.sign(output - target) / output.size
    shifted = output - output.max(axis=1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(target * log_softmax).sum() / len(output), (np.exp(log_softmax) - target) / len(output)
