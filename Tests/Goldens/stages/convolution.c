/* From convolution.cajal by cajal2c 0.1.0. */

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

#include "convolution.h"

#include "cajal_kernels.h"

typedef float real;

/* convolve (image : Real[5,1], kernel : Real[3,3], n : Nat) : Real[5,1] */
/* program convolve (image : Real[5,1], kernel : Real[3,3], n : Nat) : Real[5,1] = */
/* iter { image | y => conv2d kernel y } (n) */

static void convolve_batch_sample(const real *image, const real *kernel, const real *n, real *restrict result,
    real *restrict kept, int keep, real *work) {
  /* line 8: iter { image | y => conv2d kernel y } (n) */
  real y_b[5];
  for (size_t i = 0; i < 5; i++) {
    y_b[i] = n[9] * image[i];
  }
  real *y = y_b;
  real *y_next = result;
  for (size_t k = 9; k-- > 0;) {
    for (size_t i = 0; i < 5; i++) {
      y_next[i] = n[k] * image[i];
    }
    cajal_conv2d_f32(3, 3, 5, 1, kernel, y, y_next, 1, work);
    CAJAL_HIDE(keep);
    if (keep) {
      for (size_t i = 0; i < 5; i++) {
        kept[5 * k + i] = y[i];
      }
    }
    real *const y_last = y;
    y = y_next;
    y_next = y_last;
  }
}

/* The adjoint. */
static void convolve_batch_adjoint_sample(const real *image, const real *kernel, const real *n,
    const real *result_bar, real *restrict image_bar, real *restrict kernel_bar, real *restrict n_bar,
    const real *kept, int wants_image, int wants_kernel, int wants_n, real *work) {
  /* line 8: iter { image | y => conv2d kernel y } (n) */
  real y_bar_b[5];
  for (size_t i = 0; i < 5; i++) {
    y_bar_b[i] = result_bar[i];
  }
  real y_bar_a[5];
  real *y_bar = y_bar_b;
  real *y_bar_next = y_bar_a;
  for (size_t k = 0; k < 9; k++) {
    /* line 8: conv2d kernel y */
    cajal_conv2d_image_adjoint_f32(3, 3, 5, 1, kernel, y_bar, y_bar_next, 0, work);
    /* line 8: iter { image | y => conv2d kernel y } (n) */
    CAJAL_HIDE(wants_n);
    if (wants_n) {
      n_bar[k] += image[0] * y_bar[0] + image[1] * y_bar[1] + image[2] * y_bar[2] +
          image[3] * y_bar[3] + image[4] * y_bar[4];
    }
    CAJAL_HIDE(wants_image);
    if (wants_image) {
      for (size_t i = 0; i < 5; i++) {
        image_bar[i] += n[k] * y_bar[i];
      }
    }
    CAJAL_HIDE(wants_kernel);
    if (wants_kernel) {
      cajal_conv2d_kernel_adjoint_f32(3, 3, 5, 1, kept + 5 * k, y_bar,
          kernel_bar, 1, work);
    }
    real *const y_bar_last = y_bar;
    y_bar = y_bar_next;
    y_bar_next = y_bar_last;
  }
  CAJAL_HIDE(wants_image);
  if (wants_image) {
    for (size_t i = 0; i < 5; i++) {
      image_bar[i] += n[9] * y_bar_a[i];
    }
  }
  CAJAL_HIDE(wants_n);
  if (wants_n) {
    n_bar[9] += image[0] * y_bar_a[0] + image[1] * y_bar_a[1] + image[2] *
        y_bar_a[2] + image[3] * y_bar_a[3] + image[4] * y_bar_a[4];
  }
}

static const size_t convolve_sizes[] = {5, 9, 10};

static size_t convolve_bytes(size_t batch, int keep) {
  if (!keep) {
    return 54400;
  }
  return batch > (SIZE_MAX - 69760) / 192 ? SIZE_MAX : 69760 + batch * 192;
}

static int convolve_run_batch(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  real *const kept = keep ? (real *)work + 17440 : (real *)0;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(keep);
    convolve_batch_sample((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
        (const real *)in[2] + b * stride[2], (real *)out + b * 5,
        keep ? kept + b * 45 : kept, keep, work);
  }
  return CAJAL_OK;
}

