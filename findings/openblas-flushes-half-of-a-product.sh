#!/bin/bash
# A thread that flushes denormals (MXCSR: FTZ, DAZ) and calls sgemm flushes the part of the product that it computes
# itself; the threads of OpenBLAS do not flush theirs (OpenBLAS 0.3.21 of Debian 12, two threads).
#
# Why it matters: some hosts set the bits in one thread, for speed, and call others' code there. Of one result one half
# is then zero and the other is not, along a line that the number of threads decides.
# What one would expect: that a call computes all of its result in the caller's floating-point mode.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ "$(uname -m)" = x86_64 ] || { echo 'skipped: MXCSR is x86-64'"'"'s'; exit 0; }
cat >"$folder/flush.c" <<'C'
#include <cblas.h>
#include <stdio.h>
#include <xmmintrin.h>
extern char *openblas_get_config(void);
extern int openblas_get_num_procs(void);
extern void openblas_set_num_threads(int);
enum { M = 512, N = 512, K = 64 };
static float a[M * K], b[K * N], c[M * N];

int main(void) {
  fprintf(stderr, "%s\n", openblas_get_config());
  if (openblas_get_num_procs() < 2) return 77;
  for (int i = 0; i < M; i++) a[i * K] = 1e-20f; /* every sum is one term, 1e-40 */
  for (int i = 0; i < K * N; i++) b[i] = 1e-20f;
  for (int threads = 1; threads <= 2; threads++) {
    for (int flushes = 0; flushes < 2; flushes++) {
      openblas_set_num_threads(threads);
      const unsigned before = _mm_getcsr();
      if (flushes) _mm_setcsr(before | 0x8040);
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1, a, K, b, N, 0, c, N);
      _mm_setcsr(before);
      int zeros = 0;
      for (int i = 0; i < M * N; i++) zeros += c[i] == 0;
      printf("threads %d, the caller flushes %d: %d of %d entries are 0\n", threads, flushes, zeros, M * N);
    }
  }
  return 0;
}
C
${CC:-gcc} -O1 "$folder/flush.c" -o "$folder/flush" -lopenblas 2>"$folder/log" ||
  { echo 'skipped: no C compiler with libopenblas-dev'; exit 0; }
status=0
"$folder/flush" >"$folder/seen" 2>"$folder/config" || status=$?
cat "$folder/config" "$folder/seen"
[ "$status" != 77 ] || { echo 'skipped: one processor'; exit 0; }
grep -q 'OpenBLAS 0\.3\.21 ' "$folder/config" || { echo 'skipped: measured with OpenBLAS 0.3.21 only'; exit 0; }
diff - "$folder/seen" <<'T'
threads 1, the caller flushes 0: 0 of 262144 entries are 0
threads 1, the caller flushes 1: 262144 of 262144 entries are 0
threads 2, the caller flushes 0: 0 of 262144 entries are 0
threads 2, the caller flushes 1: 131072 of 262144 entries are 0
T
