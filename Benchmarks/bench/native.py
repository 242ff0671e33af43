"""The C part of the benchmarks, Benchmarks/native/timing.c, as a library."""
import ctypes
import hashlib
import subprocess
from ctypes import POINTER, Structure, byref, c_double, c_float, c_int, c_long, c_size_t, c_void_p
from functools import cache

from . import abi, paths

SOURCE = paths.ROOT / "Benchmarks" / "native"
FORWARD, FORWARD_KEEP, BACKWARD, BOTH = range(4)  # bench_pass


class Call(Structure):
    _fields_ = [("program", POINTER(abi.Program)), ("model", POINTER(abi.Model)), ("batch", c_size_t),
                ("params", c_void_p), ("inputs", c_void_p), ("stride", c_void_p), ("out", c_void_p),
                ("out_bar", c_void_p), ("params_bar", c_void_p), ("in_bar", c_void_p), ("work", c_void_p)]


def compile_shared(sources, folder, flags=paths.CFLAGS, libraries=()):
    """Compiles C, headers and files, into a shared library, unless one from the same by the same command is there."""
    files = [str(file) for file in sources if file.suffix == ".c"]
    command = [*paths.CC, *flags, "-fPIC", "-shared", *files, *libraries]
    text = "\0".join([*command, *(file.read_text(encoding="utf-8") for file in sources)])
    target = folder / f"{sources[0].stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.so"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([*command, "-o", str(target)], check=True)
    return target


@cache
def library():
    path = compile_shared([SOURCE / "timing.c", SOURCE / "timing.h"], paths.BUILD,
                          [*paths.CFLAGS, "-I", str(paths.INCLUDE)], ["-lopenblas", "-lm"])
    timing = ctypes.CDLL(str(path))
    timing.bench_once.argtypes = [POINTER(Call), c_int]
    timing.bench_seconds.argtypes = [POINTER(Call), c_int, c_long]
    timing.bench_seconds.restype = c_double
    timing.bench_loop_seconds.argtypes = [c_void_p, c_size_t, c_void_p, c_void_p, c_long]
    timing.bench_loop_seconds.restype = c_double
    timing.bench_sgemm_seconds.argtypes = [c_size_t] * 3 + [c_int] * 2 + [c_void_p, c_size_t] * 3 + [
        c_size_t, c_size_t, c_long]
    timing.bench_sgemm_seconds.restype = c_double
    timing.bench_blas_threads.argtypes = [c_int]
    timing.bench_copy_seconds.argtypes = [c_size_t, c_void_p, c_void_p, c_long]
    timing.bench_copy_seconds.restype = c_double
    timing.bench_triad_seconds.argtypes = [c_size_t, c_void_p, c_void_p, c_void_p, c_long]
    timing.bench_triad_seconds.restype = c_double
    timing.bench_read_seconds.argtypes = [c_size_t, c_void_p, c_long, POINTER(c_float)]
    timing.bench_read_seconds.restype = c_double
    timing.bench_difference.argtypes = [c_size_t, c_void_p, c_void_p]
    timing.bench_difference.restype = c_double
    return timing


def floats(array):
    """The address and the length of a contiguous array of floats: of numpy, or of the module `array`."""
    if hasattr(array, "ctypes"):
        assert array.dtype.itemsize == 4 and array.flags.c_contiguous
        return array.ctypes.data, array.size
    assert array.typecode == "f"
    return array.buffer_info()


def read(array, repeats):
    """The seconds of so many passes that read an array of floats, and its sum."""
    at, count = floats(array)
    total = c_float()
    seconds = library().bench_read_seconds(count, at, repeats, byref(total))
    return seconds, total.value


def difference(found, expected):
    """The largest |found - expected|, relative to the largest |expected|."""
    (at, count), (expected_at, expected_count) = floats(found), floats(expected)
    if count != expected_count:
        return float("inf")
    return library().bench_difference(count, at, expected_at)
