/* From church.cajal by cajal2c 0.1.0. */

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

#include "church.h"

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

/* pick (c : Bool -o Bool -o Bool, x : Bool, y : Bool) : Bool */
/* program pick (c : Choice, x : Bool, y : Bool) : Bool = c x y */

static void pick_lanes(const lanes *c, const lanes *x, const lanes *y, lanes *restrict result,
    cajal_unaligned_lanes *kept) {
  lanes product[4];
  /* line 22: c x */
  product[0] = c[0] * x[0] + c[1] * x[1];
  product[1] = c[2] * x[0] + c[3] * x[1];
  product[2] = c[4] * x[0] + c[5] * x[1];
  product[3] = c[6] * x[0] + c[7] * x[1];
  /* line 22: c x y */
  result[0] = product[0] * y[0] + product[1] * y[1];
  result[1] = product[2] * y[0] + product[3] * y[1];
  kept[0] = product[0];
  kept[1] = product[1];
  kept[2] = product[2];
  kept[3] = product[3];
}

/* The adjoint. */
static void pick_adjoint_lanes(const lanes *c, const lanes *x, const lanes *y, const lanes *result_bar,
    lanes *restrict c_bar, lanes *restrict x_bar, lanes *restrict y_bar, const cajal_unaligned_lanes *kept) {
  lanes product[4];
  /* line 22: c x y */
  product[0] = result_bar[0] * y[0];
  product[1] = result_bar[0] * y[1];
  product[2] = result_bar[1] * y[0];
  product[3] = result_bar[1] * y[1];
  y_bar[0] = kept[0] * result_bar[0] + kept[2] * result_bar[1];
  y_bar[1] = kept[1] * result_bar[0] + kept[3] * result_bar[1];
  /* line 22: c x */
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j < 2; j++) {
      c_bar[2 * i + j] = product[i] * x[j];
    }
  }
  x_bar[0] = c[0] * product[0] + c[2] * product[1] + c[4] * product[2] +
      c[6] * product[3];
  x_bar[1] = c[1] * product[0] + c[3] * product[1] + c[5] * product[2] +
      c[7] * product[3];
}

static void pick_alone(const real *c, const real *x, const real *y, real *restrict result) {
  real product[4];
  /* line 22: c x */
  product[0] = c[0] * x[0] + c[1] * x[1];
  product[1] = c[2] * x[0] + c[3] * x[1];
  product[2] = c[4] * x[0] + c[5] * x[1];
  product[3] = c[6] * x[0] + c[7] * x[1];
  /* line 22: c x y */
  result[0] = product[0] * y[0] + product[1] * y[1];
  result[1] = product[2] * y[0] + product[3] * y[1];
}

static void pick_alone_keep(const real *c, const real *x, const real *y, real *restrict result, real *kept) {
  real product[4];
  /* line 22: c x */
  product[0] = c[0] * x[0] + c[1] * x[1];
  product[1] = c[2] * x[0] + c[3] * x[1];
  product[2] = c[4] * x[0] + c[5] * x[1];
  product[3] = c[6] * x[0] + c[7] * x[1];
  /* line 22: c x y */
  result[0] = product[0] * y[0] + product[1] * y[1];
  result[1] = product[2] * y[0] + product[3] * y[1];
  kept[0] = product[0];
  kept[1] = product[1];
  kept[2] = product[2];
  kept[3] = product[3];
}

static void pick_adjoint_alone(const real *c, const real *x, const real *y, const real *result_bar,
    real *restrict c_bar, real *restrict x_bar, real *restrict y_bar, const real *kept) {
  real product[4];
  /* line 22: c x y */
  product[0] = result_bar[0] * y[0];
  product[1] = result_bar[0] * y[1];
  product[2] = result_bar[1] * y[0];
  product[3] = result_bar[1] * y[1];
  y_bar[0] = kept[0] * result_bar[0] + kept[2] * result_bar[1];
  y_bar[1] = kept[1] * result_bar[0] + kept[3] * result_bar[1];
  /* line 22: c x */
  c_bar[0] = product[0] * x[0];
  c_bar[1] = product[0] * x[1];
  c_bar[2] = product[1] * x[0];
  c_bar[3] = product[1] * x[1];
  c_bar[4] = product[2] * x[0];
  c_bar[5] = product[2] * x[1];
  c_bar[6] = product[3] * x[0];
  c_bar[7] = product[3] * x[1];
  x_bar[0] = c[0] * product[0] + c[2] * product[1] + c[4] * product[2] +
      c[6] * product[3];
  x_bar[1] = c[1] * product[0] + c[3] * product[1] + c[5] * product[2] +
      c[7] * product[3];
}

