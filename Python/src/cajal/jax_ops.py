"""Compiled functions as XLA's custom calls, with gradients and batching.

A call takes the parameters of a model, if it is one, and each input as [size], which the batch shares, or
[batch, size]; it gives [batch, size of the result]. The nodes of tables are int32, and have no gradient; the compiled code
checks them in every call.
"""
from __future__ import annotations

import ctypes
import functools
import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_batching import custom_vmap

from . import cache, toolchain
from .calls import Calls
from .function import Function

Array = jax.Array

NO_SECOND = ("{0}: Cajal's compiled functions have gradients, and their gradients have none: "
             "keep this part out of what is differentiated twice")


@functools.cache
def _library() -> ctypes.CDLL:
    """The handlers, built for the jaxlib that is installed, and registered."""
    source, cxx = Path(__file__).with_name("ffi.cc"), toolchain.cxx()
    include = toolchain.sources().include
    version = toolchain.version(cxx)
    # Names of C++ that are unique in a process would make a new library run an old one's code.
    unique = () if "clang" in version else ("-fno-gnu-unique",)

    def build(draft: Path) -> None:
        toolchain.run([*cxx, "-std=c++17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", *unique,
                       "-I", jax.ffi.include_dir(), "-I", include, source, "-o", draft / "ffi.so"],
                      "building the handlers for JAX")

    key = cache.key(source.read_bytes(), (include / "cajal.h").read_bytes(), importlib.metadata.version("jaxlib"), version, *cxx)
    library = ctypes.CDLL(str(cache.folder("jax", key, build) / "ffi.so"))
    jax.ffi.register_ffi_target("cajal_forward", jax.ffi.pycapsule(library.CajalForward), platform="cpu")
    jax.ffi.register_ffi_target("cajal_backward", jax.ffi.pycapsule(library.CajalBackward), platform="cpu")
    library.cajal_ffi_register.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
    library.cajal_ffi_register.restype = None
    return library


class Handle:
    """A compiled function that the handlers know by its key."""

    def __init__(self, function: Function):
        self.calls: Calls = function._calls
        self.key, self.name, self.dtype = function.key, function.name, function.dtype
        self.output_size, self.sizes = self.calls.output_size, self.calls.sizes
        self.first = 1 if self.calls.is_model else 0
        _library().cajal_ffi_register(self.key.encode(), ctypes.addressof(self.calls.raw), self.first)


_handles: dict[str, Handle] = {}


def handle(function: Function) -> Handle:
    """The handle of a function, by its key from then on."""
    found = _handles.get(function.key)
    if found is None:
        found = _handles.setdefault(function.key, Handle(function))
    return found


def _workspace(size: int) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct((size,), np.uint8)


# ---- Custom calls, and what vmap makes of them ----

@functools.lru_cache(maxsize=1024)
def _forward(key: str, batch: int, keep: int) -> Callable[..., tuple[Array, Array]]:
    """(params, inputs...) -> (result, workspace). keep: 1, the workspace has what backward needs; 0, it has not."""
    h = _handles[key]

    def call(*operands: Array) -> Any:
        result = jax.ShapeDtypeStruct((batch, h.output_size), h.dtype)
        if batch == 0:
            return jnp.zeros(result.shape, h.dtype), jnp.zeros(64, np.uint8)
        size = h.calls.workspace_bytes(batch, keep)
        return jax.ffi.ffi_call("cajal_forward", (result, _workspace(size)))(*operands, key=key, keep=np.int32(keep))

    def rule(count: int, batched: Sequence[bool], *operands: Array) -> Any:
        if h.first and batched[0]:
            # A call has one vector of parameters.
            out = _over(lambda *xs: mapped(*xs)[0], batched, operands)
        else:
            flat = _flatten(h, count, batch, batched[h.first:], operands[h.first:])
            out = _forward(key, count * batch, 0)(*operands[:h.first], *flat)[0].reshape(count, batch, h.output_size)
        # The workspace of one sample cannot be cut from that of all: backward computes forward again.
        size = 64 if batch == 0 else h.calls.workspace_bytes(batch, keep)
        return (out, jnp.zeros(size, np.uint8)), (True, False)

    mapped: Any = custom_vmap(call)
    mapped.def_vmap(rule)
    return mapped  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=1024)
