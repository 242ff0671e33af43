/* Times the products that dense layers of small batches are made of, beside OpenBLAS on one thread, and products of a
 * matrix and a vector beside the rate at which memory is read.
 *
 *   products [MILLISECONDS]
 *
 * Prints for each product the median microseconds of a call, GFLOP/s, and the ratio to the GFLOP/s that cblas_sgemm
 * reaches in the same moments; for a vector, GB/s of the matrix and the ratio to those of a sum over it. */
#define _POSIX_C_SOURCE 200809L
#include "kernel_timing.h"

#include "cajal_kernels.h"
#include "native/timing.h"

/* A layer: inputs to outputs, of a batch. */
typedef struct layer {
  size_t batch, inputs, outputs;
} layer;

static float *weights, *weights_bar, *x, *y;
static _Alignas(64) char scratch[CAJAL_MOST_PRODUCT_SCRATCH];

static void call_out(const void *of) {
  const layer l = *(const layer *)of;
  cajal_blas_product_f32(l.batch, l.inputs, l.outputs, x, 0, weights, 1, y, 0, scratch);
}
static void call_input(const void *of) {
  const layer l = *(const layer *)of;
  cajal_blas_product_f32(l.batch, l.outputs, l.inputs, y, 0, weights, 0, x, 0, scratch);
}
static void call_weights(const void *of) {
  const layer l = *(const layer *)of;
  cajal_blas_product_f32(l.outputs, l.batch, l.inputs, y, 1, x, 0, weights_bar, 0, scratch);
}

/* A layer whose inputs are the outer product of 784 and 10: a tensor, summed over the 784 alone. */
static void call_middle(const void *of) {
  const layer l = *(const layer *)of;
  cajal_middle_product_f32(l.batch, l.outputs, l.inputs / 10, 10, weights, x, l.inputs / 10, y, l.outputs * 10,
                           scratch);
}

static void call_reading(const void *of) {
  const layer l = *(const layer *)of;
  float sum;
  bench_read_seconds(l.inputs * l.outputs, weights, 1, &sum);
}

static void report(double seconds, const char *name, void (*call)(const void *), layer l) {
  const double limit = gemm_rate(seconds / 2), time = median(seconds, call, &l);
  const double rate = 2 * (double)(l.batch * l.inputs * l.outputs) / time;
  printf("%-24s %2zu x %4zu -> %3zu: %8.1f us %6.1f GFLOP/s %5.2f of sgemm\n", name, l.batch, l.inputs, l.outputs,
         time * 1e6, rate * 1e-9, rate / limit);
}

static void report_vector(double seconds, const char *name, void (*call)(const void *), layer l) {
  const double limit = median(seconds, call_reading, &l), time = median(seconds, call, &l);
  printf("%-24s  1 x %4zu -> %3zu: %8.1f us %6.1f GB/s    %5.2f of reading\n", name, l.inputs, l.outputs, time * 1e6,
         4 * (double)(l.inputs * l.outputs) / time * 1e-9, limit / time);
}

int main(int argc, char **argv) {
  const double seconds = (argc > 1 ? atof(argv[1]) : 200) * 1e-3;
  openblas_set_num_threads(1);
  /* Of xor's nets, D's kernel and T's map. */
  const layer layers[] = {{64, 784, 400}, {64, 1296, 169}, {64, 7840, 784}};
  const size_t room = 7840 * 784;
  weights = filled(room), weights_bar = filled(room), x = filled(64 * 7840), y = filled(64 * 7840);
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
    for (size_t batch = 64; batch >= 32; batch /= 2) {
      const layer l = {batch, layers[i].inputs, layers[i].outputs};
      report(seconds, "a layer", call_out, l);
      report(seconds, "its input's gradient", call_input, l);
      report(seconds, "its weights' gradient", call_weights, l);
      if (l.inputs == 7840) report(seconds, "the layer as a tensor", call_middle, l);
    }
    const layer one = {1, layers[i].inputs, layers[i].outputs};
    report_vector(seconds, "a layer", call_out, one);
    report_vector(seconds, "its input's gradient", call_input, one);
    if (one.inputs == 7840) report_vector(seconds, "the layer as a tensor", call_middle, one);
  }
  return 0;
}
