#include "patch.h"
#include "correlate.h"
#include "convolution_kernel_adjoint.h"

/* Along one axis, tap stride a + r meets, from place i, the entry stride (i + a) + r - padding: every stride-th tap
 * sees every stride-th entry. So a convolution with a stride is a sum of convolutions without, over r on both axes. */
typedef struct NAMED(phase) {
  size_t taps, entries; /* how many there are */
  size_t first;         /* entry: where the first is */
  ptrdiff_t before;     /* how many there would be before it, of which tap 0 from place 0 sees the first */
} NAMED(phase);

static NAMED(phase) NAMED(phase_of)(size_t r, size_t taps, size_t entries, size_t stride, size_t padding) {
  const ptrdiff_t before =
      padding >= r ? (ptrdiff_t)((padding - r + stride - 1) / stride) : -(ptrdiff_t)((r - padding) / stride);
  const size_t first = (size_t)(before * (ptrdiff_t)stride + (ptrdiff_t)r - (ptrdiff_t)padding);
  return (NAMED(phase)){(taps - r + stride - 1) / stride, first < entries ? (entries - first + stride - 1) / stride : 0,
                        first, before};
}

/* The statements for all phases y of rows and x of columns that have an entry; r and s are their first taps. */
#define FOR_EACH_PHASE(...)                                                \
  for (size_t r = 0; r < stride && r < kh; r++) {                          \
    const NAMED(phase) y = NAMED(phase_of)(r, kh, h, stride, ph);          \
    for (size_t s = 0; s < stride && s < kw; s++) {                        \
      const NAMED(phase) x = NAMED(phase_of)(s, kw, w, stride, pw);        \
      if (y.entries == 0 || x.entries == 0) continue;                      \
      __VA_ARGS__                                                          \
    }                                                                      \
  }

void NAMED(cajal_convolution)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                              size_t ph, size_t pw, const REAL *restrict kernel, const REAL *restrict image,
                              REAL *restrict out, int accumulate) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (!accumulate) memset(out, 0, co * oh * ow * sizeof(REAL));
  FOR_EACH_PHASE({
    const NAMED(images) in = {y.entries, x.entries, stride * w, stride, h * w};
    const NAMED(correlation) k = {.sight = {co, ci, y.taps, x.taps, oh, ow, -y.before, -x.before, in},
                                  .kernel = kernel + r * kw + s,
                                  .tap_output = ci * kh * kw,
                                  .tap_input = kh * kw,
                                  .tap_row = (ptrdiff_t)(stride * kw),
                                  .tap_column = (ptrdiff_t)stride,
                                  .out = out,
                                  .to = {oh, ow, ow, 1, oh * ow}};
    NAMED(correlate)(k, image + y.first * w + x.first);
  })
}

/* The transpose is correlation with the kernel turned around, from its last taps. */
void NAMED(cajal_convolution_image_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                            size_t stride, size_t ph, size_t pw, const REAL *restrict kernel,
                                            const REAL *restrict out_bar, REAL *restrict image_bar,
                                            int accumulate) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (!accumulate) memset(image_bar, 0, ci * h * w * sizeof(REAL));
  FOR_EACH_PHASE({
    const size_t last_row = y.taps - 1, last_column = x.taps - 1;
    const NAMED(correlation) k = {.sight = {ci, co, y.taps, x.taps, y.entries, x.entries,
                                            y.before - (ptrdiff_t)last_row, x.before - (ptrdiff_t)last_column,
                                            {oh, ow, ow, 1, oh * ow}},
                                  .kernel = kernel + (r + stride * last_row) * kw + s + stride * last_column,
                                  .tap_output = kh * kw,
                                  .tap_input = ci * kh * kw,
                                  .tap_row = -(ptrdiff_t)(stride * kw),
                                  .tap_column = -(ptrdiff_t)stride,
                                  .out = image_bar + y.first * w + x.first,
                                  .to = {y.entries, x.entries, stride * w, stride, h * w}};
    NAMED(correlate)(k, out_bar);
  })
}

void NAMED(cajal_convolution_kernel_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                             size_t stride, size_t ph, size_t pw, const REAL *restrict image,
                                             const REAL *restrict out_bar, REAL *restrict kernel_bar,
                                             int accumulate) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  if (!accumulate) memset(kernel_bar, 0, co * ci * kh * kw * sizeof(REAL));
  FOR_EACH_PHASE({
    const NAMED(images) in = {y.entries, x.entries, stride * w, stride, h * w};
    const NAMED(kernel_adjoint) k = {.sight = {co, ci, y.taps, x.taps, oh, ow, -y.before, -x.before, in},
                                     .out_bar = out_bar,
                                     .kernel_bar = kernel_bar + r * kw + s,
                                     .tap_output = ci * kh * kw,
                                     .tap_input = kh * kw,
                                     .tap_row = stride * kw,
                                     .tap_column = stride};
    NAMED(add_kernel_adjoint)(&k, image + y.first * w + x.first);
  })
}

#undef FOR_EACH_PHASE
#undef MOST_OUTPUTS
#undef MOST_INPUTS_BY_ROWS
#include "patch_end.h"