static const size_t pick_sizes[] = {8, 2, 2};

static size_t pick_bytes(size_t batch, int keep) {
  if (!keep) {
    return 0;
  }
  const size_t groups = batch / 16 + (batch % 16 != 0);
  return groups > SIZE_MAX / 256 ? SIZE_MAX : groups * 256;
}

static CAJAL_ONE_COPY int pick_run_lanes(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work, int keep) {
  lanes c[8];
  lanes c_aside[8] = {0};
  lanes x[2];
  lanes x_aside[2] = {0};
  lanes y[2];
  lanes y_aside[2] = {0};
  lanes result[2];
  lanes aside[2];
  lanes unkept[4];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(8, in[0], stride[0], b, count, c_aside, c);
    cajal_read_lanes(2, in[1], stride[1], b, count, x_aside, x);
    cajal_read_lanes(2, in[2], stride[2], b, count, y_aside, y);
    CAJAL_HIDE(keep);
    cajal_unaligned_lanes *const kept = keep ? (cajal_unaligned_lanes *)work + b / CAJAL_LANES * 4 :
        (cajal_unaligned_lanes *)unkept;
    pick_lanes(c, x, y, result, kept);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int pick_run_adjoint_lanes(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  lanes c[8];
  lanes c_aside[8] = {0};
  lanes x[2];
  lanes x_aside[2] = {0};
  lanes y[2];
  lanes y_aside[2] = {0};
  lanes result_bar[2];
  lanes result_bar_aside[2] = {0};
  lanes c_bar[8];
  lanes c_sum[8];
  lanes x_bar[2];
  lanes x_sum[2];
  lanes y_bar[2];
  lanes y_sum[2];
  lanes aside[8];
  cajal_clear_lanes(8, c_sum);
  cajal_clear_lanes(2, x_sum);
  cajal_clear_lanes(2, y_sum);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(8, in[0], stride[0], b, count, c_aside, c);
    cajal_read_lanes(2, in[1], stride[1], b, count, x_aside, x);
    cajal_read_lanes(2, in[2], stride[2], b, count, y_aside, y);
    cajal_read_lanes(2, out_bar, 2, b, count, result_bar_aside, result_bar);
    const cajal_unaligned_lanes *const kept = (const cajal_unaligned_lanes *)work + b / CAJAL_LANES *
        4;
    pick_adjoint_lanes(c, x, y, result_bar, c_bar, x_bar, y_bar, kept);
    cajal_write_gradient(8, c_bar, in_bar[0], bar_stride[0], b, count, aside, c_sum);
    cajal_write_gradient(2, x_bar, in_bar[1], bar_stride[1], b, count, aside, x_sum);
    cajal_write_gradient(2, y_bar, in_bar[2], bar_stride[2], b, count, aside, y_sum);
  }
  cajal_write_shared_gradient(8, c_sum, in_bar[0], bar_stride[0]);
  cajal_write_shared_gradient(2, x_sum, in_bar[1], bar_stride[1]);
  cajal_write_shared_gradient(2, y_sum, in_bar[2], bar_stride[2]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int pick_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 3, in, stride, pick_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, pick_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      CAJAL_HIDE(keep);
      if (keep) {
        pick_alone_keep((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (const real *)in[2] + b * stride[2], (real *)out + b * 2,
            kept + b * 4);
      }
      if (!keep) {
        pick_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (const real *)in[2] + b * stride[2], (real *)out + b * 2);
      }
    }
    return CAJAL_OK;
  }
  return pick_run_lanes(batch, in, stride, out, work, keep);
}

static int pick_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return pick_run(batch, in, stride, out, work, 0);
}

static int pick_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return pick_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int pick_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 3, in, stride, pick_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 3, in_bar, bar_stride, pick_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, pick_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[8] = {0};
    real aside_2[2] = {0};
    real aside_3[2] = {0};
    const real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      real *const bar_2 = gradient_place(in_bar[1], bar_stride[1], b, aside_2);
      real *const bar_3 = gradient_place(in_bar[2], bar_stride[2], b, aside_3);
      pick_adjoint_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
          (const real *)in[2] + b * stride[2], (const real *)out_bar + b * 2, bar_1,
          bar_2, bar_3, kept + b * 4);
      add_shared(in_bar[0], bar_stride[0], b, 8, aside_1);
      add_shared(in_bar[1], bar_stride[1], b, 2, aside_2);
      add_shared(in_bar[2], bar_stride[2], b, 2, aside_3);
    }
    return CAJAL_OK;
  }
  return pick_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int pick_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return pick_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int pick_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return pick_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t church_pick_workspace_bytes(size_t batch, int keep) {
  return pick_bytes(batch, keep);
}

