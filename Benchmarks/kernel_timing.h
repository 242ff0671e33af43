/* For the small benchmarks of the runtime's kernels: medians of calls, arrays to call them with, and cblas_sgemm to
 * compare them with. */
#ifndef KERNEL_TIMING_H
#define KERNEL_TIMING_H

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void openblas_set_num_threads(int);

enum { MOST_RUNS = 100000, GEMM = 192 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The median time of a call, in seconds, of as many as fit into the time; several calls are timed together if they are
 * short. */
static double median(double seconds, void (*call)(const void *), const void *of) {
  static double times[MOST_RUNS];
  call(of);
  double start = now();
  call(of);
  const double once = now() - start;
  const size_t together = once > 20e-6 ? 1 : (size_t)(20e-6 / (once + 1e-8)) + 1;
  size_t runs = 0;
  for (const double end = now() + seconds; runs < MOST_RUNS && (runs < 5 || now() < end); runs++) {
    start = now();
    for (size_t i = 0; i < together; i++) call(of);
    times[runs] = (now() - start) / (double)together;
  }
  qsort(times, runs, sizeof times[0], ascending);
  return times[runs / 2];
}

static float *filled(size_t n) {
  float *v = malloc(n * sizeof *v);
  if (!v) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  for (size_t i = 0; i < n; i++) v[i] = (float)((i * 2654435761u) % 2001u) / 1000.0f - 1.0f;
  return v;
}

static void call_gemm(const void *matrices) {
  float *const *m = matrices;
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, GEMM, GEMM, GEMM, 1, m[0], GEMM, m[1], GEMM, 0, m[2], GEMM);
}

/* The operations a second of cblas_sgemm on GEMM x GEMM matrices, measured now. */
static double gemm_rate(double seconds) {
  static float *m[3];
  for (size_t i = 0; i < 3; i++) {
    if (!m[i]) m[i] = filled(GEMM * GEMM);
  }
  return 2.0 * GEMM * GEMM * GEMM / median(seconds, call_gemm, m);
}

#endif
