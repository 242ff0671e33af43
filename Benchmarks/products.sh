#!/bin/sh
# Builds Benchmarks/products.c against the runtime library and runs it: products.sh [MILLISECONDS]
set -e
cd "$(dirname "$0")/.."
make -s build/libcajal.a
${CC:-gcc} -std=c11 -O3 -march=native -Wall -Wextra -IRuntime/include Benchmarks/products.c \
  Benchmarks/native/timing.c build/libcajal.a -o build/products -lopenblas -lm
exec build/products "$@"
