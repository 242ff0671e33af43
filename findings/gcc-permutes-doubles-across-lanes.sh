#!/bin/bash
# gcc takes wrong entries where it permutes the 8 doubles of a 512-bit vector.
#
# Seen in gcc 11.3.0 and 12.2.0 (Debian) on x86-64 with AVX-512, at -O2 and -O3 with -march=x86-64-v4 or -march=native,
# with no other flag and on code that has no undefined behaviour: plain assignments between arrays, and a loop with four
# products. Where a constant permutation of 8 doubles is (a, b, c, d, ...) with a, b of entries 0 and 1, one of c, d of
# entries 4 to 7, and the rest from their own 128 bits, gcc emits vpermilpd, which cannot cross 128 bits: entry 5 is
# entry 3. __builtin_shuffle is wrong even at -O0. Floats and vectors of 256 bits are right, and so is clang.
#
# Why it matters: numerical code is silently wrong, the same at every call, by the flags that such code is built with.
# Expected: 1 10 5 50 and 1 0 5 4 4 5 6 7. A cure: -mprefer-vector-width=256, or in the source, before any function,
# #pragma GCC target("prefer-vector-width=256"); no optimisation level above -O1 and no -fno-tree-... flag is one.
#
# Exits with 0 where the fault is as it was seen or cannot occur ("skipped"), with 1 where it has changed.
set -u
gcc=
for name in gcc-12 gcc-11 gcc; do
  if command -v "$name" >/dev/null && "$name" --version | head -1 | grep -q ' 1[12]\.'; then gcc=$name && break; fi
done
[ -n "$gcc" ] || { echo "skipped: no gcc 11 or 12"; exit 0; }
for flag in avx512f avx512bw avx512dq avx512vl avx512cd; do
  grep -qw "$flag" /proc/cpuinfo 2>/dev/null || { echo "skipped: the processor has no $flag"; exit 0; }
done

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cat >permute.c <<'EOF'
#include <stdio.h>

static void outer(const double *a, double s, const double *k, double *restrict r) {
  double v[8];
  for (int i = 0; i < 8; i++) v[i] = s * a[i];
  r[0] = v[1] * k[0], r[1] = v[1] * k[1], r[2] = v[5] * k[0], r[3] = v[5] * k[1];
}

__attribute__((noinline)) void products(const double *a, double s, const double *k, double *restrict r) {
  outer(a, s, k, r);
}

__attribute__((noinline)) void copies(const double *a, double *restrict r) {
  r[0] = a[1], r[1] = a[0], r[2] = a[5], r[3] = a[4], r[4] = a[4], r[5] = a[5], r[6] = a[6], r[7] = a[7];
}

int main(void) {
  const double a[8] = {0, 1, 2, 3, 4, 5, 6, 7}, k[2] = {1, 10};
  double r[8];
  products(a, 1, k, r);
  printf("%g %g %g %g |", r[0], r[1], r[2], r[3]);
  copies(a, r);
  for (int i = 0; i < 8; i++) printf(" %g", r[i]);
  printf("\n");
  return 0;
}
EOF

right='1 10 5 50 | 1 0 5 4 4 5 6 7'
wrong='1 10 3 30 | 1 0 3 3 5 5 6 7'
status=0
"$gcc" --version | head -1
expect() { # ANSWER FLAGS...
  local answer=$1 got
  shift
  "$gcc" -std=c11 "$@" permute.c -o permute || exit 1
  got=$(./permute)
  printf '%-62s %s\n' "$*" "$got"
  [ "$got" = "$answer" ] || status=1
}
expect "$right" -O1 -march=x86-64-v4
expect "$wrong" -O3 -march=x86-64-v4
expect "$right" -O3 -march=x86-64-v4 -mprefer-vector-width=256
expect "$right" -O3 -march=x86-64-v3
[ $status -eq 0 ] || echo "changed: the answers are not those that were seen"
exit $status
