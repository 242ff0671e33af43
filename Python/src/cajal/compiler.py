"""From Cajal to a shared object: cajal2c, then the C compiler with the flags of the repository's Makefile."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import cache, toolchain, weights as weight_files
from .errors import CompileError, CompileWarning
from .module import Module, load

Source = str | os.PathLike[str]


def compile(source: Source, *, horizon: int | None = None, real: Literal["float", "double"] = "float",
            weights: str | os.PathLike[str] | Mapping[str, Any] | None = None,
            blas: toolchain.Blas | None = None, flags: Sequence[str] = (),
            cflags: Sequence[str] = toolchain.CFLAGS) -> Module:
    """Compiles Cajal and loads what comes out; what was compiled before is loaded at once.

    source: the path of a file, which is a pathlib.Path or a string that ends with ".cajal"; or the text of a program.
    horizon: the dimension of Nat, in place of the file's.
    real: the numbers of the module, "float" or "double".
    weights: trained parameters to embed: a .safetensors file, or tensors by name.
    blas: where large products are computed, "openblas" or "none"; by default OpenBLAS if it is installed.
    flags: more of cajal2c's flags, as ["--check-finite", "--strict-linear"].
    cflags: the C compiler's, in place of -std=c11 -O3 -march=native. The C compiler is CC, or gcc or clang.

    CompileError: the program is refused. BuildError: there is no C compiler, or it fails. What the compiler warns of
    is a CompileWarning.
    """
    name, text = _read(source)
    if real not in ("float", "double"):
        raise ValueError(f"real is {real!r}: it has to be 'float' or 'double'")
    if isinstance(flags, str) or isinstance(cflags, str):
        raise TypeError("flags and cflags are lists of words, as ['--check-finite']")
    cc, options = toolchain.cc(), tuple(cflags)
    chosen = blas or toolchain.default_blas(cc, options)
    if chosen not in ("openblas", "none"):
        raise ValueError(f"blas is {blas!r}: it has to be 'openblas' or 'none'")
    embedded = None if weights is None else _embedded(weights)
    arguments = ["--emit-grad", "--real", real, "--blas", chosen]
    if horizon is not None:
        arguments += ["--horizon", str(int(horizon))]
    arguments += flags

    identity = [toolchain.compiler_identity(), toolchain.processor(), toolchain.version(cc), *cc, "", *options]
    stem = name.removesuffix(".cajal")
    place = cache.folder(
        "modules", cache.key(*identity, "", name, text, "", *arguments, *([] if embedded is None else [embedded])),
        lambda draft: _build(draft, name, text, arguments, embedded, cc, options, chosen, identity))
    for message in json.loads((place / "warnings.json").read_text()):
        warnings.warn(message, CompileWarning, stacklevel=2)
    return load(place / f"{stem}.so")


def _read(source: Source) -> tuple[str, bytes]:
    """The name and the text of a source."""
    if isinstance(source, str) and not source.endswith(".cajal"):
        return "module.cajal", source.encode()
    path = Path(source)
    return path.name, path.read_bytes()


def _embedded(weights: str | os.PathLike[str] | Mapping[str, Any]) -> bytes:
    if isinstance(weights, Mapping):
        return weight_files.dumps({name: np.asarray(value) for name, value in weights.items()})
    return Path(weights).read_bytes()


def _build(draft: Path, name: str, text: bytes, arguments: list[str], embedded: bytes | None, cc: tuple[str, ...],
           cflags: tuple[str, ...], blas: toolchain.Blas, identity: list[str]) -> None:
    stem = name.removesuffix(".cajal")
    (draft / name).write_bytes(text)
    if embedded is not None:
        (draft / "embedded.safetensors").write_bytes(embedded)
        arguments = [*arguments, "--weights", "embedded.safetensors"]
    said = _cajal2c(draft, [*arguments, name, "-o", f"{stem}.c"])
    (draft / "warnings.json").write_text(json.dumps(said))
    include = toolchain.sources().include
    library = runtime(cc, cflags, blas, identity)
    toolchain.run(
        [*cc, *cflags, "-DCAJAL_SHARED_OBJECT", "-fPIC", "-shared", "-fvisibility=hidden", "-I", include,
         draft / f"{stem}.c", "-o", draft / f"{stem}.so", "-Wl,-z,defs", "-Wl,-Bsymbolic", "-Wl,--gc-sections",
         library,
         *(() if blas == "none" else ("-Wl,--as-needed", "-lopenblas")), "-lm"], f"building {name}")


def _cajal2c(folder: Path, arguments: list[str]) -> list[str]:
    """Runs the compiler in a folder, so that messages name a file as the user does. What it warns of, rendered."""
    command = [os.fspath(toolchain.sources().compiler), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    text = done.stderr.strip()
    if not done.returncode:
        return [text] if text else []
    as_json = subprocess.run([*command, "--diagnostics", "json"], cwd=folder, capture_output=True, text=True,
                             check=False)
    raise CompileError(text or f"cajal2c failed with {done.returncode}", _objects(as_json.stderr))


def _objects(lines: str) -> list[dict[str, Any]]:
    objects = []
    for line in lines.splitlines():
        try:
            objects.append(json.loads(line))
        except ValueError:
            continue  # usage errors are plain text
    return [o for o in objects if isinstance(o, dict)]


def runtime(cc: tuple[str, ...], cflags: tuple[str, ...], blas: toolchain.Blas, identity: Sequence[str]) -> Path:
    """The runtime library for a C compiler and its flags, built once; with OpenBLAS, it is the other and one file more."""
    found = toolchain.sources()

    def objects(draft: Path, files: Sequence[Path]) -> list[Path]:
        made = [draft / f"{file.stem}.o" for file in files]
        commands = [[*cc, *cflags, *toolchain.RUNTIME_CFLAGS, "-I", found.include, "-c", file, "-o", object_]
                    for file, object_ in zip(files, made)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda command: toolchain.run(command, "building the runtime"), commands))
        return made

    def archive(draft: Path, files: Sequence[Path]) -> None:
        made = objects(draft, files)
        toolchain.run(["ar", "rcs", draft / "libcajal.a", *made], "building the runtime")
        for object_ in made:
            object_.unlink()

    def build_plain(draft: Path) -> None:
        archive(draft, [f for f in sorted(found.runtime.glob("*.c")) if f.name != "blas_product.c"])

    def build_blas(draft: Path) -> None:
        shutil.copy2(plain, draft / "libcajal.a")
        archive(draft, [found.runtime / "blas_product.c"])

    plain = cache.folder("runtime", cache.key(*identity), build_plain) / "libcajal.a"
    if blas == "none":
        return plain
    return cache.folder("runtime", cache.key(*identity, "", blas), build_blas) / "libcajal.a"
