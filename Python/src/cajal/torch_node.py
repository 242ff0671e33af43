"""torch_node.cc, built for the PyTorch and the Python that are installed; nothing where it cannot be built."""
from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import os
import sys
import sysconfig
import warnings
from pathlib import Path
from typing import Any

import torch

from . import cache, toolchain
from .errors import BuildError

_NAME = "cajal_torch_node"


def headers() -> Path | None:
    """The folder of Python.h, where it is installed."""
    include = Path(sysconfig.get_paths()["include"])
    return include if (include / "Python.h").exists() else None


@functools.cache
def load() -> Any:
    """The extension; None without a C++ compiler, without Python's headers, or where CAJAL_TORCH_NODE is 0.

    Built once, which takes some twenty seconds of processor time. Where the build fails, as it may with another
    PyTorch, a warning says so, and calls take Python's way.
    """
    include = headers()
    if os.environ.get("CAJAL_TORCH_NODE") == "0" or include is None:
        return None
    try:
        folder = _folder(toolchain.cxx(), include)
    except BuildError:
        return None
    failure = folder / "failure.txt"
    if failure.exists():
        warnings.warn(f"calls from PyTorch take a slower way, since {failure} could not be built", stacklevel=2)
        return None
    path = str(folder / "node.so")
    loader = importlib.machinery.ExtensionFileLoader(_NAME, path)
    spec = importlib.util.spec_from_file_location(_NAME, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _folder(cxx: tuple[str, ...], include: Path) -> Path:
    """The folder with node.so; or with failure.txt, so that no process tries again in vain."""
    source, own = Path(__file__).with_name("torch_node.cc"), toolchain.sources().include
    version = toolchain.version(cxx)
    unique = () if "clang" in version else ("-fno-gnu-unique",)
    place = Path(torch.__file__).parent
    abi = f"-D_GLIBCXX_USE_CXX11_ABI={int(torch.compiled_with_cxx11_abi())}"

    def build(draft: Path) -> None:
        try:
            toolchain.run([*cxx, "-std=c++20", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", *unique, abi,
                           "-isystem", place / "include", "-isystem", include, "-I", own, source, "-L", place / "lib",
                           "-ltorch_python", "-ltorch_cpu", "-lc10", "-o", draft / "node.so"],
                          "building the node for PyTorch")
        except BuildError as error:
            (draft / "failure.txt").write_text(str(error), encoding="utf-8")

    return cache.folder("torch", cache.key(
        source.read_bytes(), (own / "cajal.h").read_bytes(), torch.__version__, sys.version, str(place), version, *cxx),
        build)
