"""Values of lists and trees as the tables that programs take."""
from __future__ import annotations

from typing import Any

import numpy as np

from .function import Function
from .memory import Array
from .ports import Port, Table


def encode(function: Function, name: str, value: Any) -> tuple[Array, Array]:
    """The table of a value for the input `name`, and its nodes: rows (N, row), and (1,) or (N, arity) of int32.

    A constructor is a tuple of its name and its fields in order, or its name alone where it has none:
    ("Letter", True, ("Letter", False, "End")). A Bool is a bool, a Nat or an enumeration's constructor an int, anything
    else an array of as many entries as its type has. A list of values is a batch, with one more axis in front.

        rows, nodes = cajal.encode(m.even, "w", ("Letter", True, "End"))
        m.even(rows, nodes)
    """
    port = next((p for p in function.inputs if p.name == name), None)
    if port is None or port.table is None:
        tables = [p.name for p in function.inputs if p.table is not None]
        raise ValueError(f"{function.name} has no table {name!r}: it has {', '.join(tables) or 'none'}")
    if isinstance(value, list):
        encoded = [_Encoding(function, port, port.table).of(one) for one in value]
        return np.stack([rows for rows, _ in encoded]), np.stack([nodes for _, nodes in encoded])
    return _Encoding(function, port, port.table).of(value)


class _Encoding:
    """Nodes in pre-order, the root first."""

    def __init__(self, function: Function, port: Port, table: Table):
        self.where, self.table = f"{function.name}: {port.name}", table
        self.rows = np.zeros((table.rows, table.row), function.dtype)
        self.children = np.full((table.rows, table.arity), -1, np.int32)
        self.used = 0

    def of(self, value: Any) -> tuple[Array, Array]:
        # A stack, as lists may be long: a node, and of which row it is which child.
        pending: list[tuple[Any, int, int]] = [(value, -1, 0)]
        while pending:
            node, parent, place = pending.pop()
            row = self._row(node)
            if parent >= 0:
                self.children[parent, place] = row
            pending += [(part, row, k) for k, part in reversed(list(enumerate(self._fill(row, node))))]
        if self.table.arity == 1:
            return self.rows, np.array([self.used], np.int32)
        return self.rows, self.children

    def _row(self, node: Any) -> int:
        if self.used == self.table.rows:
            raise ValueError(f"{self.where} has at most {self.table.rows} nodes, and this has more")
        self.used += 1
        return self.used - 1

    def _fill(self, row: int, node: Any) -> list[Any]:
        """Writes a node's weight and fields; the parts at its recursive places."""
        name, *fields = node if isinstance(node, tuple) else (node,)
        if not isinstance(name, str) or name not in self.table.parts or "." in name:
            names = ", ".join(part for part in self.table.parts if "." not in part)
            raise ValueError(f"{self.where}: {name!r} is no constructor; there is {names}")
        expected = [part for part in self.table.parts if part.startswith(f"{name}.")]
        self.rows[row, self.table.parts[name]] = 1
        parts = []
        for number, field in enumerate(fields, 1):
            if f"{name}.{number}" in expected:
                self._write(row, f"{name}.{number}", field)
                expected.remove(f"{name}.{number}")
            else:
                parts.append(field)
        if expected or len(parts) > self.table.arity:
            raise ValueError(f"{self.where}: {name} was given {len(fields)} fields, and has others")
        return parts

    def _write(self, row: int, part: str, field: Any) -> None:
        where = self.table.parts[part]
        size = where.stop - where.start
        if isinstance(field, bool) and size == 2:
            self.rows[row, where.start + (0 if field else 1)] = 1
        elif isinstance(field, int) and not isinstance(field, bool):
            if not 0 <= field < size:
                raise ValueError(f"{self.where}: {part} is {field}, and has to be below {size}")
            self.rows[row, where.start + field] = 1
        else:
            entries = np.asarray(field, self.rows.dtype).reshape(-1)
            if entries.size != size:
                raise ValueError(f"{self.where}: {part} has {entries.size} entries instead of {size}")
            self.rows[row, where] = entries
