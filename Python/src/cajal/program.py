"""A compiled program, called with NumPy arrays."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .function import Function
from .memory import Array

if TYPE_CHECKING:
    import jax
    import torch

# Reals that `matrix` computes at most.
_LARGEST_MATRIX = 1 << 28


class Program(Function):
    """A program `name (x : A, n : B) : C` as a function of arrays: `m.name(x, n)`."""

    def __call__(self, *inputs: Any, **named: Any) -> Array:
        """The result, in the module's dtype: of the output's shape, with an axis in front if an input is a batch.

        Inputs by position or name; each one sample, which all share without a copy, or a batch. TypeError: an array of
        a wider float type. ValueError: a shape that does not fit.
        """
        if named or len(inputs) != len(self.inputs):
            return self._call(self._bind(inputs, named), 0)
        return self._call(inputs, 0)

    def vjp(self, *inputs: Any, **named: Any) -> tuple[Array, Callable[[Any], tuple[Array | None, ...]]]:
        """The result y, and a function that takes y_bar, of y's shape, to the gradients of <y_bar, y>.

        One gradient for each input, of its shape; of an input that a batch shares, the sum over the batch. The function
        may be called again, from any thread.
        """
        out, vjp = self._vjp(self._bind(inputs, named), None)
        return out, lambda out_bar: vjp(out_bar)[1]

    def matrix(self) -> Array:
        """The matrix of a linear program, [result, input]; of several inputs the tensor, [result, input, input, ...].

        Sizes are flat. As `cajal2c matrix` prints it. ValueError: not linear in every input, or larger than 2^28 reals.
        """
        if not self.linear:
            worst = next(port for port in self.inputs if not port.linear)
            raise ValueError(f"{self.name} is not linear in {worst.name} (degree {worst.degree}): it has no matrix")
        sizes = [port.size for port in self.inputs]
        shape = (self.output.size, *sizes)
        if int(np.prod(shape, dtype=object)) > _LARGEST_MATRIX:
            raise ValueError(f"the matrix of {self.name} has shape {shape}: that is too large")
        if not sizes:
            return self._call((), 0).reshape(self.output.size)
        # One input runs through its basis as a batch, which the others share.
        longest = max(range(len(sizes)), key=lambda i: sizes[i])
        bases = [np.eye(size, dtype=self.dtype) for size in sizes]
        rest = [i for i in range(len(sizes)) if i != longest]
        tensor = np.empty((*sizes, self.output.size), self.dtype)
        for chosen in itertools.product(*(range(sizes[i]) for i in rest)):
            index: list[Any] = [slice(None)] * len(sizes)
            inputs = list(bases)
            for i, entry in zip(rest, chosen):
                index[i], inputs[i] = entry, bases[i][entry]
            tensor[tuple(index)] = self._call(inputs, 0).reshape(sizes[longest], self.output.size)
        return np.ascontiguousarray(np.moveaxis(tensor, -1, 0))

    def torch(self) -> Callable[..., torch.Tensor]:
        """This program as a differentiable function of PyTorch's tensors; docs/pytorch.md. Needs PyTorch."""
        from .bridge_torch import program
        return program(self)

    def jax(self) -> Callable[..., jax.Array]:
        """This program as a function that JAX traces, with gradient and batching; docs/jax.md. Needs JAX and g++."""
        from .bridge_jax import program
        return program(self)
