#include "lane_sum.h"
#include "patch.h"

#define TAPS 4

/* TAPS neighbouring entries of a row of kernel_bar: each the dot product of a band of out_bar with the patch under
 * it. PIECE is a multiple of TAPS, so the entries beyond the piece still see the patch. */
static void NAMED(add_taps)(size_t rows, size_t count, const REAL *restrict band, const REAL *restrict patch,
                            REAL *restrict kernel_bar) {
  LANES sum[TAPS];
  memset(sum, 0, sizeof sum);
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < BAND_COLUMNS; x += LANE_COUNT) {
      LANES out_bar;
      LOAD_LANES(out_bar, band + y * BAND_COLUMNS + x);
      for (size_t j = 0; j < TAPS; j++) {
        LANES image;
        LOAD_LANES(image, patch + y * PATCH_COLUMNS + x + j);
        sum[j] += out_bar * image;
      }
    }
  }
  for (size_t j = 0; j < count; j++) kernel_bar[j] += NAMED(lane_sum)(sum[j]);
}

/* The piece of kernel_bar from (i0, j0), against the band of out_bar from (y0, x0). */
static void NAMED(add_piece)(size_t kh, size_t kw, size_t h, size_t w, size_t i0, size_t j0, size_t rows,
                             size_t columns, size_t y0, size_t x0, const REAL *restrict image,
                             const REAL *restrict out_bar, REAL *restrict kernel_bar) {
  REAL patch[PATCH_ROWS * PATCH_COLUMNS], band[BAND_ROWS * BAND_COLUMNS];
  const size_t height = NAMED(least)(BAND_ROWS, h - y0);
  NAMED(cut)(h, w, out_bar, (ptrdiff_t)y0, (ptrdiff_t)x0, height, BAND_COLUMNS, band, BAND_COLUMNS);
  NAMED(cut)(h, w, image, (ptrdiff_t)(y0 + i0) - (ptrdiff_t)(kh / 2), (ptrdiff_t)(x0 + j0) - (ptrdiff_t)(kw / 2),
             height + rows - 1, PATCH_COLUMNS, patch, PATCH_COLUMNS);
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j += TAPS) {
      NAMED(add_taps)(height, NAMED(least)(TAPS, columns - j), band, patch + i * PATCH_COLUMNS + j,
                      kernel_bar + (i0 + i) * kw + j0 + j);
    }
  }
}

void NAMED(cajal_conv2d_kernel_adjoint)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict image,
                                        const REAL *restrict out_bar, REAL *restrict kernel_bar, int accumulate) {
  if (kh == 0 || kw == 0) return;
  if (!accumulate) memset(kernel_bar, 0, kh * kw * sizeof(REAL));
  const NAMED(range) is = NAMED(meeting)(kh, h), js = NAMED(meeting)(kw, w);
  for (size_t i = is.first; i < is.last; i += PIECE) {
    for (size_t j = js.first; j < js.last; j += PIECE) {
      const size_t rows = NAMED(least)(PIECE, is.last - i), columns = NAMED(least)(PIECE, js.last - j);
      for (size_t y = 0; y < h; y += BAND_ROWS) {
        for (size_t x = 0; x < w; x += BAND_COLUMNS) {
          NAMED(add_piece)(kh, kw, h, w, i, j, rows, columns, y, x, image, out_bar, kernel_bar);
        }
      }
    }
  }
}

#undef TAPS
#include "patch_end.h"
