/* Part of a template: correlation over channels with stride 1, which is convolution and also its transpose in the
 * image.
 *
 * Sums stay in registers while all taps pass, and a tap is multiplied with two vectors of a row of the image at once.
 * Where there are several outputs, the sums are those of a tile: some outputs, some rows, TILE_COLUMNS columns. Where
 * there is one, they are those of all rows of the output that one row of the image meets; see `add_by_rows`. */
#include "patch.h"

#define MOST_OUTPUTS 6

/* out[o,y,x] += sum of tap[o,c,a,b] image[c, y + a + top, x + b + left], where that is in the image. */
typedef struct NAMED(correlation) {
  size_t outputs, inputs, kh, kw, h, w, oh, ow;
  ptrdiff_t top, left; /* where the first tap of the first output is in the image, which it can be outside of */
  const REAL *kernel;  /* the tap (o,c,a,b) is at o * output_step + c * input_step + (a * kw + b) * tap_step */
  size_t output_step, input_step;
  ptrdiff_t tap_step;
  size_t blocks; /* of outputs */
} NAMED(correlation);

/* out += taps correlated with the patch: for `outputs` outputs from `o`, and `rows` rows of the band from `y`, and
 * TILE_COLUMNS columns from `x`. What is beyond the band is computed and not stored. */
INLINE void NAMED(add_tile)(const size_t outputs, const size_t rows, const NAMED(correlation) *restrict k,
                            const NAMED(part) *restrict part, const REAL *restrict patch, size_t o, size_t y, size_t x,
                            REAL *restrict out) {
  LANES sum[MOST_OUTPUTS][MOST_TILE_ROWS][2];
  const REAL *taps[MOST_OUTPUTS];
  UNROLL for (size_t v = 0; v < outputs; v++) {
    taps[v] = k->kernel + (o + v) * k->output_step + part->input * k->input_step;
    UNROLL for (size_t r = 0; r < rows; r++) sum[v][r][0] = sum[v][r][1] = (LANES){0};
  }
  const NAMED(range) as = NAMED(meeting)(part->kernel_rows, k->h, k->top + (ptrdiff_t)(part->y + y), rows);
  for (size_t c = 0; c < part->inputs; c++) {
    for (size_t a = as.first; a < as.last; a++) {
      const REAL *from = patch + c * part->patch_size + (y + a - part->kernel_rows.first) * part->pitch + x;
      ptrdiff_t tap = (ptrdiff_t)(c * k->input_step) +
                      (ptrdiff_t)(a * k->kw + part->kernel_columns.first) * k->tap_step;
      for (size_t b = part->kernel_columns.first; b < part->kernel_columns.last; b++, from++, tap += k->tap_step) {
        LANES image[MOST_TILE_ROWS][2];
        UNROLL for (size_t r = 0; r < rows; r++) {
          LOAD_LANES_ONCE(image[r][0], from + r * part->pitch);
          LOAD_LANES_ONCE(image[r][1], from + r * part->pitch + LANE_COUNT);
        }
        UNROLL for (size_t v = 0; v < outputs; v++) {
          const REAL factor = taps[v][tap];
          UNROLL for (size_t r = 0; r < rows; r++) {
            sum[v][r][0] += factor * image[r][0];
            sum[v][r][1] += factor * image[r][1];
          }
        }
      }
    }
  }
  const size_t there = NAMED(least)(rows, part->height - y), width = NAMED(least)(TILE_COLUMNS, part->width - x);
  UNROLL for (size_t v = 0; v < outputs; v++) {
    REAL *to = out + ((o + v) * k->oh + part->y + y) * k->ow + part->x + x;
    UNROLL for (size_t r = 0; r < rows; r++) {
      if (r < there) NAMED(add_pair)(width, sum[v][r], to + r * k->ow);
    }
  }
}

/* out += taps correlated with the patch, for one output: as the rows of the image pass, `rows` rows of the output are
 * in the making, each a tap's row behind the one before it, and move up by one with every row of the image. */
