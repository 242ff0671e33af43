"""Our side: Cajal to a shared object, and calls of what is in it."""
import ctypes
import hashlib
import subprocess
import time
from ctypes import POINTER, byref, c_size_t, c_void_p
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import abi, native, paths


@dataclass
class Build:
    """A compiled file and the seconds that it took."""
    path: Path
    compiler_seconds: float
    gcc_seconds: float


def build(name, source, flags=(), weights=None, fresh=False):
    """Compiles Cajal's text with gradients. What was compiled by the same compiler is taken as it is."""
    stamp = "".join(f"{file.stat().st_size} {file.stat().st_mtime_ns}" for file in [
        paths.COMPILER, paths.RUNTIME, *([weights] if weights else [])])
    digest = hashlib.sha256("\0".join([source, *flags, *paths.CC, *paths.CFLAGS, stamp]).encode()).hexdigest()[:12]
    folder = paths.BUILD / "modules" / f"{name}-{digest}"
    target, c_file, cajal_file = (folder / f"{name}{suffix}" for suffix in (".so", ".c", ".cajal"))
    if target.exists() and not fresh:
        return Build(target, 0, 0)
    folder.mkdir(parents=True, exist_ok=True)
    cajal_file.write_text(source)
    embedded = ["--weights", str(weights)] if weights else []
    start = time.perf_counter()
    subprocess.run([paths.COMPILER, "--emit-grad", *flags, *embedded, cajal_file, "-o", c_file], check=True,
                   stderr=subprocess.DEVNULL)
    compiled = time.perf_counter()
    subprocess.run(
        [*paths.CC, *paths.CFLAGS, "-DCAJAL_SHARED_OBJECT", "-fPIC", "-shared", "-fvisibility=hidden", "-I",
         paths.INCLUDE, c_file, "-o", target, "-Wl,-z,defs", paths.RUNTIME, "-Wl,--as-needed", "-lopenblas", "-lm"],
        check=True)
    return Build(target, compiled - start, time.perf_counter() - compiled)


def aligned(bytes_):
    """An array of so many bytes, aligned as a workspace has to be."""
    memory = np.zeros(bytes_ + abi.ALIGNMENT, dtype=np.uint8)
    start = -memory.ctypes.data % abi.ALIGNMENT
    return memory[start:start + bytes_]


def pointers(addresses):
    return (c_void_p * len(addresses))(*addresses)


class Loaded:
    """A program or a model of a compiled file."""

    def __init__(self, path, name=None):
        self.library = ctypes.CDLL(str(path))
        self.library.cajal_module_info.restype = POINTER(abi.Module)
        module = self.library.cajal_module_info().contents
        assert module.abi in (1, 2)
        programs = [module.programs[i] for i in range(module.program_count)]
        models = [module.models[i] for i in range(module.model_count)]
        chosen = [p for p in models or programs if name in (None, p.contents.name.decode())]
        self.pointer, self.is_model = chosen[0], bool(models)
        self.raw = self.pointer.contents
        self.inputs = [self.raw.inputs[i].contents for i in range(self.raw.input_count)]
        self.input_names = [port.name.decode() for port in self.inputs]
        self.output_size = self.raw.output.contents.size
        self.tensors = []
        if self.is_model:
            self.tensors = sorted((self.raw.tensors[i].contents for i in range(self.raw.tensor_count)),
                                  key=lambda tensor: tensor.offset)

    def shape(self, tensor):
        return tuple(tensor.dims[:tensor.rank])

    def named(self, vector):
        """The tensors of a vector of parameters, or of its gradient."""
        return {t.name.decode(): vector[t.offset:t.offset + t.count].reshape(self.shape(t)) for t in self.tensors}

    def initial(self, seed=0):
        """Parameters as PyTorch starts with: uniform in +-1/sqrt(fan_in)."""
        random = np.random.default_rng(seed)
        vector = np.zeros(self.raw.parameter_count, np.float32)
        for t in self.tensors:
            vector[t.offset:t.offset + t.count] = random.uniform(-1, 1, t.count) / t.fan_in ** 0.5
        return vector

    def embedded(self):
        """The parameters in the module, where they lie."""
        floats = ctypes.cast(self.raw.weights, POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(floats, (self.raw.parameter_count,))

    def workspace_bytes(self, batch, keep):
        return self.raw.workspace_bytes(batch, int(keep))


class Call:
    """A program or model with its inputs and buffers.

    inputs: arrays by name, [batch, size], or [size] where one value is shared by the batch.
    wanted: the names of the inputs whose gradients are computed; all where it is None.
    """

    def __init__(self, loaded, batch, inputs, out_bar, wanted=None, params=None, keep=True):
        self.loaded, self.batch = loaded, batch
        names = loaded.input_names
        # The nodes of a table, xs.nodes, are whole numbers.
        self.arrays = [np.ascontiguousarray(inputs[name], np.int32 if name.endswith(".nodes") else np.float32)
                       for name in names]
        for array, port in zip(self.arrays, loaded.inputs):
            assert array.size in (port.size, batch * port.size)
        shared = [array.ndim == 1 for array in self.arrays]
        self.out = np.zeros((batch, loaded.output_size), np.float32)
        self.out_bar = np.ascontiguousarray(out_bar, np.float32)
        self.bars = {name: np.zeros_like(array) for name, array in zip(names, self.arrays)
                     if wanted is None or name in wanted}
        self.params = params
        self.params_bar = None if params is None or not keep else np.zeros_like(params)
        self.work = aligned(loaded.workspace_bytes(batch, keep))
        self.in_pointers = pointers([array.ctypes.data for array in self.arrays])
        self.bar_pointers = pointers([self.bars[n].ctypes.data if n in self.bars else None for n in names])
        self.strides = (c_size_t * len(names))(*(0 if s else p.size for s, p in zip(shared, loaded.inputs)))

        def address(array):
            return None if array is None else array.ctypes.data

        self.call = native.Call(
            None if loaded.is_model else loaded.pointer, loaded.pointer if loaded.is_model else None, batch,
            address(params), ctypes.addressof(self.in_pointers), ctypes.addressof(self.strides), address(self.out),
            address(self.out_bar), address(self.params_bar), ctypes.addressof(self.bar_pointers),
            address(self.work))

    def once(self, which):
        status = native.library().bench_once(byref(self.call), which)
        if status:
            raise RuntimeError(f"{self.loaded.raw.name.decode()} answered the status {status}")

    def seconds(self, which, repeats):
        seconds = native.library().bench_seconds(byref(self.call), which, repeats)
        if seconds < 0:
            raise RuntimeError(f"{self.loaded.raw.name.decode()} failed")
        return seconds

    def values(self, gradients=True):
        """The result, and the gradients by name."""
        self.once(native.BOTH if gradients else native.FORWARD)
        values = {"result": self.out.copy()}
        if gradients:
            values |= {f"gradient of {name}": bar.copy() for name, bar in self.bars.items()}
            if self.params_bar is not None:
                values |= {f"gradient of {name}": bar.copy()
                           for name, bar in self.loaded.named(self.params_bar).items()}
        return values
