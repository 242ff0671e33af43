"""Row c: the recurrence of Experiment 1 alone, forward and backward."""
import numpy as np

from . import limits, modules, native
from .harness import Candidate, contest
from .training_models import SIZE, convolution

BATCH, KERNEL, HORIZON = 64, 13, 10
TOLERANCE = 1e-4

TEXT = f"""horizon {HORIZON}
program recurrence (k : Real[{KERNEL},{KERNEL}], x : Real[{SIZE},{SIZE}], n : Nat) : Real[{SIZE},{SIZE}] =
  iter {{ x | y => conv2d k y }} (n)
"""


# Of a sample.
FLOPS_A_ROUND = convolution(1, 1, KERNEL)


def rows(context):
    random = np.random.default_rng(4)
    inputs = {"k": random.normal(size=(BATCH, KERNEL ** 2)).astype(np.float32) / KERNEL,
              "x": random.uniform(size=(BATCH, SIZE ** 2)).astype(np.float32),
              "n": random.normal(size=(BATCH, HORIZON)).astype(np.float32)}
    out_bar = random.normal(size=(BATCH, SIZE ** 2)).astype(np.float32)
    loaded = modules.Loaded(modules.build("recurrence", TEXT).path)
    call = modules.Call(loaded, BATCH, inputs, out_bar)
    forward = FLOPS_A_ROUND * (HORIZON - 1) * BATCH
    peak = limits.peak()
    for name, which, flops in (("forward", native.FORWARD_KEEP, forward), ("backward", native.BACKWARD, 2 * forward)):
        key = {"pass": name, "batch": BATCH}
        if not context.takes(key):
            continue
        call.once(native.BOTH)
        candidates = [Candidate("cajal2c", lambda repeats: call.seconds(which, repeats), call.values),
                      limits.sgemm("cblas_sgemm", peak)]
        candidates += context.candidates("recurrence", inputs, out_bar, HORIZON, KERNEL, SIZE, name)
        results = contest(candidates, context.settings, TOLERANCE)
        results[0] |= {"flops": flops, "workspace": loaded.workspace_bytes(BATCH, True)}
        results[1]["flops"] = peak.flops
        yield key, results
