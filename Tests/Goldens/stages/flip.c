/* From flip.cajal by cajal2c 0.1.0. */

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

#include "flip.h"

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

/* flip (n : Nat) : Bool */
/* program flip (n : Nat) : Bool = iter { true | y => not y } (n) */

static void flip_lanes(const lanes *n, lanes *restrict result) {
  /* line 11: iter { true | y => not y } (n) */
  result[0] = n[0] + n[2] + n[4] + n[6] + n[8];
  result[1] = n[9] + (n[1] + n[3] + n[5] + n[7]);
}

/* The adjoint. */
static void flip_adjoint_lanes(const lanes *result_bar, lanes *restrict n_bar) {
  /* line 11: iter { true | y => not y } (n) */
  n_bar[0] = result_bar[0];
  n_bar[1] = result_bar[1];
  n_bar[2] = result_bar[0];
  n_bar[3] = result_bar[1];
  n_bar[4] = result_bar[0];
  n_bar[5] = result_bar[1];
  n_bar[6] = result_bar[0];
  n_bar[7] = result_bar[1];
  n_bar[8] = result_bar[0];
  n_bar[9] = result_bar[1];
}

static void flip_alone(const real *n, real *restrict result) {
  /* line 11: iter { true | y => not y } (n) */
  result[0] = n[0] + n[2] + n[4] + n[6] + n[8];
  result[1] = n[9] + (n[1] + n[3] + n[5] + n[7]);
}

static void flip_adjoint_alone(const real *result_bar, real *restrict n_bar) {
  /* line 11: iter { true | y => not y } (n) */
  n_bar[0] = result_bar[0];
  n_bar[1] = result_bar[1];
  n_bar[2] = result_bar[0];
  n_bar[3] = result_bar[1];
  n_bar[4] = result_bar[0];
  n_bar[5] = result_bar[1];
  n_bar[6] = result_bar[0];
  n_bar[7] = result_bar[1];
  n_bar[8] = result_bar[0];
  n_bar[9] = result_bar[1];
}

static const size_t flip_sizes[] = {10};

static size_t flip_bytes(size_t batch, int keep) {
  (void)batch, (void)keep;
  return 0;
}

static CAJAL_ONE_COPY int flip_run_lanes(size_t batch, const void *const in[], const size_t stride[],
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
    flip_lanes(n, result);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int flip_run_adjoint_lanes(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
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
    flip_adjoint_lanes(result_bar, n_bar);
    cajal_write_gradient(10, n_bar, in_bar[0], bar_stride[0], b, count, aside, n_sum);
  }
  cajal_write_shared_gradient(10, n_sum, in_bar[0], bar_stride[0]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int flip_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 1, in, stride, flip_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, flip_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      flip_alone((const real *)in[0] + b * stride[0], (real *)out + b * 2);
    }
    return CAJAL_OK;
  }
  return flip_run_lanes(batch, in, stride, out, work, keep);
}

static int flip_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return flip_run(batch, in, stride, out, work, 0);
}

static int flip_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return flip_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int flip_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 1, in, stride, flip_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 1, in_bar, bar_stride, flip_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, flip_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[10] = {0};
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      flip_adjoint_alone((const real *)out_bar + b * 2, bar_1);
      add_shared(in_bar[0], bar_stride[0], b, 10, aside_1);
    }
    return CAJAL_OK;
  }
  return flip_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int flip_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return flip_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int flip_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return flip_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t flip_flip_workspace_bytes(size_t batch, int keep) {
  return flip_bytes(batch, keep);
}

int flip_flip_forward(size_t batch, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  return flip_run(batch, in, stride, result, work, 0);
}

int flip_flip_forward_keep(size_t batch, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  return flip_run(batch, in, stride, result, work, 1);
}