INLINE void NAMED(add_by_rows)(const size_t rows, const NAMED(correlation) *restrict k,
                               const NAMED(part) *restrict part, const REAL *restrict patch, size_t x,
                               REAL *restrict out) {
  REAL taps[PIECE_INPUTS][PIECE][MOST_ROWS];
  const size_t kernel_rows = part->kernel_rows.last - part->kernel_rows.first;
  const size_t kernel_columns = part->kernel_columns.last - part->kernel_columns.first;
  memset(taps, 0, part->inputs * sizeof taps[0]);
  for (size_t c = 0; c < part->inputs; c++) {
    for (size_t a = part->kernel_rows.first; a < part->kernel_rows.last; a++) {
      for (size_t b = 0; b < kernel_columns; b++) {
        taps[c][b][a - part->kernel_rows.first] =
            k->kernel[(ptrdiff_t)((part->input + c) * k->input_step) +
                      (ptrdiff_t)(a * k->kw + part->kernel_columns.first + b) * k->tap_step];
      }
    }
  }
  const size_t width = NAMED(least)(TILE_COLUMNS, part->width - x);
  const ptrdiff_t top = k->top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  LANES sum[MOST_ROWS][2];
  UNROLL for (size_t a = 0; a < rows; a++) sum[a][0] = sum[a][1] = (LANES){0};
  for (size_t i = 0; i < part->height + rows - 1; i++) {
    const ptrdiff_t image_row = top + (ptrdiff_t)i;
    if (image_row >= 0 && image_row < (ptrdiff_t)k->h && i < part->height + kernel_rows - 1) {
      for (size_t c = 0; c < part->inputs; c++) {
        const REAL *from = patch + c * part->patch_size + i * part->pitch + x;
        for (size_t b = 0; b < kernel_columns; b++) {
          LANES left, right;
          LOAD_LANES(left, from + b);
          LOAD_LANES(right, from + b + LANE_COUNT);
          UNROLL for (size_t a = 0; a < rows; a++) {
            sum[a][0] += taps[c][b][a] * left;
            sum[a][1] += taps[c][b][a] * right;
          }
        }
      }
    }
    if (i + 1 >= rows) {
      NAMED(add_pair)(width, sum[rows - 1], out + (part->y + i + 1 - rows) * k->ow + part->x + x);
    }
    UNROLL for (size_t a = rows - 1; a > 0; a--) {
      sum[a][0] = sum[a - 1][0];
      sum[a][1] = sum[a - 1][1];
    }
    sum[0][0] = sum[0][1] = (LANES){0};
  }
}

/* Each of these is a function of its own, called through a table: what the compiler inlines into one large function, it
 * does not keep in registers. */
typedef void NAMED(tile)(const NAMED(correlation) *restrict, const NAMED(part) *restrict, const REAL *restrict, size_t,
                         size_t, size_t, REAL *restrict);
#define TILE(n)                                                                                                     \
  static void NAMED(add_tile_##n)(const NAMED(correlation) *restrict k, const NAMED(part) *restrict part,           \
                                  const REAL *restrict patch, size_t o, size_t y, size_t x, REAL *restrict out) {   \
    NAMED(add_tile)(n, TILE_ROWS(n), k, part, patch, o, y, x, out);                                                 \
  }
TILE(2)
TILE(3)
TILE(4)
TILE(5)
TILE(6)
#undef TILE

typedef void NAMED(rows)(const NAMED(correlation) *restrict, const NAMED(part) *restrict, const REAL *restrict, size_t,
                         REAL *restrict);
#define ROWS(n)                                                                                              \
  static void NAMED(add_by_rows_##n)(const NAMED(correlation) *restrict k, const NAMED(part) *restrict part, \
                                     const REAL *restrict patch, size_t x, REAL *restrict out) {             \
    NAMED(add_by_rows)(n, k, part, patch, x, out);                                                           \
  }
ROWS(1)
ROWS(3)
ROWS(5)
ROWS(7)
ROWS(13)
#undef ROWS

