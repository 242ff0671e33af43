"""Programs as functions of PyTorch's tensors, and models as its modules."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.autograd.forward_ad as forward_ad
from torch import Tensor, nn

from . import torch_ops
from .arrays import batch_of, common_batch
from .function import Function
from .model import Model
from .ports import Port
from .program import Program


class Layer:
    """A program as a differentiable function of tensors: layer(x, n), inputs by position or name.

    Each input is one sample of its shape, which a batch shares without a copy, or a batch with an axis in front. Of a
    table there are two, its rows and its nodes, int32 and without a gradient; both may be NumPy arrays, as cajal.encode
    makes them. The result is contiguous, in the module's type. TypeError: a tensor of another type. ValueError: another
    device, or a shape that does not fit. StatusError: a child or a count that is out of its range.
    """

    def __init__(self, function: Function):
        self.function = function
        self.__name__ = function.name
        self.__doc__ = function.__doc__
        self.handle = torch_ops.handle(function)
        self.plans: dict[tuple[Any, ...], torch_ops.Plan] = {}

    def __repr__(self) -> str:
        return f"<torch layer {self.function.signature}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Layer, (self.function,)

    def __deepcopy__(self, memo: Any) -> Layer:
        return self

    def __call__(self, *inputs: Tensor, **named: Tensor) -> Tensor:
        if named or len(inputs) != len(self.function.inputs):
            inputs = tuple(self.function._bind(inputs, named))
        return self.call(None, inputs)

    def call(self, params: Tensor | None, inputs: Sequence[Tensor]) -> Tensor:
        """With the parameter vector of a model, or None."""
        given: list[Tensor] = []
        shapes: list[torch.Size] = []
        for x, dtype in zip(inputs, self.handle.dtypes):
            if not isinstance(x, Tensor) or x.dtype is not dtype or not x.is_cpu:
                x = self._input(x, self.function.inputs[len(given)])
            given.append(x)
            shapes.append(x.shape)
        if params is not None and (params.dtype is not self.handle.dtype or not params.is_cpu):
            params = self._converted(params, "the parameters", self.handle.dtype)
        if torch_ops.plain((params, *given)):
            plan = self.plans.get(tuple(shapes)) or self._plan(tuple(shapes))
            return self._eager(plan, params, [x.contiguous() for x in given])
        return self._traced(self._new_plan(shapes), params, given)

    def _eager(self, plan: torch_ops.Plan, params: Tensor | None, inputs: list[Tensor]) -> Tensor:
        needed = params is not None and params.requires_grad
        for x in inputs:
            needed = needed or x.requires_grad
        if (needed and torch.is_grad_enabled()) or forward_ad._current_level >= 0:
            return torch_ops.recorded(plan, params, inputs)
        return torch_ops.run(plan, params, inputs)

    def _traced(self, plan: torch_ops.Plan, params: Tensor | None, inputs: list[Tensor]) -> Tensor:
        flat = [x.reshape(shape).contiguous() for x, shape in zip(inputs, plan.flat_shapes)]
        out: Tensor = torch_ops.forward_function().apply(self.handle.key, plan.batch, 1, params, *flat)[0]
        return out.reshape(plan.out_shape)

    def _plan(self, shapes: tuple[Any, ...]) -> torch_ops.Plan:
        if len(self.plans) >= 128:
            self.plans.clear()
        plan = self.plans[shapes] = self._new_plan(shapes)
        return plan

    def _new_plan(self, shapes: Sequence[Any]) -> torch_ops.Plan:
        function = self.function
        ports, shape = function.inputs, function.output.shape
        own = [batch_of(tuple(s), port, function.name) for s, port in zip(shapes, ports)]
        batch = common_batch(own, ports, function.name)
        flat = tuple((p.size,) if b is None or (b == 1 and batch != 1) else (b, p.size) for b, p in zip(own, ports))
        return torch_ops.Plan(self.handle, 1 if batch is None else batch, flat,
                              shape if batch is None else (batch, *shape))

    def _input(self, x: Any, port: Port) -> Tensor:
        """An input that is no tensor of its type, or not here: of a table, NumPy's arrays and a count are taken."""
        if port.is_nodes or port.table is not None:
            if isinstance(x, np.ndarray):
                x = torch.from_numpy(x)
            elif isinstance(x, int) and port.shape == (1,) and port.is_nodes:
                x = torch.tensor(x, dtype=torch_ops.NODES_DTYPE)
        dtype = torch_ops.NODES_DTYPE if port.is_nodes else self.handle.dtype
        if isinstance(x, Tensor) and x.is_cpu:
            if x.dtype is dtype:
                return x
            if port.is_nodes:
                raise TypeError(f"{self.function.name}: {port.name} is {x.dtype}, and has to be {dtype}: convert it with "
                                f".to({dtype})")
        return self._converted(x, port.name, dtype)

    def _converted(self, x: Any, what: str, dtype: torch.dtype) -> Tensor:
        """A tensor that is not of the module's type, or not here: an error but for narrow types under autocast."""
        name = self.function.name
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}: {what} is a {type(x).__name__}: give a tensor")
        if not x.is_cpu:
            raise ValueError(f"{name}: {what} is on {x.device}, and compiled programs run on the CPU: "
                             "give it as .cpu(), and take the result to the device with .to(device)")
        if x.dtype in (torch.float16, torch.bfloat16) and torch.is_autocast_enabled("cpu"):
            return x.to(dtype)
        raise TypeError(f"{name}: {what} is {x.dtype}, and the module computes in {dtype}: convert it with .to({dtype})" +
                        (", or compile with real='double'" if x.dtype is torch.float64 else ""))