static int convolve_run_adjoint_batch(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (!in_bar[0] && !in_bar[1] && !in_bar[2]) {
    return CAJAL_OK;
  }
  if (in_bar[0]) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      for (size_t i = 0; i < 5; i++) {
        ((real *)in_bar[0])[b * bar_stride[0] + i] = 0;
      }
    }
  }
  if (in_bar[1]) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      for (size_t i = 0; i < 9; i++) {
        ((real *)in_bar[1])[b * bar_stride[1] + i] = 0;
      }
    }
  }
  if (in_bar[2]) {
    for (size_t b = 0; b < batch; b++) {
      CAJAL_HIDE(b);
      for (size_t i = 0; i < 10; i++) {
        ((real *)in_bar[2])[b * bar_stride[2] + i] = 0;
      }
    }
  }
  const real *const kept = (real *)work + 17440;
  for (size_t b = 0; b < batch; b++) {
    CAJAL_HIDE(b);
    CAJAL_HIDE(in_bar);
    convolve_batch_adjoint_sample((const real *)in[0] + b * stride[0], (const real *)in[1] + b * stride[1],
        (const real *)in[2] + b * stride[2], (const real *)out_bar + b * 5,
        in_bar[0] ? (real *)in_bar[0] + b * bar_stride[0] : (real *)0,
        in_bar[1] ? (real *)in_bar[1] + b * bar_stride[1] : (real *)0,
        in_bar[2] ? (real *)in_bar[2] + b * bar_stride[2] : (real *)0,
        kept + b * 45, in_bar[0] != 0, in_bar[1] != 0, in_bar[2] != 0, work);
  }
  return CAJAL_OK;
}

