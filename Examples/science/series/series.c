/* From series.cajal by cajal2c 0.1.0. */

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "compiled Cajal needs the arithmetic of IEEE 754: compile without -ffast-math and its parts"
#endif

/* gcc (seen in 11.3 and 12.2, no later one is known to be right) takes wrong entries where it permutes the
 * 8 doubles of a vector of 512 bits, at -O2 and -O3. Vectors of 256 bits are right. */
#if defined __GNUC__ && !defined __clang__ && defined __AVX512F__
#pragma GCC target("prefer-vector-width=256")
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

#include "series.h"

#include "cajal_kernels.h"

typedef double real;

/* forecast (x : Real[24]) : Real[24] */
/* model forecast (x : Real[24]) : Real[24] = */
/* slice 1 25 (apply (scan { apply first x | s => apply next s } (24)) seen) */

static void forecast_sample(const real *first, const real *next, const real *seen, const real *x,
    real *restrict result, real *sum, real *restrict kept, int keep, real *work) {
  /* line 12: apply first x */
  real product[6];
  cajal_product_f64(6, 24, 1, first, 0, x, 0, product, 0, 0);
  /* line 12: scan { apply first x | s => apply next s } (24) */
  real s_a[6];
  for (size_t i = 0; i < 6; i++) {
    s_a[i] = product[i];
  }
  real s_b[6];
  real *s = s_a;
  real *s_next = s_b;
  for (size_t k = 0; k < 24; k++) {
    /* line 12: apply next s */
    for (size_t i = 0; i < 6; i++) {
      real total = 0.0;
      for (size_t l = 0; l < 6; l++) {
        total += next[6 * i + l] * s[l];
      }
      s_next[i] = total;
    }
    for (size_t i = 0; i < 6; i++) {
      sum[6 * k + i + 6] = s_next[i];
    }
    CAJAL_HIDE(keep);
    if (keep) {
      for (size_t i = 0; i < 6; i++) {
        kept[6 * k + i] = s[i];
      }
    }
    real *const s_last = s;
    s = s_next;
    s_next = s_last;
  }
  for (size_t i = 0; i < 6; i++) {
    sum[i] = product[i];
  }
  /* line 12: apply (scan { apply first x | s => apply next s } (24)) seen */
  real *const product_2 = work + 152;
  cajal_product_f64(25, 6, 1, sum, 0, seen, 0, product_2, 0, 0);
  for (size_t i = 0; i < 24; i++) {
    result[i] = product_2[i + 1];
  }
}

/* The adjoint. */
static void forecast_adjoint_sample(const real *first, const real *next, const real *seen, const real *x,
    const real *result_bar, real *restrict first_bar, real *restrict next_bar, real *restrict seen_bar,
    real *restrict x_bar, const real *kept, const real *kept_2, int wants_params, int wants_x, real *work) {
  real *const copy = work;
  copy[0] = 0.0;
  for (size_t i = 1; i < 25; i++) {
    copy[i] = result_bar[i - 1];
  }
  /* line 12: apply (scan { apply first x | s => apply next s } (24)) seen */
  real *const product = work + 32;
  cajal_product_f64(25, 1, 6, copy, 0, seen, 0, product, 0, 0);
  CAJAL_HIDE(wants_params);
  if (wants_params) {
    cajal_product_f64(6, 25, 1, kept, 1, copy, 0, seen_bar, 1, 0);
  }
  /* line 12: scan { apply first x | s => apply next s } (24) */
  real sum[6];
  for (size_t i = 0; i < 6; i++) {
    sum[i] = 0.0;
  }
  for (size_t k = 24; k-- > 0;) {
    real sum_2[6];
    for (size_t i = 0; i < 6; i++) {
      sum_2[i] = sum[i] + product[6 * k + i + 6];
    }
    /* line 12: apply next s */
    for (size_t i = 0; i < 6; i++) {
      real total = 0.0;
      for (size_t l = 0; l < 6; l++) {
        total += next[6 * l + i] * sum_2[l];
      }
      sum[i] = total;
    }
    /* line 12: scan { apply first x | s => apply next s } (24) */
    CAJAL_HIDE(wants_params);
    if (wants_params) {
      for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 6; j++) {
          next_bar[6 * i + j] += sum_2[i] * kept_2[6 * k + j];
        }
      }
    }
  }
  for (size_t i = 0; i < 6; i++) {
    sum[i] = product[i] + sum[i];
  }
  CAJAL_HIDE(wants_params);
  if (wants_params) {
    /* line 12: apply first x */
    cajal_product_f64(6, 1, 24, sum, 0, x, 0, first_bar, 1, 0);
  }
  CAJAL_HIDE(wants_x);
  if (wants_x) {
    cajal_product_f64(24, 6, 1, first, 1, sum, 0, x_bar, 1, 0);
  }
}

