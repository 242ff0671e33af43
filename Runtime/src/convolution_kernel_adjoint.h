/* Part of a template: the transpose of convolution in the kernel, with stride 1.
 *
 * The sums of some taps, each a vector that is summed up at the end, stay in registers while a band of out_bar passes
 * with the patch that it sees. Where there are several outputs, they are the same taps of some outputs, which share the
 * image; where there is one, a column of taps, which share the image too, but not out_bar. */
#include "lane_sum.h"

/* A band of out_bar, with the zeros above and below that `add_columns` needs. */
#define BAND_REALS (28672 / sizeof(REAL))

/* kernel_bar[o,c,a,b] += the sum of out_bar[o,y,x] image[c, y + a + top, x + b + left]. */
typedef struct NAMED(kernel_adjoint) {
  size_t outputs, inputs, kh, kw, h, w, oh, ow;
  ptrdiff_t top, left;
  REAL *kernel_bar;
} NAMED(kernel_adjoint);

/* A band of some outputs; each row has as many columns as the tiles over it, with zeros beyond the image. */
typedef struct NAMED(band) {
  size_t output, columns, size; /* from row to row, and from output to output */
  const REAL *entries;
} NAMED(band);

/* Taps of input c of the part, from number `tap` of the piece on: `outputs` x `taps` sums. Beyond the piece the last
 * tap is computed again, and not stored. */
INLINE void NAMED(add_taps)(const size_t outputs, const size_t taps, const NAMED(kernel_adjoint) *restrict k,
                            const NAMED(part) *restrict part, const NAMED(band) *restrict band,
                            const REAL *restrict patch, size_t c, size_t tap) {
  const size_t rows = part->kernel_rows.last - part->kernel_rows.first;
  const size_t columns = part->kernel_columns.last - part->kernel_columns.first;
  const size_t there = NAMED(least)(taps, rows * columns - tap);
  const size_t first_row = tap / columns, last_row = (tap + there - 1) / columns;
  const REAL *from[MOST_SUMS];
  UNROLL for (size_t t = 0; t < taps; t++) {
    const size_t which = tap + NAMED(least)(t, there - 1);
    from[t] = patch + c * part->patch_size + which / columns * part->pitch + which % columns;
  }
  LANES sum[MOST_SUMS];
  UNROLL for (size_t v = 0; v < outputs; v++) {
    UNROLL for (size_t t = 0; t < taps; t++) sum[v * taps + t] = (LANES){0};
  }
  /* The rows of the band from which at least one of the taps meets the image. */
  const ptrdiff_t top = k->top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) ys = NAMED(meeting)((NAMED(range)){0, part->height}, k->h, top + (ptrdiff_t)first_row,
                                         last_row - first_row + 1);
  for (size_t y = ys.first; y < ys.last; y++) {
    for (size_t x = 0; x < band->columns; x += LANE_COUNT) {
      LANES image[MOST_SUMS];
      UNROLL for (size_t t = 0; t < taps; t++) LOAD_LANES_ONCE(image[t], from[t] + y * part->pitch + x);
      UNROLL for (size_t v = 0; v < outputs; v++) {
        LANES out_bar;
        LOAD_LANES_ONCE(out_bar, band->entries + v * band->size + y * band->columns + x);
        UNROLL for (size_t t = 0; t < taps; t++) sum[v * taps + t] += out_bar * image[t];
      }
    }
  }
  REAL *of_output = k->kernel_bar + ((band->output * k->inputs + part->input + c) * k->kh + part->kernel_rows.first) *
                                        k->kw + part->kernel_columns.first;
  UNROLL for (size_t t = 0; t < taps; t++) {
    REAL *to = of_output + (tap + t) / columns * k->kw + (tap + t) % columns;
    UNROLL for (size_t v = 0; v < outputs; v++, to += k->inputs * k->kh * k->kw) {
      if (t < there) *to += NAMED(lane_sum)(sum[v * taps + t]);
    }
  }
}

/* Columns of taps of the one output, from column `tap` of the piece on, as many rows as there are or more. As a row of
 * the image passes, tap a meets the row of out_bar a rows before it, so that the band has zeros above and below. */
