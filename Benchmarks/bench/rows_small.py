"""Row a: small programs at batch 1, 64 and 1024, forward, and forward with backward; and one sample, inlined."""
import numpy as np

from . import inlined, modules, native
from .harness import Candidate, contest
from .small_programs import SMALL_PROGRAMS

BATCHES = (1, 64, 1024)
TOLERANCE = 1e-5


def rows(context):
    for program in SMALL_PROGRAMS:
        loaded = modules.Loaded(modules.build(program.name, program.text).path)
        for batch in BATCHES:
            random = np.random.default_rng(1)
            inputs = {name: random.normal(size=(batch, size)).astype(np.float32)
                      for name, size in program.inputs.items()}
            out_bar = random.normal(size=(batch, program.output)).astype(np.float32)
            call = modules.Call(loaded, batch, inputs, out_bar)
            for both in (False, True):
                key = {"program": program.name, "batch": batch, "pass": "both" if both else "forward"}
                if not context.takes(key):
                    continue
                candidates = [ours(call, both)]
                candidates += context.candidates("small", program, batch, inputs, out_bar, both)
                yield key, contest(candidates, context.settings, TOLERANCE)
                alone = {**key, "pass": f"{key['pass']}, inlined"}
                if batch == 1 and context.takes(alone):
                    candidates = [inlined.candidate(program, batch, inputs, out_bar, both)]
                    candidates += context.candidates("inlined", program, batch, inputs, out_bar, both)
                    yield alone, contest(candidates, context.settings, TOLERANCE)


def ours(call, both):
    which = native.BOTH if both else native.FORWARD
    return Candidate("cajal2c", lambda repeats: call.seconds(which, repeats), lambda: call.values(both))
