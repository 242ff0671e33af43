"""NumPy arrays as inputs: types, shapes, batches and strides."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .memory import Array
from .ports import Port


def as_array(value: Any, port: Port, dtype: np.dtype[Any], name: str) -> Array:
    """A value as an array of the module's type; not copied where it is one.

    Numbers, lists, integers and booleans are converted, narrower floats widened. A wider float is a TypeError: nothing
    is rounded silently. Of a table's children and counts only whole numbers are taken.
    """
    if port.is_nodes:
        return _as_nodes(value, port, name)
    if not isinstance(value, np.ndarray) and not hasattr(value, "__array__"):
        return np.asarray(value, dtype)
    array = np.asarray(value)
    kind = array.dtype.kind
    if kind in "biu" or (kind == "f" and array.dtype.itemsize <= dtype.itemsize):
        return array.astype(dtype, copy=False)
    how = ", or compile with real='double'" if array.dtype == np.float64 else ""
    raise TypeError(f"{name}: {port.name} is {array.dtype}, and the module computes in {dtype}: "
                    f"convert it with .astype(np.{dtype}){how}")


def _as_nodes(value: Any, port: Port, name: str) -> Array:
    """As int32. How many rows count may be a number, and a batch of such numbers has one axis."""
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name}: {port.name} is {array.dtype}, and has to be of whole numbers")
    limits = np.iinfo(np.int32)
    if array.size and not limits.min <= array.min() <= array.max() <= limits.max:
        raise ValueError(f"{name}: {port.name} has a number that is none of 32 bits")
    array = array.reshape(counts_shape(array.shape, port))
    return array.astype(np.int32, copy=False)


def counts_shape(shape: tuple[int, ...], port: Port) -> tuple[int, ...]:
    """The shape of nodes with the axis of one number that counts may be given without."""
    is_bare = port.is_nodes and port.shape == (1,) and len(shape) < 2 and shape != (1,)
    return (*shape, 1) if is_bare else shape


def batch_of(shape: tuple[int, ...], port: Port, name: str) -> int | None:
    """The samples of an input of this shape; None for a single one, which is shared.

    A sample has the port's shape, or is flat. No shape is a batch for some sizes of the batch and a sample for others,
    so that a batch of one keeps its axis: one number of shape (1,) is a batch, and a batch of flat samples is refused
    where one of them would look like a sample.
    """
    shape = counts_shape(shape, port)
    if shape == port.shape or (shape == (port.size,) and port.shape):
        return None
    if len(shape) > 0:
        if shape[1:] == port.shape:
            return shape[0]
        if shape[1:] == (port.size,) and port.shape != (1, port.size):
            return shape[0]
    flat = f" or {(port.size,)}" if len(port.shape) > 1 else ""
    raise ValueError(f"{name}: {port.name} has shape {shape}: {port.type} has shape {port.shape}{flat}, "
                     "or in a batch one more axis in front" +
                     (f", (batch, 1, {port.size})" if port.shape == (1, port.size) else ""))


def common_batch(batches: Sequence[int | None], ports: Sequence[Port], name: str) -> int | None:
    """The batch that inputs have together: a batch of one goes with any other. None where all are single."""
    sizes = {batch for batch in batches if batch is not None}
    larger = sizes - {1}
    if len(larger) > 1:
        found = ", ".join(f"{port.name} {batch}" for port, batch in zip(ports, batches) if batch is not None)
        raise ValueError(f"{name}: the batches differ: {found}")
    return larger.pop() if larger else 1 if sizes else None


@dataclass
class Input:
    """An input laid out for a call: reals of a sample are contiguous, samples `stride` reals apart, or 0: shared."""
    array: Array
    stride: int


def lay_out(array: Array, port: Port, batch: int | None, own: int | None, packed: bool) -> Input:
    """own: the samples that the array has, of `batch` in the call. packed: samples are to lie without gaps."""
    item = array.itemsize
    if own is None or (own == 1 and batch != 1):
        return Input(np.require(array, requirements=["C", "A"]), 0)
    # Of a batch of which each sample is contiguous, the samples may be apart, or one and the same.
    step = array.strides[0]
    whole = own == 0 or array[0].flags.c_contiguous
    apart = step % item == 0 and (step == 0 or step // item >= port.size)
    if whole and apart and not packed and own > 1 and array.flags.aligned:
        return Input(array, step // item)
    return Input(np.require(array, requirements=["C", "A"]), port.size)
