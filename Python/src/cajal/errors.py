"""The exceptions and warnings of this package."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

STATUS_TEXT = {
    1: "bad argument: a null or misaligned pointer, a zero batch, a stride between 0 and the size, "
       "a batch that is too large, or a count or a child of a table that is out of its range",
    2: "an input or a result holds a NaN or an infinity",
    3: "compiled without gradients",
}


class CajalError(Exception):
    """What all errors of this package have in common, beside TypeError and ValueError for bad arguments."""


class CompileError(CajalError):
    """The compiler refuses a program.

    The text is what the compiler prints: each message with the lines of the source that it is about.
    `diagnostics` has the same as the compiler's JSON, a dictionary a message: `code`, `severity`, `message`, `file`,
    `line`, `column`, `labels`, `notes`, `help`.
    """

    def __init__(self, rendered: str, diagnostics: Sequence[dict[str, Any]] = ()):
        super().__init__(rendered)
        self.rendered = rendered
        self.diagnostics = list(diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.rendered, self.diagnostics)


class BuildError(CajalError):
    """The C or C++ compiler is missing, or fails on generated code."""


class LoadError(CajalError):
    """A shared object is no module of Cajal, or one for another machine or another version of this package."""


class StatusError(CajalError):
    """A compiled function answers a status that is not CAJAL_OK. `status` is its number, `detail` what was wrong, where
    that is known."""

    def __init__(self, name: str, status: int, detail: str = ""):
        super().__init__(f"{name}: {detail or STATUS_TEXT.get(status, f'unknown status {status}')}")
        self.name, self.status, self.detail = name, status, detail

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.status, self.detail)


class CompileWarning(UserWarning):
    """The compiler takes a program and has something to say about it."""


class DenormalWarning(RuntimeWarning):
    """The calling thread flushes denormal numbers to zero."""
