#include "patch.h"

#define TILE_ROWS 4

/* A piece of a kernel, and how much of it is there. */
typedef struct NAMED(taps) {
  size_t rows, columns;
  REAL entry[PIECE][PIECE];
} NAMED(taps);

/* TILE_ROWS rows of a band, held in registers: out += taps correlated with the patch. */
static void NAMED(add_rows)(const NAMED(taps) *restrict taps, const REAL *restrict patch, size_t rows, size_t columns,
                            REAL *restrict out, size_t w) {
  LANES sum[TILE_ROWS][2];
  memset(sum, 0, sizeof sum);
  for (size_t i = 0; i < taps->rows; i++) {
    for (size_t j = 0; j < taps->columns; j++) {
      const REAL tap = taps->entry[i][j];
      const REAL *from = patch + i * PATCH_COLUMNS + j;
      for (size_t y = 0; y < TILE_ROWS; y++) {
        LANES left, right;
        LOAD_LANES(left, from + y * PATCH_COLUMNS);
        LOAD_LANES(right, from + y * PATCH_COLUMNS + LANE_COUNT);
        sum[y][0] += tap * left;
        sum[y][1] += tap * right;
      }
    }
  }
  REAL tile[TILE_ROWS][BAND_COLUMNS];
  memcpy(tile, sum, sizeof tile);
  for (size_t y = 0; y < rows; y++) {
    for (size_t x = 0; x < columns; x++) out[y * w + x] += tile[y][x];
  }
}

/* One band of out, whose first entry is (y0, x0), against one piece of the kernel, whose first entry is (i0, j0). */
static void NAMED(add_band)(size_t kh, size_t kw, size_t h, size_t w, const NAMED(taps) *restrict taps,
                            size_t i0, size_t j0, size_t y0, size_t x0, const REAL *restrict image,
                            REAL *restrict out) {
  REAL patch[PATCH_ROWS * PATCH_COLUMNS];
  const size_t rows = NAMED(least)(BAND_ROWS, h - y0), columns = NAMED(least)(BAND_COLUMNS, w - x0);
  const size_t tiled = (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  NAMED(cut)(h, w, image, (ptrdiff_t)(y0 + i0) - (ptrdiff_t)(kh / 2), (ptrdiff_t)(x0 + j0) - (ptrdiff_t)(kw / 2),
             tiled + taps->rows - 1, BAND_COLUMNS + taps->columns - 1, patch, PATCH_COLUMNS);
  for (size_t y = 0; y < rows; y += TILE_ROWS) {
    NAMED(add_rows)(taps, patch + y * PATCH_COLUMNS, NAMED(least)(TILE_ROWS, rows - y), columns,
                    out + (y0 + y) * w + x0, w);
  }
}

/* out += kernel correlated with the image; `flipped` turns the kernel by 180 degrees. */
static void NAMED(correlate)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict kernel, int flipped,
                             const REAL *restrict image, REAL *restrict out) {
  const NAMED(range) is = NAMED(meeting)(kh, h), js = NAMED(meeting)(kw, w);
  NAMED(taps) taps;
  for (size_t i0 = is.first; i0 < is.last; i0 += PIECE) {
    for (size_t j0 = js.first; j0 < js.last; j0 += PIECE) {
      taps.rows = NAMED(least)(PIECE, is.last - i0);
      taps.columns = NAMED(least)(PIECE, js.last - j0);
      for (size_t i = 0; i < taps.rows; i++) {
        for (size_t j = 0; j < taps.columns; j++) {
          const size_t at = (i0 + i) * kw + j0 + j;
          taps.entry[i][j] = kernel[flipped ? kh * kw - 1 - at : at];
        }
      }
      for (size_t y = 0; y < h; y += BAND_ROWS) {
        for (size_t x = 0; x < w; x += BAND_COLUMNS) NAMED(add_band)(kh, kw, h, w, &taps, i0, j0, y, x, image, out);
      }
    }
  }
}

void NAMED(cajal_conv2d)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict kernel,
                         const REAL *restrict image, REAL *restrict out, int accumulate) {
  if (h == 0 || w == 0) return;
  if (!accumulate) memset(out, 0, h * w * sizeof(REAL));
  NAMED(correlate)(kh, kw, h, w, kernel, 0, image, out);
}

/* With odd kh and kw the transpose is correlation with the kernel turned around. */
void NAMED(cajal_conv2d_image_adjoint)(size_t kh, size_t kw, size_t h, size_t w, const REAL *restrict kernel,
                                       const REAL *restrict out_bar, REAL *restrict image_bar, int accumulate) {
  if (h == 0 || w == 0) return;
  if (!accumulate) memset(image_bar, 0, h * w * sizeof(REAL));
  NAMED(correlate)(kh, kw, h, w, kernel, 1, out_bar, image_bar);
}

#undef TILE_ROWS
#include "patch_end.h"