int church_pick_forward(size_t batch, const float *c, size_t c_stride, const float *x, size_t x_stride,
    const float *y, size_t y_stride, float *result, void *work) {
  const void *const in[] = {c, x, y};
  const size_t stride[] = {c_stride, x_stride, y_stride};
  return pick_run(batch, in, stride, result, work, 0);
}

int church_pick_forward_keep(size_t batch, const float *c, size_t c_stride, const float *x, size_t x_stride,
    const float *y, size_t y_stride, float *result, void *work) {
  const void *const in[] = {c, x, y};
  const size_t stride[] = {c_stride, x_stride, y_stride};
  return pick_run(batch, in, stride, result, work, 1);
}

int church_pick_backward(size_t batch, const float *c, size_t c_stride, const float *x, size_t x_stride,
    const float *y, size_t y_stride, const float *result_bar, float *c_bar, float *x_bar, float *y_bar,
    void *work) {
  const void *const in[] = {c, x, y};
  const size_t stride[] = {c_stride, x_stride, y_stride};
  void *const in_bar[] = {c_bar, x_bar, y_bar};
  return pick_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int church_pick_backward_each(size_t batch, const float *c, size_t c_stride, const float *x, size_t x_stride,
    const float *y, size_t y_stride, const float *result_bar, float *c_bar, size_t c_bar_stride, float *x_bar,
    size_t x_bar_stride, float *y_bar, size_t y_bar_stride, void *work) {
  const void *const in[] = {c, x, y};
  const size_t stride[] = {c_stride, x_stride, y_stride};
  void *const in_bar[] = {c_bar, x_bar, y_bar};
  const size_t bar_stride[] = {c_bar_stride, x_bar_stride, y_bar_stride};
  return pick_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void church_pick_one(const real *c, const real *x, const real *y, real *result) {
  pick_alone(c, x, y, result);
}

void church_pick_one_with_gradient(const real *c, const real *x, const real *y, real *result,
    const real *result_bar, real *c_bar, real *x_bar, real *y_bar) {
  real kept[4];
  pick_alone_keep(c, x, y, result, kept);
  pick_adjoint_alone(c, x, y, result_bar, c_bar, x_bar, y_bar, kept);
}

static const cajal_port pick_input_c = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "c",
    .type = "Bool -o Bool -o Bool", .size = 8, .degree = 1, .rank = 1, .dims = {8}};
static const cajal_port pick_input_x = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "x",
    .type = "Bool", .size = 2, .degree = 1, .rank = 1, .dims = {2}};
static const cajal_port pick_input_y = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "y",
    .type = "Bool", .size = 2, .degree = 1, .rank = 1, .dims = {2}};
static const cajal_port *const pick_inputs[] = {&pick_input_c, &pick_input_x, &pick_input_y};
static const cajal_port pick_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program pick_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "pick",
    .judgement = "pick (c : Bool -o Bool -o Bool, x : Bool, y : Bool) : Bool", .input_count = 3,
    .inputs = pick_inputs, .output = &pick_output, .workspace_bytes = pick_bytes,
    .forward = pick_generic_forward, .forward_keep = pick_generic_forward_keep,
    .backward = pick_generic_backward, .backward_each = pick_backward_each};

/* and (p : Bool -o Bool -o Bool, q : Bool -o Bool -o Bool) : Bool */
/* program and (p : Choice, q : Choice) : Bool = p (q true false) false */

static void and_lanes(const lanes *p, const lanes *q, lanes *restrict result, cajal_unaligned_lanes *kept) {
  /* line 23: p (q true false) false */
  result[0] = p[2] * q[2] + p[3] * q[6];
  result[1] = p[6] * q[2] + p[7] * q[6];
  kept[0] = q[2];
  kept[1] = q[6];
}

