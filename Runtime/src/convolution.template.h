#include "correlate.h"
#include "convolution_kernel_adjoint.h"

/* The outputs 0 <= i < *to, *from <= i, for which entry s i + a - p lies in 0 <= . < n. */
static void NAMED(inside)(size_t outputs, size_t n, size_t s, size_t a, size_t p, size_t *from, size_t *to) {
  *from = a >= p ? 0 : (p - a + s - 1) / s;
  *to = n + p <= a ? 0 : (n + p - a - 1) / s + 1;
  if (*to > outputs) *to = outputs;
}

/* Runs STATEMENT for every tap k and every row of it: x is the row of the image, y that of the output, both from where
 * the tap first meets the image; `count` is how many entries of y it meets. */
#define FOR_EACH_ROW(STATEMENT)                                                                         \
  for (size_t o = 0; o < co; o++) {                                                                     \
    for (size_t c = 0; c < ci; c++) {                                                                   \
      for (size_t a = 0; a < kh; a++) {                                                                 \
        size_t top, bottom;                                                                             \
        NAMED(inside)(oh, h, stride, a, ph, &top, &bottom);                                             \
        for (size_t b = 0; b < kw; b++) {                                                               \
          size_t left, right;                                                                           \
          NAMED(inside)(ow, w, stride, b, pw, &left, &right);                                           \
          const size_t k = ((o * ci + c) * kh + a) * kw + b;                                            \
          for (size_t i = top; i < bottom && left < right; i++) {                                       \
            const size_t x = (c * h + stride * i + a - ph) * w + stride * left + b - pw;                \
            const size_t y = (o * oh + i) * ow + left, count = right - left;                            \
            STATEMENT                                                                                   \
          }                                                                                             \
        }                                                                                               \
      }                                                                                                 \
    }                                                                                                   \
  }

static inline void NAMED(add_scaled)(size_t n, REAL factor, const REAL *restrict x, size_t x_stride, REAL *restrict y,
                              size_t y_stride) {
  if (x_stride == 1 && y_stride == 1) {
    for (size_t i = 0; i < n; i++) y[i] += factor * x[i];
  } else {
    for (size_t i = 0; i < n; i++) y[i * y_stride] += factor * x[i * x_stride];
  }
}

void NAMED(cajal_convolution)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                              size_t ph, size_t pw, const REAL *restrict kernel, const REAL *restrict image,
                              REAL *restrict out, int accumulate) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (!accumulate) memset(out, 0, co * oh * ow * sizeof(REAL));
  if (stride == 1) {
    const NAMED(correlation) k = {co, ci, kh, kw, h, w, oh, ow, -(ptrdiff_t)ph, -(ptrdiff_t)pw,
                                  kernel, ci * kh * kw, kh * kw, 1, (co + MOST_OUTPUTS - 1) / MOST_OUTPUTS};
    NAMED(correlate)(&k, image, out);
    return;
  }
  FOR_EACH_ROW(NAMED(add_scaled)(count, kernel[k], image + x, stride, out + y, 1);)
}

/* With stride 1 it is a correlation with the kernel turned around. */
void NAMED(cajal_convolution_image_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                            size_t stride, size_t ph, size_t pw, const REAL *restrict kernel,
                                            const REAL *restrict out_bar, REAL *restrict image_bar,
                                            int accumulate) {
  if (!accumulate) memset(image_bar, 0, ci * h * w * sizeof(REAL));
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (stride == 1) {
    const NAMED(correlation) k = {ci, co, kh, kw, oh, ow, h, w, (ptrdiff_t)ph - (ptrdiff_t)kh + 1,
                                  (ptrdiff_t)pw - (ptrdiff_t)kw + 1, kernel + kh * kw - 1, kh * kw, ci * kh * kw, -1,
                                  (ci + MOST_OUTPUTS - 1) / MOST_OUTPUTS};
    NAMED(correlate)(&k, out_bar, image_bar);
    return;
  }
  FOR_EACH_ROW(NAMED(add_scaled)(count, kernel[k], out_bar + y, 1, image_bar + x, stride);)
}

void NAMED(cajal_convolution_kernel_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                             size_t stride, size_t ph, size_t pw, const REAL *restrict image,
                                             const REAL *restrict out_bar, REAL *restrict kernel_bar,
                                             int accumulate) {
  if (!accumulate) memset(kernel_bar, 0, co * ci * kh * kw * sizeof(REAL));
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (stride == 1) {
    const NAMED(kernel_adjoint) k = {co, ci, kh, kw, h, w, oh, ow, -(ptrdiff_t)ph, -(ptrdiff_t)pw, kernel_bar};
    NAMED(add_kernel_adjoint)(&k, image, out_bar);
    return;
  }
  FOR_EACH_ROW({
    REAL sum = 0;
    for (size_t j = 0; j < count; j++) sum += image[x + j * stride] * out_bar[y + j];
    kernel_bar[k] += sum;
  })
}

#undef FOR_EACH_ROW
#include "patch_end.h"