int flip_flip_backward(size_t batch, const float *n, size_t n_stride, const float *result_bar, float *n_bar,
    void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  void *const in_bar[] = {n_bar};
  return flip_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int flip_flip_backward_each(size_t batch, const float *n, size_t n_stride, const float *result_bar,
    float *n_bar, size_t n_bar_stride, void *work) {
  const void *const in[] = {n};
  const size_t stride[] = {n_stride};
  void *const in_bar[] = {n_bar};
  const size_t bar_stride[] = {n_bar_stride};
  return flip_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void flip_flip_one(const real *n, real *result) {
  flip_alone(n, result);
}

void flip_flip_one_with_gradient(const real *n, real *result, const real *result_bar, real *n_bar) {
  flip_alone(n, result);
  flip_adjoint_alone(result_bar, n_bar);
}

static const cajal_port flip_input_n = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "n",
    .type = "Nat", .size = 10, .degree = 1, .rank = 1, .dims = {10}};
static const cajal_port *const flip_inputs[] = {&flip_input_n};
static const cajal_port flip_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program flip_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "flip", .judgement = "flip (n : Nat) : Bool", .input_count = 1,
    .inputs = flip_inputs, .output = &flip_output, .workspace_bytes = flip_bytes,
    .forward = flip_generic_forward, .forward_keep = flip_generic_forward_keep,
    .backward = flip_generic_backward, .backward_each = flip_backward_each};

/* flip_from (x : Bool, n : Nat) : Bool */
/* program flip_from (x : Bool, n : Nat) : Bool = iter { x | y => not y } (n) */

static void flip_from_lanes(const lanes *x, const lanes *n, lanes *restrict result) {
  /* line 12: iter { x | y => not y } (n) */
  result[0] = n[9] * x[0];
  result[1] = n[9] * x[1];
  for (size_t k = 9; k-- > 0;) {
    lanes sum[2];
    sum[0] = n[k] * x[0] + result[1];
    sum[1] = n[k] * x[1] + result[0];
    result[0] = sum[0];
    result[1] = sum[1];
  }
}

/* The adjoint. */
static void flip_from_adjoint_lanes(const lanes *x, const lanes *n, const lanes *result_bar,
    lanes *restrict x_bar, lanes *restrict n_bar) {
  lanes y_bar[2];
  /* line 12: iter { x | y => not y } (n) */
  y_bar[0] = result_bar[0];
  y_bar[1] = result_bar[1];
  x_bar[0] = CAJAL_LANES_OF(0.0f);
  x_bar[1] = CAJAL_LANES_OF(0.0f);
  for (size_t k = 0; k < 9; k++) {
    lanes sum[2];
    /* line 9: if x then false else true */
    sum[0] = y_bar[1];
    sum[1] = y_bar[0];
    /* line 12: iter { x | y => not y } (n) */
    n_bar[k] = x[0] * y_bar[0] + x[1] * y_bar[1];
    x_bar[0] += n[k] * y_bar[0];
    x_bar[1] += n[k] * y_bar[1];
    y_bar[0] = sum[0];
    y_bar[1] = sum[1];
  }
  x_bar[0] += n[9] * y_bar[0];
  x_bar[1] += n[9] * y_bar[1];
  n_bar[9] = x[0] * y_bar[0] + x[1] * y_bar[1];
}

static void flip_from_alone(const real *x, const real *n, real *restrict result) {
  /* line 12: iter { x | y => not y } (n) */
  result[0] = n[9] * x[0];
  result[1] = n[9] * x[1];
  real sum[2];
  sum[0] = n[8] * x[0] + result[1];
  sum[1] = n[8] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[7] * x[0] + result[1];
  sum[1] = n[7] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[6] * x[0] + result[1];
  sum[1] = n[6] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[5] * x[0] + result[1];
  sum[1] = n[5] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[4] * x[0] + result[1];
  sum[1] = n[4] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[3] * x[0] + result[1];
  sum[1] = n[3] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[2] * x[0] + result[1];
  sum[1] = n[2] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[1] * x[0] + result[1];
  sum[1] = n[1] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
  sum[0] = n[0] * x[0] + result[1];
  sum[1] = n[0] * x[1] + result[0];
  result[0] = sum[0];
  result[1] = sum[1];
}

