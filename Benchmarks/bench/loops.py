"""Functions of one sample that C inlines into a loop over a batch: bench_loop of a shared library."""
import ctypes

import numpy as np

from . import modules, native
from .harness import Candidate


def candidate(name, path, batch, inputs, bars, sizes):
    """inputs: arrays by name; bars: what comes behind them; sizes: of the results, the gradients in the inputs' order."""
    library = ctypes.CDLL(str(path))
    loop = ctypes.cast(library.bench_loop, ctypes.c_void_p)
    arrays = [*inputs.values(), *bars]
    outs = [np.zeros((batch, size), np.float32) for size in sizes]
    in_pointers = modules.pointers([a.ctypes.data for a in arrays])
    out_pointers = modules.pointers([o.ctypes.data for o in outs])

    def seconds(repeats):
        return native.library().bench_loop_seconds(loop, batch, in_pointers, out_pointers, repeats)

    def compare():
        seconds(1)
        names = ["result", *(f"gradient of {name}" for name in inputs)]
        return dict(zip(names, (o.copy() for o in outs)))

    found = Candidate(name, seconds, compare)
    found.keep = (library, arrays)  # as long as it may be called
    return found
