#!/bin/bash
# gcc computes several rounds of a loop at once, whose body compares the loop's counter with another, and one round
# comes out as 0.
#
# Seen in gcc 12.2.0 (Debian) on x86-64 with AVX-512, at -O3 -march=x86-64-v4 and -march=native with no other flag, on
# code that has no undefined behaviour. Each of 6 rounds multiplies a number by the comparison of its counter with each
# of 5 to 0, and adds these up: exactly one comparison is true. The last round gives 0. It is right at -O2, with
# -fno-tree-loop-vectorize, -march=x86-64-v3, gcc 11 and clang; smaller vectors (-mprefer-vector-width) were no cure.
#
# Why it matters: selecting by (float)(i == j) is how one writes one-hot vectors, masks and permutations in C without a
# branch, and what generated code writes; the result is silently wrong, the same at every call.
# Expected: 1 2 1 2 1 2 1 2 1 2 1 2. A cure: to hide the counter in each round, as by
# __asm__ volatile("" : "+r"(i)).
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
cat >rounds.c <<'EOF'
#include <stddef.h>
#include <stdio.h>

static const float first[6] = {1};

__attribute__((noinline)) void rounds(const float *n, const float *pair, float *restrict result) {
  float weight[6];
  weight[0] = n[0] + n[1];
  for (size_t i = 1; i < 6; i++) weight[i] = 0;
  for (size_t again = 2; again-- > 0;) {
    float copy[2], rows[12];
    copy[0] = pair[0], copy[1] = pair[1];
    for (size_t i = 0; i < 6; i++) {
#ifdef HIDDEN
      __asm__ volatile("" : "+r"(i));
#endif
      float x[2], y[2];
      x[0] = (float)(i == 5) * copy[0];
      x[1] = (float)(i == 5) * copy[1];
      for (size_t j = 5; j-- > 0;) {
        x[0] = (float)(i == j) * copy[0] + x[0];
        x[1] = (float)(i == j) * copy[1] + x[1];
      }
      y[0] = 0, y[1] = 0;
      for (size_t j = 5; j-- > 0;) {
        y[0] = first[j] * x[0] + y[0];
        y[1] = first[j] * x[1] + y[1];
      }
      rows[2 * i] = weight[5] * y[0];
      rows[2 * i + 1] = weight[5] * y[1];
      for (size_t j = 5; j-- > 0;) {
        rows[2 * i] = weight[j] * y[0] + rows[2 * i];
        rows[2 * i + 1] = weight[j] * y[1] + rows[2 * i + 1];
      }
    }
    for (size_t i = 0; i < 12; i++) result[i] = rows[i];
  }
}

int main(void) {
  const float n[2] = {1, 0}, pair[2] = {1, 2};
  float result[12];
  rounds(n, pair, result);
  for (int i = 0; i < 12; i++) printf("%s%g", i ? " " : "", result[i]);
  printf("\n");
  return 0;
}
EOF

right='1 2 1 2 1 2 1 2 1 2 1 2'
wrong='1 2 1 2 1 2 1 2 1 2 0 0'
status=0
"$gcc" --version | head -1
try() { # EXPECTED FLAG...
  expected=$1
  shift
  "$gcc" -std=c11 -Wall -Wextra "$@" rounds.c -o rounds || exit 1
  got=$(./rounds)
  printf '%-62s %s\n' "$*" "$got"
  [ "$got" = "$expected" ] || status=1
}
try "$right" -O1 -march=x86-64-v4
try "$right" -O2 -march=x86-64-v4
try "$wrong" -O3 -march=x86-64-v4
try "$right" -O3 -march=x86-64-v4 -fno-tree-loop-vectorize
try "$right" -O3 -march=x86-64-v4 -DHIDDEN
try "$right" -O3 -march=x86-64-v3
[ "$status" = 0 ] || echo "this has changed"
exit "$status"
