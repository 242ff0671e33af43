"""What a program's inputs and results are: names, types, shapes, degrees."""
from __future__ import annotations

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
    """
    name: str
    type: str
    shape: tuple[int, ...]
    size: int
    degree: int
    linear: bool

    def __str__(self) -> str:
        kind = "linear" if self.linear else f"degree {self.degree}" if self.degree else "data"
        return f"{self.name} : {self.type}  shape {self.shape}, {kind}"


@dataclass(frozen=True)
class Tensor:
    """A named piece of a model's parameter vector: `count` reals from `offset` on, of this shape.

    Initialised uniformly in +-1/sqrt(fan_in), as PyTorch does.
    """
    name: str
    shape: tuple[int, ...]
    offset: int
    count: int
    fan_in: int


def port(raw: abi.Port, horizon: int) -> Port:
    type_ = raw.type.decode()
    shape = tuple(raw.dims[:raw.rank])
    matrix = matrix_shape(type_, horizon)
    if matrix is not None and prod(matrix) == raw.size:
        shape = matrix
    return Port(raw.name.decode(), type_, shape, raw.size, raw.degree, bool(raw.linear))


def tensor(raw: abi.Tensor) -> Tensor:
    return Tensor(raw.name.decode(), tuple(raw.dims[:raw.rank]), raw.offset, raw.count, raw.fan_in)


_TOKEN = re.compile(r"\s*(-o|[()]|Real\s*\[[\d\s,]*\]|\w+)")


def matrix_shape(type_: str, horizon: int) -> tuple[int, int] | None:
    """The shape of the matrix of a function's type, and None of another type or one that is not understood.

    type ::= Bool | Nat | Real | Real[d, ...] | type -o type | ( type ), and -o associates to the right.
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
    if head.startswith("Real"):
        return (prod(int(d) for d in re.findall(r"\d+", head)),), rest
    return ({"Bool": 2, "Nat": horizon}[head] if head in ("Bool", "Nat") else int(head),), rest
