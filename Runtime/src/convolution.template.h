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

/* Without a stride one correlation has all taps of every result, and does `ends` itself. Otherwise they are done before
 * and after all phases, to `count` planes of results. */
static NAMED(ends) NAMED(begin)(int at_once, const NAMED(ends) *ends, size_t count, size_t plane, REAL *restrict out) {
  if (at_once) return *ends;
  for (size_t o = 0; ends->overwrites && o < count; o++) {
    for (size_t i = 0; i < plane; i++) out[o * plane + i] = ends->start ? ends->start[o] : 0;
  }
  return (NAMED(ends)){0, NULL, 0, NULL};
}

static void NAMED(end)(int at_once, const NAMED(ends) *ends, size_t n, REAL *restrict out) {
  if (at_once) return;
  for (size_t i = 0; ends->rectifies && i < n; i++) out[i] = out[i] <= 0 ? 0 : out[i];
  for (size_t i = 0; ends->gate && i < n; i++) out[i] = ends->gate[i] > 0 ? out[i] : 0;
}

static void NAMED(convolve)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride, size_t ph,
                            size_t pw, const REAL *restrict kernel, const REAL *restrict image, REAL *restrict out,
                            NAMED(ends) ends, void *scratch) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  const int at_once = stride == 1 && ci > 0 && h > 0 && w > 0;
  const NAMED(ends) each = NAMED(begin)(at_once, &ends, co, oh * ow, out);
  FOR_EACH_PHASE({
    const NAMED(images) in = {y.entries, x.entries, stride * w, stride, h * w};
    const NAMED(correlation) k = {.sight = {co, ci, y.taps, x.taps, oh, ow, -y.before, -x.before, in},
                                  .kernel = kernel + r * kw + s,
                                  .tap_output = ci * kh * kw,
                                  .tap_input = kh * kw,
                                  .tap_row = (ptrdiff_t)(stride * kw),
                                  .tap_column = (ptrdiff_t)stride,
                                  .out = out,
                                  .to = {oh, ow, ow, 1, oh * ow},
                                  .ends = each,
                                  .scratch = scratch,
                                  .taps = (char *)scratch + PATCH_BYTES};
    NAMED(correlate)(k, image + y.first * w + x.first);
  })
  NAMED(end)(at_once, &ends, co * oh * ow, out);
}

void NAMED(cajal_convolution)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                              size_t ph, size_t pw, const REAL *restrict kernel, const REAL *restrict image,
                              REAL *restrict out, int accumulate, void *scratch) {
  const NAMED(ends) ends = {.overwrites = !accumulate};
  NAMED(convolve)(co, ci, kh, kw, h, w, stride, ph, pw, kernel, image, out, ends, scratch);
}

void NAMED(cajal_convolution_layer)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                    size_t ph, size_t pw, const REAL *restrict kernel, const REAL *restrict image,
                                    const REAL *restrict bias, int rectified, REAL *restrict out, void *scratch) {
  const NAMED(ends) ends = {.overwrites = 1, .start = bias, .rectifies = rectified};
  NAMED(convolve)(co, ci, kh, kw, h, w, stride, ph, pw, kernel, image, out, ends, scratch);
}

/* The transpose is correlation with the kernel turned around, from its last taps. */
static void NAMED(convolve_back)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w, size_t stride,
                                 size_t ph, size_t pw, const REAL *restrict kernel, const REAL *restrict out_bar,
                                 REAL *restrict image_bar, NAMED(ends) ends, void *scratch) {
  const size_t oh = (h + 2 * ph - kh) / stride + 1, ow = (w + 2 * pw - kw) / stride + 1;
  const int at_once = stride == 1 && co > 0;
  const NAMED(ends) each = NAMED(begin)(at_once, &ends, ci, h * w, image_bar);
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
                                  .to = {y.entries, x.entries, stride * w, stride, h * w},
                                  .ends = each,
                                  .scratch = scratch,
                                  .taps = (char *)scratch + PATCH_BYTES};
    NAMED(correlate)(k, out_bar);
  })
  NAMED(end)(at_once, &ends, ci * h * w, image_bar);
}

void NAMED(cajal_convolution_image_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                            size_t stride, size_t ph, size_t pw, const REAL *restrict kernel,
                                            const REAL *restrict out_bar, REAL *restrict image_bar,
                                            int accumulate, void *scratch) {
  const NAMED(ends) ends = {.overwrites = !accumulate};
  NAMED(convolve_back)(co, ci, kh, kw, h, w, stride, ph, pw, kernel, out_bar, image_bar, ends, scratch);
}

void NAMED(cajal_convolution_image_relu_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                                 size_t stride, size_t ph, size_t pw, const REAL *restrict kernel,
                                                 const REAL *restrict out_bar, const REAL *restrict image,
                                                 REAL *restrict image_bar, void *scratch) {
  const NAMED(ends) ends = {.overwrites = 1, .gate = image};
  NAMED(convolve_back)(co, ci, kh, kw, h, w, stride, ph, pw, kernel, out_bar, image_bar, ends, scratch);
}

void NAMED(cajal_convolution_kernel_adjoint)(size_t co, size_t ci, size_t kh, size_t kw, size_t h, size_t w,
                                             size_t stride, size_t ph, size_t pw, const REAL *restrict image,
                                             const REAL *restrict out_bar, REAL *restrict kernel_bar,
                                             int accumulate, void *scratch) {
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
                                     .tap_column = stride,
                                     .bands = (REAL *)scratch + PATCH_BYTES / sizeof(REAL)};
    NAMED(add_kernel_adjoint)(&k, image + y.first * w + x.first, scratch);
  })
}

#undef FOR_EACH_PHASE
#undef MOST_OUTPUTS
#undef MOST_INPUTS_BY_ROWS
#include "patch_end.h"