INLINE void NAMED(add_columns)(const size_t rows, const size_t taps, const NAMED(kernel_adjoint) *restrict k,
                               const NAMED(part) *restrict part, const NAMED(band) *restrict band,
                               const REAL *restrict patch, size_t c, size_t tap) {
  const size_t kernel_rows = part->kernel_rows.last - part->kernel_rows.first;
  const size_t there = NAMED(least)(taps, part->kernel_columns.last - part->kernel_columns.first - tap);
  const REAL *from[MOST_SUMS];
  UNROLL for (size_t t = 0; t < taps; t++) {
    from[t] = patch + c * part->patch_size + tap + NAMED(least)(t, there - 1);
  }
  LANES sum[MOST_SUMS];
  UNROLL for (size_t a = 0; a < rows; a++) {
    UNROLL for (size_t t = 0; t < taps; t++) sum[a * taps + t] = (LANES){0};
  }
  const ptrdiff_t top = k->top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) is = NAMED(meeting)((NAMED(range)){0, part->height + kernel_rows - 1}, k->h, top, 1);
  for (size_t i = is.first; i < is.last; i++) {
    for (size_t x = 0; x < band->columns; x += LANE_COUNT) {
      const REAL *out_bar = band->entries + (i + MOST_ROWS - 1) * band->columns + x;
      LANES image[MOST_SUMS];
      UNROLL for (size_t t = 0; t < taps; t++) {
        LOAD_LANES_ONCE(image[t], from[t] + i * part->pitch + x);
      }
      UNROLL for (size_t a = 0; a < rows; a++, out_bar -= band->columns) {
        LANES factor;
        LOAD_LANES_ONCE(factor, out_bar);
        UNROLL for (size_t t = 0; t < taps; t++) sum[a * taps + t] += factor * image[t];
      }
    }
  }
  UNROLL for (size_t a = 0; a < rows; a++) {
    REAL *to = k->kernel_bar + ((part->input + c) * k->kh + part->kernel_rows.first + a) * k->kw +
               part->kernel_columns.first + tap;
    UNROLL for (size_t t = 0; t < taps; t++) {
      if (a < kernel_rows && t < there) to[t] += NAMED(lane_sum)(sum[a * taps + t]);
    }
  }
}

/* All taps of one input of a part against a band; functions of their own for the reason given in correlate.h. */
typedef void NAMED(taps)(const NAMED(kernel_adjoint) *restrict, const NAMED(part) *restrict,
                         const NAMED(band) *restrict, const REAL *restrict, size_t);
#define TAPS(n, taps)                                                                                        \
  static void NAMED(add_taps_##n)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part, \
                                  const NAMED(band) *restrict band, const REAL *restrict patch, size_t c) {  \
    const size_t rows = part->kernel_rows.last - part->kernel_rows.first;                                    \
    const size_t columns = part->kernel_columns.last - part->kernel_columns.first;                           \
    for (size_t tap = 0; tap < rows * columns; tap += taps) {                                                \
      NAMED(add_taps)(n, taps, k, part, band, patch, c, tap);                                                \
    }                                                                                                        \
  }
#define COLUMNS(n, taps)                                                                                        \
  static void NAMED(add_columns_##n)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part, \
                                     const NAMED(band) *restrict band, const REAL *restrict patch, size_t c) {  \
    const size_t columns = part->kernel_columns.last - part->kernel_columns.first;                              \
    for (size_t tap = 0; tap < columns; tap += taps) {                                                          \
      NAMED(add_columns)(n, taps, k, part, band, patch, c, tap);                                                \
    }                                                                                                           \
  }
#if MOST_SUMS > 13
TAPS(2, 10)
TAPS(3, 7)
TAPS(4, 5)
TAPS(5, 5)
TAPS(6, 4)
#else
TAPS(2, 4)
TAPS(3, 3)
TAPS(4, 2)
TAPS(5, 2)
TAPS(6, 2)
#endif
#if MOST_SUMS > 13
COLUMNS(1, 8)
COLUMNS(3, 8)
COLUMNS(5, 5)
COLUMNS(7, 3)
COLUMNS(13, 2)
#else
COLUMNS(1, 8)
COLUMNS(3, 4)
COLUMNS(5, 2)
COLUMNS(7, 1)
COLUMNS(13, 1)
#endif
#undef TAPS
#undef COLUMNS