/* The adjoint. */
static void and_adjoint_lanes(const lanes *p, const lanes *result_bar, lanes *restrict p_bar,
    lanes *restrict q_bar, const cajal_unaligned_lanes *kept) {
  lanes copy[4];
  copy[0] = CAJAL_LANES_OF(0.0f);
  copy[1] = result_bar[0];
  copy[2] = CAJAL_LANES_OF(0.0f);
  copy[3] = result_bar[1];
  /* line 23: p (q true false) */
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j < 2; j++) {
      p_bar[2 * i + j] = copy[i] * kept[j];
    }
  }
  lanes product[2];
  product[0] = p[2] * result_bar[0] + p[6] * result_bar[1];
  product[1] = p[3] * result_bar[0] + p[7] * result_bar[1];
  lanes copy_2[4];
  copy_2[0] = CAJAL_LANES_OF(0.0f);
  copy_2[1] = product[0];
  copy_2[2] = CAJAL_LANES_OF(0.0f);
  copy_2[3] = product[1];
  /* line 23: q true */
  for (size_t i = 0; i < 8; i++) {
    q_bar[i] = CAJAL_LANES_OF(0.0f);
  }
  for (size_t i = 0; i < 4; i++) {
    q_bar[2 * i] += copy_2[i];
  }
}

static void and_alone(const real *p, const real *q, real *restrict result) {
  /* line 23: p (q true false) false */
  result[0] = p[2] * q[2] + p[3] * q[6];
  result[1] = p[6] * q[2] + p[7] * q[6];
}

static void and_alone_keep(const real *p, const real *q, real *restrict result, real *kept) {
  /* line 23: p (q true false) false */
  result[0] = p[2] * q[2] + p[3] * q[6];
  result[1] = p[6] * q[2] + p[7] * q[6];
  kept[0] = q[2];
  kept[1] = q[6];
}

static void and_adjoint_alone(const real *p, const real *result_bar, real *restrict p_bar,
    real *restrict q_bar, const real *kept) {
  real copy[4];
  copy[0] = 0.0f;
  copy[1] = result_bar[0];
  copy[2] = 0.0f;
  copy[3] = result_bar[1];
  /* line 23: p (q true false) */
  p_bar[0] = copy[0] * kept[0];
  p_bar[1] = copy[0] * kept[1];
  p_bar[2] = copy[1] * kept[0];
  p_bar[3] = copy[1] * kept[1];
  p_bar[4] = copy[2] * kept[0];
  p_bar[5] = copy[2] * kept[1];
  p_bar[6] = copy[3] * kept[0];
  p_bar[7] = copy[3] * kept[1];
  real product[2];
  product[0] = p[2] * result_bar[0] + p[6] * result_bar[1];
  product[1] = p[3] * result_bar[0] + p[7] * result_bar[1];
  real copy_2[4];
  copy_2[0] = 0.0f;
  copy_2[1] = product[0];
  copy_2[2] = 0.0f;
  copy_2[3] = product[1];
  /* line 23: q true */
  q_bar[0] = 0.0f;
  q_bar[1] = 0.0f;
  q_bar[2] = 0.0f;
  q_bar[3] = 0.0f;
  q_bar[4] = 0.0f;
  q_bar[5] = 0.0f;
  q_bar[6] = 0.0f;
  q_bar[7] = 0.0f;
  q_bar[0] += copy_2[0];
  q_bar[2] += copy_2[1];
  q_bar[4] += copy_2[2];
  q_bar[6] += copy_2[3];
}

static const size_t and_sizes[] = {8, 8};

static size_t and_bytes(size_t batch, int keep) {
  if (!keep) {
    return 0;
  }
  const size_t groups = batch / 16 + (batch % 16 != 0);
  return groups > SIZE_MAX / 128 ? SIZE_MAX : groups * 128;
}

