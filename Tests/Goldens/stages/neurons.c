/* From neurons.cajal by cajal2c 0.1.0. */

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "compiled Cajal needs the arithmetic of IEEE 754: compile without -ffast-math and its parts"
#endif

/* Without -std=c.. gcc fuses products and sums where it sees fit, in one copy of a loop other than in
 * another. clang does so by the source alone. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC optimize("fp-contract=off")
#endif

/* gcc (seen in 12.2, no later one is known to be right) makes block moves of loops that copy, and of a
 * constant block of 32 or 64 bytes that repeats one word and ends with zeros it loses these. Loops stay
 * loops. */
#if defined __GNUC__ && !defined __clang__ && defined __AVX__
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

#include "neurons.h"

#include "cajal_kernels.h"

typedef float real;

#define CAJAL_REAL_BYTES 4
#include "cajal_lanes.h"

/* Where the gradient of a sample goes: to its place, or aside where nobody wants it, or where an input is
 * shared by the batch and others came before. */
static real *gradient_place(void *bar, size_t stride, size_t b, real *aside) {
  return !bar || (stride == 0 && b > 0) ? aside : (real *)bar + b * stride;
}

/* Adds what was put aside for a shared input. */
static void add_shared(void *bar, size_t stride, size_t b, size_t size, const real *aside) {
  if (bar && (stride == 0 && b > 0)) {
    real *const sum = bar;
    for (size_t i = 0; i < size; i++) {
      sum[i] += aside[i];
    }
  }
}

/* neurons (n : Nat) : Real[2] */
/* program neurons (n : Nat) : Real[2] = iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n) */

static void neurons_lanes(const lanes *n, lanes *restrict result) {
  /* line 10: iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n) */
  result[0] = n[0] + 6.0f * n[2] + 36.0f * n[4] + 216.0f * n[6] +
      1296.0f * n[8];
  result[1] = 3888.0f * n[9] +
      (3.0f * n[1] + 18.0f * n[3] + 108.0f * n[5] + 648.0f *
      n[7]);
}

/* The adjoint. */
static void neurons_adjoint_lanes(const lanes *result_bar, lanes *restrict n_bar) {
  /* line 10: iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n) */
  n_bar[0] = result_bar[0];
  n_bar[1] = 3.0f * result_bar[1];
  n_bar[2] = 6.0f * result_bar[0];
  n_bar[3] = 18.0f * result_bar[1];
  n_bar[4] = 36.0f * result_bar[0];
  n_bar[5] = 108.0f * result_bar[1];
  n_bar[6] = 216.0f * result_bar[0];
  n_bar[7] = 648.0f * result_bar[1];
  n_bar[8] = 1296.0f * result_bar[0];
  n_bar[9] = 3888.0f * result_bar[1];
}

static void neurons_alone(const real *n, real *restrict result) {
  /* line 10: iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n) */
  result[0] = n[0] + 6.0f * n[2] + 36.0f * n[4] + 216.0f * n[6] +
      1296.0f * n[8];
  result[1] = 3888.0f * n[9] +
      (3.0f * n[1] + 18.0f * n[3] + 108.0f * n[5] + 648.0f *
      n[7]);
}

static void neurons_adjoint_alone(const real *result_bar, real *restrict n_bar) {
  /* line 10: iter { [1, 0] | v => [[0, 2], [3, 0]] v } (n) */
  n_bar[0] = result_bar[0];
  n_bar[1] = 3.0f * result_bar[1];
  n_bar[2] = 6.0f * result_bar[0];
  n_bar[3] = 18.0f * result_bar[1];
  n_bar[4] = 36.0f * result_bar[0];
  n_bar[5] = 108.0f * result_bar[1];
  n_bar[6] = 216.0f * result_bar[0];
  n_bar[7] = 648.0f * result_bar[1];
  n_bar[8] = 1296.0f * result_bar[0];
  n_bar[9] = 3888.0f * result_bar[1];
}

static const size_t neurons_sizes[] = {10};

static size_t neurons_bytes(size_t batch, int keep) {
  (void)batch, (void)keep;
  return 0;
}

