#!/bin/sh
# Builds Benchmarks/convolution.c against the runtime library and runs it: convolution.sh [MILLISECONDS]
set -e
cd "$(dirname "$0")/.."
make -s build/libcajal.a
${CC:-gcc} -std=c11 -O2 -Wall -Wextra -Wpedantic -IRuntime/include Benchmarks/convolution.c build/libcajal.a -o \
  build/convolution -lopenblas -lm
exec build/convolution "$@"