static CAJAL_ONE_COPY int and_run_lanes(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work, int keep) {
  lanes p[8];
  lanes p_aside[8] = {0};
  lanes q[8];
  lanes q_aside[8] = {0};
  lanes result[2];
  lanes aside[2];
  lanes unkept[2];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(8, in[0], stride[0], b, count, p_aside, p);
    cajal_read_lanes(8, in[1], stride[1], b, count, q_aside, q);
    CAJAL_HIDE(keep);
    cajal_unaligned_lanes *const kept = keep ? (cajal_unaligned_lanes *)work + b / CAJAL_LANES * 2 :
        (cajal_unaligned_lanes *)unkept;
    and_lanes(p, q, result, kept);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int and_run_adjoint_lanes(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  lanes p[8];
  lanes p_aside[8] = {0};
  lanes result_bar[2];
  lanes result_bar_aside[2] = {0};
  lanes p_bar[8];
  lanes p_sum[8];
  lanes q_bar[8];
  lanes q_sum[8];
  lanes aside[8];
  cajal_clear_lanes(8, p_sum);
  cajal_clear_lanes(8, q_sum);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(8, in[0], stride[0], b, count, p_aside, p);
    cajal_read_lanes(2, out_bar, 2, b, count, result_bar_aside, result_bar);
    const cajal_unaligned_lanes *const kept = (const cajal_unaligned_lanes *)work + b / CAJAL_LANES *
        2;
    and_adjoint_lanes(p, result_bar, p_bar, q_bar, kept);
    cajal_write_gradient(8, p_bar, in_bar[0], bar_stride[0], b, count, aside, p_sum);
    cajal_write_gradient(8, q_bar, in_bar[1], bar_stride[1], b, count, aside, q_sum);
  }
  cajal_write_shared_gradient(8, p_sum, in_bar[0], bar_stride[0]);
  cajal_write_shared_gradient(8, q_sum, in_bar[1], bar_stride[1]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int and_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 2, in, stride, and_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, and_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      CAJAL_HIDE(keep);
      if (keep) {
        and_alone_keep((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (real *)out + b * 2, kept + b * 2);
      }
      if (!keep) {
        and_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (real *)out + b * 2);
      }
    }
    return CAJAL_OK;
  }
  return and_run_lanes(batch, in, stride, out, work, keep);
}

static int and_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return and_run(batch, in, stride, out, work, 0);
}

static int and_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return and_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int and_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 2, in, stride, and_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 2, in_bar, bar_stride, and_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, and_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[8] = {0};
    real aside_2[8] = {0};
    const real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      real *const bar_2 = gradient_place(in_bar[1], bar_stride[1], b, aside_2);
      and_adjoint_alone((const real *)in[0] + b * stride[0], (const real *)out_bar + b * 2, bar_1,
          bar_2, kept + b * 2);
      add_shared(in_bar[0], bar_stride[0], b, 8, aside_1);
      add_shared(in_bar[1], bar_stride[1], b, 8, aside_2);
    }
    return CAJAL_OK;
  }
  return and_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int and_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return and_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int and_backward_each(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
    void *const in_bar[], const size_t bar_stride[], void *work) {
  return and_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t church_and_workspace_bytes(size_t batch, int keep) {
  return and_bytes(batch, keep);
}

int church_and_forward(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    float *result, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  return and_run(batch, in, stride, result, work, 0);
}

int church_and_forward_keep(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    float *result, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  return and_run(batch, in, stride, result, work, 1);
}

int church_and_backward(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    const float *result_bar, float *p_bar, float *q_bar, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  void *const in_bar[] = {p_bar, q_bar};
  return and_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int church_and_backward_each(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    const float *result_bar, float *p_bar, size_t p_bar_stride, float *q_bar, size_t q_bar_stride,
    void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  void *const in_bar[] = {p_bar, q_bar};
  const size_t bar_stride[] = {p_bar_stride, q_bar_stride};
  return and_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void church_and_one(const real *p, const real *q, real *result) {
  and_alone(p, q, result);
}

void church_and_one_with_gradient(const real *p, const real *q, real *result, const real *result_bar,
    real *p_bar, real *q_bar) {
  real kept[2];
  and_alone_keep(p, q, result, kept);
  and_adjoint_alone(p, result_bar, p_bar, q_bar, kept);
}

static const cajal_port and_input_p = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "p",
    .type = "Bool -o Bool -o Bool", .size = 8, .degree = 1, .rank = 1, .dims = {8}};
static const cajal_port and_input_q = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "q",
    .type = "Bool -o Bool -o Bool", .size = 8, .degree = 1, .rank = 1, .dims = {8}};
static const cajal_port *const and_inputs[] = {&and_input_p, &and_input_q};
static const cajal_port and_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program and_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "and",
    .judgement = "and (p : Bool -o Bool -o Bool, q : Bool -o Bool -o Bool) : Bool", .input_count = 2,
    .inputs = and_inputs, .output = &and_output, .workspace_bytes = and_bytes, .forward = and_generic_forward,
    .forward_keep = and_generic_forward_keep, .backward = and_generic_backward,
    .backward_each = and_backward_each};

