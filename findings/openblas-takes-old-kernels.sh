#!/bin/bash
# OpenBLAS 0.3.21, that of Debian 12 and of NumPy 1.24.4's wheels, chooses its kernels by a list of processor models, and
# takes those of Prescott (2004, SSE3) for a Xeon of 2023 (family 6, model 207) that has AVX2 and AVX-512. Nothing is said.
# A later one (0.3.29, in NumPy 2.2.6) knows the model.
#
# Why it matters: products take several times as long as on an older processor, and a comparison of two programs says
# which of them calls OpenBLAS and nothing else. OPENBLAS_CORETYPE=SkylakeX in the environment mends it.
# What one would expect: that what the processor can do decides, as cpuid tells it, and not its number alone.
#
# Here the runtime asks for the kernels' name (Runtime/src/blas_product.c), and computes by its own loops then.
set -e
if ! grep -q '^cpu family.*: 6$' /proc/cpuinfo || ! grep -q '^model[[:space:]]*: 207$' /proc/cpuinfo; then
  echo 'skipped: the processor is no family 6, model 207'
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for numpy in 1.24.4 2.2.6; do
  python3 -m venv "$folder/$numpy"
  "$folder/$numpy/bin/pip" -q install "numpy==$numpy" threadpoolctl==3.5.0 2>"$folder/log" || {
    echo "skipped: no numpy $numpy for this Python"
    exit 0
  }
done
cat >"$folder/product.py" <<'P'
import sys
import time

import numpy
from threadpoolctl import threadpool_info, threadpool_limits

blas = next(library for library in threadpool_info() if library["internal_api"] == "openblas")
a = numpy.ones((512, 512), numpy.float32)
times = []
with threadpool_limits(1):
    for _ in range(21):
        start = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - start)
print(f"numpy {numpy.__version__}: OpenBLAS {blas['version']}, {blas['architecture']}, "
      f"512 x 512 in {sorted(times)[10] * 1e3:.2f} ms", file=sys.stderr)
print(blas["architecture"])
P
old=$("$folder/1.24.4/bin/python" "$folder/product.py")
told=$(OPENBLAS_CORETYPE=SkylakeX "$folder/1.24.4/bin/python" "$folder/product.py")
new=$("$folder/2.2.6/bin/python" "$folder/product.py")
if [[ $old = Prescott && $told = SkylakeX && $new != Prescott ]]; then
  echo 'as found: the old one takes kernels of 2004, unless it is told otherwise'
else
  echo "it has changed: $old, $told, $new"
  exit 1
fi
