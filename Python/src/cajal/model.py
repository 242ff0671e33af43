"""A compiled model: nets linked to a program, with a vector of parameters."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import abi, ports, weights as files
from .function import Function
from .memory import Array, address, view

if TYPE_CHECKING:
    import jax
    import torch

Parameters = Array | Mapping[str, Any]


class Model(Function):
    """A model as a function of arrays: `m.name(x)` with embedded weights, `m.name(x, params=p)` with others.

    tensors: the named pieces of the parameter vector. parameter_count: its length.
    """

    def __init__(self, path: str, digest: str, raw: abi.Model):
        self.tensors = tuple(sorted((ports.tensor(raw.tensors[i].contents, raw.real_bytes) for i in range(raw.tensor_count)),
                                    key=lambda tensor: tensor.offset))
        self.parameter_count: int = raw.parameter_count
        self._weights_at: int = raw.weights or 0
        super().__init__(path, digest, raw)

    def _description(self) -> str:
        lines = [super()._description(), f"{self.parameter_count} parameters:"]
        lines += [f"  {tensor.name}  shape {tensor.shape}" for tensor in self.tensors]
        return "\n".join(lines)

    # ---- Parameters ----

    @property
    def vector(self) -> Array | None:
        """The embedded parameters as one vector, read-only, where they lie; None in a model without."""
        return view(self._weights_at, self.parameter_count, self.dtype) if self._weights_at else None

    @property
    def weights(self) -> dict[str, Array] | None:
        """The embedded parameters by name, read-only, without a copy; None in a model without."""
        vector = self.vector
        return None if vector is None else self.unpack(vector)

    def initial(self, seed: int | np.random.Generator | None = None) -> Array:
        """A vector of parameters to start from: each tensor as the file says, or else uniform in +-1/sqrt(fan_in), as in
        PyTorch."""
        random = np.random.default_rng(seed)
        vector = np.zeros(self.parameter_count, self.dtype)
        for t in self.tensors:
            drawn = random.uniform(-1, 1, t.count) / max(t.fan_in, 1) ** 0.5
            vector[t.offset:t.offset + t.count] = drawn if t.initial is None else t.initial
        return vector

    def unpack(self, vector: Array) -> dict[str, Array]:
        """The tensors of a parameter vector by name, as views of it."""
        self._check_vector(vector)
        return {t.name: vector[t.offset:t.offset + t.count].reshape(t.shape) for t in self.tensors}

    def pack(self, tensors: Mapping[str, Any]) -> Array:
        """The vector of tensors by name, of any layout in memory. KeyError, ValueError: a name or a shape is wrong.

        Values of other floating types are converted to the module's.
        """
        names = {t.name for t in self.tensors}
        if wrong := sorted(set(tensors) ^ names):
            raise KeyError(f"{self.name}: " + ", ".join(
                f"{name} is {'missing' if name in names else 'no parameter'}" for name in wrong))
        vector = np.zeros(self.parameter_count, self.dtype)
        for t in self.tensors:
            value = np.asarray(tensors[t.name])
            if value.shape != t.shape:
                raise ValueError(f"{self.name}: {t.name} has shape {value.shape}: it has to be {t.shape}")
            vector[t.offset:t.offset + t.count] = value.reshape(-1)
        return vector

    def save(self, path: str | os.PathLike[str], params: Parameters) -> None:
        """Writes parameters to a safetensors file, as `weights=` and cajal-train read it."""
        files.save(path, self.unpack(params) if isinstance(params, np.ndarray) else self.unpack(self.pack(params)))

    def load(self, path: str | os.PathLike[str]) -> Array:
        """The vector of the parameters in a safetensors file."""
        return self.pack(files.load(path))

    def _check_vector(self, vector: Array) -> None:
        if vector.shape != (self.parameter_count,):
            raise ValueError(f"{self.name}: the parameters have shape {vector.shape}: "
                             f"they are a vector of {self.parameter_count}")

    def _parameters(self, params: Parameters | None) -> Array:
        if params is None:
            vector = self.vector
            if vector is None:
                if self.parameter_count:
                    raise TypeError(f"{self.name} holds no weights: give params=, or compile with weights=")
                vector = np.zeros(0, self.dtype)
            return vector
        if not isinstance(params, np.ndarray):
            return self.pack(params)
        self._check_vector(params)
        if params.dtype != self.dtype:
            raise TypeError(f"{self.name}: the parameters are {params.dtype}, and the module computes in {self.dtype}")
        return np.require(params, requirements=["C", "A"])

    # ---- Calls ----

    def __call__(self, *inputs: Any, params: Parameters | None = None, **named: Any) -> Array:
        """The result, in the module's dtype: of the output's shape, with an axis in front if an input is a batch.

        params: a vector of parameters, or tensors by name; the embedded weights by default. The rest as for programs.
        """
        vector = self._parameters(params)
        return self._call(self._bind(inputs, named), address(vector))

    def vjp(self, *inputs: Any, params: Parameters | None = None, **named: Any) -> tuple[
            Array, Callable[[Any], tuple[Array, tuple[Array | None, ...]]]]:
        """The result y, and a function that takes y_bar to (the gradient of the parameter vector, those of the inputs).

        All are sums over the batch but for inputs that are batches.
        """
        out, vjp = self._vjp(self._bind(inputs, named), self._parameters(params))

        def both(out_bar: Any) -> tuple[Array, tuple[Array | None, ...]]:
            params_bar, bars = vjp(out_bar)
            assert params_bar is not None
            return params_bar, bars

        return out, both

    def torch(self) -> torch.nn.Module:
        """This model as an nn.Module whose parameters have the tensors' names; docs/pytorch.md. Needs PyTorch."""
        from .bridge_torch import model
        return model(self)

    def jax(self) -> Callable[..., jax.Array]:
        """This model as a function f(params, x, ...) that JAX traces; docs/jax.md. Needs JAX and g++.

        params: a vector, or a dictionary of tensors by name.
        """
        from .bridge_jax import model
        return model(self)
