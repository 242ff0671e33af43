"""What the machine can do, at the beginning of a run."""
import numpy as np

from . import limits, native

# Bytes: about the parameters of xor's D, and of Experiment 1's T.
READ = {"reading 2.5 MB": 2_500_000, "reading 25 MB": 25_000_000}


def rows(context):
    native.library().bench_blas_threads(context.threads)
    peak = limits.peak()
    sgemm = limits.rate(limits.sgemm("cblas_sgemm", peak), peak.flops)
    native.library().bench_blas_threads(1)
    copy, triad = limits.bandwidths()
    read = {name: limits.rate(limits.reading(name, np.ones(size // 4, np.float32)), size)
            for name, size in READ.items()}
    yield {"sgemm": sgemm, "copy": copy, "triad": triad, **read}, []
