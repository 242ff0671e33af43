"""A peer in a process of its own: bench.first_call PEER KIND BATCH. How long the first training step takes, whatever it
compiles, and how much memory the process has used after some more. Prints JSON."""
import json
import os
import sys
import time

from . import training_models
from .trainer import peak_bytes

# Peer, module, what is timed.
PEERS = {"PyTorch eager": ("training_torch", {"compiled": False}),
         "torch.compile": ("training_torch", {"compiled": True}),
         "JAX": ("training_jax", {})}


def main(peer, kind, batch):
    model = next(m for m in training_models.MODELS if m.kind == kind)
    loaded = model.loaded()
    weights = loaded.named(loaded.initial())
    inputs, target = training_models.samples(model, int(batch))
    module_name, options = PEERS[peer]
    module = __import__(f"{__package__}.{module_name}", fromlist=["Steps"])
    imported = peak_bytes(os.getpid())
    start = time.perf_counter()
    steps = module.Steps(model, module.forms(model)[0], inputs, target, weights, **options)
    steps.step()
    first = time.perf_counter() - start
    for _ in range(3):
        steps.step()
    print(json.dumps({"first": first, "imported": imported, "peak": peak_bytes(os.getpid())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
