"""Calls of a compiled program or model by addresses; what NumPy's, PyTorch's and JAX's side have in common.

Batches are of one sample or more here. All calls release the GIL, and a workspace is used by one call at a time.
"""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_size_t, c_void_p
from typing import Any

from . import abi, denormals
from .errors import StatusError
from .memory import Workspace
from .nodes import Nodes, misplaced

# Forward workspaces up to this size are kept from call to call.
_KEPT_BYTES = 1 << 20

BAD_ARGUMENT = 1


class Frame:
    """The arrays of pointers and strides of one call, and a workspace for forward alone, once there was a need."""
    __slots__ = ("pointers", "bars", "strides", "bar_strides", "at", "bars_at", "strides_at", "bar_strides_at", "work")

    def __init__(self, strides: Sequence[int]):
        count = max(len(strides), 1)
        self.pointers, self.bars = (c_void_p * count)(), (c_void_p * count)()
        self.strides, self.bar_strides = (c_size_t * count)(*strides), (c_size_t * count)(*strides)
        self.at, self.bars_at, self.strides_at, self.bar_strides_at = (
            ctypes.addressof(a) for a in (self.pointers, self.bars, self.strides, self.bar_strides))
        self.work: Workspace | None = None


class Calls:
    """The functions of one program or model."""

    def __init__(self, name: str, raw: abi.Program | abi.Model):
        self.name, self.raw = name, raw
        self.is_model = isinstance(raw, abi.Model)
        self.parameter_count = raw.parameter_count if isinstance(raw, abi.Model) else 0
        ports = [raw.inputs[i].contents for i in range(raw.input_count)]
        self.sizes = [port.size for port in ports]
        # Those inputs that are the nodes of a table.
        self.nodes = [Nodes(i, port.name.decode(), port.nodes, port.arity) for i, port in enumerate(ports)
                      if abi.has(port, "element") and port.element == 1]
        self._none = [False] * len(self.sizes)
        self.output_size = raw.output.contents.size
        self.real_bytes = raw.real_bytes
        self.has_each = abi.has(raw, "backward_each") and bool(raw.backward_each)
        self.raw_forward: Any = raw.forward
        self._keep, self._backward = raw.forward_keep, raw.backward
        self._each: Any = raw.backward_each if self.has_each else None
        self._bytes = raw.workspace_bytes

    def check(self, status: int, batch: int, pointers: Sequence[Any], strides: Sequence[int]) -> None:
        """Raises what a status that is not CAJAL_OK means, of a call with inputs at these addresses."""
        if status:
            detail = misplaced(self.nodes, batch, pointers, strides) if status == BAD_ARGUMENT else ""
            raise StatusError(self.name, status, detail)

    def _check(self, status: int, frame: Frame, batch: int) -> None:
        if status:
            self.check(status, batch, list(frame.pointers), list(frame.strides))

    def keep(self, each: bool) -> int:
        """What a workspace is for: 1, backward; 2, backward_each."""
        return 2 if each and self.has_each else 1

    def workspace_bytes(self, batch: int, keep: int) -> int:
        """The size of a workspace, a multiple of 64 and not 0. ValueError where the batch is too large."""
        size: int = self._bytes(batch, keep)
        if size == abi.TOO_LARGE:
            raise ValueError(f"{self.name}: a batch of {batch} is too large")
        return max(size + -size % abi.ALIGNMENT, abi.ALIGNMENT)

    def frame(self, batch: int, strides: Sequence[int]) -> Frame:
        denormals.note()
        return Frame(strides)

    def forward(self, frame: Frame, batch: int, params: int, out: int) -> None:
        work = frame.work
        if work is None:
            size = self.workspace_bytes(batch, 0)
            work = Workspace(size)
            frame.work = work if size <= _KEPT_BYTES else None
        lead = (params,) if self.is_model else ()
        self._check(self.raw_forward(batch, *lead, frame.at, frame.strides_at, out, work.address), frame, batch)

    def forward_keep(self, frame: Frame, batch: int, params: int, out: int, work: int) -> None:
        lead = (params,) if self.is_model else ()
        self._check(self._keep(batch, *lead, frame.at, frame.strides_at, out, work), frame, batch)

    def backward(self, frame: Frame, batch: int, params: int, out_bar: int, params_bar: int, work: int,
                 each: Sequence[bool] = (), params_each: bool = False, work_bytes: int = 0) -> None:
        """Gradients into frame.bars and params_bar; an address of 0 or None is not wanted.

        After a forward_keep of the same frame. Each is laid out as its input; where `each` says so, it is that of each
        sample, [batch, size], though the input is shared. work_bytes: the size of the workspace, if any is each.
        """
        odd = self._none
        if True in each:
            odd = [e and not s and bool(b) for e, s, b in zip(each, frame.strides, frame.bars)]
        params_each = params_each and params_bar != 0
        if True not in odd and not params_each:
            lead, bar = ((params,), (params_bar,)) if self.is_model else ((), ())
            self._check(self._backward(batch, *lead, frame.at, frame.strides_at, out_bar, *bar, frame.bars_at, work),
                        frame, batch)
        elif self.has_each:
            self._backward_each(frame, batch, params, out_bar, params_bar, work, odd, params_each, work_bytes)
        else:
            self._sample_by_sample(frame, batch, params, out_bar, params_bar, work, odd, params_each)

    def _backward_each(self, frame: Frame, batch: int, params: int, out_bar: int, params_bar: int, work: int,
                       odd: Sequence[bool], params_each: bool, work_bytes: int) -> None:
        needed, own = self.workspace_bytes(batch, 2), None
        if work_bytes < needed:
            # It was not known in time that gradients of each sample would be wanted.
            own = Workspace(needed)
            out = Workspace(batch * self.output_size * self.real_bytes)
            work = own.address
            self.forward_keep(frame, batch, params, out.address, work)
        for i, single in enumerate(odd):
            frame.bar_strides[i] = self.sizes[i] if single else frame.strides[i]
        lead = (params,) if self.is_model else ()
        bar = (params_bar, self.parameter_count if params_each else 0) if self.is_model else ()
        self._check(self._each(batch, *lead, frame.at, frame.strides_at, out_bar, *bar, frame.bars_at,
                               frame.bar_strides_at, work), frame, batch)

    def _sample_by_sample(self, frame: Frame, batch: int, params: int, out_bar: int, params_bar: int, work: int,
                          odd: Sequence[bool], params_each: bool) -> None:
        """For modules that have no backward_each: what they can do comes from one call, the rest from one a sample."""
        together = Frame(list(frame.strides))
        together.pointers, together.at = frame.pointers, frame.at
        for i, single in enumerate(odd):
            together.bars[i] = None if single else frame.bars[i]
        if any(together.bars) or (params_bar and not params_each):
            self.backward(together, batch, params, out_bar, 0 if params_each else params_bar, work)
        item = [self.real_bytes] * len(self.sizes)
        for table in self.nodes:
            item[table.index] = 4
        alone, own = Frame(list(frame.strides)), Workspace(self.workspace_bytes(1, 1))
        row = self.output_size * self.real_bytes
        out = Workspace(row)
        for s in range(batch):
            for i, single in enumerate(odd):
                alone.pointers[i] = (frame.pointers[i] or 0) + s * frame.strides[i] * item[i]
                alone.bars[i] = (frame.bars[i] or 0) + s * self.sizes[i] * self.real_bytes if single else None
            self.forward_keep(alone, 1, params, out.address, own.address)
            bar = params_bar + s * self.parameter_count * self.real_bytes if params_each else 0
            self.backward(alone, 1, params, out_bar + s * row, bar, own.address)
