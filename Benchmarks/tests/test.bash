#!/usr/bin/env bash
# Tests of the benchmark's harness, with Python's standard library alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
echo Benchmarks/tests
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=Benchmarks python3 -m unittest discover --quiet -s Benchmarks/tests -t Benchmarks