static const size_t forecast_sizes[] = {24};

static size_t forecast_bytes(size_t batch, int keep) {
  if (!keep) {
    return 1472;
  }
  const size_t fixed = keep > 1 ? 5568 : 1472;
  return batch > (SIZE_MAX - fixed) / 2368 ? SIZE_MAX : fixed + batch * 2368;
}

static CAJAL_ONE_COPY int forecast_run(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work, int keep) {
  if (cajal_check_inputs(batch, 1, in, stride, forecast_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_buffer(params, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 24, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, forecast_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  real *const kept = keep ? (real *)work + 184 : (real *)0;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(keep);
    forecast_sample((const real *)params, (const real *)params + 144, (const real *)params + 180,
        (const real *)in[0] + b * stride[0], (real *)out + b * 24,
        keep ? kept + batch * 144 + b * 150 : (real *)work, keep ? kept + b * 144 : kept,
        keep, work);
  }
  return CAJAL_OK;
}

static int forecast_generic_forward(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work) {
  return forecast_run(batch, params, in, stride, out, work, 0);
}

static int forecast_generic_forward_keep(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work) {
  return forecast_run(batch, params, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int forecast_run_adjoint(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[],
    const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 1, in, stride, forecast_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_buffer(params, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 24, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradient(batch, params_bar, 0, 186, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 1, in_bar, bar_stride, forecast_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, forecast_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (!params_bar && !in_bar[0]) {
    return CAJAL_OK;
  }
  if (params_bar) {
    for (size_t i = 0; i < 186; i++) {
      ((real *)params_bar)[i] = 0;
    }
  }
  if (in_bar[0]) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      for (size_t i = 0; i < 24; i++) {
        ((real *)in_bar[0])[b * bar_stride[0] + i] = 0;
      }
    }
  }
  const real *const kept = (real *)work + 184;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(in_bar);
    CAJAL_HIDE(params_bar);
    forecast_adjoint_sample((const real *)params, (const real *)params + 144,
        (const real *)params + 180, (const real *)in[0] + b * stride[0],
        (const real *)out_bar + b * 24, (real *)params_bar,
        params_bar ? (real *)params_bar + 144 : (real *)0,
        params_bar ? (real *)params_bar + 180 : (real *)0,
        in_bar[0] ? (real *)in_bar[0] + b * bar_stride[0] : (real *)0,
        kept + batch * 144 + b * 150, kept + b * 144, params_bar != 0, in_bar[0] != 0,
        work);
  }
  return CAJAL_OK;
}

static int forecast_generic_backward(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  return forecast_run_adjoint(batch, params, in, stride, out_bar, params_bar, in_bar, stride, work);
}

static int forecast_backward_each(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
    void *const in_bar[], const size_t bar_stride[], void *work);

size_t series_forecast_workspace_bytes(size_t batch, int keep) {
  return forecast_bytes(batch, keep);
}

int series_forecast_forward(size_t batch, const double *params, const double *x, size_t x_stride,
    double *result, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  return forecast_run(batch, params, in, stride, result, work, 0);
}

int series_forecast_forward_keep(size_t batch, const double *params, const double *x, size_t x_stride,
    double *result, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  return forecast_run(batch, params, in, stride, result, work, 1);
}

int series_forecast_backward(size_t batch, const double *params, const double *x, size_t x_stride,
    const double *result_bar, double *params_bar, double *x_bar, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  void *const in_bar[] = {x_bar};
  return forecast_run_adjoint(batch, params, in, stride, result_bar, params_bar, in_bar, stride, work);
}

int series_forecast_backward_each(size_t batch, const double *params, const double *x, size_t x_stride,
    const double *result_bar, double *params_bar, size_t params_bar_stride, double *x_bar,
    size_t x_bar_stride, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  void *const in_bar[] = {x_bar};
  const size_t bar_stride[] = {x_bar_stride};
  return forecast_backward_each(batch, params, in, stride, result_bar, params_bar, params_bar_stride, in_bar,
      bar_stride, work);
}

static const cajal_port forecast_input_x = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "x",
    .type = "Real[24]", .size = 24, .degree = 0, .rank = 1, .dims = {24}};
static const cajal_port *const forecast_inputs[] = {&forecast_input_x};
static const cajal_port forecast_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Real[24]", .size = 24, .degree = 0, .rank = 1, .dims = {24}};
static const cajal_tensor forecast_tensor_first = {sizeof(cajal_tensor), "first", 2,
    {6, 24}, 0, 144, 144, 0};
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the weights are written for processors whose numbers begin with their lowest byte"
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const union {
  unsigned char bytes[289];
  real values[36];
} forecast_tensor_next_initial = {
"\203\300\312\241E\266\353\77\0\0\0\0\0\0\340\277\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\340\77\203\300\312\241E\266\353\77\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\340\77"
"\203\300\312\241E\266\353\277\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\203\300\312\241E\266\353\77"
"\0\0\0\0\0\0\340\77\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\360\77\232\231\231\231\231\231\251\77"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\360\77"
};
#pragma GCC diagnostic pop
static const cajal_tensor forecast_tensor_next = {sizeof(cajal_tensor), "next", 2,
    {6, 6}, 144, 36, 36, forecast_tensor_next_initial.values};
static const cajal_tensor forecast_tensor_seen = {sizeof(cajal_tensor), "seen", 1, {6}, 180,
    6, 6, 0};
static const cajal_tensor *const forecast_tensors[] = {&forecast_tensor_first, &forecast_tensor_next,
    &forecast_tensor_seen};
static const cajal_model forecast_model = {.struct_size = sizeof(cajal_model), .horizon = 10,
    .real_bytes = sizeof(real), .name = "forecast",
    .signature = "forecast (x : Real[24]) : Real[24]", .input_count = 1,
    .inputs = forecast_inputs, .output = &forecast_output, .parameter_count = 186,
    .tensor_count = 3, .tensors = forecast_tensors, .weights = 0, .workspace_bytes = forecast_bytes,
    .forward = forecast_generic_forward, .forward_keep = forecast_generic_forward_keep,
    .backward = forecast_generic_backward, .backward_each = forecast_backward_each};

static int forecast_backward_each(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
    void *const in_bar[], const size_t bar_stride[], void *work) {
  return cajal_model_backward_each(&forecast_model, forecast_run_adjoint, forecast_sizes, batch, params, in,
      stride, out_bar, params_bar, params_bar_stride, in_bar, bar_stride, work);
}

/* boxed (x : Real[24]) : Real[24] */
/* model boxed (x : Real[24]) : Real[24] = box x */

static void boxed_sample_1(const real *box_0_bias, const real *box_2_bias, const real *x,
    real *restrict result, real *restrict sum, real *restrict rows) {
  /* line 17: box x */
  for (size_t i = 0; i < 16; i++) {
    sum[i] = box_0_bias[i];
  }
  for (size_t i = 0; i < 24; i++) {
    rows[i] = x[i];
  }
  for (size_t i = 0; i < 24; i++) {
    result[i] = box_2_bias[i];
  }
}

static void boxed_sample_2(const real *sum, real *restrict squashed, real *restrict kept, int keep) {
  /* line 17: box x */
  cajal_tanh_f64(16, sum, squashed);
  CAJAL_HIDE(keep);
  if (keep) {
    for (size_t i = 0; i < 16; i++) {
      kept[i] = squashed[i];
    }
  }
}

/* The adjoint. */
static void boxed_adjoint_sample_1(const real *x, const real *result_bar, real *restrict box_2_bias_bar,
    real *restrict rows, real *restrict rows_2, int wants_params) {
  /* line 17: box x */
  for (size_t i = 0; i < 24; i++) {
    rows[i] = result_bar[i];
  }
  CAJAL_HIDE(wants_params);
  if (wants_params) {
    for (size_t i = 0; i < 24; i++) {
      rows_2[i] = x[i];
    }
    for (size_t i = 0; i < 24; i++) {
      box_2_bias_bar[i] += result_bar[i];
    }
  }
}

static void boxed_adjoint_sample_2(real *restrict box_0_bias_bar, const real *kept, const real *product,
    real *restrict box_0_bias_bar_2, int wants_params) {
  /* line 17: box x */
  cajal_tanh_adjoint_f64(16, kept, product, box_0_bias_bar_2);
  CAJAL_HIDE(wants_params);
  if (wants_params) {
    for (size_t i = 0; i < 16; i++) {
      box_0_bias_bar[i] += box_0_bias_bar_2[i];
    }
  }
}

static void boxed_adjoint_sample_3(real *restrict x_bar, const real *rows, int wants_x) {
  CAJAL_HIDE(wants_x);
  if (wants_x) {
    /* line 17: box x */
    for (size_t i = 0; i < 24; i++) {
      x_bar[i] += rows[i];
    }
  }
}

static const size_t boxed_sizes[] = {24};

static size_t boxed_bytes(size_t batch, int keep) {
  const size_t fixed = keep > 1 ? 131968 : keep ? 65536 : 6144;
  const size_t row = keep ? 640 : 320;
  return batch > (SIZE_MAX - fixed) / row ? SIZE_MAX : fixed + batch * row;
}

static CAJAL_ONE_COPY int boxed_run(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work, int keep) {
  if (cajal_check_inputs(batch, 1, in, stride, boxed_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_buffer(params, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 24, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, boxed_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  real *const rows = (real *)work + 768;
  real *const kept = keep ? (real *)work + 8192 + batch * 64 : (real *)0;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(keep);
    boxed_sample_1((const real *)params + 384, (const real *)params + 784,
        (const real *)in[0] + b * stride[0], (real *)out + b * 24, rows + b * 16,
        rows + batch * 16 + b * 24);
  }
  cajal_blas_product_f64(batch, 24, 16, rows + batch * 16, 0, (const real *)params, 1,
      rows, 1, work);
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(keep);
    boxed_sample_2(rows + b * 16, rows + batch * 16 + b * 16,
        keep ? kept + b * 16 : kept, keep);
  }
  cajal_blas_product_f64(batch, 16, 24, rows + batch * 16, 0,
      (const real *)params + 400, 1, (real *)out, 1, work);
  return CAJAL_OK;
}

static int boxed_generic_forward(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work) {
  return boxed_run(batch, params, in, stride, out, work, 0);
}

static int boxed_generic_forward_keep(size_t batch, const void *params, const void *const in[],
    const size_t stride[], void *out, void *work) {
  return boxed_run(batch, params, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int boxed_run_adjoint(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[],
    const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 1, in, stride, boxed_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_buffer(params, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 24, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradient(batch, params_bar, 0, 808, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 1, in_bar, bar_stride, boxed_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, boxed_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  if (!params_bar && !in_bar[0]) {
    return CAJAL_OK;
  }
  if (params_bar) {
    for (size_t i = 384; i < 400; i++) {
      ((real *)params_bar)[i] = 0;
    }
    for (size_t i = 784; i < 808; i++) {
      ((real *)params_bar)[i] = 0;
    }
  }
  if (in_bar[0]) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      for (size_t i = 0; i < 24; i++) {
        ((real *)in_bar[0])[b * bar_stride[0] + i] = 0;
      }
    }
  }
  real *const rows = (real *)work + 8192;
  const real *const kept = (real *)work + 8192 + batch * 64;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(params_bar);
    boxed_adjoint_sample_1((const real *)in[0] + b * stride[0], (const real *)out_bar + b * 24,
        params_bar ? (real *)params_bar + 784 : (real *)0, rows + b * 24,
        rows + batch * 24 + b * 24, params_bar != 0);
  }
  if (params_bar) {
    cajal_blas_product_f64(24, batch, 16, rows, 1, kept, 0,
        params_bar ? (real *)params_bar + 400 : (real *)0, 0, work);
  }
  cajal_blas_product_f64(batch, 24, 16, rows, 0, (const real *)params + 400, 0,
      rows + batch * 48, 0, work);
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(params_bar);
    boxed_adjoint_sample_2(params_bar ? (real *)params_bar + 384 : (real *)0, kept + b * 16,
        rows + batch * 48 + b * 16, rows + b * 16, params_bar != 0);
  }
  if (params_bar) {
    cajal_blas_product_f64(16, batch, 24, rows, 1, rows + batch * 24, 0,
        (real *)params_bar, 0, work);
  }
  if (in_bar[0]) {
    cajal_blas_product_f64(batch, 16, 24, rows, 0, (const real *)params, 0,
        rows + batch * 16, 0, work);
  }
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(in_bar);
    boxed_adjoint_sample_3(in_bar[0] ? (real *)in_bar[0] + b * bar_stride[0] : (real *)0,
        rows + batch * 16 + b * 24, in_bar[0] != 0);
  }
  return CAJAL_OK;
}

static int boxed_generic_backward(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  return boxed_run_adjoint(batch, params, in, stride, out_bar, params_bar, in_bar, stride, work);
}

static int boxed_backward_each(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
    void *const in_bar[], const size_t bar_stride[], void *work);

size_t series_boxed_workspace_bytes(size_t batch, int keep) {
  return boxed_bytes(batch, keep);
}

int series_boxed_forward(size_t batch, const double *params, const double *x, size_t x_stride, double *result,
    void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  return boxed_run(batch, params, in, stride, result, work, 0);
}

int series_boxed_forward_keep(size_t batch, const double *params, const double *x, size_t x_stride,
    double *result, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  return boxed_run(batch, params, in, stride, result, work, 1);
}

int series_boxed_backward(size_t batch, const double *params, const double *x, size_t x_stride,
    const double *result_bar, double *params_bar, double *x_bar, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  void *const in_bar[] = {x_bar};
  return boxed_run_adjoint(batch, params, in, stride, result_bar, params_bar, in_bar, stride, work);
}

int series_boxed_backward_each(size_t batch, const double *params, const double *x, size_t x_stride,
    const double *result_bar, double *params_bar, size_t params_bar_stride, double *x_bar,
    size_t x_bar_stride, void *work) {
  const void *const in[] = {x};
  const size_t stride[] = {x_stride};
  void *const in_bar[] = {x_bar};
  const size_t bar_stride[] = {x_bar_stride};
  return boxed_backward_each(batch, params, in, stride, result_bar, params_bar, params_bar_stride, in_bar,
      bar_stride, work);
}

static const cajal_port boxed_input_x = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "x",
    .type = "Real[24]", .size = 24, .degree = 0, .rank = 1, .dims = {24}};
static const cajal_port *const boxed_inputs[] = {&boxed_input_x};
static const cajal_port boxed_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Real[24]", .size = 24, .degree = 0, .rank = 1, .dims = {24}};
static const cajal_tensor boxed_tensor_box_0_weight = {sizeof(cajal_tensor), "box.0.weight", 2,
    {16, 24}, 0, 384, 24, 0};
static const cajal_tensor boxed_tensor_box_0_bias = {sizeof(cajal_tensor), "box.0.bias", 1, {16},
    384, 16, 24, 0};
static const cajal_tensor boxed_tensor_box_2_weight = {sizeof(cajal_tensor), "box.2.weight", 2,
    {24, 16}, 400, 384, 16, 0};
static const cajal_tensor boxed_tensor_box_2_bias = {sizeof(cajal_tensor), "box.2.bias", 1, {24},
    784, 24, 16, 0};
static const cajal_tensor *const boxed_tensors[] = {&boxed_tensor_box_0_weight, &boxed_tensor_box_0_bias,
    &boxed_tensor_box_2_weight, &boxed_tensor_box_2_bias};
static const cajal_model boxed_model = {.struct_size = sizeof(cajal_model), .horizon = 10,
    .real_bytes = sizeof(real), .name = "boxed", .signature = "boxed (x : Real[24]) : Real[24]",
    .input_count = 1, .inputs = boxed_inputs, .output = &boxed_output, .parameter_count = 808,
    .tensor_count = 4, .tensors = boxed_tensors, .weights = 0, .workspace_bytes = boxed_bytes,
    .forward = boxed_generic_forward, .forward_keep = boxed_generic_forward_keep,
    .backward = boxed_generic_backward, .backward_each = boxed_backward_each};

static int boxed_backward_each(size_t batch, const void *params, const void *const in[],
    const size_t stride[], const void *out_bar, void *params_bar, size_t params_bar_stride,
    void *const in_bar[], const size_t bar_stride[], void *work) {
  return cajal_model_backward_each(&boxed_model, boxed_run_adjoint, boxed_sizes, batch, params, in, stride,
      out_bar, params_bar, params_bar_stride, in_bar, bar_stride, work);
}

static const cajal_model *const models[] = {&forecast_model, &boxed_model};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI,
    .compiler = "cajal2c 0.1.0", .source = "series.cajal", .program_count = 0, .programs = 0,
    .model_count = 2, .models = models};

const cajal_module *series_module_info(void) {
  return &module;
}

#ifdef CAJAL_SHARED_OBJECT
const cajal_module *cajal_module_info(void) {
  return &module;
}
#endif
