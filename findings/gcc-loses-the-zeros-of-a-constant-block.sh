#!/bin/bash
# gcc replaces a constant block that ends with zeros by one that repeats its first word: (1, 1, 0, 0) becomes (1, 1, 1, 1).
#
# Seen in gcc 12.2.0 (Debian) on x86-64 with AVX-512, at -O2 and -O3 -march=x86-64-v4 and -march=native with no other
# flag, on code that has no undefined behaviour: a loop copies an array whose entries are known, 32 or 64 bytes of it,
# all 8-byte words the same up to a place and zeros from there on. gcc makes a block move of the loop, the block becomes
# one integer constant of 256 or 512 bits, whose leading zeros are not stored with it, and the test whether it repeats
# one word looks at the stored words alone. Arrays of floats and of doubles alike; memcpy, written out, already at -O1.
# It is right with -fno-tree-loop-distribute-patterns (where no memcpy is written), -mmove-max=128 -mstore-max=128
# (both), -march=x86-64-v3, gcc 11.3 and clang.
#
# Why it matters: one-hot and indicator vectors, masks and padded coefficients are such blocks; the result is silently
# wrong, the same at every call, and small changes of the source make it come and go.
# Expected: "1 1 0 0", "1 1 1 1 0 0 0 0" (floats), "1 1 0 0" three times.
#
# Exits with 0 where the fault is as it was seen or cannot occur ("skipped"), with 1 where it has changed.
set -u
gcc=
for name in gcc-12 gcc; do
  if command -v "$name" >/dev/null && "$name" --version | head -1 | grep -q ' 12\.'; then gcc=$name && break; fi
done
[ -n "$gcc" ] || { echo "skipped: no gcc 12"; exit 0; }
for flag in avx512f avx512bw avx512dq avx512vl avx512cd; do
  grep -qw "$flag" /proc/cpuinfo 2>/dev/null || { echo "skipped: the processor has no $flag"; exit 0; }
done

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cat >block.c <<'END'
#include <stddef.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) void doubles(double *restrict r) {
  double block[4];
  block[0] = 1, block[1] = 1, block[2] = 0, block[3] = 0;
  for (size_t i = 0; i < 4; i++) r[i] = block[i];
}

__attribute__((noinline)) void floats(float *restrict r) {
  float block[8];
  for (size_t i = 0; i < 8; i++) block[i] = (float)(i < 4);
  for (size_t i = 0; i < 8; i++) r[i] = block[i];
}

__attribute__((noinline)) void several(double *restrict r, size_t n) {
  double block[4];
  for (size_t i = 0; i < 2; i++) block[i] = 1;
  for (size_t i = 2; i < 4; i++) block[i] = 0;
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < 4; i++) r[4 * k + i] = block[i];
}

__attribute__((noinline)) void copied(double *restrict r) {
  double block[4] = {1, 1, 0, 0};
  memcpy(r, block, sizeof block);
}

int main(void) {
  double r[8];
  float s[8];
  doubles(r);
  printf("%g %g %g %g\n", r[0], r[1], r[2], r[3]);
  floats(s);
  for (int i = 0; i < 8; i++) printf("%g%s", s[i], i == 7 ? "\n" : " ");
  several(r, 2);
  printf("%g %g %g %g\n%g %g %g %g\n", r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
  copied(r);
  printf("%g %g %g %g\n", r[0], r[1], r[2], r[3]);
}
END

echo "$("$gcc" --version | head -1): doubles / floats / several, twice / memcpy"
try() {
  "$gcc" "$@" block.c -o block || exit 1
  ./block | paste -sd / | sed 's,/, / ,g' | tee result
}
expected='1 1 0 0 / 1 1 1 1 0 0 0 0 / 1 1 0 0 / 1 1 0 0 / 1 1 0 0'
seen='1 1 1 1 / 1 1 1 1 1 1 1 1 / 1 1 1 1 / 1 1 1 1 / 1 1 1 1'
status=0
for flags in '-O2 -march=x86-64-v4' '-O2 -march=x86-64-v4 -mmove-max=128 -mstore-max=128' '-O2 -march=x86-64-v3' '-O0'; do
  printf '%s: ' "$flags"
  # shellcheck disable=SC2086
  try $flags
  wanted=$expected
  [ "$flags" != '-O2 -march=x86-64-v4' ] || wanted=$seen
  [ "$(cat result)" = "$wanted" ] || status=1
done
[ $status = 0 ] || echo "this differs from what was seen: $seen with the first flags, and $expected with the others"
exit $status
