"""What programs and models have in common: calls on NumPy arrays, gradients, and what is known of them."""
from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from . import abi, ports
from .arrays import Input, as_array, batch_of, common_batch, lay_out
from .calls import Calls, Frame
from .memory import Array, Workspace, address

_PLANS = 128


class _Plan:
    """Calls with inputs of certain shapes, all contiguous: frames that are free, one for each call that runs."""
    __slots__ = ("batch", "strides", "out_shape", "free")

    def __init__(self, batch: int, strides: tuple[int, ...], out_shape: tuple[int, ...]):
        self.batch, self.strides, self.out_shape = batch, strides, out_shape
        self.free: list[Frame] = []


class Function:
    """A compiled program or model, called with NumPy arrays.

    name, signature: as in the source, with types. inputs, output: a Port each, with shape and degree.
    horizon: the dimension of Nat. dtype: the numbers it computes in, float32 or float64.
    linear: whether it is linear in every input.
    """

    def __init__(self, path: str, digest: str, raw: abi.Program | abi.Model):
        self.name: str = raw.name.decode()
        self.horizon: int = raw.horizon
        self.dtype: np.dtype[Any] = np.dtype(np.float32 if raw.real_bytes == 4 else np.float64)
        self.inputs = tuple(ports.port(raw.inputs[i].contents, raw.horizon) for i in range(raw.input_count))
        self.output = ports.port(raw.output.contents, raw.horizon)
        self._dtypes = [np.dtype(np.int32) if port.is_nodes else self.dtype for port in self.inputs]
        self.linear: bool = all(port.linear for port in self.inputs)
        self.signature: str = (raw.signature if isinstance(raw, abi.Model) else raw.judgement).decode()
        # Names the function in all processes that load the same object.
        self.key = f"{self.name}@{digest}"
        self.path = path
        self._calls = Calls(self.name, raw)
        self._misaligned = raw.real_bytes - 1
        self._plans: dict[tuple[tuple[int, ...], ...], _Plan] = {}
        self.__doc__ = self._description()

    def _description(self) -> str:
        lines = [self.signature, "", *(f"  {port}" for port in self.inputs)]
        distribution = ", a distribution where the links are" if self.output.is_distribution else ""
        lines += [f"  result : {self.output.type}  shape {self.output.shape}{distribution}"]
        lines += [f"Computes in {self.dtype}, at horizon {self.horizon}. Each input is one sample of its shape, or a "
                  "batch with an axis in front; samples and batches may be mixed."]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.signature}>"

    def __deepcopy__(self, memo: Any) -> Function:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        from .module import restore
        return restore, (self.path, self.name)

    # ---- Forward ----

    def _bind(self, inputs: Sequence[Any], named: Mapping[str, Any]) -> Sequence[Any]:
        """The inputs in order, of positional and named arguments."""
        names = [port.name for port in self.inputs]
        # The nodes of a table xs, xs.nodes, are given as xs_nodes.
        spelt = {name.replace(".", "_"): name for name in names}
        if len(inputs) > len(names):
            raise TypeError(f"{self.name} takes {len(names)} inputs ({', '.join(names)}), and {len(inputs)} were given")
        bound = dict(zip(names, inputs))
        for given, value in named.items():
            name = spelt.get(given, given)
            if name not in names:
                raise TypeError(f"{self.name} has no input {name!r}: it has {', '.join(names) or 'none'}")
            if name in bound:
                raise TypeError(f"{self.name}: {name} is given twice")
            bound[name] = value
        if missing := [name for name in names if name not in bound]:
            raise TypeError(f"{self.name}: {', '.join(missing)} missing: {self.signature}")
        return [bound[name] for name in names]

    def _call(self, inputs: Sequence[Any], params: int) -> Array:
        """The fast way where all are arrays of the module's type, contiguous; else the general one."""
        dtype, ndarray = self.dtype, np.ndarray
        shapes = []
        for array, kind in zip(inputs, self._dtypes):
            if type(array) is ndarray and array.dtype is kind and array.flags.c_contiguous:
                shapes.append(array.shape)
            else:
                return self._call_general(inputs, params)
        plan = self._plans.get(tuple(shapes)) or self._plan(tuple(shapes))
        if not plan.batch:
            return np.empty(plan.out_shape, dtype)
        try:
            frame = plan.free.pop()
        except IndexError:
            frame = self._calls.frame(plan.batch, plan.strides)
        pointers = frame.pointers
        i = 0
        for array in inputs:
            at = address(array)
            if at & self._misaligned:
                plan.free.append(frame)
                return self._call_general(inputs, params)
            pointers[i] = at
            i += 1
        out = np.empty(plan.out_shape, dtype)
        self._calls.forward(frame, plan.batch, params, address(out))
        plan.free.append(frame)
        return out

    def _plan(self, shapes: tuple[tuple[int, ...], ...]) -> _Plan:
        own = [batch_of(shape, port, self.name) for shape, port in zip(shapes, self.inputs)]
        batch = common_batch(own, self.inputs, self.name)
        strides = tuple(0 if b is None or (b == 1 and batch != 1) else p.size for b, p in zip(own, self.inputs))
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        plan = _Plan(1 if batch is None else batch, strides, self._out_shape(batch))
        self._plans[shapes] = plan
        return plan

    def _out_shape(self, batch: int | None) -> tuple[int, ...]:
        return self.output.shape if batch is None else (batch, *self.output.shape)

    def _lay_out(self, inputs: Sequence[Any], packed: bool) -> tuple[int | None, list[Input]]:
        arrays = [as_array(value, port, self.dtype, self.name) for value, port in zip(inputs, self.inputs)]
        own = [batch_of(array.shape, port, self.name) for array, port in zip(arrays, self.inputs)]
        batch = common_batch(own, self.inputs, self.name)
        return batch, [lay_out(a, p, batch, b, packed) for a, p, b in zip(arrays, self.inputs, own)]

    def _call_general(self, inputs: Sequence[Any], params: int) -> Array:
        batch, laid_out = self._lay_out(inputs, packed=False)
        out = np.empty(self._out_shape(batch), self.dtype)
        if batch != 0:
            frame = self._frame(batch or 1, laid_out)
            self._calls.forward(frame, batch or 1, params, address(out))
        return out

    def _frame(self, batch: int, laid_out: Sequence[Input]) -> Frame:
        frame = self._calls.frame(batch, [entry.stride for entry in laid_out])
        for i, entry in enumerate(laid_out):
            frame.pointers[i] = address(entry.array)
        return frame

    # ---- Gradients ----

    def _vjp(self, inputs: Sequence[Any], params: Array | None) -> tuple[
            Array, Callable[[Any], tuple[Array | None, tuple[Array | None, ...]]]]:
        """The result, and what takes a gradient of it to that of the parameters and those of the inputs; of a table's
        children or count there is none."""
        batch, laid_out = self._lay_out(inputs, packed=True)
        # Copies: what the caller writes into an array afterwards does not change the gradient.
        laid_out = [Input(entry.array.copy(), entry.stride) for entry in laid_out]
        params = None if params is None else params.copy()
        out = np.empty(self._out_shape(batch), self.dtype)
        calls, count, shape = self._calls, 1 if batch is None else batch, out.shape
        params_at = 0 if params is None else address(params)
        frame = work = None
        if count:
            frame = self._frame(count, laid_out)
            work = Workspace(calls.workspace_bytes(count, 1))
            calls.forward_keep(frame, count, params_at, address(out), work.address)
        lock = threading.Lock()

        def vjp(out_bar: Any) -> tuple[Array | None, tuple[Array | None, ...]]:
            bar = np.require(as_array(out_bar, self.output, self.dtype, f"gradient of {self.name}"),
                             requirements=["C", "A"])
            if bar.shape != shape and bar.shape != (*shape[:len(shape) - len(self.output.shape)], self.output.size):
                raise ValueError(f"the gradient of {self.name}'s result has shape {bar.shape}: it has to be {shape}")
            # Of an empty batch, the gradient of a shared input is the sum of nothing.
            bars = tuple(None if port.is_nodes else np.zeros_like(entry.array)
                         for entry, port in zip(laid_out, self.inputs))
            params_bar = None if params is None else np.zeros_like(params)
            if frame is not None and work is not None:
                with lock:
                    for i, array in enumerate(bars):
                        frame.bars[i] = None if array is None else address(array)
                    calls.backward(frame, count, params_at, address(bar),
                                   0 if params_bar is None else address(params_bar), work.address)
            return params_bar, bars

        return out, vjp
