#include "reals.h"

typedef struct NAMED(sizes) {
  size_t co, ci, kh, kw, h, w, stride, ph, pw;
} NAMED(sizes);

static size_t NAMED(out_rows)(NAMED(sizes) s) { return (s.h + 2 * s.ph - s.kh) / s.stride + 1; }
static size_t NAMED(out_columns)(NAMED(sizes) s) { return (s.w + 2 * s.pw - s.kw) / s.stride + 1; }

typedef struct NAMED(pointers) {
  const REAL *kernel, *image, *out_bar;
  double *out, *image_bar, *kernel_bar;
} NAMED(pointers);

/* Section 6 of LANGUAGE.md, product by product. */
static void NAMED(convolve_naively)(NAMED(sizes) s, NAMED(pointers) at) {
  const size_t oh = NAMED(out_rows)(s), ow = NAMED(out_columns)(s);
  for (size_t tap = 0; tap < s.co * s.ci * s.kh * s.kw; tap++) {
    const size_t b = tap % s.kw, a = tap / s.kw % s.kh, c = tap / s.kw / s.kh % s.ci, o = tap / s.kw / s.kh / s.ci;
    for (size_t i = 0; i < oh; i++) {
      for (size_t j = 0; j < ow; j++) {
        const size_t y = s.stride * i + a - s.ph, x = s.stride * j + b - s.pw; /* outside wraps around, far beyond */
        if (y >= s.h || x >= s.w) continue;
        const size_t from = (c * s.h + y) * s.w + x, to = (o * oh + i) * ow + j;
        at.out[to] += (double)at.kernel[tap] * (double)at.image[from];
        at.image_bar[from] += (double)at.kernel[tap] * (double)at.out_bar[to];
        at.kernel_bar[tap] += (double)at.image[from] * (double)at.out_bar[to];
      }
    }
  }
}

static void NAMED(compare_result)(const char *what, NAMED(sizes) s, int accumulate, size_t n, const REAL *got,
                                  const double *want, size_t products) {
  double worst = 0;
  for (size_t i = 0; i < n; i++) {
    const double error = fabs((double)got[i] - want[i]);
    if (!(error <= worst)) worst = error;
  }
  CHECK(worst <= 4 * REAL_EPSILON * (double)(products + 1),
        "%s, kernel %zu x %zu x %zu x %zu, image %zu x %zu, stride %zu, padding %zu and %zu, accumulate %d: off by %g",
        what, s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, accumulate, worst);
}

static double NAMED(inner_product)(size_t n, const REAL *a, const REAL *b) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

static void NAMED(compare_convolution)(NAMED(sizes) s, int accumulate) {
  const size_t oh = NAMED(out_rows)(s), ow = NAMED(out_columns)(s);
  const size_t taps = s.co * s.ci * s.kh * s.kw, entries = s.ci * s.h * s.w, outs = s.co * oh * ow;
  REAL *kernel = NAMED(random_vector)(taps), *image = NAMED(random_vector)(entries);
  REAL *out_bar = NAMED(random_vector)(outs);
  REAL *out = NAMED(new_vector)(outs), *image_bar = NAMED(new_vector)(entries), *kernel_bar = NAMED(new_vector)(taps);
  double *want = calloc(outs + entries + taps, sizeof(double));
  NAMED(pointers) at = {kernel, image, out_bar, want, want + outs, want + outs + entries};
  if (accumulate) {
    for (size_t i = 0; i < outs; i++) at.out[i] = out[i] = (REAL)random_real();
    for (size_t i = 0; i < entries; i++) at.image_bar[i] = image_bar[i] = (REAL)random_real();
    for (size_t i = 0; i < taps; i++) at.kernel_bar[i] = kernel_bar[i] = (REAL)random_real();
  }
  NAMED(convolve_naively)(s, at);
  NAMED(cajal_convolution)(s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, image, out, accumulate,
                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_convolution_image_adjoint)
  (s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, out_bar, image_bar, accumulate,
   new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_convolution_kernel_adjoint)
  (s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, image, out_bar, kernel_bar, accumulate,
   new_scratch(CAJAL_KERNEL_ADJOINT_SCRATCH));
  NAMED(compare_result)("convolution", s, accumulate, outs, out, at.out, s.ci * s.kh * s.kw);
  NAMED(compare_result)("convolution_image_adjoint", s, accumulate, entries, image_bar, at.image_bar,
                        s.co * s.kh * s.kw);
  NAMED(compare_result)("convolution_kernel_adjoint", s, accumulate, taps, kernel_bar, at.kernel_bar, oh * ow);
  if (!accumulate) {
    const double bound = 4 * REAL_EPSILON * (double)(taps + 1) * (double)(oh * ow + 1);
    const double forward = NAMED(inner_product)(outs, out_bar, out);
    const double by_image = NAMED(inner_product)(entries, image_bar, image);
    const double by_kernel = NAMED(inner_product)(taps, kernel_bar, kernel);
    CHECK(fabs(forward - by_image) <= bound, "<y, A x> = <A' y, x> in the image");
    CHECK(fabs(forward - by_kernel) <= bound, "<y, A k> = <A' y, k> in the kernel");
  }
  free(want);
  NAMED(delete_vector)(kernel);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(out);
  NAMED(delete_vector)(image_bar);
  NAMED(delete_vector)(kernel_bar);
}