/* or (p : Bool -o Bool -o Bool, q : Bool -o Bool -o Bool) : Bool */
/* program or (p : Choice, q : Choice) : Bool = p true (q true false) */

static void or_lanes(const lanes *p, const lanes *q, lanes *restrict result, cajal_unaligned_lanes *kept) {
  /* line 24: p true (q true false) */
  result[0] = p[0] * q[2] + p[2] * q[6];
  result[1] = p[4] * q[2] + p[6] * q[6];
  kept[0] = p[0];
  kept[1] = p[2];
  kept[2] = p[4];
  kept[3] = p[6];
  kept[4] = q[2];
  kept[5] = q[6];
}

/* The adjoint. */
static void or_adjoint_lanes(const lanes *result_bar, lanes *restrict p_bar, lanes *restrict q_bar,
    const cajal_unaligned_lanes *kept) {
  lanes product[4];
  /* line 24: p true (q true false) */
  product[0] = result_bar[0] * kept[4];
  product[1] = result_bar[0] * kept[5];
  product[2] = result_bar[1] * kept[4];
  product[3] = result_bar[1] * kept[5];
  lanes product_2[2];
  product_2[0] = kept[0] * result_bar[0] + kept[2] * result_bar[1];
  product_2[1] = kept[1] * result_bar[0] + kept[3] * result_bar[1];
  lanes copy[4];
  copy[0] = CAJAL_LANES_OF(0.0f);
  copy[1] = product_2[0];
  copy[2] = CAJAL_LANES_OF(0.0f);
  copy[3] = product_2[1];
  /* line 24: q true */
  for (size_t i = 0; i < 8; i++) {
    q_bar[i] = CAJAL_LANES_OF(0.0f);
  }
  for (size_t i = 0; i < 4; i++) {
    q_bar[2 * i] += copy[i];
  }
  /* line 24: p true */
  for (size_t i = 0; i < 8; i++) {
    p_bar[i] = CAJAL_LANES_OF(0.0f);
  }
  for (size_t i = 0; i < 4; i++) {
    p_bar[2 * i] += product[i];
  }
}

static void or_alone(const real *p, const real *q, real *restrict result) {
  /* line 24: p true (q true false) */
  result[0] = p[0] * q[2] + p[2] * q[6];
  result[1] = p[4] * q[2] + p[6] * q[6];
}

static void or_alone_keep(const real *p, const real *q, real *restrict result, real *kept) {
  /* line 24: p true (q true false) */
  result[0] = p[0] * q[2] + p[2] * q[6];
  result[1] = p[4] * q[2] + p[6] * q[6];
  kept[0] = p[0];
  kept[1] = p[2];
  kept[2] = p[4];
  kept[3] = p[6];
  kept[4] = q[2];
  kept[5] = q[6];
}

static void or_adjoint_alone(const real *result_bar, real *restrict p_bar, real *restrict q_bar,
    const real *kept) {
  real product[4];
  /* line 24: p true (q true false) */
  product[0] = result_bar[0] * kept[4];
  product[1] = result_bar[0] * kept[5];
  product[2] = result_bar[1] * kept[4];
  product[3] = result_bar[1] * kept[5];
  real product_2[2];
  product_2[0] = kept[0] * result_bar[0] + kept[2] * result_bar[1];
  product_2[1] = kept[1] * result_bar[0] + kept[3] * result_bar[1];
  real copy[4];
  copy[0] = 0.0f;
  copy[1] = product_2[0];
  copy[2] = 0.0f;
  copy[3] = product_2[1];
  /* line 24: q true */
  q_bar[0] = 0.0f;
  q_bar[1] = 0.0f;
  q_bar[2] = 0.0f;
  q_bar[3] = 0.0f;
  q_bar[4] = 0.0f;
  q_bar[5] = 0.0f;
  q_bar[6] = 0.0f;
  q_bar[7] = 0.0f;
  q_bar[0] += copy[0];
  q_bar[2] += copy[1];
  q_bar[4] += copy[2];
  q_bar[6] += copy[3];
  /* line 24: p true */
  p_bar[0] = 0.0f;
  p_bar[1] = 0.0f;
  p_bar[2] = 0.0f;
  p_bar[3] = 0.0f;
  p_bar[4] = 0.0f;
  p_bar[5] = 0.0f;
  p_bar[6] = 0.0f;
  p_bar[7] = 0.0f;
  p_bar[0] += product[0];
  p_bar[2] += product[1];
  p_bar[4] += product[2];
  p_bar[6] += product[3];
}

