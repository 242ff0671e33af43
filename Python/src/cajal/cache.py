"""A folder of what was built, by content: $XDG_CACHE_HOME/cajal, else ~/.cache/cajal. It may be removed at any time.

What is at a name is whole: it is built in a folder beside, and renamed. One process builds, others wait.
"""
from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    # The specification of XDG: a path that is not absolute counts as not set.
    return Path(base if base and os.path.isabs(base) else Path.home() / ".cache") / "cajal"


def key(*parts: str | bytes) -> str:
    """A name for what follows from these parts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:32]


def folder(kind: str, name: str, build: Callable[[Path], None]) -> Path:
    """The folder `kind`/`name`; where it is not there, `build` fills an empty one that takes its place."""
    place = root() / kind / name
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(place.parent / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_dir():
            return place
        draft = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=place.parent))
        try:
            build(draft)
            os.rename(draft, place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return place
