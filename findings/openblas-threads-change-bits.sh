#!/bin/bash
# Which operations of OpenBLAS have other bits with two threads than with one (0.3.21 of Debian 12).
#
# Why it matters: a program that runs twice, once with OPENBLAS_NUM_THREADS=1 and once without, has other results in the
# last bits, but only for some sizes, so that a test of small matrices does not see it.
# What one would expect: either that rows or columns are divided among threads, and bits stay, or that all large
# operations change. In truth sgemm of 64x400x784 changes and one of 2x2x1000000 does not; transposed sgemv changes and
# plain sgemv does not; sasum changes, and sdot and snrm2 do not. Two runs with as many threads are equal.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/bits.c" <<'C'
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
extern char *openblas_get_config(void);
extern int openblas_get_num_procs(void);
extern void openblas_set_num_threads(int);

static float *numbers(size_t n, unsigned state) {
  float *v = malloc(n * sizeof *v);
  for (size_t i = 0; i < n; i++) {
    state = state * 1664525u + 1013904223u;
    v[i] = (float)(state >> 8) / (1 << 23) - 1;
  }
  return v;
}

static void say(const char *name, int differs, int repeats) {
  printf("%-24s %s%s\n", name, differs ? "differs" : "equal", repeats ? "" : ", and from run to run");
}

int main(void) {
  fprintf(stderr, "%s\n", openblas_get_config());
  if (openblas_get_num_procs() < 2) return 77;
  const int sizes[][3] = {{400, 400, 784}, {64, 400, 784}, {1000, 1000, 1000}, {1, 400, 784}, {2, 2, 1000000}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    const int m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
    float *a = numbers((size_t)m * k, 1), *b = numbers((size_t)k * n, 2), *c[3];
    for (int run = 0; run < 3; run++) {
      c[run] = calloc((size_t)m * n, sizeof(float));
      openblas_set_num_threads(run == 0 ? 1 : 2);
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a, k, b, n, 1, c[run], n);
    }
    char name[40];
    snprintf(name, sizeof name, "sgemm %dx%dx%d", m, n, k);
    const size_t bytes = (size_t)m * n * sizeof(float);
    say(name, memcmp(c[0], c[1], bytes) != 0, memcmp(c[1], c[2], bytes) == 0);
  }
  float *matrix = numbers(400 * 784, 3), *x = numbers(1000000, 4);
  for (int transposed = 0; transposed < 2; transposed++) {
    float y[3][784] = {{0}};
    for (int run = 0; run < 3; run++) {
      openblas_set_num_threads(run == 0 ? 1 : 2);
      cblas_sgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, 400, 784, 1, matrix, 784, x, 1, 1, y[run], 1);
    }
    say(transposed ? "sgemv transposed 400x784" : "sgemv 400x784", memcmp(y[0], y[1], sizeof y[0]) != 0,
        memcmp(y[1], y[2], sizeof y[0]) == 0);
  }
  float sums[3][3];
  for (int run = 0; run < 3; run++) {
    openblas_set_num_threads(run == 0 ? 1 : 2);
    sums[0][run] = cblas_sasum(1000000, x, 1);
    sums[1][run] = cblas_sdot(1000000, x, 1, x, 1);
    sums[2][run] = cblas_snrm2(1000000, x, 1);
  }
  const char *const names[] = {"sasum of 1000000", "sdot of 1000000", "snrm2 of 1000000"};
  for (int i = 0; i < 3; i++) say(names[i], sums[i][0] != sums[i][1], sums[i][1] == sums[i][2]);
  return 0;
}
C
${CC:-gcc} -O1 "$folder/bits.c" -o "$folder/bits" -lopenblas 2>"$folder/log" ||
  { echo 'skipped: no C compiler with libopenblas-dev'; exit 0; }
status=0
"$folder/bits" >"$folder/seen" 2>"$folder/config" || status=$?
cat "$folder/config" "$folder/seen"
[ "$status" != 77 ] || { echo 'skipped: one processor'; exit 0; }
grep -q 'OpenBLAS 0\.3\.21 .* \(Cooperlake\|SkylakeX\|Sapphirerapids\) ' "$folder/config" ||
  { echo 'skipped: measured with OpenBLAS 0.3.21 and its AVX-512 kernels only'; exit 0; }
cat >"$folder/known" <<'T'
sgemm 400x400x784        differs
sgemm 64x400x784         differs
sgemm 1000x1000x1000     differs
sgemm 1x400x784          equal
sgemm 2x2x1000000        equal
sgemv 400x784            equal
sgemv transposed 400x784 differs
sasum of 1000000         differs
sdot of 1000000          equal
snrm2 of 1000000         equal
T
diff "$folder/known" "$folder/seen"
