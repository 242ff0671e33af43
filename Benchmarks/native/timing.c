#define _POSIX_C_SOURCE 200809L
#include "timing.h"

#include <cblas.h>
#include <math.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int forward(const bench_call *c, int keep) {
  if (c->program)
    return (keep ? c->program->forward_keep : c->program->forward)(c->batch, c->in, c->stride, c->out, c->work);
  return (keep ? c->model->forward_keep : c->model->forward)(c->batch, c->params, c->in, c->stride, c->out, c->work);
}

static int backward(const bench_call *c) {
  if (c->program) return c->program->backward(c->batch, c->in, c->stride, c->out_bar, c->in_bar, c->work);
  return c->model->backward(c->batch, c->params, c->in, c->stride, c->out_bar, c->params_bar, c->in_bar, c->work);
}

int bench_once(const bench_call *call, bench_pass pass) {
  switch (pass) {
  case BENCH_FORWARD: return forward(call, 0);
  case BENCH_FORWARD_KEEP: return forward(call, 1);
  case BENCH_BACKWARD: return backward(call);
  case BENCH_BOTH: {
    int status = forward(call, 1);
    return status ? status : backward(call);
  }
  }
  return CAJAL_BAD_ARGUMENT;
}

double bench_seconds(const bench_call *call, bench_pass pass, long repeats) {
  int failed = 0;
  double start = now();
  for (long i = 0; i < repeats; i++) failed |= bench_once(call, pass);
  double seconds = now() - start;
  return failed ? -1 : seconds;
}

double bench_loop_seconds(bench_loop loop, size_t batch, const float *const in[], float *const out[], long repeats) {
  double start = now();
  for (long i = 0; i < repeats; i++) loop(batch, in, out);
  return now() - start;
}

double bench_sgemm_seconds(size_t m, size_t n, size_t k, int transpose_a, int transpose_b, const float *a,
                           size_t a_step, const float *b, size_t b_step, float *c, size_t c_step, size_t samples,
                           size_t products, long repeats) {
  CBLAS_TRANSPOSE ta = transpose_a ? CblasTrans : CblasNoTrans, tb = transpose_b ? CblasTrans : CblasNoTrans;
  int lda = (int)(transpose_a ? m : k), ldb = (int)(transpose_b ? k : n);
  double start = now();
  for (long i = 0; i < repeats; i++)
    for (size_t p = 0; p < products; p++)
      for (size_t s = 0; s < samples; s++)
        cblas_sgemm(CblasRowMajor, ta, tb, (int)m, (int)n, (int)k, 1, a + s * a_step, lda, b + s * b_step, ldb, 0,
                    c + s * c_step, (int)n);
  return now() - start;
}

void bench_blas_threads(int threads) { openblas_set_num_threads(threads); }

/* The compiler must not see that one pass after another does the same. */
#define KEEP(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

double bench_copy_seconds(size_t count, const float *restrict a, float *restrict c, long repeats) {
  double start = now();
  for (long i = 0; i < repeats; i++) {
    for (size_t j = 0; j < count; j++) c[j] = a[j];
    KEEP(c);
  }
  return now() - start;
}

double bench_triad_seconds(size_t count, const float *restrict a, const float *restrict b, float *restrict c,
                           long repeats) {
  double start = now();
  for (long i = 0; i < repeats; i++) {
    for (size_t j = 0; j < count; j++) c[j] = a[j] + 3.0f * b[j];
    KEEP(c);
  }
  return now() - start;
}

double bench_read_seconds(size_t count, const float *a, long repeats, float *sum) {
  enum { sums = 64 }; /* several vectors of them, whose additions do not wait for each other */
  double start = now();
  for (long i = 0; i < repeats; i++) {
    float part[sums] = {0}, whole = 0;
    size_t j = 0;
    for (; j + sums <= count; j += sums)
      for (size_t lane = 0; lane < sums; lane++) part[lane] += a[j + lane];
    for (; j < count; j++) whole += a[j];
    for (size_t lane = 0; lane < sums; lane++) whole += part[lane];
    *sum = whole;
    KEEP(sum);
  }
  return now() - start;
}

double bench_difference(size_t count, const float *found, const float *expected) {
  double difference = 0, scale = 0;
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(found[i]) || !isfinite(expected[i])) return INFINITY;
    double d = fabs((double)found[i] - expected[i]), e = fabs((double)expected[i]);
    if (d > difference) difference = d;
    if (e > scale) scale = e;
  }
  if (difference == 0) return 0;
  return scale > 0 ? difference / scale : INFINITY;
}
