"""What the machine can do: OpenBLAS's matrix product, and the bandwidth of memory and caches."""
import numpy as np

from . import native
from .harness import Candidate, quartiles, repeats_for


def normal(*shape):
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


class Sgemm:
    """So many products of an m x k and a k x n matrix, one after another; `samples` of them in turn on matrices of
    their own."""

    def __init__(self, m, n, k, products=1, samples=1, transpose_a=False, transpose_b=False):
        self.a, self.b = normal(samples, m, k), normal(samples, k, n)
        self.c = np.zeros((samples, m, n), np.float32)
        self.arguments = (m, n, k, int(transpose_a), int(transpose_b), self.a.ctypes.data, m * k, self.b.ctypes.data,
                          k * n, self.c.ctypes.data, m * n, samples, products)
        self.flops = 2 * m * n * k * products * samples

    def seconds(self, repeats):
        return native.library().bench_sgemm_seconds(*self.arguments, repeats)


def sgemm(name, *products):
    """All of these products, one kind after another."""
    return Candidate(name, lambda repeats: sum(product.seconds(repeats) for product in products))


def peak(size=512):
    """Large square products: the rate that is called one core's, or that of as many as OpenBLAS has threads."""
    return Sgemm(size, size, size)


def reading(name, array):
    """Reading an array once, and nothing else."""
    return Candidate(name, lambda repeats: native.read(array, repeats)[0])


def rate(candidate, amount, block=0.02, turns=9):
    """How much of what a repeat does is done in a second: the median."""
    repeats = repeats_for(candidate, block)
    return quartiles([amount * repeats / candidate.seconds(repeats) for _ in range(turns)])[0]


def bandwidths(count=1 << 24, turns=7):
    """Bytes a second of c = a and of c = a + 3 b, over arrays that no cache holds."""
    a, b, c = np.ones(count, np.float32), np.ones(count, np.float32), np.zeros(count, np.float32)
    timing = native.library()
    copies = [8 * count / timing.bench_copy_seconds(count, a.ctypes.data, c.ctypes.data, 1) for _ in range(turns)]
    triads = [12 * count / timing.bench_triad_seconds(count, a.ctypes.data, b.ctypes.data, c.ctypes.data, 1)
              for _ in range(turns)]
    return quartiles(copies)[0], quartiles(triads)[0]
