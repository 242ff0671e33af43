"""Compiled functions as PyTorch's operators: `cajal::forward` and `cajal::backward`, and their autograd.

An operator takes each input as [size], which the batch shares, or [batch, size], and gives [batch, size of the result].
The nodes of tables are int32, and have no gradient; the compiled code checks them in every call.
What the backward pass needs is a tensor of bytes that is a result of the forward pass, so that the graph owns it.

The operators are opaque to torch.compile. Where nothing traces, a node of PyTorch's graph (torch_node.cc), or an autograd
function, calls the compiled code at once, without the dispatcher.
"""
from __future__ import annotations

import ctypes
import functools
import sys
import threading
from collections.abc import Sequence
from typing import Any

import torch
import torch.autograd.forward_ad as forward_ad
from torch import Tensor

from . import denormals, torch_node
from .abi import ALIGNMENT
from .calls import Calls, Frame
from .function import Function

_CPU = torch.device("cpu")
_DTYPES = {4: torch.float32, 8: torch.float64}

# Of the children of tables, and of how many rows count.
NODES_DTYPE = torch.int32

# Whether torch.func's transforms are at work; where PyTorch does not say, the way that is right for both is taken.
_functorch_active = getattr(torch._C, "_are_functorch_transforms_active", lambda: True)

# Whether a tensor is of the vmap within torch.autograd.grad(..., is_grads_batched=True), which is not torch.func's.
_is_old_batch = getattr(torch._C._functorch, "is_legacy_batchedtensor", lambda tensor: False)

NO_FORWARD_MODE = ("{0}: Cajal's compiled functions have no forward mode (jvp, jacfwd): use reverse mode, "
                   "torch.func.vjp, grad or jacrev")
NO_SECOND = ("{0}: Cajal's compiled functions have gradients, and their gradients have none: call backward or "
             "autograd.grad without create_graph=True, or keep this part out of what is differentiated twice")

NO_BATCHED = ("{0}: Cajal's compiled functions know no is_grads_batched=True, nor "
              "torch.autograd.functional.jacobian(vectorize=True): use torch.func.jacrev, or torch.func.vmap of vjp")

# A backward pass uses its workspace for intermediate results, and two threads may run the same graph.
_LOCKS = tuple(threading.Lock() for _ in range(256))