static const size_t or_sizes[] = {8, 8};

static size_t or_bytes(size_t batch, int keep) {
  if (!keep) {
    return 0;
  }
  const size_t groups = batch / 16 + (batch % 16 != 0);
  return groups > SIZE_MAX / 384 ? SIZE_MAX : groups * 384;
}

static CAJAL_ONE_COPY int or_run_lanes(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  lanes p[8];
  lanes p_aside[8] = {0};
  lanes q[8];
  lanes q_aside[8] = {0};
  lanes result[2];
  lanes aside[2];
  lanes unkept[6];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(8, in[0], stride[0], b, count, p_aside, p);
    cajal_read_lanes(8, in[1], stride[1], b, count, q_aside, q);
    CAJAL_HIDE(keep);
    cajal_unaligned_lanes *const kept = keep ? (cajal_unaligned_lanes *)work + b / CAJAL_LANES * 6 :
        (cajal_unaligned_lanes *)unkept;
    or_lanes(p, q, result, kept);
    cajal_write_lanes(2, result, out, 2, b, count, aside);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int or_run_adjoint_lanes(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  (void)in;
  (void)stride;
  lanes result_bar[2];
  lanes result_bar_aside[2] = {0};
  lanes p_bar[8];
  lanes p_sum[8];
  lanes q_bar[8];
  lanes q_sum[8];
  lanes aside[8];
  cajal_clear_lanes(8, p_sum);
  cajal_clear_lanes(8, q_sum);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    CAJAL_HIDE(b);
    const size_t count = batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
    cajal_read_lanes(2, out_bar, 2, b, count, result_bar_aside, result_bar);
    const cajal_unaligned_lanes *const kept = (const cajal_unaligned_lanes *)work + b / CAJAL_LANES *
        6;
    or_adjoint_lanes(result_bar, p_bar, q_bar, kept);
    cajal_write_gradient(8, p_bar, in_bar[0], bar_stride[0], b, count, aside, p_sum);
    cajal_write_gradient(8, q_bar, in_bar[1], bar_stride[1], b, count, aside, q_sum);
  }
  cajal_write_shared_gradient(8, p_sum, in_bar[0], bar_stride[0]);
  cajal_write_shared_gradient(8, q_sum, in_bar[1], bar_stride[1]);
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int or_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 2, in, stride, or_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, or_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      CAJAL_HIDE(keep);
      if (keep) {
        or_alone_keep((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (real *)out + b * 2, kept + b * 6);
      }
      if (!keep) {
        or_alone((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
            (real *)out + b * 2);
      }
    }
    return CAJAL_OK;
  }
  return or_run_lanes(batch, in, stride, out, work, keep);
}

static int or_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return or_run(batch, in, stride, out, work, 0);
}

