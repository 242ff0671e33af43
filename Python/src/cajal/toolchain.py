"""What compiles: cajal2c, the runtime's sources, and a C compiler."""
from __future__ import annotations

import functools
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .errors import BuildError

Blas = Literal["openblas", "none"]

# As the Makefile's, but for warnings.
CFLAGS = ("-std=c11", "-O3", "-march=native")
RUNTIME_CFLAGS = (
    "-ffp-contract=fast", "-ffunction-sections", "-fdata-sections", "-DCAJAL_BLAS", "-fPIC", "-fvisibility=hidden")


@dataclass(frozen=True)
class Sources:
    """Where the compiler and the runtime's sources are."""
    compiler: Path
    include: Path
    runtime: Path


@functools.cache
def sources() -> Sources:
    """In the installed package; or, where the package is used from the repository, there."""
    package = Path(__file__).resolve().parent
    repository = package.parents[2]
    for found in (Sources(package / "native/bin/cajal2c", package / "native/include", package / "native/src"),
                  Sources(repository / "bin/cajal2c", repository / "Runtime/include", repository / "Runtime/src")):
        if found.compiler.exists() and found.include.is_dir():
            return found
    raise BuildError("the compiler cajal2c is not in this package: install the wheel, or run `make` in the repository")


def cc() -> tuple[str, ...]:
    """The C compiler: the words of CC, or else gcc or clang."""
    if words := shlex.split(os.environ.get("CC", "")):
        return tuple(words)
    for name in ("gcc", "clang", "cc"):
        if shutil.which(name):
            return (name,)
    raise BuildError("no C compiler: install gcc or clang, or name one in CC")


def cxx() -> tuple[str, ...]:
    """The C++ compiler: the words of CXX, or else g++ or clang++."""
    if words := shlex.split(os.environ.get("CXX", "")):
        return tuple(words)
    for name in ("g++", "clang++", "c++"):
        if shutil.which(name):
            return (name,)
    raise BuildError("no C++ compiler: install g++ or clang++, or name one in CXX")


def run(command: Sequence[str | os.PathLike[str]], what: str) -> None:
    """Runs a compiler; BuildError with what it says where it fails."""
    words = [os.fspath(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"{what}: {words[0]} does not run: {error.strerror}") from error
    if done.returncode:
        raise BuildError(f"{what}: {shlex.join(words)} failed with {done.returncode}\n{done.stderr.strip()}")


@functools.cache
def version(command: tuple[str, ...]) -> str:
    """What `COMMAND --version` prints."""
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildError(f"{command[0]} does not run: {error.strerror}") from error
    return done.stdout


@functools.cache
def compiler_identity() -> str:
    """Changes with cajal2c and with every source of the runtime."""
    digest = hashlib.sha256()
    for file in [sources().compiler, *sorted(sources().include.iterdir()), *sorted(sources().runtime.iterdir())]:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@functools.cache
def processor() -> str:
    """What -march=native depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n", 1)[0].splitlines()
    except OSError:
        lines = []
    wanted = ("model name", "flags", "Features", "CPU part")
    return "\n".join([platform.machine(), *(line for line in lines if line.startswith(wanted))])


@functools.cache
def default_blas(compiler: tuple[str, ...], cflags: tuple[str, ...]) -> Blas:
    """"openblas" where its header and its library are found, else "none"."""
    command = [*compiler, *cflags, "-x", "c", "-", "-o", os.devnull, "-lopenblas"]
    text = "#include <cblas.h>\nint main(void) { openblas_set_num_threads(1); return 0; }\n"
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return "none" if done.returncode else "openblas"