static void NAMED(add_input)(size_t outputs, const NAMED(kernel_adjoint) *restrict k,
                             const NAMED(part) *restrict part, const NAMED(band) *restrict band,
                             const REAL *restrict patch, size_t c) {
  static NAMED(taps) *const taps[] = {NULL,
                                      NULL,
                                      NAMED(add_taps_2),
                                      NAMED(add_taps_3),
                                      NAMED(add_taps_4),
                                      NAMED(add_taps_5),
                                      NAMED(add_taps_6)};
  static NAMED(taps) *const columns[] = {NAMED(add_columns_1), NAMED(add_columns_3), NAMED(add_columns_5),
                                         NAMED(add_columns_7), NAMED(add_columns_13)};
  const size_t rows = part->kernel_rows.last - part->kernel_rows.first;
  (k->outputs > 1 ? taps[outputs] : columns[rows > 7 ? 4 : rows / 2])(k, part, band, patch, c);
}

/* A part of the images, whose patch has been cut, against the same part of out_bar. */
static void NAMED(add_band)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part,
                               const REAL *restrict patch, const REAL *restrict out_bar) {
  _Alignas(LANE_BYTES) REAL entries[BAND_REALS];
  const size_t around = k->outputs == 1 ? MOST_ROWS - 1 : 0;
  const size_t columns = (part->width + LANE_COUNT - 1) / LANE_COUNT * LANE_COUNT;
  NAMED(band) band = {0, columns, (part->height + 2 * around) * columns, entries};
  const size_t most = k->outputs % 4 == 0 ? 4 : 6, blocks = (k->outputs + most - 1) / most;
  for (size_t block = 0; block < blocks; block++) {
    const size_t outputs = NAMED(block_size)(k->outputs, blocks, block);
    for (size_t v = 0; v < outputs; v++) {
      REAL *to = entries + v * band.size;
      const REAL *from = out_bar + ((band.output + v) * k->oh + part->y) * k->ow + part->x;
      memset(to, 0, band.size * sizeof(REAL));
      for (size_t y = 0; y < part->height; y++) {
        memcpy(to + (around + y) * columns, from + y * k->ow, part->width * sizeof(REAL));
      }
    }
    for (size_t c = 0; c < part->inputs; c++) NAMED(add_input)(outputs, k, part, &band, patch, c);
    band.output += outputs;
  }
}

static void NAMED(add_kernel_adjoint)(const NAMED(kernel_adjoint) *restrict k, const REAL *restrict image,
                                      const REAL *restrict out_bar) {
  _Alignas(LANE_BYTES) REAL patch[PATCH_REALS];
  if (k->outputs == 0 || k->inputs == 0 || k->oh == 0 || k->ow == 0) return;
  const NAMED(range) as = NAMED(meeting)((NAMED(range)){0, k->kh}, k->h, k->top, k->oh);
  const NAMED(range) bs = NAMED(meeting)((NAMED(range)){0, k->kw}, k->w, k->left, k->ow);
  const size_t most_rows = k->outputs == 1 ? MOST_ROWS : PIECE;
  /* What fits of out_bar: the outputs of a block, or one with what is around it. */
  const size_t most_height =
      BAND_REALS / BAND_COLUMNS / NAMED(least)(k->outputs, 6) - (k->outputs == 1 ? 2 * MOST_ROWS : 0);
  NAMED(part) part;
  for (size_t a = as.first; a < as.last; a = part.kernel_rows.last) {
    part.kernel_rows = (NAMED(range)){a, NAMED(least)(a + most_rows, as.last)};
    for (size_t b = bs.first; b < bs.last; b = part.kernel_columns.last) {
      part.kernel_columns = (NAMED(range)){b, NAMED(least)(b + PIECE, bs.last)};
      for (part.x = 0; part.x < k->ow; part.x += part.width) {
        part.width = NAMED(least)(BAND_COLUMNS, k->ow - part.x);
        NAMED(size_part)(k->inputs, k->oh, most_height, 1, &part);
        part.most_height = NAMED(least)(part.most_height, most_height);
        for (part.input = 0; part.input < k->inputs; part.input += part.inputs) {
          part.inputs = NAMED(least)(part.most_inputs, k->inputs - part.input);
          for (part.y = 0; part.y < k->oh; part.y += part.height) {
            part.height = NAMED(least)(part.most_height, k->oh - part.y);
            const size_t rows = part.height + (part.kernel_rows.last - a) - 1;
            for (size_t c = 0; c < part.inputs; c++) {
              NAMED(cut)(k->h, k->w, image + (part.input + c) * k->h * k->w, k->top + (ptrdiff_t)(part.y + a),
                         k->left + (ptrdiff_t)(part.x + b), rows, part.pitch, patch + c * part.patch_size, part.pitch);
            }
            NAMED(add_band)(k, &part, patch, out_bar);
          }
        }
      }
    }
  }
}

#undef BAND_REALS
