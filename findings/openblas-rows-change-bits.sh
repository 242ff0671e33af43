#!/bin/bash
# A row of a product has other last bits in a call of sgemm with one to three rows than in one with four or more
# (OpenBLAS 0.3.21 of Debian 12, one thread, AVX-512): by 2e-5 for sums of 784 terms between -1 and 1.
#
# Why it matters: a sample alone and the same sample in its batch do not compare equal, and a reference that was stored
# from single calls is not met by calls of a batch.
# What one would expect: that each row is summed in the same order, whatever other rows there are, as it is from four
# rows on.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/rows.c" <<'C'
#include <cblas.h>
#include <math.h>
#include <stdio.h>
extern char *openblas_get_config(void);
extern void openblas_set_num_threads(int);
enum { M = 8, N = 400, K = 784 };
static float a[M * K], b[K * N], all[M * N], some[M * N];

int main(void) {
  fprintf(stderr, "%s\n", openblas_get_config());
  openblas_set_num_threads(1);
  unsigned state = 1;
  for (int i = 0; i < M * K + K * N; i++) {
    state = state * 1664525u + 1013904223u;
    (i < M * K ? a : b - M * K)[i] = (float)(state >> 8) / (1 << 23) - 1;
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1, a, K, b, N, 0, all, N);
  for (int rows = 1; rows < M; rows++) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, N, K, 1, a, K, b, N, 0, some, N);
    float worst = 0;
    for (int j = 0; j < N; j++) worst = fmaxf(worst, fabsf(some[j] - all[j]));
    fprintf(stderr, "row 0 of %d differs from row 0 of %d by %g\n", rows, M, worst);
    printf("%d %s\n", rows, worst > 0 ? "differs" : "equal");
  }
  return 0;
}
C
${CC:-gcc} -O1 "$folder/rows.c" -o "$folder/rows" -lopenblas -lm 2>"$folder/log" ||
  { echo 'skipped: no C compiler with libopenblas-dev'; exit 0; }
"$folder/rows" >"$folder/seen" 2>"$folder/said"
cat "$folder/said"
grep -q 'OpenBLAS 0\.3\.21 .* \(Cooperlake\|SkylakeX\|Sapphirerapids\) ' "$folder/said" ||
  { echo 'skipped: measured with OpenBLAS 0.3.21 and its AVX-512 kernels only'; exit 0; }
printf '%s\n' '1 differs' '2 differs' '3 differs' '4 equal' '5 equal' '6 equal' '7 equal' | diff - "$folder/seen"
