#!/bin/bash
# A model as one C file (docs/single-file.md) beside the same model with the runtime library: Examples/embedded/denoise,
# one sample forward, with 18 323 constants as parameters. Prints for flags the bytes of code and constants of a program
# that calls it and nothing else, and the library's time by the file's, timed in pairs in turn: above 1 the file is faster.
#
#   Benchmarks/single_file.sh [PAIRS]
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-15}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bin/cajal2c Examples/embedded/denoise.cajal --emit single -o "$folder/denoise.c"
mkdir "$folder/library"
bin/cajal2c Examples/embedded/denoise.cajal --blas none -o "$folder/library/denoise.c"

cat >"$folder/params.h" <<END
static const float params[18323] = {
$(awk 'BEGIN { for (i = 0; i < 18323; i++) printf "%.3ff,%s", 0.1 * ((i * 7919) % 1000) / 1000 - 0.05, i % 12 == 11 ? "\n" : " " }')
};
END
cat >"$folder/size.c" <<'END'
#include "denoise.h"
#include "params.h"
static float image[784], result[784];
static double work[denoise_denoise_WORKSPACE_BYTES(1) / sizeof(double) + 1];
int main(void) { return denoise_denoise_one(params, image, result, work); }
END
cat >"$folder/time.c" <<'END'
#include <stdio.h>
#include <time.h>
#include "denoise.h"
#include "params.h"
static float image[784], result[784];
static double work[denoise_denoise_WORKSPACE_BYTES(1) / sizeof(double) + 1];
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}
int main(void) {
  double least = 1e9;
  for (int i = 0; i < 784; i++) image[i] = (float)((i * 31) % 100) / 100;
  for (int run = 0; run < 400; run++) {
    const double start = now();
    if (denoise_denoise_one(params, image, result, work) != CAJAL_OK) return 1;
    const double took = now() - start;
    if (took < least) least = took;
  }
  printf("%.2f\n", least);
  return 0;
}
END

build() { gcc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -ffunction-sections -fdata-sections -Wl,--gc-sections "$@" -lm; }
median() { sort -g | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
library=$(make -s runtime-library CAJALFLAGS='--blas none' | tail -n 1)
build -O3 -march=native -IRuntime/include -I"$folder/library" -I"$folder" "$folder/time.c" "$folder/library/denoise.c" \
  "$library" -o "$folder/with-library"
# What a program has that does nothing.
printf 'int main(void) { return 0; }\n' >"$folder/nothing.c"

printf '%-22s %24s %10s %22s\n' 'flags of the file' 'code and constants' 'us' 'library by file'
for flags in '-Os' '-Os -march=native' '-O2 -march=native' '-O3 -march=native'; do
  # shellcheck disable=SC2086 # several words
  build $flags -I"$folder" "$folder/size.c" "$folder/denoise.c" -o "$folder/size"
  # shellcheck disable=SC2086
  build $flags -I"$folder" "$folder/time.c" "$folder/denoise.c" -o "$folder/file"
  # shellcheck disable=SC2086
  build $flags "$folder/nothing.c" -o "$folder/nothing"
  for ((pair = 0; pair < pairs; pair++)); do
    if ((pair % 2)); then
      file=$("$folder/file") && other=$("$folder/with-library")
    else
      other=$("$folder/with-library") && file=$("$folder/file")
    fi
    echo "$other $file"
  done >"$folder/times"
  bytes=$(size "$folder/size" "$folder/nothing" | awk 'NR == 2 { all = $1 } NR == 3 { print all - $1 }')
  printf '%-22s %24s %10s %22s\n' "$flags" "$bytes bytes" "$(awk '{ print $2 }' "$folder/times" | median)" \
    "$(awk '{ printf "%.3f\n", $1 / $2 }' "$folder/times" | median)"
done
