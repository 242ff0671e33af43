"""A compiled module: its programs and models as attributes."""
from __future__ import annotations

import ctypes
import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from . import abi
from .errors import LoadError
from .model import Model
from .program import Program

_openblas_threads: int | None = 1


def set_openblas_threads(threads: int | None) -> None:
    """How many threads OpenBLAS gets when a module that uses it is loaded: 1, unless this says otherwise.

    With one thread results do not depend on the machine's processors. None: it is left as it is. Call this before a
    module is loaded. OpenBLAS is one for the process, so this is about everybody who uses the same library.
    """
    global _openblas_threads
    _openblas_threads = threads


class Module:
    """Programs and models by name: `m.flip_from`, or `m["flip_from"]`; `list(m)` are the names.

    path: the shared object. source: the file it came from. compiler: the version that compiled it.
    horizon: the dimension of Nat. blas: "openblas" or "none".
    """

    def __init__(self, path: Path, library: ctypes.CDLL, raw: abi.Module):
        self.path = path
        self.source: str = raw.source.decode()
        self.compiler: str = raw.compiler.decode()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        programs = [raw.programs[i].contents for i in range(raw.program_count)]
        models = [raw.models[i].contents for i in range(raw.model_count)]
        self._functions: dict[str, Program | Model] = {
            **{p.name.decode(): Program(str(path), digest, p) for p in programs},
            **{m.name.decode(): Model(str(path), digest, m) for m in models}}
        # Looked up in the object and what it is linked with.
        set_threads = getattr(library, "openblas_set_num_threads", None)
        self.blas = "none" if set_threads is None else "openblas"
        if set_threads is not None and _openblas_threads is not None:
            set_threads(ctypes.c_int(_openblas_threads))

    def __getattr__(self, name: str) -> Program | Model:
        functions: dict[str, Program | Model] = self.__dict__.get("_functions", {})
        if name in functions:
            return functions[name]
        raise AttributeError(f"{self.__dict__.get('source', 'the module')} has no program or model {name!r}: "
                             f"it has {', '.join(functions) or 'none'}")

    def __getitem__(self, name: str) -> Program | Model:
        """A program or model whose name is one of Python's words, or of this class."""
        try:
            return self._functions[name]
        except KeyError:
            raise KeyError(f"{self.source} has no program or model {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._functions})

    def __repr__(self) -> str:
        lines = [f"<cajal module {self.source}, blas {self.blas}>"]
        return "\n".join(lines + [f"  {f!r}" for f in self._functions.values()])

    def __reduce__(self) -> tuple[object, ...]:
        return load, (self.path,)


def load(path: str | os.PathLike[str]) -> Module:
    """Loads a shared object that `cajal.compile` or `make x.so` built. LoadError: it is none, or for another machine.

    A file that was built again at the same path is another module, but the process goes on with the one it has:
    dlopen knows files by their name. `cajal.compile` gives every build a path of its own.
    """
    file = Path(path).resolve()
    stat = file.stat() if file.exists() else None
    return _load(file, stat and (stat.st_ino, stat.st_size, stat.st_mtime_ns))


@functools.lru_cache(maxsize=None)
def _load(path: Path, identity: tuple[int, int, int] | None) -> Module:
    return Module(path, *abi.load(path))


def restore(path: str, name: str) -> Program | Model:
    """A function that was pickled, or sent to another process of this machine."""
    try:
        return load(path)[name]
    except KeyError as error:
        raise LoadError(str(error)) from None
