"""Safetensors files, in and out.

An own reader and writer: every array is made C-contiguous before it is written. Others store the memory of a transposed
array under the shape of the array, which nobody who reads the file can notice, and some cannot read narrow types.
"""
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_TYPES: dict[str, str] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
                          "I8": "<i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}


def dumps(tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a file with these arrays, in the order of their names. TypeError for a type that has no place."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": dict(metadata)}
    pieces, start = [], 0
    for name in sorted(tensors):
        array = np.asarray(tensors[name])
        kind = _NAMES.get(array.dtype.newbyteorder("<"))
        if kind is None:
            raise TypeError(f"{name} is of type {array.dtype}, which a safetensors file of this package cannot hold")
        data = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False).tobytes(order="C")
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, start + len(data)]}
        pieces.append(data)
        start += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *pieces])


def save(path: str | os.PathLike[str], tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Writes arrays by name, of any layout in memory; a file at the path is replaced when all is written."""
    data, place = dumps(tensors, metadata), Path(path)
    draft = place.with_name(f"{place.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(data)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a file by name. BF16 is widened to float32, which is exact.

    ValueError: the file is not whole, or has a type that NumPy has not.
    """
    return loads(Path(path).read_bytes(), os.fspath(path))


def loads(data: bytes, where: str = "the file") -> dict[str, np.ndarray[Any, Any]]:
    """As load, of a file's bytes."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ValueError(f"{where} is no safetensors file: it is shorter than its header")
    try:
        header = json.loads(data[8:8 + length])
        entries = {name: (entry["dtype"], tuple(entry["shape"]), *entry["data_offsets"])
                   for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{where} is no safetensors file: its header is not understood") from error
    return {name: _array(where, name, memoryview(data)[8 + length:], *entry) for name, entry in entries.items()}


def _array(where: str, name: str, data: memoryview, kind: str, shape: tuple[int, ...], start: int,
           end: int) -> np.ndarray[Any, Any]:
    code = _TYPES.get(kind, "<u2" if kind == "BF16" else None)
    if code is None:
        raise ValueError(f"{where}: {name} is of type {kind}, which NumPy has not: convert it to F32 first")
    if not 0 <= start <= end <= len(data) or end - start != int(np.prod(shape, dtype=object)) * np.dtype(code).itemsize:
        raise ValueError(f"{where}: the data of {name} are not what its shape {list(shape)} asks for")
    flat = np.frombuffer(data, code, count=(end - start) // np.dtype(code).itemsize, offset=start)
    if kind == "BF16":
        flat = (flat.astype("<u4") << 16).view("<f4")
    return flat.reshape(shape).copy()
