"""Where things are, and the tools that build them."""
import os
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
COMPILER = Path(os.environ.get("BENCH_CAJAL2C", ROOT / "bin" / "cajal2c"))
TRAINER = Path(os.environ.get("BENCH_CAJAL_TRAIN", ROOT / "bin" / "cajal-train"))
RUNTIME = ROOT / "build" / "libcajal.a"
INCLUDE = ROOT / "Runtime" / "include"

CC = shlex.split(os.environ.get("CC", "gcc"))
# The Makefile hands its own down.
CFLAGS = shlex.split(os.environ.get("CFLAGS", "-std=c11 -O3 -march=native"))
