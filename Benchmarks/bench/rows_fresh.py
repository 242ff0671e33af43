"""Rows f and g: from source to something that runs, and memory; every peer in a fresh process, without its caches."""
import json
import os
import statistics
import subprocess
import sys
import time

from . import paths, training_models
from .trainer import on_batch

KINDS = ("d", "t", "i", "xor-d")
BATCH = 64


def rows(context):
    yield from examples(context, 2 if context.quick else 5)
    for model in training_models.MODELS:
        key = {"kind": "model", "model": model.label}
        if model.kind in KINDS and context.takes(key) and (not context.quick or model.kind == "d"):
            yield key, of_model(context, model)


def examples(context, runs):
    """cajal2c alone, over every example."""
    target = paths.BUILD / "example.c"
    for file in sorted((paths.ROOT / "Examples").rglob("*.cajal")):
        key = {"kind": "example", "file": str(file.relative_to(paths.ROOT / "Examples"))}
        if not context.takes(key):
            continue
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run([paths.COMPILER, "--emit-grad", file, "-o", target], check=True, stderr=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
        yield key, [{"name": "cajal2c", "seconds": statistics.median(times)}]


def of_model(context, model):
    builds = [model.build(fresh=True) for _ in range(3)]
    loaded = model.loaded()
    inputs, target = training_models.samples(model, BATCH)
    trainer = on_batch(model, builds[0].path, BATCH, context.threads, inputs, target, loaded.named(loaded.initial()))
    trainer.round(4)
    results = [{
        "name": "cajal2c", "compiler": statistics.median(b.compiler_seconds for b in builds),
        "seconds": statistics.median(b.compiler_seconds + b.gcc_seconds for b in builds),
        "peak_bytes": trainer.peak_bytes(), "workspace": loaded.workspace_bytes(BATCH, True)}]
    trainer.close()
    for peer, package in (("PyTorch eager", "torch"), ("torch.compile", "torch"), ("JAX", "jax")):
        if package in context.loaded:
            results.append({"name": peer} | fresh(peer, model))
    return results


def fresh(peer, model):
    environment = os.environ | {"TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1", "JAX_ENABLE_COMPILATION_CACHE": "false"}
    done = subprocess.run([sys.executable, "-m", "bench.first_call", peer, model.kind, str(BATCH)], env=environment,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed"}
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return {"seconds": found["first"], "peak_bytes": found["peak"], "import_bytes": found["imported"]}