def _backward(key: str, batch: int, wanted: str, again: bool) -> Callable[..., tuple[Array, ...]]:
    """(out_bar, workspace, params, inputs...) -> the wanted gradients; ffi.cc says what the letters of wanted are.

    again: forward is computed again, and the workspace is left out.
    """
    h = _handles[key]
    letters = wanted[1 - h.first:]
    operands_at = 1 if again else 2

    def gradient(letter: str, operand: Array) -> jax.ShapeDtypeStruct:
        each = letter == "2" or operand.ndim == 2
        return jax.ShapeDtypeStruct((batch, operand.shape[-1]) if each else operand.shape, h.dtype)

    def call(*operands: Array) -> tuple[Array, ...]:
        own = operands[operands_at:]
        results = [gradient(letter, x) for letter, x in zip(letters, own) if letter != "0"]
        if batch == 0:
            return tuple(jnp.zeros(r.shape, r.dtype) for r in results)
        if again:
            each = h.calls.keep("2" in wanted)
            work, aliases = _workspace(h.calls.workspace_bytes(batch, each)), {}
        else:
            # Backward writes into the workspace: XLA copies it first, if it is used again.
            work, aliases = _workspace(operands[1].shape[0]), {1: 0}
        found = jax.ffi.ffi_call("cajal_backward", (work, *results), input_output_aliases=aliases)(
            *operands, key=key, wanted=wanted, again=np.int32(again))
        return tuple(found[1:])

    def rule(count: int, batched: Sequence[bool], *operands: Array) -> Any:
        count_wanted = sum(letter != "0" for letter in letters)
        bar, own, own_batched = operands[0], operands[operands_at:], batched[operands_at:]
        if not any(batched[1:]):
            # Several gradients of one result.
            found = _over(mapped, batched, operands)
        elif h.first and own_batched[0]:
            redo = _backward(key, batch, wanted, True)
            found = _over(redo, (batched[0], *own_batched), (bar, *own))
        else:
            bar = bar if batched[0] else jnp.broadcast_to(bar, (count, *bar.shape))
            flat = (*own[:h.first], *_flatten(h, count, batch, own_batched[h.first:], own[h.first:]))
            each = "".join("0" if w == "0" else "1" if x.ndim == 2 else "2" for w, x in zip(letters, flat))
            all_ = _backward(key, count * batch, each if h.first else "0" + each, True)(
                bar.reshape(count * batch, h.output_size), *flat)
            ranks = [x.ndim - is_batched for w, x, is_batched in zip(letters, own, own_batched) if w != "0"]
            modes = [w for w in letters if w != "0"]
            found = tuple(_of_samples(g, count, batch, w == "1" and rank == 1)
                          for g, w, rank in zip(all_, modes, ranks))
        return tuple(found), (True,) * count_wanted

    mapped: Any = custom_vmap(call)
    mapped.def_vmap(rule)
    return mapped  # type: ignore[no-any-return]


def _over(call: Callable[..., Any], batched: Sequence[bool], operands: Sequence[Array]) -> Any:
    """A call for each sample, one after another."""
    mapped = [x for x, is_batched in zip(operands, batched) if is_batched]

    def one(samples: list[Array]) -> Any:
        left = iter(samples)
        return call(*(next(left) if is_batched else x for x, is_batched in zip(operands, batched)))

    return jax.lax.map(one, mapped)