static void flip_from_adjoint_alone(const real *x, const real *n, const real *result_bar,
    real *restrict x_bar, real *restrict n_bar) {
  real y_bar[2];
  /* line 12: iter { x | y => not y } (n) */
  y_bar[0] = result_bar[0];
  y_bar[1] = result_bar[1];
  x_bar[0] = 0.0f;
  x_bar[1] = 0.0f;
  real sum[2];
  /* line 9: if x then false else true */
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  /* line 12: iter { x | y => not y } (n) */
  n_bar[0] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[0] * y_bar[0];
  x_bar[1] += n[0] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[1] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[1] * y_bar[0];
  x_bar[1] += n[1] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[2] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[2] * y_bar[0];
  x_bar[1] += n[2] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[3] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[3] * y_bar[0];
  x_bar[1] += n[3] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[4] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[4] * y_bar[0];
  x_bar[1] += n[4] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[5] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[5] * y_bar[0];
  x_bar[1] += n[5] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[6] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[6] * y_bar[0];
  x_bar[1] += n[6] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[7] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[7] * y_bar[0];
  x_bar[1] += n[7] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  sum[0] = y_bar[1];
  sum[1] = y_bar[0];
  n_bar[8] = x[0] * y_bar[0] + x[1] * y_bar[1];
  x_bar[0] += n[8] * y_bar[0];
  x_bar[1] += n[8] * y_bar[1];
  y_bar[0] = sum[0];
  y_bar[1] = sum[1];
  x_bar[0] += n[9] * y_bar[0];
  x_bar[1] += n[9] * y_bar[1];
  n_bar[9] = x[0] * y_bar[0] + x[1] * y_bar[1];
}

static const size_t flip_from_sizes[] = {2, 10};

static size_t flip_from_bytes(size_t batch, int keep) {
  (void)batch, (void)keep;
  return 0;
}

static CAJAL_ONE_COPY int flip_from_run_lanes(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work, int keep) {
  (void)work;
  (void)keep;
  lanes x[2];
  lanes x_aside[2] = {0};
  lanes n[10];
  lanes n_aside[10] = {0};
  lanes result[2];
  lanes aside[2];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(2, in[0], stride[0], b, count, x_aside, x);
    cajal_read_lanes(10, in[1], stride[1], b, count, n_aside, n);
    flip_from_lanes(x, n, result);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int flip_from_run_adjoint_lanes(size_t batch, const void *const in[],
    const size_t stride[], const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  (void)work;
  lanes x[2];
  lanes x_aside[2] = {0};
  lanes n[10];
  lanes n_aside[10] = {0};
  lanes result_bar[2];
  lanes result_bar_aside[2] = {0};
  lanes x_bar[2];
  lanes x_sum[2];
  lanes n_bar[10];
  lanes n_sum[10];
  lanes aside[10];
  cajal_clear_lanes(2, x_sum);
  cajal_clear_lanes(10, n_sum);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(2, in[0], stride[0], b, count, x_aside, x);
    cajal_read_lanes(10, in[1], stride[1], b, count, n_aside, n);
    cajal_read_lanes(2, out_bar, 2, b, count, result_bar_aside, result_bar);
    flip_from_adjoint_lanes(x, n, result_bar, x_bar, n_bar);
    cajal_write_gradient(2, x_bar, in_bar[0], bar_stride[0], b, count, aside, x_sum);
    cajal_write_gradient(10, n_bar, in_bar[1], bar_stride[1], b, count, aside, n_sum);
  }
  cajal_write_shared_gradient(2, x_sum, in_bar[0], bar_stride[0]);
  cajal_write_shared_gradient(10, n_sum, in_bar[1], bar_stride[1]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int flip_from_run(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work, int keep) {
  if (cajal_check_inputs(batch, 2, in, stride, flip_from_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, flip_from_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      flip_from_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
          (real *)out + b * 2);
    }
    return CAJAL_OK;
  }
  return flip_from_run_lanes(batch, in, stride, out, work, keep);
}

static int flip_from_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return flip_from_run(batch, in, stride, out, work, 0);
}