static CAJAL_ONE_COPY int neurons_run_lanes(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work, int keep) {
  (void)work;
  (void)keep;
  lanes n[10];
  lanes n_aside[10] = {0};
  lanes result[2];
  lanes aside[2];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(10, in[0], stride[0], b, count, n_aside, n);
    neurons_lanes(n, result);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int neurons_run_adjoint_lanes(size_t batch, const void *const in[],
    const size_t stride[], const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  (void)in;
  (void)stride;
  (void)work;
  lanes result_bar[2];
  lanes result_bar_aside[2] = {0};
  lanes n_bar[10];
  lanes n_sum[10];
  lanes aside[10];
  cajal_clear_lanes(10, n_sum);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(2, out_bar, 2, b, count, result_bar_aside, result_bar);
    neurons_adjoint_lanes(result_bar, n_bar);
    cajal_write_gradient(10, n_bar, in_bar[0], bar_stride[0], b, count, aside, n_sum);
  }
  cajal_write_shared_gradient(10, n_sum, in_bar[0], bar_stride[0]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int neurons_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 1, in, stride, neurons_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, neurons_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      neurons_alone((const real *)in[0] + b * stride[0], (real *)out + b * 2);
    }
    return CAJAL_OK;
  }
  return neurons_run_lanes(batch, in, stride, out, work, keep);
}

static int neurons_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return neurons_run(batch, in, stride, out, work, 0);
}

static int neurons_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work) {
  return neurons_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int neurons_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 1, in, stride, neurons_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 1, in_bar, bar_stride, neurons_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, neurons_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[10] = {0};
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      neurons_adjoint_alone((const real *)out_bar + b * 2, bar_1);
      add_shared(in_bar[0], bar_stride[0], b, 10, aside_1);
    }
    return CAJAL_OK;
  }
  return neurons_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int neurons_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return neurons_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int neurons_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return neurons_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t neurons_neurons_workspace_bytes(size_t batch, int keep) {
  return neurons_bytes(batch, keep);
}

int neurons_neurons_forward(size_t batch, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  return neurons_run(batch, in, stride, result, work, 0);
}

int neurons_neurons_forward_keep(size_t batch, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  return neurons_run(batch, in, stride, result, work, 1);
}

int neurons_neurons_backward(size_t batch, const float *n, size_t n_stride, const float *result_bar,
    float *n_bar, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  void *const in_bar[] = {n_bar};
  return neurons_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int neurons_neurons_backward_each(size_t batch, const float *n, size_t n_stride, const float *result_bar,
    float *n_bar, size_t n_bar_stride, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  void *const in_bar[] = {n_bar};
  const size_t bar_stride[] = {n_bar_stride};
  return neurons_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void neurons_neurons_one(const real *n, real *result) {
  neurons_alone(n, result);
}

void neurons_neurons_one_with_gradient(const real *n, real *result, const real *result_bar, real *n_bar) {
  neurons_alone(n, result);
  neurons_adjoint_alone(result_bar, n_bar);
}

static const cajal_port neurons_input_n = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "n",
    .type = "Nat", .size = 10, .degree = 1, .rank = 1, .dims = {10}};
static const cajal_port *const neurons_inputs[] = {&neurons_input_n};
static const cajal_port neurons_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Real[2]", .size = 2, .degree = 0, .rank = 1, .dims = {2}};
static const cajal_program neurons_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "neurons", .judgement = "neurons (n : Nat) : Real[2]",
    .input_count = 1, .inputs = neurons_inputs, .output = &neurons_output, .workspace_bytes = neurons_bytes,
    .forward = neurons_generic_forward, .forward_keep = neurons_generic_forward_keep,
    .backward = neurons_generic_backward, .backward_each = neurons_backward_each};

static const cajal_program *const programs[] = {&neurons_program};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI,
    .compiler = "cajal2c 0.1.0", .source = "neurons.cajal", .program_count = 1, .programs = programs,
    .model_count = 0, .models = 0};

const cajal_module *neurons_module_info(void) {
  return &module;
}

#ifdef CAJAL_SHARED_OBJECT
const cajal_module *cajal_module_info(void) {
  return &module;
}
#endif