/* One part, whose patch has been cut. */
static void NAMED(add_part)(const NAMED(correlation) *restrict k, const NAMED(part) *restrict part,
                            const REAL *restrict patch, REAL *restrict out) {
  static NAMED(tile) *const tiles[] = {NULL,
                                       NULL,
                                       NAMED(add_tile_2),
                                       NAMED(add_tile_3),
                                       NAMED(add_tile_4),
                                       NAMED(add_tile_5),
                                       NAMED(add_tile_6)};
  static NAMED(rows) *const by_rows[] = {NAMED(add_by_rows_1), NAMED(add_by_rows_3), NAMED(add_by_rows_5),
                                         NAMED(add_by_rows_7), NAMED(add_by_rows_13)};
  if (k->outputs == 1) {
    const size_t rows = part->kernel_rows.last - part->kernel_rows.first;
    const size_t which = rows > 7 ? 4 : rows / 2;
    for (size_t x = 0; x < part->width; x += TILE_COLUMNS) by_rows[which](k, part, patch, x, out);
    return;
  }
  for (size_t o = 0, block = 0; block < k->blocks; block++) {
    const size_t outputs = NAMED(block_size)(k->outputs, k->blocks, block);
    for (size_t x = 0; x < part->width; x += TILE_COLUMNS) {
      for (size_t y = 0; y < part->height; y += TILE_ROWS(outputs)) tiles[outputs](k, part, patch, o, y, x, out);
    }
    o += outputs;
  }
}

static void NAMED(correlate)(const NAMED(correlation) *restrict k, const REAL *restrict image, REAL *restrict out) {
  _Alignas(LANE_BYTES) REAL patch[PATCH_REALS];
  if (k->outputs == 0 || k->inputs == 0 || k->oh == 0 || k->ow == 0) return;
  const NAMED(range) as = NAMED(meeting)((NAMED(range)){0, k->kh}, k->h, k->top, k->oh);
  const NAMED(range) bs = NAMED(meeting)((NAMED(range)){0, k->kw}, k->w, k->left, k->ow);
  const size_t most_rows = k->outputs == 1 ? MOST_ROWS : PIECE;
  const size_t tile_rows = k->outputs == 1 ? 1 : TILE_ROWS(k->outputs / k->blocks);
  NAMED(part) part;
  for (size_t a = as.first; a < as.last; a = part.kernel_rows.last) {
    part.kernel_rows = (NAMED(range)){a, NAMED(least)(a + most_rows, as.last)};
    for (size_t b = bs.first; b < bs.last; b = part.kernel_columns.last) {
      part.kernel_columns = (NAMED(range)){b, NAMED(least)(b + PIECE, bs.last)};
      for (part.x = 0; part.x < k->ow; part.x += part.width) {
        part.width = NAMED(least)(BAND_COLUMNS, k->ow - part.x);
        NAMED(size_part)(k->inputs, k->oh, k->outputs == 1 ? k->oh : LEAST_BAND_ROWS, tile_rows, &part);
        if (k->outputs == 1) part.most_inputs = NAMED(least)(part.most_inputs, PIECE_INPUTS);
        for (part.input = 0; part.input < k->inputs; part.input += part.inputs) {
          part.inputs = NAMED(least)(part.most_inputs, k->inputs - part.input);
          for (part.y = 0; part.y < k->oh; part.y += part.height) {
            part.height = NAMED(least)(part.most_height, k->oh - part.y);
            const size_t filled = (part.height + tile_rows - 1) / tile_rows * tile_rows;
            const size_t rows = filled + (part.kernel_rows.last - a) - 1;
            for (size_t c = 0; c < part.inputs; c++) {
              NAMED(cut)(k->h, k->w, image + (part.input + c) * k->h * k->w, k->top + (ptrdiff_t)(part.y + a),
                         k->left + (ptrdiff_t)(part.x + b), rows, part.pitch, patch + c * part.patch_size, part.pitch);
            }
            NAMED(add_part)(k, &part, patch, out);
          }
        }
      }
    }
  }
}