def _of_samples(gradient: Array, count: int, batch: int, summed: bool) -> Array:
    """[count * batch, size] as a gradient for each of count, which a batch that shares its input sums."""
    split = gradient.reshape(count, batch, gradient.shape[-1])
    return split.sum(1) if summed else split


def _flatten(h: Handle, count: int, batch: int, batched: Sequence[bool], inputs: Sequence[Array]) -> list[Array]:
    """The inputs of count times batch samples. What nothing maps over stays shared where one stride can say so."""
    flat = []
    for x, is_batched, size in zip(inputs, batched, h.sizes):
        rank = x.ndim - is_batched
        if not is_batched and (rank == 1 or batch == 1):
            flat.append(x.reshape(size))
        else:
            whole = x if is_batched else x[None]
            whole = whole if rank == 2 else whole[:, None]
            flat.append(jnp.broadcast_to(whole, (count, batch, size)).reshape(count * batch, size))
    return flat


# ---- Gradients ----

@jax.tree_util.register_static
class _Wanted(str):
    """The letters of wanted, which are no array."""


@functools.lru_cache(maxsize=1024)
def differentiable(key: str, batch: int) -> Callable[..., Array]:
    """(params, inputs...) -> the result, with its gradient."""
    f: Any = jax.custom_vjp(lambda *operands: _forward(key, batch, 0)(*operands)[0])

    def forward(*operands: Any) -> Any:
        out, work, residual = _recorded(key, batch, operands)
        return out, (work, *residual)

    f.defvjp(forward, lambda residual, bar: _pulled_back(key, batch, residual, bar), symbolic_zeros=True)
    return f  # type: ignore[no-any-return]


@functools.lru_cache(maxsize=1024)
def _kept(key: str, batch: int) -> Callable[..., tuple[Array, Array]]:
    """(params, inputs...) -> (result, workspace). Differentiable itself, for whoever differentiates the result of a vjp;
    the gradients that come from the workspace are not."""
    f: Any = jax.custom_vjp(lambda *operands: _forward(key, batch, 1)(*operands))

    def forward(*operands: Any) -> Any:
        out, work, residual = _recorded(key, batch, operands)
        return (out, work), (work, *residual)

    f.defvjp(forward, lambda residual, bars: _pulled_back(key, batch, residual, bars[0]), symbolic_zeros=True)
    return f  # type: ignore[no-any-return]


def _recorded(key: str, batch: int, operands: Sequence[Any]) -> tuple[Array, Array, tuple[Any, ...]]:
    """Forward for a gradient. With symbolic zeros, an operand says whether its gradient is wanted."""
    values = tuple(operand.value for operand in operands)
    # Nodes have none, though JAX may ask for one, in float0.
    letters = "".join("1" if operand.perturbed and jnp.issubdtype(operand.value.dtype, jnp.floating) else "0"
                      for operand in operands)
    out, work = _kept(key, batch)(*values)
    return out, work, (values, _Wanted(letters if _handles[key].first else "0" + letters))


def _pulled_back(key: str, batch: int, residual: Any, out_bar: Any) -> tuple[Array | None, ...]:
    work, values, wanted = residual
    letters = wanted[1 - _handles[key].first:]
    if isinstance(out_bar, jax.custom_derivatives.SymbolicZero) or "1" not in letters:
        return (None,) * len(values)
    found = iter(_once(key, batch, str(wanted))(out_bar, work, *values))
    return tuple(None if letter == "0" else next(found) for letter in letters)


@functools.lru_cache(maxsize=1024)
def _once(key: str, batch: int, wanted: str) -> Callable[..., tuple[Array, ...]]:
    """The gradients, which have none."""
    call = _backward(key, batch, wanted, False)

    def refuse(*_: Any) -> Any:
        raise NotImplementedError(NO_SECOND.format(_handles[key].name))

    f: Any = jax.custom_vjp(lambda *operands: call(*operands))
    f.defvjp(refuse, refuse)
    return f  # type: ignore[no-any-return]
