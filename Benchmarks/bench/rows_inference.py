"""Row e: the latency of a trained model for one sample."""
import subprocess

from . import limits, modules, native, paths, tensor_files, training_models
from .harness import Candidate, contest
from .report import READING

KINDS = ("d", "t", "i", "d-even", "xor-d")
TOLERANCE = 1e-3


def rows(context):
    for model in training_models.MODELS:
        key = {"model": model.label}
        if model.kind not in KINDS or not context.takes(key):
            continue
        weights = trained(model)
        module = model.build(weights=weights)
        loaded = modules.Loaded(module.path)
        inputs, _ = training_models.samples(model, 1)
        params = loaded.embedded()
        flat = {name: array.reshape(1, -1) for name, array in inputs.items()}
        call = modules.Call(loaded, 1, flat, training_models.no_bar(loaded), wanted=[], params=params, keep=False)
        peak = limits.peak()
        candidates = [Candidate("cajal2c", lambda repeats: call.seconds(native.FORWARD, repeats),
                                lambda: call.values(False)),
                      limits.sgemm("cblas_sgemm", peak), limits.reading(READING, params)]
        candidates += context.candidates("inference", model, inputs, loaded.named(params))
        results = contest(candidates, context.settings, TOLERANCE)
        results[0] |= {"flops": training_models.forward_flops(model), "bytes": params.nbytes}
        results[1]["flops"], results[2]["bytes"] = peak.flops, params.nbytes
        yield key, results


def trained(model, steps=30):
    """The weights after some steps of the trainer, as a file; those that are there if the same compiler made them."""
    module = model.build().path
    folder = paths.BUILD / "trained" / module.parent.name
    found = folder / "run" / "model.safetensors"
    if found.exists():
        return found
    folder.mkdir(parents=True, exist_ok=True)
    inputs, target = training_models.samples(model, 64)
    for part in ("train", "test"):
        tensor_files.write(folder / f"{part}.safetensors", {**inputs, "target": target})
    clip = ["--clip", str(model.clip)] if model.clip else []
    subprocess.run(
        [paths.TRAINER, "train", module, "--data", folder, "--task", "files", "--loss", model.loss,
         "--batch", "64", "--steps", str(steps), "--threads", "1", "--out", folder / "run", *clip], check=True,
        stdout=subprocess.DEVNULL)
    return found
