"""The structures of cajal.h for ctypes, and a shared object loaded through them.

Fields are only ever added at the end of a structure, and `struct_size` says where it ended when the module was
compiled: what is beyond is not there (`has`).
"""
from __future__ import annotations

import ctypes
import os
import platform
import struct
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from pathlib import Path
from typing import Any

from .errors import LoadError

# The newest that is known here; a module says which it needs.
ABI = 2
# The recommendation of cajal.h, CAJAL_WORKSPACE_ALIGNMENT, in bytes.
ALIGNMENT = 64
TOO_LARGE = 2 ** (8 * ctypes.sizeof(c_size_t)) - 1


class Part(Structure):
    """A part of a row of a table: the weight of a constructor, or a field."""

    _fields_ = [("struct_size", c_uint32), ("name", c_char_p), ("offset", c_size_t), ("size", c_size_t)]


class Port(Structure):
    _fields_ = [("struct_size", c_uint32), ("linear", c_uint32), ("name", c_char_p), ("type", c_char_p),
                ("size", c_size_t), ("degree", c_size_t), ("rank", c_size_t), ("dims", c_size_t * 4),
                ("element", c_uint32), ("distribution", c_uint32), ("nodes", c_size_t), ("arity", c_size_t),
                ("part_count", c_size_t), ("parts", POINTER(POINTER(Part)))]


class Tensor(Structure):
    _fields_ = [("struct_size", c_uint32), ("name", c_char_p), ("rank", c_size_t), ("dims", c_size_t * 4),
                ("offset", c_size_t), ("count", c_size_t), ("fan_in", c_size_t), ("initial", c_void_p)]


WorkspaceBytes = CFUNCTYPE(c_size_t, c_size_t, c_int)

# Every address is a c_void_p, so that integers may be passed. A call through these releases the GIL.
# A program: batch, in, stride, out, work. A model: batch, params, in, stride, out, work.
ProgramForward = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 4)
ModelForward = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 5)
# batch, in, stride, out_bar, in_bar, work; batch, params, in, stride, out_bar, params_bar, in_bar, work.
ProgramBackward = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 5)
ModelBackward = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 7)
# As backward, with bar_stride after in_bar, and for a model params_bar_stride after params_bar.
ProgramBackwardEach = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 6)
ModelBackwardEach = CFUNCTYPE(c_int, c_size_t, *[c_void_p] * 5, c_size_t, *[c_void_p] * 3)


class Program(Structure):
    _fields_ = [("struct_size", c_uint32), ("horizon", c_uint32), ("real_bytes", c_uint32), ("name", c_char_p),
                ("judgement", c_char_p), ("input_count", c_size_t), ("inputs", POINTER(POINTER(Port))),
                ("output", POINTER(Port)), ("workspace_bytes", WorkspaceBytes), ("forward", ProgramForward),
                ("forward_keep", ProgramForward), ("backward", ProgramBackward),
                ("backward_each", ProgramBackwardEach)]


class Model(Structure):
    _fields_ = [("struct_size", c_uint32), ("horizon", c_uint32), ("real_bytes", c_uint32), ("name", c_char_p),
                ("signature", c_char_p), ("input_count", c_size_t), ("inputs", POINTER(POINTER(Port))),
                ("output", POINTER(Port)), ("parameter_count", c_size_t), ("tensor_count", c_size_t),
                ("tensors", POINTER(POINTER(Tensor))), ("weights", c_void_p), ("workspace_bytes", WorkspaceBytes),
                ("forward", ModelForward), ("forward_keep", ModelForward), ("backward", ModelBackward),
                ("backward_each", ModelBackwardEach)]


class Module(Structure):
    _fields_ = [("struct_size", c_uint32), ("abi", c_uint32), ("compiler", c_char_p), ("source", c_char_p),
                ("program_count", c_size_t), ("programs", POINTER(POINTER(Program))),
                ("model_count", c_size_t), ("models", POINTER(POINTER(Model)))]


def has(value: Structure, field: str) -> bool:
    """Whether a structure had this field when its module was compiled."""
    where = getattr(type(value), field)
    return bool(value.struct_size >= where.offset + where.size)


# ELF's numbers for the machines that a module may be for (e_machine), by platform.machine().
_MACHINES = {"x86_64": 62, "aarch64": 183, "riscv64": 243, "ppc64le": 21, "s390x": 22, "i686": 3, "armv7l": 40}


def _check_elf(path: Path) -> None:
    """Says what is wrong with a file that dlopen would refuse with less."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
    except OSError as error:
        raise LoadError(f"cannot read {path}: {error.strerror}") from error
    if len(head) < 20 or head[:4] != b"\x7fELF":
        raise LoadError(f"{path} is no shared object (not an ELF file)")
    order = "<" if head[5] == 1 else ">"
    machine, ours = struct.unpack(order + "H", head[18:20])[0], platform.machine()
    if machine != _MACHINES.get(ours, machine):
        built_for = next((name for name, number in _MACHINES.items() if number == machine), f"machine {machine}")
        raise LoadError(f"{path} was built for {built_for}, and this process runs on {ours}: compile it here")


def load(path: str | os.PathLike[str]) -> tuple[ctypes.CDLL, Module]:
    """Loads a shared object that `make x.so` or `cajal.compile` built, and checks that it is one.

    The structures live as long as the process: a module is never unloaded.
    """
    file = Path(path).resolve()
    _check_elf(file)
    try:
        # Local: names of one module are never seen by another.
        library = ctypes.CDLL(str(file), mode=os.RTLD_NOW | os.RTLD_LOCAL)
    except OSError as error:
        raise LoadError(f"cannot load {file}: {error}") from error
    try:
        info: Any = library.cajal_module_info
    except AttributeError:
        raise LoadError(f"{file} is no module of Cajal: it has no cajal_module_info "
                        "(compile its C file with -DCAJAL_SHARED_OBJECT)") from None
    info.restype, info.argtypes = POINTER(Module), []
    module = info().contents
    if module.struct_size < ctypes.sizeof(Module) or not 1 <= module.abi <= ABI:
        raise LoadError(f"{file} has version {module.abi} of the ABI, and this package knows 1 to {ABI}: compile it again")
    return library, module
