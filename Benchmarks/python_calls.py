#!/usr/bin/env python3
"""python_calls.py [REPEATS]: what calls of a small program cost from Python; Benchmarks/README.md says more."""
import statistics
import sys
import timeit

import numpy as np

import cajal

SOURCE = """
program flip_from (x : Bool, n : Nat) : Bool = iter { x | y => if y then false else true } (n)
"""
BATCH, CALLS = 64, 200


def report(name, call, repeats):
    call()
    times = sorted(t / CALLS * 1e6 for t in timeit.repeat(call, number=CALLS, repeat=repeats))
    print(f"{name:44} {statistics.median(times):8.2f} {times[0]:8.2f}")


def prepared(function, x, n):
    """forward, and forward_keep with backward, with all addresses at hand."""
    calls = function._calls
    frame = calls.frame(BATCH, [0, 10])
    arrays = [np.empty((BATCH, 2), np.float32), np.ones((BATCH, 2), np.float32), np.empty_like(x), np.empty_like(n)]
    out, out_bar, x_bar, n_bar = (a.ctypes.data for a in arrays)
    for i, (array, bar) in enumerate([(x, x_bar), (n, n_bar)]):
        frame.pointers[i], frame.bars[i] = array.ctypes.data, bar
    calls.forward(frame, BATCH, 0, out)  # which gives the frame a workspace
    raw, work = calls.raw, frame.work.address
    forward, keep, backward = raw.forward, raw.forward_keep, raw.backward
    at, strides, bars = frame.at, frame.strides_at, frame.bars_at

    def both(_=(arrays, frame)):  # whose memory the addresses are of
        keep(BATCH, at, strides, out, work)
        backward(BATCH, at, strides, out_bar, bars, work)

    return lambda _=both: forward(BATCH, at, strides, out, work), both


def with_torch(function, repeats):
    import torch
    torch.set_num_threads(1)

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            ctx.save_for_backward(x, n)
            return x.new_empty((BATCH, 2))

        @staticmethod
        def backward(ctx, bar):
            return tuple(torch.empty_like(x) for x in ctx.saved_tensors)

    layer = function.torch()
    x, n = torch.ones(2, requires_grad=True), torch.randn(BATCH, 10, requires_grad=True)
    bar, fixed = torch.ones(BATCH, 2), (x.detach(), n.detach())
    report("PyTorch, forward", lambda: layer(*fixed), repeats)
    report("PyTorch, forward and backward", lambda: torch.autograd.grad(layer(x, n), (x, n), bar), repeats)
    report("PyTorch, a Function that computes nothing", lambda: torch.autograd.grad(Nothing.apply(x, n), (x, n), bar),
           repeats)


def main():
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    function = cajal.compile(SOURCE).flip_from
    x, n = np.ones(2, np.float32), np.ones((BATCH, 10), np.float32)
    print(f"{'microseconds':44} {'median':>8} {'least':>8}")
    forward, both = prepared(function, x, n)
    report("C, forward", forward, repeats)
    report("C, forward and backward", both, repeats)
    report("NumPy, forward", lambda: function(x, n), repeats)
    try:
        with_torch(function, repeats)
    except ImportError:
        print("PyTorch is not installed")


main()
