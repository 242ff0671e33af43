"""Modules that several tests use, compiled once."""
import functools
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import cajal  # noqa: E402
import programs  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[2]
REALS = ["float", "double"]
TOLERANCE = {"float": 1e-5, "double": 1e-10}

if shutil.which("gcc") is None and shutil.which("clang") is None:
    collect_ignore_glob = ["test_*.py"]


@functools.cache
def compiled(source, real="float"):
    return cajal.compile(source, real=real)


@pytest.fixture(params=REALS)
def real(request):
    return request.param


@pytest.fixture
def close(real):
    """Whether arrays agree within the tolerance for this type, relative to the largest entry or to 1."""
    import numpy as np

    def check(found, expected):
        found, expected = np.asarray(found), np.asarray(expected)
        assert found.shape == expected.shape
        scale = max(1, np.abs(expected).max(initial=0))
        assert np.abs(found - expected).max(initial=0) <= TOLERANCE[real] * scale

    return check


@pytest.fixture
def flip_from(real):
    return compiled(programs.FLIP, real).flip_from


@pytest.fixture
def system(real):
    return compiled(programs.SYSTEM, real).system


@pytest.fixture
def rounds_of(real):
    return compiled(programs.MODEL, real).rounds_of
