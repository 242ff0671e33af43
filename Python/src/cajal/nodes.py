"""The nodes of tables: int32, the children of each row of a tree, or how many rows of a list count."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .memory import Array


@dataclass(frozen=True)
class Nodes:
    """The input `index`, of at most `rows` rows; arity 1 is a list, whose nodes are one number."""
    index: int
    name: str
    rows: int
    arity: int

    @property
    def size(self) -> int:
        return 1 if self.arity == 1 else self.rows * self.arity


def misplaced(nodes: Sequence[Nodes], batch: int, pointers: Sequence[Any], strides: Sequence[int]) -> str:
    """Which count or child is the first that is out of its range, in words; empty where none is.

    pointers, strides: of all inputs of a call of so many samples, as the ABI has them.
    """
    for table in nodes:
        at, stride = pointers[table.index], strides[table.index]
        if not at:
            continue
        samples = batch if stride else 1
        memory = (ctypes.c_int32 * ((samples - 1) * stride + table.size)).from_address(at)
        numbers = np.frombuffer(memoryview(memory), np.int32)
        for sample in range(samples):
            said = _misplaced(table, numbers[sample * stride:sample * stride + table.size])
            if said:
                return said + (f" (sample {sample})" if samples > 1 else "")
    return ""


def _misplaced(table: Nodes, numbers: Array) -> str:
    if table.arity == 1:
        count = int(numbers[0])
        fits = 0 <= count <= table.rows
        return "" if fits else f"{table.name} says that {count} rows count, and there are {table.rows}"
    parents = np.repeat(np.arange(table.rows), table.arity)
    wrong = (numbers < -1) | ((numbers >= 0) & ((numbers <= parents) | (numbers >= table.rows)))
    if not wrong.any():
        return ""
    place = int(wrong.argmax())
    row, child = divmod(place, table.arity)
    return (f"{table.name}: child {child} of row {row} is {numbers[place]}; it has to be -1, or above {row} and below "
            f"{table.rows}")
