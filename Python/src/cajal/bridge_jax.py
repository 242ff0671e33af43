"""Programs and models as functions that JAX traces: jit, grad, vmap, scan."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import jax_ops
from .arrays import as_array, batch_of, common_batch
from .function import Function
from .model import Model
from .ports import Port
from .program import Program


class Traceable:
    """A program as a function of JAX's arrays: f(x, n), inputs by position or name.

    Each input is one sample of its shape, which a batch shares without a copy, or a batch with an axis in front; vmap
    adds another. Of a table there are two, its rows and its nodes, int32 and without a gradient. TypeError: an array of
    another type, or a module of doubles where JAX has none. A child or a count that is out of its range is an error of
    JAX's, when the call runs.
    """

    def __init__(self, function: Function):
        self.function = function
        self.__name__ = function.name
        self.__doc__ = function.__doc__
        self.handle = jax_ops.handle(function)

    def __repr__(self) -> str:
        return f"<jax function {self.function.signature}>"

    def __call__(self, *inputs: Any, **named: Any) -> jax.Array:
        return self.call((), self.function._bind(inputs, named))

    def call(self, params: tuple[jax.Array, ...], inputs: Any) -> jax.Array:
        """With the parameter vector of a model."""
        function = self.function
        ports = function.inputs
        arrays = [self.nodes(x, port) if port.is_nodes else self.array(x, port.name) for x, port in zip(inputs, ports)]
        own = [batch_of(tuple(x.shape), port, function.name) for x, port in zip(arrays, ports)]
        batch = common_batch(own, ports, function.name)
        flat = [x.reshape(port.size) if b is None or (b == 1 and batch != 1) else x.reshape(b, port.size)
                for x, b, port in zip(arrays, own, ports)]
        out = jax_ops.differentiable(self.handle.key, 1 if batch is None else batch)(*params, *flat)
        shape = function.output.shape
        return out.reshape(shape if batch is None else (batch, *shape))

    def nodes(self, value: Any, port: Port) -> jax.Array:
        """The children of a table, or the counts, as int32."""
        if not hasattr(value, "dtype"):
            return jnp.asarray(as_array(value, port, self.function.dtype, self.function.name))
        if value.dtype != np.int32:
            raise TypeError(f"{self.function.name}: {port.name} is {value.dtype}, and has to be int32: "
                            "convert it with .astype(jnp.int32)")
        return jnp.asarray(value)

    def array(self, value: Any, what: str) -> jax.Array:
        """A value as an array of the module's type."""
        name, dtype = self.function.name, self.function.dtype
        if jax.dtypes.canonicalize_dtype(dtype) != dtype:
            raise TypeError(f"{name} computes in float64, and JAX has x64 switched off: call it within "
                            "`with jax.enable_x64(True):`, set jax.config.update('jax_enable_x64', True) at the start, "
                            "or compile with real='float'")
        if not hasattr(value, "dtype"):
            return jnp.asarray(value, dtype)
        if value.dtype != dtype:
            raise TypeError(f"{name}: {what} is {value.dtype}, and the module computes in {dtype}: "
                            f"convert it with .astype(jnp.{dtype})")
        return jnp.asarray(value)


class TraceableModel(Traceable):
    """A model as a function of JAX's arrays: f(params, x), params a vector or tensors by name."""

    function: Model

    def __call__(self, params: Any, *inputs: Any, **named: Any) -> jax.Array:
        return self.call((self.vector(params),), self.function._bind(inputs, named))

    def vector(self, params: jax.Array | Mapping[str, Any]) -> jax.Array:
        """Parameters as the model's vector; gradients of it flow to each tensor."""
        model = self.function
        if not isinstance(params, Mapping):
            vector = self.array(params, "the parameters")
            model._check_vector(vector)  # type: ignore[arg-type]
            return vector
        if wrong := sorted(set(params) ^ {t.name for t in model.tensors}):
            raise KeyError(f"{model.name}: {', '.join(wrong)}: the parameters are named as in .tensors")
        pieces, end = [], 0
        for t in model.tensors:
            value = self.array(params[t.name], t.name)
            if value.shape != t.shape:
                raise ValueError(f"{model.name}: {t.name} has shape {value.shape}: it has to be {t.shape}")
            pieces += [jnp.zeros(t.offset - end, model.dtype)] * (t.offset > end) + [value.reshape(-1)]
            end = t.offset + t.count
        pieces.append(jnp.zeros(model.parameter_count - end, model.dtype))
        return jnp.concatenate(pieces)


def program(function: Program) -> Callable[..., jax.Array]:
    """What Program.jax() answers."""
    return Traceable(function)


def model(function: Model) -> Callable[..., jax.Array]:
    """What Model.jax() answers."""
    return TraceableModel(function)