static int or_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return or_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int or_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 2, in, stride, or_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 2, in_bar, bar_stride, or_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, or_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (batch < 4) {
    real aside_1[8] = {0};
    real aside_2[8] = {0};
    const real *const kept = work;
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      real *const bar_1 = gradient_place(in_bar[0], bar_stride[0], b, aside_1);
      real *const bar_2 = gradient_place(in_bar[1], bar_stride[1], b, aside_2);
      or_adjoint_alone((const real *)out_bar + b * 2, bar_1, bar_2, kept + b * 6);
      add_shared(in_bar[0], bar_stride[0], b, 8, aside_1);
      add_shared(in_bar[1], bar_stride[1], b, 8, aside_2);
    }
    return CAJAL_OK;
  }
  return or_run_adjoint_lanes(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int or_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return or_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int or_backward_each(size_t batch, const void *const in[], const size_t stride[], const void *out_bar,
    void *const in_bar[], const size_t bar_stride[], void *work) {
  return or_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t church_or_workspace_bytes(size_t batch, int keep) {
  return or_bytes(batch, keep);
}

int church_or_forward(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    float *result, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  return or_run(batch, in, stride, result, work, 0);
}

int church_or_forward_keep(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    float *result, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  return or_run(batch, in, stride, result, work, 1);
}

int church_or_backward(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    const float *result_bar, float *p_bar, float *q_bar, void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  void *const in_bar[] = {p_bar, q_bar};
  return or_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int church_or_backward_each(size_t batch, const float *p, size_t p_stride, const float *q, size_t q_stride,
    const float *result_bar, float *p_bar, size_t p_bar_stride, float *q_bar, size_t q_bar_stride,
    void *work) {
  const void *const in[] = {p, q};
  const size_t stride[] = {p_stride, q_stride};
  void *const in_bar[] = {p_bar, q_bar};
  const size_t bar_stride[] = {p_bar_stride, q_bar_stride};
  return or_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

void church_or_one(const real *p, const real *q, real *result) {
  or_alone(p, q, result);
}

void church_or_one_with_gradient(const real *p, const real *q, real *result, const real *result_bar,
    real *p_bar, real *q_bar) {
  real kept[6];
  or_alone_keep(p, q, result, kept);
  or_adjoint_alone(result_bar, p_bar, q_bar, kept);
}

static const cajal_port or_input_p = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "p",
    .type = "Bool -o Bool -o Bool", .size = 8, .degree = 1, .rank = 1, .dims = {8}};
static const cajal_port or_input_q = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "q",
    .type = "Bool -o Bool -o Bool", .size = 8, .degree = 1, .rank = 1, .dims = {8}};
static const cajal_port *const or_inputs[] = {&or_input_p, &or_input_q};
static const cajal_port or_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program or_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "or",
    .judgement = "or (p : Bool -o Bool -o Bool, q : Bool -o Bool -o Bool) : Bool", .input_count = 2,
    .inputs = or_inputs, .output = &or_output, .workspace_bytes = or_bytes, .forward = or_generic_forward,
    .forward_keep = or_generic_forward_keep, .backward = or_generic_backward,
    .backward_each = or_backward_each};

/* closed () : Bool */
/* program closed ( ) : Bool = and first second */

static void closed_sample(real *restrict result) {
  result[0] = 0.0f;
  result[1] = 1.0f;
}

static size_t closed_bytes(size_t batch, int keep) {
  (void)batch, (void)keep;
  return 0;
}

static CAJAL_ONE_COPY int closed_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 0, in, stride, 0, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, closed_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    closed_sample((real *)out + b * 2);
  }
  return CAJAL_OK;
}

static int closed_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return closed_run(batch, in, stride, out, work, 0);
}

static int closed_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return closed_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int closed_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 0, in, stride, 0, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 2, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, closed_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  (void)in_bar;
  (void)bar_stride;
  return CAJAL_OK;
}

static int closed_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return closed_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int closed_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return closed_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t church_closed_workspace_bytes(size_t batch, int keep) {
  return closed_bytes(batch, keep);
}

int church_closed_forward(size_t batch, float *result, void *work) {
  return closed_run(batch, 0, 0, result, work, 0);
}

int church_closed_forward_keep(size_t batch, float *result, void *work) {
  return closed_run(batch, 0, 0, result, work, 1);
}

int church_closed_backward(size_t batch, const float *result_bar, void *work) {
  return closed_run_adjoint(batch, 0, 0, result_bar, 0, 0, work);
}

int church_closed_backward_each(size_t batch, const float *result_bar, void *work) {
  return closed_backward_each(batch, 0, 0, result_bar, 0, 0, work);
}

int church_closed_one(real *result, void *work) {
  const size_t batch = 1;
  return closed_run(batch, 0, 0, result, work, 0);
}

int church_closed_one_with_gradient(real *result, const real *result_bar, void *work) {
  const size_t batch = 1;
  const int status = closed_run(batch, 0, 0, result, work, 1);
  if (status != CAJAL_OK) {
    return status;
  }
  return closed_run_adjoint(batch, 0, 0, result_bar, 0, 0, work);
}

static const cajal_port closed_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Bool", .size = 2, .degree = 0, .rank = 1, .dims = {2}, .distribution = 1};
static const cajal_program closed_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "closed", .judgement = "closed () : Bool", .input_count = 0,
    .inputs = 0, .output = &closed_output, .workspace_bytes = closed_bytes, .forward = closed_generic_forward,
    .forward_keep = closed_generic_forward_keep, .backward = closed_generic_backward,
    .backward_each = closed_backward_each};

static const cajal_program *const programs[] = {&pick_program, &and_program, &or_program, &closed_program};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI,
    .compiler = "cajal2c 0.1.0", .source = "church.cajal", .program_count = 4, .programs = programs,
    .model_count = 0, .models = 0};

const cajal_module *church_module_info(void) {
  return &module;
}

#ifdef CAJAL_SHARED_OBJECT
const cajal_module *cajal_module_info(void) {
  return &module;
}
#endif