static CAJAL_ONE_COPY int convolve_run(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work, int keep) {
  if (cajal_check_inputs(batch, 3, in, stride, convolve_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out, 5, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, convolve_bytes(batch, keep)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  return convolve_run_batch(batch, in, stride, out, work, keep);
}

static int convolve_generic_forward(size_t batch, const void *const in[], const size_t stride[], void *out,
    void *work) {
  return convolve_run(batch, in, stride, out, work, 0);
}

static int convolve_generic_forward_keep(size_t batch, const void *const in[], const size_t stride[],
    void *out, void *work) {
  return convolve_run(batch, in, stride, out, work, 1);
}

static CAJAL_ONE_COPY int convolve_run_adjoint(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  if (cajal_check_inputs(batch, 3, in, stride, convolve_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_output(batch, out_bar, 5, sizeof(real)) != CAJAL_OK ||
      cajal_check_gradients(batch, 3, in_bar, bar_stride, convolve_sizes, sizeof(real)) != CAJAL_OK ||
      cajal_check_workspace(work, convolve_bytes(batch, 1)) != CAJAL_OK) {
    return CAJAL_BAD_ARGUMENT;
  }
  return convolve_run_adjoint_batch(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

static int convolve_generic_backward(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], void *work) {
  return convolve_run_adjoint(batch, in, stride, out_bar, in_bar, stride, work);
}

static int convolve_backward_each(size_t batch, const void *const in[], const size_t stride[],
    const void *out_bar, void *const in_bar[], const size_t bar_stride[], void *work) {
  return convolve_run_adjoint(batch, in, stride, out_bar, in_bar, bar_stride, work);
}

size_t convolution_convolve_workspace_bytes(size_t batch, int keep) {
  return convolve_bytes(batch, keep);
}

int convolution_convolve_forward(size_t batch, const float *image, size_t image_stride, const float *kernel,
    size_t kernel_stride, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {image_stride, kernel_stride, n_stride};
  return convolve_run(batch, in, stride, result, work, 0);
}

int convolution_convolve_forward_keep(size_t batch, const float *image, size_t image_stride,
    const float *kernel, size_t kernel_stride, const float *n, size_t n_stride, float *result, void *work) {
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {image_stride, kernel_stride, n_stride};
  return convolve_run(batch, in, stride, result, work, 1);
}

int convolution_convolve_backward(size_t batch, const float *image, size_t image_stride, const float *kernel,
    size_t kernel_stride, const float *n, size_t n_stride, const float *result_bar, float *image_bar,
    float *kernel_bar, float *n_bar, void *work) {
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {image_stride, kernel_stride, n_stride};
  void *const in_bar[] = {image_bar, kernel_bar, n_bar};
  return convolve_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

int convolution_convolve_backward_each(size_t batch, const float *image, size_t image_stride,
    const float *kernel, size_t kernel_stride, const float *n, size_t n_stride, const float *result_bar,
    float *image_bar, size_t image_bar_stride, float *kernel_bar, size_t kernel_bar_stride, float *n_bar,
    size_t n_bar_stride, void *work) {
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {image_stride, kernel_stride, n_stride};
  void *const in_bar[] = {image_bar, kernel_bar, n_bar};
  const size_t bar_stride[] = {image_bar_stride, kernel_bar_stride, n_bar_stride};
  return convolve_backward_each(batch, in, stride, result_bar, in_bar, bar_stride, work);
}

int convolution_convolve_one(const real *image, const real *kernel, const real *n, real *result, void *work) {
  const size_t batch = 1;
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {5, 9, 10};
  return convolve_run(batch, in, stride, result, work, 0);
}

int convolution_convolve_one_with_gradient(const real *image, const real *kernel, const real *n, real *result,
    const real *result_bar, real *image_bar, real *kernel_bar, real *n_bar, void *work) {
  const size_t batch = 1;
  const void *const in[] = {image, kernel, n};
  const size_t stride[] = {5, 9, 10};
  void *const in_bar[] = {image_bar, kernel_bar, n_bar};
  const int status = convolve_run(batch, in, stride, result, work, 1);
  if (status != CAJAL_OK) {
    return status;
  }
  return convolve_run_adjoint(batch, in, stride, result_bar, in_bar, stride, work);
}

static const cajal_port convolve_input_image = {.struct_size = sizeof(cajal_port), .linear = 1,
    .name = "image", .type = "Real[5,1]", .size = 5, .degree = 1, .rank = 2,
    .dims = {5, 1}};
static const cajal_port convolve_input_kernel = {.struct_size = sizeof(cajal_port), .linear = 0,
    .name = "kernel", .type = "Real[3,3]", .size = 9, .degree = 9,
    .rank = 2, .dims = {3, 3}};
static const cajal_port convolve_input_n = {.struct_size = sizeof(cajal_port), .linear = 1, .name = "n",
    .type = "Nat", .size = 10, .degree = 1, .rank = 1, .dims = {10}};
static const cajal_port *const convolve_inputs[] = {&convolve_input_image, &convolve_input_kernel,
    &convolve_input_n};
static const cajal_port convolve_output = {.struct_size = sizeof(cajal_port), .linear = 0, .name = "",
    .type = "Real[5,1]", .size = 5, .degree = 0, .rank = 2, .dims = {5, 1}};
static const cajal_program convolve_program = {.struct_size = sizeof(cajal_program), .horizon = 10,
    .real_bytes = sizeof(real), .name = "convolve",
    .judgement = "convolve (image : Real[5,1], kernel : Real[3,3], n : Nat) : Real[5,1]",
    .input_count = 3, .inputs = convolve_inputs, .output = &convolve_output,
    .workspace_bytes = convolve_bytes, .forward = convolve_generic_forward,
    .forward_keep = convolve_generic_forward_keep, .backward = convolve_generic_backward,
    .backward_each = convolve_backward_each};

static const cajal_program *const programs[] = {&convolve_program};

static const cajal_module module = {.struct_size = sizeof(cajal_module), .abi = CAJAL_ABI,
    .compiler = "cajal2c 0.1.0", .source = "convolution.cajal", .program_count = 1, .programs = programs,
    .model_count = 0, .models = 0};

const cajal_module *convolution_module_info(void) {
  return &module;
}

#ifdef CAJAL_SHARED_OBJECT
const cajal_module *cajal_module_info(void) {
  return &module;
}
#endif