/* What is done in one go has the same bits as its parts one after another. */
static void NAMED(compare_fused)(NAMED(sizes) s, int with_nan) {
  const size_t plane = NAMED(out_rows)(s) * NAMED(out_columns)(s);
  const size_t taps = s.co * s.ci * s.kh * s.kw, entries = s.ci * s.h * s.w, outs = s.co * plane;
  REAL *kernel = NAMED(random_vector)(taps), *image = NAMED(random_vector)(entries), *bias = NAMED(random_vector)(s.co);
  REAL *sum = NAMED(new_vector)(outs), *want = NAMED(new_vector)(outs), *got = NAMED(new_vector)(outs);
  REAL *image_sum = NAMED(new_vector)(entries), *image_want = NAMED(new_vector)(entries);
  REAL *image_got = NAMED(new_vector)(entries);
  if (with_nan) image[random_below(entries)] = (REAL)NAN;
  for (size_t i = 0; i < outs; i++) sum[i] = bias[i / plane];
  NAMED(cajal_convolution)(s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, image, sum, 1,
                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_relu)(outs, sum, want);
  int same = 1;
  for (int rectified = 0; rectified < 2; rectified++) {
    for (size_t i = 0; i < outs; i++) got[i] = 99;
    NAMED(cajal_convolution_layer)
    (s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, image, bias, rectified, got,
     new_scratch(CAJAL_CONVOLUTION_SCRATCH));
    for (size_t i = 0; i < outs; i++) {
      const REAL expected = rectified ? want[i] : sum[i];
      same &= isnan(expected) ? isnan(got[i]) != 0 : memcmp(got + i, &expected, sizeof(REAL)) == 0;
    }
  }
  /* Some zeros in what relu made. */
  NAMED(cajal_relu)(entries, image, image_sum);
  memcpy(image, image_sum, entries * sizeof(REAL));
  NAMED(cajal_convolution_image_adjoint)
  (s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, sum, image_sum, 0,
   new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_relu_adjoint)(entries, image, image_sum, image_want);
  for (size_t i = 0; i < entries; i++) image_got[i] = 99;
  NAMED(cajal_convolution_image_relu_adjoint)
  (s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, kernel, sum, image, image_got,
   new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  int image_same = 1;
  for (size_t i = 0; i < entries; i++) {
    image_same &= isnan(image_want[i]) ? isnan(image_got[i]) != 0
                                       : memcmp(image_got + i, image_want + i, sizeof(REAL)) == 0;
  }
  CHECK(same && image_same,
        "fused, kernel %zu x %zu x %zu x %zu, image %zu x %zu, stride %zu, padding %zu and %zu, NaN %d: layer %d, "
        "adjoint %d",
        s.co, s.ci, s.kh, s.kw, s.h, s.w, s.stride, s.ph, s.pw, with_nan, same, image_same);
  NAMED(delete_vector)(kernel);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(bias);
  NAMED(delete_vector)(sum);
  NAMED(delete_vector)(want);
  NAMED(delete_vector)(got);
  NAMED(delete_vector)(image_sum);
  NAMED(delete_vector)(image_want);
  NAMED(delete_vector)(image_got);
}

/* The same numbers at another address give the same bits. */
static void NAMED(test_convolution_anywhere)(void) {
  enum { CO = 5, CI = 3, K = 5, N = 19 };
  REAL *kernel = NAMED(random_vector)(CO * CI * K * K), *image = NAMED(random_vector)(CI * N * N);
  REAL first[CO * N * N], moved_kernel[CO * CI * K * K + 3], moved_image[CI * N * N + 5], moved[CO * N * N + 7];
  memcpy(moved_kernel + 3, kernel, CO * CI * K * K * sizeof(REAL));
  memcpy(moved_image + 5, image, CI * N * N * sizeof(REAL));
  NAMED(cajal_convolution)(CO, CI, K, K, N, N, 1, 2, 2, kernel, image, first, 0,
                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_convolution)(CO, CI, K, K, N, N, 1, 2, 2, moved_kernel + 3, moved_image + 5, moved + 7, 0,
                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  CHECK(memcmp(first, moved + 7, sizeof first) == 0, "a convolution depends on addresses");
  NAMED(delete_vector)(kernel);
  NAMED(delete_vector)(image);
}

/* Every result that a NaN belongs to is NaN. */
static void NAMED(test_convolution_of_nan)(void) {
  enum { N = 9, K = 3, CI = 2, CO = 3 };
  REAL kernel[CO * CI * K * K], image[CI * N * N], out[CO * N * N];
  for (size_t i = 0; i < CO * CI * K * K; i++) kernel[i] = 0;
  for (size_t at = 0; at < CI * N * N; at++) {
    for (size_t i = 0; i < CI * N * N; i++) image[i] = i == at ? (REAL)NAN : 0;
    NAMED(cajal_convolution)(CO, CI, K, K, N, N, 1, 1, 1, kernel, image, out, 0,
                             new_scratch(CAJAL_CONVOLUTION_SCRATCH));
    int all = 1;
    for (size_t i = 0; i < CO * N * N; i++) {
      const size_t y = i / N % N, x = i % N, v = at / N % N, u = at % N;
      if (y + 1 >= v && v + 1 >= y && x + 1 >= u && u + 1 >= x && !isnan(out[i])) all = 0;
    }
    CHECK(all, "a NaN at %zu was lost", at);
  }
  REAL image_bar[CI * N * N], kernel_bar[CO * CI * K * K];
  for (size_t at = 0; at < CO * N * N; at++) {
    for (size_t i = 0; i < CO * N * N; i++) out[i] = i == at ? (REAL)NAN : 0;
    for (size_t i = 0; i < CI * N * N; i++) image[i] = 0;
    NAMED(cajal_convolution_image_adjoint)(CO, CI, K, K, N, N, 1, 1, 1, kernel, out, image_bar, 0,
                                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
    NAMED(cajal_convolution_kernel_adjoint)(CO, CI, K, K, N, N, 1, 1, 1, image, out, kernel_bar, 0,
                                            new_scratch(CAJAL_KERNEL_ADJOINT_SCRATCH));
    const size_t o = at / N / N, y = at / N % N, x = at % N;
    int all = 1;
    for (size_t c = 0; c < CI; c++) {
      for (size_t a = 0; a < K; a++) {
        for (size_t b = 0; b < K; b++) {
          if (y + a < 1 || y + a > N || x + b < 1 || x + b > N) continue;
          all &= isnan(image_bar[(c * N + y + a - 1) * N + x + b - 1]) != 0;
          all &= isnan(kernel_bar[((o * CI + c) * K + a) * K + b]) != 0;
        }
      }
    }
    CHECK(all, "a NaN at %zu of out_bar was lost", at);
  }
}

/* Where there is nothing to sum, the sum is zero. */
static void NAMED(test_empty_convolution)(void) {
  const REAL none = 0;
  REAL out[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  NAMED(cajal_convolution)(1, 0, 3, 3, 3, 3, 1, 1, 1, &none, &none, out, 1, new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  CHECK(out[0] == 1 && out[8] == 1, "accumulating a convolution of no inputs");
  NAMED(cajal_convolution)(1, 0, 3, 3, 3, 3, 1, 1, 1, &none, &none, out, 0, new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  CHECK(out[0] == 0 && out[8] == 0, "a convolution of no inputs");
  out[0] = 1;
  NAMED(cajal_convolution)(0, 1, 3, 3, 3, 3, 1, 1, 1, &none, out, (REAL[1]){0}, 0,
                           new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_convolution_kernel_adjoint)(0, 1, 3, 3, 3, 3, 1, 1, 1, out, &none, (REAL[1]){0}, 0,
                                          new_scratch(CAJAL_KERNEL_ADJOINT_SCRATCH));
  NAMED(cajal_convolution_image_adjoint)(0, 1, 3, 3, 3, 3, 1, 1, 1, &none, &none, out, 0,
                                         new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  CHECK(out[0] == 0, "the image adjoint of no outputs");
  out[0] = 1;
  NAMED(cajal_conv2d)(3, 3, 0, 2, out, &none, (REAL[1]){0}, 0, new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_conv2d_image_adjoint)(3, 3, 2, 0, out, &none, (REAL[1]){0}, 0, new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_conv2d_kernel_adjoint)(3, 3, 0, 0, &none, &none, out, 0, new_scratch(CAJAL_KERNEL_ADJOINT_SCRATCH));
  CHECK(out[0] == 0, "the kernel adjoint of no image");
}

static void NAMED(test_convolution)(void) {
  NAMED(test_empty_convolution)();
  NAMED(test_convolution_anywhere)();
  NAMED(test_convolution_of_nan)();
  for (size_t i = 0; i < 600; i++) {
    NAMED(sizes) s = {1 + random_below(9), 1 + random_below(9), random_size(9), random_size(9), 0, 0,
                      i % 2 ? 1 : 1 + random_below(3), random_below(7), random_below(7)};
    s.h = random_size(24), s.w = random_size(40);
    while (s.h + 2 * s.ph < s.kh) s.h++;
    while (s.w + 2 * s.pw < s.kw) s.w++;
    NAMED(compare_convolution)(s, (int)random_below(2));
    NAMED(compare_fused)(s, i % 8 == 7);
  }
  const NAMED(sizes) some[] = {
      {8, 1, 5, 5, 28, 28, 1, 2, 2},    {16, 8, 5, 5, 28, 28, 1, 2, 2},  {6, 1, 13, 13, 28, 28, 1, 6, 6},
      {1, 6, 13, 13, 28, 28, 1, 6, 6},  {7, 6, 13, 13, 28, 28, 1, 6, 6}, {1, 1, 1, 1, 1, 1, 1, 0, 0},
      {2, 3, 1, 1, 5, 5, 1, 6, 6},      {3, 2, 9, 9, 2, 2, 1, 5, 5},     {3, 2, 9, 9, 2, 2, 2, 5, 5},
      {1, 2, 35, 33, 9, 34, 1, 17, 16}, {2, 1, 3, 40, 3, 41, 1, 0, 0},   {1, 1, 29, 3, 30, 70, 1, 0, 1},
      {2, 2, 17, 18, 70, 67, 1, 3, 0},  {5, 33, 3, 3, 9, 9, 1, 1, 1},    {40, 2, 3, 3, 9, 33, 1, 1, 1},
      {1, 40, 14, 15, 31, 33, 1, 6, 6}, {1, 1, 3, 3, 300, 3, 1, 1, 1},   {2, 1, 3, 3, 300, 3, 1, 1, 1},
      {3, 2, 2, 3, 28, 28, 3, 0, 1},    {1, 1, 4, 4, 28, 28, 4, 2, 2},   {2, 2, 2, 2, 3, 3, 5, 1, 1}};
  for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
    for (int accumulate = 0; accumulate < 2; accumulate++) NAMED(compare_convolution)(some[i], accumulate);
    NAMED(compare_fused)(some[i], 0);
  }
}