class Handle:
    """A compiled function, and frames that no call uses."""

    def __init__(self, function: Function):
        self.calls: Calls = function._calls
        self.dtype = _DTYPES[self.calls.real_bytes]
        self.sizes, self.output_size = self.calls.sizes, self.calls.output_size
        self.dtypes = tuple(NODES_DTYPE if port.is_nodes else self.dtype for port in function.inputs)
        self.pools: dict[tuple[int, ...], list[Frame]] = {}
        # Small programs need none, and then there is none to allocate, to save or to lock.
        self.has_workspace = any(self.calls.raw.workspace_bytes(batch, 1) for batch in (1, 2, 1000))
        self.affine = {keep: self._affine(keep) for keep in (1, 2)}
        # With the sizes: torch.compile keeps graphs on disk, for which the results of an operator have these for ever.
        self.key = function.key + "".join(f"+{fixed}+{row}" for fixed, row in self.affine.values())

    def _affine(self, keep: int) -> tuple[int, int]:
        """A bound of workspaces, fixed + batch * row. What lanes need grows with their groups, so in steps, and a batch
        that shares an input may need more from some size on: the row is that of large batches."""
        def size(batch: int) -> int:
            return self.calls.workspace_bytes(batch, self.calls.keep(keep == 2))

        row = -((size(1024) - size(2048)) // 1024)
        beyond = max(size(batch) - batch * row for batch in (*range(1, 66), 1023, 1024, 1025))
        # Each table's nodes are rounded up to a line, and the rest.
        return max(beyond, 0) + ALIGNMENT * (1 + len(self.calls.nodes)), row

    def workspace_bytes(self, batch: int, keep: int) -> int:
        """At least what calls.workspace_bytes says, and there for a symbolic batch too."""
        fixed, row = self.affine[keep]
        return fixed + batch * row

    def pool(self, batch: int, strides: tuple[int, ...]) -> list[Frame]:
        key = (batch, *strides)
        pool = self.pools.get(key)
        if pool is None:
            if len(self.pools) >= 128:
                self.pools.clear()
            pool = self.pools[key] = []
        return pool

    def frame(self, batch: int, inputs: Sequence[Tensor]) -> tuple[Frame, list[Frame]]:
        strides = tuple(0 if x.dim() == 1 else size for x, size in zip(inputs, self.sizes))
        pool = self.pool(batch, strides)
        try:
            frame = pool.pop()
        except IndexError:
            frame = self.calls.frame(batch, strides)
        pointers, i = frame.pointers, 0
        for x in inputs:
            pointers[i] = x.data_ptr()
            i += 1
        return frame, pool


_handles: dict[str, Handle] = {}


def handle(function: Function) -> Handle:
    """The handle of a function, by its key from then on."""
    found = _handles.get(function.key)
    if found is None:
        made = Handle(function)
        # By the key that operators have first: who finds the handle calls them.
        found = _handles.setdefault(function.key, _handles.setdefault(made.key, made))
    return found


class Plan:
    """Calls with inputs of certain shapes: how many samples, each input's stride, and the shape of the result."""
    __slots__ = ("handle", "batch", "strides", "out_shape", "flat_shapes", "pool", "node")

    def __init__(self, h: Handle, batch: int, flat_shapes: tuple[tuple[int, ...], ...], out_shape: tuple[int, ...]):
        self.handle, self.batch, self.flat_shapes, self.out_shape = h, batch, flat_shapes, out_shape
        self.strides = tuple(0 if len(shape) == 1 else size for shape, size in zip(flat_shapes, h.sizes))
        self.pool = h.pool(batch, self.strides)
        # What torch_node.cc knows the plan by, once there was a need.
        self.node: Any = None


# ---- The compiled code ----

def run(plan: Plan, params: Tensor | None, inputs: Sequence[Tensor]) -> Tensor:
    """The result alone, of plain tensors that are contiguous."""
    h = plan.handle
    out = torch.empty(plan.out_shape, dtype=h.dtype, device=_CPU)
    if plan.batch:
        try:
            frame = plan.pool.pop()
        except IndexError:
            frame = h.calls.frame(plan.batch, plan.strides)
        pointers, i = frame.pointers, 0
        for x in inputs:
            pointers[i] = x.data_ptr()
            i += 1
        h.calls.forward(frame, plan.batch, 0 if params is None else params.data_ptr(), out.data_ptr())
        plan.pool.append(frame)
    return out


def _run_forward(key: str, batch: int, keep: int, params: Tensor | None,
                 inputs: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    h = _handles[key]
    out = torch.empty((batch, h.output_size), dtype=h.dtype, device=_CPU)
    work = torch.empty(h.workspace_bytes(batch, keep), dtype=torch.uint8, device=_CPU)
    if batch:
        needed = h.calls.workspace_bytes(batch, h.calls.keep(keep == 2))
        if needed > work.numel():
            raise RuntimeError(f"{h.calls.name}: a workspace of {needed} bytes is more than was expected")
        frame, pool = h.frame(batch, inputs)
        h.calls.forward_keep(frame, batch, 0 if params is None else params.data_ptr(), out.data_ptr(),
                             work.data_ptr())
        pool.append(frame)
    return out, work


def _run_backward(key: str, batch: int, wanted: str, out_bar: Tensor, work: Tensor, params: Tensor | None,
                  inputs: Sequence[Tensor]) -> list[Tensor]:
    h = _handles[key]
    _refuse_batched(h, out_bar)
    bars = _gradients(h, batch, wanted, params, inputs)
    if not batch:
        return [bar.zero_() for bar in bars]
    frame, pool = h.frame(batch, inputs)
    left = iter(bars)
    params_bar = 0 if wanted[0] == "0" else next(left).data_ptr()
    each = [mode == "2" for mode in wanted[1:]]
    for i, mode in enumerate(wanted[1:]):
        frame.bars[i] = None if mode == "0" else next(left).data_ptr()
    work_at = work.data_ptr()
    with _LOCKS[(work_at >> 6) & 255]:
        h.calls.backward(frame, batch, 0 if params is None else params.data_ptr(), out_bar.data_ptr(), params_bar,
                         work_at, each, wanted[0] == "2", work.numel())
    pool.append(frame)
    return bars


def _refuse_batched(h: Handle, out_bar: Tensor) -> None:
    if _is_old_batch(out_bar):
        raise NotImplementedError(NO_BATCHED.format(h.calls.name))


def _gradients(h: Handle, batch: int, wanted: str, params: Tensor | None, inputs: Sequence[Tensor]) -> list[Tensor]:
    """Room for the gradients that `wanted` asks for. A letter for the parameters and for each input: 0, none; 1, of the
    input's shape; 2, one for each sample."""
    bars = []
    for mode, x, size in zip(wanted, (params, *inputs), (h.calls.parameter_count, *h.sizes)):
        if mode != "0":
            shape = (batch, size) if mode == "2" or (x is not None and x.dim() == 2) else (size,)
            like = inputs[0] if x is None else x
            bars.append(like.new_empty(shape, dtype=h.dtype))
    return bars


# ---- Operators ----

@torch.library.custom_op("cajal::forward", mutates_args=(), device_types="cpu")
def forward_op(key: str, batch: int, keep: int, params: Tensor | None, inputs: list[Tensor]) -> tuple[Tensor, Tensor]:
    return _run_forward(key, batch, keep, None if params is None else params.contiguous(),
                        [x.contiguous() for x in inputs])


@forward_op.register_fake
def _(key: str, batch: int, keep: int, params: Tensor | None, inputs: list[Tensor]) -> tuple[Tensor, Tensor]:
    h = _handles[key]
    return (torch.empty((batch, h.output_size), dtype=h.dtype, device=_CPU),
            torch.empty(h.workspace_bytes(batch, keep), dtype=torch.uint8, device=_CPU))


@torch.library.custom_op("cajal::backward", mutates_args=(), device_types="cpu")
def backward_op(key: str, batch: int, wanted: str, out_bar: Tensor, work: Tensor, params: Tensor | None,
                inputs: list[Tensor]) -> list[Tensor]:
    return _run_backward(key, batch, wanted, out_bar.contiguous(), work,
                         None if params is None else params.contiguous(), [x.contiguous() for x in inputs])


@backward_op.register_fake
def _(key: str, batch: int, wanted: str, out_bar: Tensor, work: Tensor, params: Tensor | None,
      inputs: list[Tensor]) -> list[Tensor]:
    return _gradients(_handles[key], batch, wanted, params, inputs)


# ---- Autograd ----

_PLAIN = (Tensor, torch.nn.Parameter)


def plain(tensors: Sequence[Tensor | None]) -> bool:
    """Whether these have memory of their own that may be read now: nothing traces, no transform is at work."""
    if torch.compiler.is_compiling() or _functorch_active():
        return False
    for x in tensors:
        if x is not None and type(x) not in _PLAIN:
            return False
    return True


def _at_bottom(tensors: Sequence[Tensor | None]) -> bool:
    """As `plain`, within an autograd function, whose `forward` sees no wrapper of a transform."""
    return not torch.compiler.is_compiling() and all(x is None or type(x) in _PLAIN for x in tensors)


class Forward(torch.autograd.Function):
    """apply(key, batch, keep, params, *inputs) -> (result, workspace). For torch.compile, which takes no jvp."""

    @staticmethod
    def forward(key: str, batch: int, keep: int, params: Tensor | None, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        if _at_bottom((params, *inputs)):
            return _run_forward(key, batch, keep, params, inputs)
        out, work = forward_op(key, batch, keep, params, list(inputs))
        return out, work

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        key, batch, _, params, *xs = inputs
        ctx.key, ctx.batch = key, batch
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(output[1], params, *xs)

    @staticmethod
    def backward(ctx: Any, *bars: Tensor | None) -> tuple[Any, ...]:
        out_bar, needs = bars[0], ctx.needs_input_grad[3:]
        if out_bar is None:
            return (None,) * len(ctx.needs_input_grad)
        work, params, *xs = ctx.saved_tensors
        wanted = "".join("1" if need else "0" for need in needs)
        if torch.compiler.is_compiling():
            found = iter(backward_op(ctx.key, ctx.batch, wanted, out_bar, work, params, xs))
        elif torch.is_grad_enabled() or not plain((out_bar, work, params, *xs)):
            found = iter(Backward.apply(ctx.key, ctx.batch, wanted, out_bar, work, params, *xs))
        else:
            found = iter(_run_backward(ctx.key, ctx.batch, wanted, out_bar.contiguous(), work, params, xs))
        return (None, None, None, *(next(found) if need else None for need in needs))

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], key: str, batch: int, keep: int, params: Tensor | None,
             *inputs: Tensor) -> tuple[Any, Any]:
        count, dims, apply = info.batch_size, in_dims[4:], forward_function().apply
        if in_dims[3] is not None:
            # A call has one vector of parameters.
            assert params is not None
            results = [apply(key, batch, keep, params.select(in_dims[3], v), *_sample(v, inputs, dims))
                       for v in range(count)]
            outs, works = zip(*results)
            return (torch.stack(outs), torch.stack(works)), (0, 0)
        if params is not None or any(dim is None and x.is_floating_point() for x, dim in zip(inputs, dims)):
            keep = 2
        out, work = apply(key, count * batch, keep, params, *_flatten(count, batch, inputs, dims))
        # Each sample has the whole workspace: an axis that says that it came from here, without a copy.
        return (out.reshape(count, batch, -1), work.unsqueeze(0).expand(count, -1)), (0, 0)


class RefusingForward(Forward):
    """As Forward, with forward mode refused in words of our own."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise NotImplementedError(NO_FORWARD_MODE.format(ctx.key.split("@")[0]))


def forward_function() -> type[Forward]:
    """The autograd function to apply now."""
    return Forward if torch.compiler.is_compiling() else RefusingForward


def _autograd_is_compiled() -> bool:
    module = sys.modules.get("torch._dynamo.compiled_autograd")
    return module is not None and bool(getattr(module, "compiled_autograd_enabled", False))


def recorded(plan: Plan, params: Tensor | None, inputs: Sequence[Tensor]) -> Tensor:
    """The result as a part of the graph, of plain tensors that are contiguous: by C++ where that can be."""
    node = torch_node.load()
    if node is None or not plan.batch or forward_ad._current_level >= 0 or _autograd_is_compiled():
        out: Tensor = EagerForward.apply(plan, params, *inputs)
        return out
    if plan.node is None:
        h = plan.handle
        denormals.note()
        plan.node = node.plan(
            ctypes.addressof(h.calls.raw), h.calls.is_model, plan.batch,
            h.calls.workspace_bytes(plan.batch, 1) if h.has_workspace else 0, plan.strides, tuple(plan.out_shape),
            functools.partial(_refuse, h, plan.batch, plan.strides),
            functools.partial(_general_gradients, h, plan.batch, plan.flat_shapes))
    found: Tensor = node.call(plan.node, params, *inputs)
    return found


def _refuse(h: Handle, batch: int, strides: tuple[int, ...], status: int, *pointers: int) -> None:
    h.calls.check(status, batch, pointers, strides)


class EagerForward(torch.autograd.Function):
    """apply(plan, params, *inputs) -> result, where nothing traces and no transform is at work, and there is no node.

    Inputs are contiguous and of any shape that the plan is for; gradients have their shapes.
    """

    @staticmethod
    def forward(ctx: Any, plan: Plan, params: Tensor | None, *inputs: Tensor) -> Tensor:
        h, batch = plan.handle, plan.batch
        out = torch.empty(plan.out_shape, dtype=h.dtype, device=_CPU)
        work = None
        if h.has_workspace:
            work = torch.empty(h.calls.workspace_bytes(max(batch, 1), 1), dtype=torch.uint8, device=_CPU)
        if batch:
            try:
                frame = plan.pool.pop()
            except IndexError:
                frame = h.calls.frame(batch, plan.strides)
            pointers, i = frame.pointers, 0
            for x in inputs:
                pointers[i] = x.data_ptr()
                i += 1
            h.calls.forward_keep(frame, batch, 0 if params is None else params.data_ptr(), out.data_ptr(),
                                 0 if work is None else work.data_ptr())
            plan.pool.append(frame)
        ctx.plan = plan
        ctx.save_for_backward(work, params, *inputs)
        return out

    @staticmethod
    def backward(ctx: Any, *bars: Tensor) -> tuple[Any, ...]:
        plan: Plan = ctx.plan
        h, batch, needs = plan.handle, plan.batch, ctx.needs_input_grad
        work, params, *inputs = ctx.saved_tensors
        if torch.is_grad_enabled() or not plain(bars) or not batch:
            return (None, *_general_gradients(h, batch, plan.flat_shapes, needs[1:], bars[0], work, params, inputs))
        _refuse_batched(h, bars[0])
        out_bar = bars[0].contiguous()
        try:
            frame = plan.pool.pop()
        except IndexError:
            frame = h.calls.frame(batch, plan.strides)
        params_bar = None
        if needs[1]:
            params_bar = torch.empty_like(params)
        found: list[Tensor | None] = [None, params_bar]
        i = 0
        for x in inputs:
            frame.pointers[i] = x.data_ptr()
            if needs[i + 2]:
                bar = torch.empty_like(x)
                frame.bars[i] = bar.data_ptr()
                found.append(bar)
            else:
                frame.bars[i] = None
                found.append(None)
            i += 1
        params_at = 0 if params is None else params.data_ptr()
        params_bar_at = 0 if params_bar is None else params_bar.data_ptr()
        if work is None:
            h.calls.backward(frame, batch, params_at, out_bar.data_ptr(), params_bar_at, 0)
        else:
            work_at = work.data_ptr()
            with _LOCKS[(work_at >> 6) & 255]:
                h.calls.backward(frame, batch, params_at, out_bar.data_ptr(), params_bar_at, work_at)
        plan.pool.append(frame)
        return tuple(found)

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise NotImplementedError(NO_FORWARD_MODE.format(ctx.plan.handle.calls.name))


def _general_gradients(h: Handle, batch: int, flat_shapes: Sequence[tuple[int, ...]], needs: Sequence[bool],
                       out_bar: Tensor, work: Tensor | None, params: Tensor | None,
                       inputs: Sequence[Tensor]) -> tuple[Tensor | None, ...]:
    """By the autograd function, where gradients are recorded themselves, or somebody maps over them.

    needs: whether the gradient of the parameters, and of each input, is wanted.
    """
    if work is None:
        work = torch.empty(ALIGNMENT, dtype=torch.uint8, device=_CPU)
    wanted = "".join("1" if need else "0" for need in needs)
    flat = [x.reshape(shape) for x, shape in zip(inputs, flat_shapes)]
    found = iter(Backward.apply(h.key, batch, wanted, out_bar.reshape(batch, h.output_size), work, params, *flat))
    bars = [next(found) if need else None for need in needs]
    return tuple(bar if bar is None or x is None else bar.reshape(x.shape) for bar, x in zip(bars, (params, *inputs)))


class Backward(torch.autograd.Function):
    """apply(key, batch, wanted, out_bar, workspace, params, *inputs) -> the wanted gradients. Has no gradient."""

    @staticmethod
    def forward(key: str, batch: int, wanted: str, out_bar: Tensor, work: Tensor, params: Tensor | None,
                *inputs: Tensor) -> tuple[Tensor, ...]:
        if _at_bottom((out_bar, work, params, *inputs)):
            return tuple(_run_backward(key, batch, wanted, out_bar.contiguous(), work, params, inputs))
        return tuple(backward_op(key, batch, wanted, out_bar, work, params, list(inputs)))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.key = inputs[0]

    @staticmethod
    def backward(ctx: Any, *bars: Any) -> Any:
        raise NotImplementedError(NO_SECOND.format(ctx.key.split("@")[0]))

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        raise NotImplementedError(NO_FORWARD_MODE.format(ctx.key.split("@")[0]))

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], key: str, batch: int, wanted: str, out_bar: Tensor, work: Tensor,
             params: Tensor | None, *inputs: Tensor) -> tuple[Any, Any]:
        count, (bar_dim, work_dim, params_dim), dims = info.batch_size, in_dims[3:6], in_dims[6:]
        if work_dim is None or params_dim is not None:
            # Several gradients of one result; or one vector of parameters after another.
            rows = [Backward.apply(
                key, batch, wanted, *_sample(v, (out_bar, work, params, *inputs), in_dims[3:])) for v in range(count)]
            stacked = tuple(torch.stack(row) for row in zip(*rows))
            return stacked, (0,) * len(stacked)
        bar = out_bar.unsqueeze(0).expand(count, *out_bar.shape) if bar_dim is None else out_bar.movedim(bar_dim, 0)
        flat = _flatten(count, batch, inputs, dims)
        modes = ["2" if x is None or x.dim() == 1 else "1" for x in (None, *flat)]
        found = Backward.apply(
            key, count * batch, "".join("0" if w == "0" else mode for w, mode in zip(wanted, modes)),
            bar.reshape(count * batch, -1), work.select(work_dim, 0), params, *flat)
        ranks = [1, *(x.dim() - (dim is not None) for x, dim in zip(inputs, dims))]
        grads = [_of_samples(g, count, batch, w == "1" and rank == 1)
                 for g, (w, rank) in zip(found, ((w, r) for w, r in zip(wanted, ranks) if w != "0"))]
        return tuple(grads), (0,) * len(grads)


def _of_samples(gradient: Tensor, count: int, batch: int, summed: bool) -> Tensor:
    """[count * batch, size] as a gradient for each of count, which a batch that shares its input sums."""
    split = gradient.reshape(count, batch, gradient.shape[-1])
    if not summed:
        return split
    return split.squeeze(1) if batch == 1 else split.sum(1)


def _sample(v: int, values: Sequence[Tensor | None], dims: Sequence[int | None]) -> list[Tensor | None]:
    return [x if x is None or dim is None else x.select(dim, v) for x, dim in zip(values, dims)]


def _flatten(count: int, batch: int, inputs: Sequence[Tensor], dims: Sequence[int | None]) -> list[Tensor]:
    """The inputs of count times batch samples. What nothing maps over stays shared where one stride can say so."""
    flat = []
    for x, dim in zip(inputs, dims):
        size = x.shape[-1] if dim is None or dim != x.dim() - 1 else x.shape[-2]
        x = x if dim is None else x.movedim(dim, 0)
        rank = x.dim() - (dim is not None)
        if dim is None and (rank == 1 or batch == 1):
            flat.append(x.reshape(size))
        else:
            whole = x if dim is not None else x.unsqueeze(0)
            whole = whole if rank == 2 else whole.unsqueeze(1)
            flat.append(whole.expand(count, batch, size).reshape(count * batch, size))
    return flat
