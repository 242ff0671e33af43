"""What a program's inputs and results are: names, types, shapes, degrees."""
from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from math import prod

from . import abi


@dataclass(frozen=True)
class Port:
    """An input of a program or model, or its result.

    shape: of one sample. A `Real[h,w]` has its own, a `Bool` (2,), a `Nat` (horizon,), a linear function the shape of
    its matrix, (size of its result, size of its argument).
    degree: the map is a polynomial in this input of at most this degree; 0 for a result and for a model's data.
    linear: whether the map is linear in it.
    is_nodes: of a table, its children or how many of its rows count: int32, and no gradient.
    table: of a table, how its rows are laid out.
    is_distribution: of a result, whether links that are distributions make it one.
    """
    name: str
    type: str
    shape: tuple[int, ...]
    size: int
    degree: int
    linear: bool
    is_nodes: bool = False
    table: Table | None = None
    is_distribution: bool = False

    def __str__(self) -> str:
        if self.is_nodes:
            what = "how many rows count" if self.size == 1 else "the children of each row, -1 for none"
            return f"{self.name} : int32  shape {self.shape}, {what}"
        kind = "linear" if self.linear else f"degree {self.degree}" if self.degree else "data"
        return f"{self.name} : {self.type}  shape {self.shape}, {kind}" + (f", {self.table}" if self.table else "")


@dataclass(frozen=True)
class Table:
    """The rows of a table: at most `rows` of them, each with `arity` children at most; of a list 1.

    parts: where a row has the weight of a constructor, "Letter", and its fields that are not recursive, "Letter.1".
    """
    rows: int
    arity: int
    parts: dict[str, slice]

    @property
    def row(self) -> int:
        """The reals of a row."""
        stops: list[int] = [part.stop for part in self.parts.values()]
        return max(stops)

    def __str__(self) -> str:
        places = (f"{name} {part.start}" + (f":{part.stop}" if part.stop - part.start > 1 else "")
                  for name, part in self.parts.items())
        return ("list" if self.arity == 1 else "tree") + " with rows of " + ", ".join(places)


@dataclass(frozen=True)
class Tensor:
    """A named piece of a model's parameter vector: `count` reals from `offset` on, of this shape.

    It starts from `initial`, its entries in a row; where that is None, uniformly in +-1/sqrt(fan_in), as PyTorch does.
    """
    name: str
    shape: tuple[int, ...]
    offset: int
    count: int
    fan_in: int
    initial: tuple[float, ...] | None = None


def port(raw: abi.Port, horizon: int) -> Port:
    type_ = raw.type.decode()
    shape = tuple(raw.dims[:raw.rank])
    matrix = matrix_shape(type_, horizon)
    if matrix is not None and prod(matrix) == raw.size:
        shape = matrix
    is_nodes = abi.has(raw, "element") and raw.element == 1
    table = None
    if abi.has(raw, "parts") and raw.part_count:
        parts = [raw.parts[i].contents for i in range(raw.part_count)]
        table = Table(raw.nodes, raw.arity, {p.name.decode(): slice(p.offset, p.offset + p.size) for p in parts})
    is_distribution = abi.has(raw, "distribution") and raw.distribution == 1
    return Port(raw.name.decode(), type_, shape, raw.size, raw.degree, bool(raw.linear), is_nodes, table, is_distribution)


def tensor(raw: abi.Tensor, real_bytes: int) -> Tensor:
    initial = None
    if abi.has(raw, "initial") and raw.initial:
        real = ctypes.c_float if real_bytes == 4 else ctypes.c_double
        initial = tuple((real * raw.count).from_address(raw.initial))
    return Tensor(raw.name.decode(), tuple(raw.dims[:raw.rank]), raw.offset, raw.count, raw.fan_in, initial)


_TOKEN = re.compile(r"\s*(-o|[()]|Real\s*\[[\d\s,]*\]|Nat\s*\[\d+\]|\w+)")


def matrix_shape(type_: str, horizon: int) -> tuple[int, int] | None:
    """The shape of the matrix of a function's type, and None of another type or one that is not understood.

    type ::= Bool | Nat | Nat[n] | Real | Real[d, ...] | type -o type | ( type ), and -o associates to the right.
    """
    tokens = _TOKEN.findall(type_)
    if "".join(tokens).replace(" ", "") != type_.replace(" ", ""):
        return None
    try:
        sizes, rest = _type(tokens, horizon)
    except (ValueError, IndexError):
        return None
    return None if rest or len(sizes) != 2 else (sizes[1], sizes[0])


def _type(tokens: list[str], horizon: int) -> tuple[tuple[int, ...], list[str]]:
    """(size,), or (size of the argument, size of the result); and the tokens that are left."""
    left, rest = _atom(tokens, horizon)
    if not rest or rest[0] != "-o":
        return left, rest
    right, rest = _type(rest[1:], horizon)
    return (prod(left), prod(right)), rest


def _atom(tokens: list[str], horizon: int) -> tuple[tuple[int, ...], list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        inner, rest = _type(rest, horizon)
        if rest[0] != ")":
            raise ValueError(rest[0])
        return inner, rest[1:]
    if head.startswith("Nat") and head != "Nat":
        return (int(re.findall(r"\d+", head)[0]),), rest
    if head.startswith("Real"):
        return (prod(int(d) for d in re.findall(r"\d+", head)),), rest
    return ({"Bool": 2, "Nat": horizon}[head] if head in ("Bool", "Nat") else int(head),), rest