static int flip_from_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work) {
  return flip_from_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int flip_from_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 2, in, stride, flip_from_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 2, in_bar, bar_stride, flip_from_sizes, sizeof(real)) !=
      CAJAL_OK || cajal_check_workspace(work, flip_from_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[2] = {0};
    real aside_2[10] = {0};
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      real *const bar_2 = gradient_place(in_bar[1], bar_stride[1], b, aside_2);
      flip_from_adjoint_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
          (const real *)out_bar + b * 2, bar_1, bar_2);
      add_shared(in_bar[0], bar_stride[0], b, 2, aside_1);
      add_shared(in_bar[1], bar_stride[1], b, 10, aside_2);
    }
    return CAJAL_OK;
  }
  return flip_from_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int flip_from_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return flip_from_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int flip_from_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return flip_from_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t flip_flip_from_workspace_bytes(size_t batch, int keep) {
  return flip_from_bytes(batch, keep);
}

int flip_flip_from_forward(size_t batch, const float *x, size_t x_stride, const float *n, size_t n_stride,
    float *result, void *work) {
  const void *const in[] = {x, n};
  const size_t stride[] = {x_stride, n_stride};
  return flip_from_run(batch, in, stride, result, work, 0);
}

int flip_flip_from_forward_keep(size_t batch, const float *x, size_t x_stride, const float *n,
    size_t n_stride, float *result, void *work) {
  const void *const in[] = {x, n};
  const size_t stride[] = {x_stride, n_stride};
  return flip_from_run(batch, in, stride, result, work, 1);
}

int flip_flip_from_backward(size_t batch, const float *x, size_t x_stride, const float *n, size_t n_stride,
    const float *result_bar, float *x_bar, float *n_bar, void *work) {
  const void *const in[] = {x, n};
  const size_t stride[] = {x_stride, n_stride};
  void *const in_bar[] = {x_bar, n_bar};
  return flip_from_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int flip_flip_from_backward_each(size_t batch, const float *x, size_t x_stride, const float *n,
    size_t n_stride, const float *result_bar, float *x_bar, size_t x_bar_stride, float *n_bar,
    size_t n_bar_stride, void *work) {
  const void *const in[] = {x, n};
  const size_t stride[] = {x_stride, n_stride};
  void *const in_bar[] = {x_bar, n_bar};
  const size_t bar_stride[] = {x_bar_stride, n_bar_stride};
  return flip_from_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void flip_flip_from_one(const real *x, const real *n, real *result) {
  flip_from_alone(x, n, result);
}

void flip_flip_from_one_with_gradient(const real *x, const real *n, real *result, const real *result_bar,
    real *x_bar, real *n_bar) {
  flip_from_alone(x, n, result);
  flip_from_adjoint_alone(x, n, result_bar, x_bar, n_bar);
}

static const cajal_port flip_from_input_x = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "x",
    .type = "Bool", .size = 2, .degree = 1, .rank = 1, .dims = {2}};
static const cajal_port flip_from_input_n = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "n",
    .type = "Nat", .size = 10, .degree = 1, .rank = 1, .dims = {10}};
static const cajal_port *const flip_from_inputs[] = {&flip_from_input_x, &flip_from_input_n};
static const cajal_port flip_from_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program flip_from_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "flip_from", .judgement = "flip_from (x : Bool, n : Nat) : Bool",
    .input_count = 2, .inputs = flip_from_inputs, .output = &flip_from_output,
    .workspace_bytes = flip_from_bytes, .forward = flip_from_generic_forward,
    .forward_keep = flip_from_generic_forward_keep, .backward = flip_from_generic_backward,
    .backward_each = flip_from_backward_each};

static const cajal_program *const programs[] = {&flip_program, &flip_from_program};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI,
    .compiler = "cajal2c 0.1.0", .source = "flip.cajal", .program_count = 2, .programs = programs,
    .model_count = 0, .models = 0};

const cajal_module *flip_module_info(void) {
  return &module;
}

#ifdef CAJAL_SHARED_OBJECT
const cajal_module *cajal_module_info(void) {
  return &module;
}
#endif