def program(function: Program) -> Callable[..., Tensor]:
    """What Program.torch() answers."""
    return Layer(function)


class ModelModule(nn.Module):
    """A model as a module: net(x). Its parameters have the names of the model's tensors, so its state_dict too.

    They start as the embedded weights, or uniform in +-1/sqrt(fan_in) from PyTorch's generator.
    """

    def __init__(self, function: Model):
        super().__init__()
        self.function = function
        self._layer = Layer(function)
        leaves: list[tuple[nn.Module, str]] = []
        for tensor in function.tensors:
            *path, leaf = tensor.name.split(".")
            holder: nn.Module = self
            for step in path:
                if step not in holder._modules:
                    # By the dictionary, since a net may have the name of a method.
                    holder._modules[step] = nn.Module()
                child = holder._modules[step]
                assert child is not None
                holder = child
            holder.register_parameter(leaf, nn.Parameter(torch.empty(tensor.shape, dtype=self._layer.handle.dtype)))
            leaves.append((holder, leaf))
        self._leaves = leaves
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """The embedded weights; without them, each parameter as the file says, or else uniform in +-1/sqrt(fan_in)."""
        embedded = self.function.weights
        for tensor, (holder, leaf) in zip(self.function.tensors, self._leaves):
            parameter = holder._parameters[leaf]
            assert parameter is not None
            if embedded is None and tensor.initial is not None:
                parameter.copy_(torch.tensor(tensor.initial, dtype=parameter.dtype).reshape(tensor.shape))
            elif embedded is None:
                bound = max(tensor.fan_in, 1) ** -0.5
                parameter.uniform_(-bound, bound)
            else:
                parameter.copy_(torch.tensor(embedded[tensor.name]))

    def vector(self) -> Tensor:
        """The parameters as the model's vector; gradients of it flow to each."""
        pieces, end = [], 0
        for tensor, (holder, leaf) in zip(self.function.tensors, self._leaves):
            value: Tensor = getattr(holder, leaf)
            if tensor.offset != end:
                pieces.append(value.new_zeros(tensor.offset - end))
            pieces.append(value.reshape(-1))
            end = tensor.offset + tensor.count
        if end != self.function.parameter_count or not pieces:
            pieces.append(torch.zeros(self.function.parameter_count - end, dtype=self._layer.handle.dtype))
        return pieces[0].contiguous() if len(pieces) == 1 else torch.cat(pieces)

    def forward(self, *inputs: Tensor, **named: Tensor) -> Tensor:
        """As the program's layer: one sample or a batch of each input, by position or name."""
        if named or len(inputs) != len(self.function.inputs):
            inputs = tuple(self.function._bind(inputs, named))
        return self._layer.call(self.vector(), inputs)

    def extra_repr(self) -> str:
        return self.function.signature


def model(function: Model) -> nn.Module:
    """What Model.torch() answers."""
    return ModelModule(function)
