#include "reals.h"

/* Section 5 of LANGUAGE.md, entry by entry: calls visit for every product kernel[k] image[x] in out[y]. */
typedef struct NAMED(naive) {
  const REAL *kernel, *image, *out_bar;
  double *out, *image_bar, *kernel_bar;
} NAMED(naive);

static void NAMED(convolve)(size_t kh, size_t kw, size_t h, size_t w, NAMED(naive) n) {
  for (size_t y = 0; y < h; y++) {
    for (size_t x = 0; x < w; x++) {
      for (size_t i = 0; i < kh; i++) {
        for (size_t j = 0; j < kw; j++) {
          const size_t v = y + i - kh / 2, u = x + j - kw / 2; /* outside wraps around, far beyond h and w */
          if (v >= h || u >= w) continue;
          n.out[y * w + x] += (double)n.kernel[i * kw + j] * (double)n.image[v * w + u];
          n.image_bar[v * w + u] += (double)n.kernel[i * kw + j] * (double)n.out_bar[y * w + x];
          n.kernel_bar[i * kw + j] += (double)n.image[v * w + u] * (double)n.out_bar[y * w + x];
        }
      }
    }
  }
}

static double NAMED(inner)(size_t n, const REAL *a, const REAL *b) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
  return sum;
}

static void NAMED(compare_all)(const char *what, size_t n, const REAL *got, const double *want, double scale,
                               size_t kh, size_t kw, size_t h, size_t w) {
  double worst = 0;
  for (size_t i = 0; i < n; i++) {
    const double error = fabs((double)got[i] - want[i]);
    if (!(error <= worst)) worst = error;
  }
  CHECK(worst <= 4 * REAL_EPSILON * scale, "%s, kernel %zu x %zu, image %zu x %zu: off by %g", what, kh, kw, h, w,
        worst);
}

static void NAMED(compare_conv2d)(size_t kh, size_t kw, size_t h, size_t w, int accumulate) {
  const size_t taps = kh * kw, pixels = h * w;
  REAL *kernel = NAMED(random_vector)(taps), *image = NAMED(random_vector)(pixels);
  REAL *out_bar = NAMED(random_vector)(pixels);
  REAL *out = NAMED(new_vector)(pixels), *image_bar = NAMED(new_vector)(pixels), *kernel_bar = NAMED(new_vector)(taps);
  double *want = calloc(2 * pixels + taps, sizeof(double));
  NAMED(naive) naive = {kernel, image, out_bar, want, want + pixels, want + 2 * pixels};
  if (accumulate) {
    for (size_t i = 0; i < pixels; i++) naive.out[i] = out[i] = (REAL)random_real();
    for (size_t i = 0; i < pixels; i++) naive.image_bar[i] = image_bar[i] = (REAL)random_real();
    for (size_t i = 0; i < taps; i++) naive.kernel_bar[i] = kernel_bar[i] = (REAL)random_real();
  }
  NAMED(convolve)(kh, kw, h, w, naive);
  NAMED(cajal_conv2d)(kh, kw, h, w, kernel, image, out, accumulate, new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_conv2d_image_adjoint)(kh, kw, h, w, kernel, out_bar, image_bar, accumulate,
                                    new_scratch(CAJAL_CONVOLUTION_SCRATCH));
  NAMED(cajal_conv2d_kernel_adjoint)(kh, kw, h, w, image, out_bar, kernel_bar, accumulate,
                                     new_scratch(CAJAL_KERNEL_ADJOINT_SCRATCH));
  const double scale = (double)(taps < pixels ? taps : pixels) + 1, kernel_scale = (double)pixels + 1;
  NAMED(compare_all)("conv2d", pixels, out, naive.out, scale, kh, kw, h, w);
  NAMED(compare_all)("conv2d_image_adjoint", pixels, image_bar, naive.image_bar, scale, kh, kw, h, w);
  NAMED(compare_all)("conv2d_kernel_adjoint", taps, kernel_bar, naive.kernel_bar, kernel_scale, kh, kw, h, w);
  if (!accumulate) {
    const double forward = NAMED(inner)(pixels, out_bar, out), bound = 8 * REAL_EPSILON * scale * kernel_scale;
    CHECK(fabs(forward - NAMED(inner)(pixels, image_bar, image)) <= bound, "<y, Ax> = <A'y, x>, A = conv2d k");
    CHECK(fabs(forward - NAMED(inner)(taps, kernel_bar, kernel)) <= bound, "<y, Ak> = <A'y, k>, A = conv2d - x");
  }
  free(want);
  NAMED(delete_vector)(kernel);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(out);
  NAMED(delete_vector)(image_bar);
  NAMED(delete_vector)(kernel_bar);
}

static void NAMED(test_conv2d)(void) {
  for (size_t i = 0; i < 300; i++) {
    const size_t kh = random_size(12) * 2 - 1, kw = random_size(12) * 2 - 1, h = random_size(40), w = random_size(70);
    NAMED(compare_conv2d)(kh, kw, h, w, (int)random_below(2));
  }
  for (int accumulate = 0; accumulate < 2; accumulate++) {
    NAMED(compare_conv2d)(13, 13, 28, 28, accumulate);
    NAMED(compare_conv2d)(1, 1, 1, 1, accumulate);
    NAMED(compare_conv2d)(41, 1, 3, 40, accumulate);
    NAMED(compare_conv2d)(1, 67, 40, 3, accumulate);
    NAMED(compare_conv2d)(35, 33, 33, 34, accumulate);
    NAMED(compare_conv2d)(65, 65, 2, 2, accumulate);
    NAMED(compare_conv2d)(201, 3, 1, 65, accumulate);
  }
}
