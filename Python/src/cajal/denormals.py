"""Whether the calling thread flushes denormal numbers to zero.

Compiled programs compute with denormals, as C does, unless the host has told the processor otherwise, for which
`torch.set_flush_denormal(True)` and some libraries' start are enough. The processor's flag belongs to a thread.
"""
from __future__ import annotations

import warnings

import numpy as np

from .errors import DenormalWarning

# Arrays, so that the product is computed when it is asked for.
_SMALL, _ONE = np.array([1e-40], np.float32), np.array([1], np.float32)


def denormals_flushed() -> bool:
    """Whether a product of 1e-40 and 1 is 0 in this thread, in float."""
    return not (_SMALL * _ONE)[0] > 0


_warned = False


def note() -> None:
    """Warns, once in a process, if this thread flushes denormals."""
    global _warned
    if not _warned and denormals_flushed():
        _warned = True
        warnings.warn("this thread flushes denormal numbers to zero, so results below 1.2e-38 are 0 "
                      "(torch.set_flush_denormal(False) ends it)", DenormalWarning, stacklevel=4)
