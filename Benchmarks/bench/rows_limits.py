"""What the machine can do, at the beginning of a run."""
from . import limits, native


def rows(context):
    native.library().bench_blas_threads(context.threads)
    rate = limits.rate(limits.peak())
    native.library().bench_blas_threads(1)
    copy, triad = limits.bandwidths()
    yield {"sgemm": rate, "copy": copy, "triad": triad}, []
