/* Part of a template: the transpose of convolution in the kernel.
 *
 * The sums of some taps stay in registers while a band of out_bar passes with the patches that it sees. Where there are
 * several outputs, they are the same taps of some outputs, which share the image, and each sum is a vector of neighbours
 * that is summed up at the end. Where there is one, they are columns of such taps, which share out_bar too; or, where a
 * row of taps fills vectors, rows of taps, whose lanes are the taps; see `add_columns` and `add_rows`. */
#include "lane_sum.h"

#define MOST_BANDS (FEW_TILES ? 4 : 6)
#define BAND_REALS ((CAJAL_KERNEL_ADJOINT_SCRATCH - PATCH_BYTES) / sizeof(REAL))

/* tap[o,c,a,b] += sum over y and x of out_bar[o,y,x] image[c,v,u], where v and u are what `sight` says. */
typedef struct NAMED(kernel_adjoint) {
  NAMED(sight) sight;
  const REAL *out_bar;
  REAL *kernel_bar; /* tap (0,0,0,0), and from it the others */
  size_t tap_output, tap_input, tap_row, tap_column;
  REAL *bands; /* room for BAND_REALS */
} NAMED(kernel_adjoint);

/* A band of some outputs from `output`; its rows have as many columns as the vectors over them, or, where there is one
 * output, BAND_COLUMNS, with zeros beyond the image. */
typedef struct NAMED(bands) {
  size_t output, columns, size; /* from row to row, and from output to output */
  const REAL *entries;
} NAMED(bands);

static inline REAL *NAMED(first_tap)(const NAMED(kernel_adjoint) *k, const NAMED(part) *part, size_t o, size_t c) {
  return k->kernel_bar + o * k->tap_output + (part->input + c) * k->tap_input +
         part->kernel_rows.first * k->tap_row + part->kernel_columns.first * k->tap_column;
}

/* Input c of the part and `outputs` outputs: `taps` taps of the piece, numbered by rows, from number `tap`. Beyond the
 * piece the last tap is computed again, and not stored. */
INLINE void NAMED(add_taps)(const size_t outputs, const size_t taps, const NAMED(kernel_adjoint) *restrict k,
                            const NAMED(part) *restrict part, const NAMED(bands) *restrict bands,
                            const REAL *restrict patches, size_t c, size_t tap) {
  const size_t columns = NAMED(tap_columns)(part);
  const size_t there = NAMED(least)(taps, NAMED(tap_rows)(part) * columns - tap);
  const size_t first_row = tap / columns, last_row = (tap + there - 1) / columns;
  const REAL *from[MOST_SUMS];
  UNROLL for (size_t t = 0; t < taps; t++) {
    const size_t which = tap + NAMED(least)(t, there - 1);
    from[t] = patches + c * part->patch_size + which / columns * part->pitch + which % columns;
  }
  LANES sum[MOST_SUMS];
  UNROLL for (size_t v = 0; v < outputs * taps; v++) sum[v] = (LANES){0};
  /* The rows of the band from which at least one of the taps meets the image. */
  const ptrdiff_t top = k->sight.top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) ys = NAMED(meeting)((NAMED(range)){0, part->height}, k->sight.in.h, top + (ptrdiff_t)first_row,
                                         last_row - first_row + 1);
  for (size_t y = ys.first; y < ys.last; y++) {
    for (size_t x = 0; x < part->width; x += LANE_COUNT) {
      LANES image[MOST_SUMS];
      UNROLL for (size_t t = 0; t < taps; t++) LOAD_LANES_ONCE(image[t], from[t] + y * part->pitch + x);
      UNROLL for (size_t v = 0; v < outputs; v++) {
        LANES out_bar;
        LOAD_LANES_ONCE(out_bar, bands->entries + v * bands->size + y * bands->columns + x);
        UNROLL for (size_t t = 0; t < taps; t++) sum[v * taps + t] += out_bar * image[t];
      }
    }
  }
  REAL *first = NAMED(first_tap)(k, part, bands->output, c);
  UNROLL for (size_t t = 0; t < taps; t++) {
    REAL *to = first + (tap + t) / columns * k->tap_row + (tap + t) % columns * k->tap_column;
    UNROLL for (size_t v = 0; v < outputs; v++, to += k->tap_output) {
      if (t < there) *to += NAMED(lane_sum)(sum[v * taps + t]);
    }
  }
}

/* Input c of the part and the one output: `taps` columns of taps from column `tap` of the piece, as many rows as it has
 * or more. As a row of the image passes, row a of the taps meets the row of out_bar that is a rows before it, so that
 * the band has zeros above and below. */
INLINE void NAMED(add_columns)(const size_t rows, const size_t taps, const NAMED(kernel_adjoint) *restrict k,
                               const NAMED(part) *restrict part, const NAMED(bands) *restrict bands,
                               const REAL *restrict patches, size_t c, size_t tap) {
  const size_t tap_rows = NAMED(tap_rows)(part), there = NAMED(least)(taps, NAMED(tap_columns)(part) - tap);
  const REAL *from[MOST_SUMS];
  UNROLL for (size_t t = 0; t < taps; t++) {
    from[t] = patches + c * part->patch_size + tap + NAMED(least)(t, there - 1);
  }
  LANES sum[MOST_SUMS];
  UNROLL for (size_t a = 0; a < rows * taps; a++) sum[a] = (LANES){0};
  const ptrdiff_t top = k->sight.top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) is = NAMED(meeting)((NAMED(range)){0, part->height + tap_rows - 1}, k->sight.in.h, top, 1);
  for (size_t i = is.first; i < is.last; i++) {
    for (size_t x = 0; x < part->width; x += LANE_COUNT) {
      const REAL *row = bands->entries + (i + MOST_ROWS - 1) * bands->columns + x;
      LANES image[MOST_SUMS];
      UNROLL for (size_t t = 0; t < taps; t++) LOAD_LANES_ONCE(image[t], from[t] + i * part->pitch + x);
      UNROLL for (size_t a = 0; a < rows; a++, row -= bands->columns) {
        LANES out_bar;
        LOAD_LANES_ONCE(out_bar, row);
        UNROLL for (size_t t = 0; t < taps; t++) sum[a * taps + t] += out_bar * image[t];
      }
    }
  }
  REAL *to = NAMED(first_tap)(k, part, 0, c) + tap * k->tap_column;
  UNROLL for (size_t a = 0; a < rows; a++, to += k->tap_row) {
    UNROLL for (size_t t = 0; t < taps; t++) {
      if (a < tap_rows && t < there) to[t * k->tap_column] += NAMED(lane_sum)(sum[a * taps + t]);
    }
  }
}

/* Input c of the part and the one output: the taps of a vector of columns from `tap`, in all rows there are. As a row of
 * the image passes, a vector of it from place x on meets one entry of out_bar, x of the row that is a rows before, for
 * row a of the taps. Nothing is summed up across lanes. Those beyond the columns are computed and not stored. */
INLINE void NAMED(add_rows)(const size_t rows, const NAMED(kernel_adjoint) *restrict k,
                            const NAMED(part) *restrict part, const NAMED(bands) *restrict bands,
                            const REAL *restrict patches, size_t c, size_t tap) {
  const size_t tap_rows = NAMED(tap_rows)(part), there = NAMED(least)(LANE_COUNT, NAMED(tap_columns)(part) - tap);
  LANES sum[MOST_ROWS];
  UNROLL for (size_t a = 0; a < rows; a++) sum[a] = (LANES){0};
  const ptrdiff_t top = k->sight.top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) is = NAMED(meeting)((NAMED(range)){0, part->height + tap_rows - 1}, k->sight.in.h, top, 1);
  for (size_t i = is.first; i < is.last; i++) {
    const REAL *row = bands->entries + (i + MOST_ROWS - 1) * BAND_COLUMNS;
    const REAL *from = patches + c * part->patch_size + i * part->pitch + tap;
    for (size_t x = 0; x < part->width; x++) {
      LANES image;
      LOAD_LANES_ONCE(image, from + x);
      const REAL *out_bar = row + x;
      UNROLL for (size_t a = 0; a < rows; a++, out_bar -= BAND_COLUMNS) sum[a] += *out_bar * image;
    }
  }
  REAL *to = NAMED(first_tap)(k, part, 0, c) + tap * k->tap_column;
  UNROLL for (size_t a = 0; a < rows; a++, to += k->tap_row) {
    REAL entries[LANE_COUNT];
    STORE_LANES(entries, sum[a]);
    for (size_t t = 0; a < tap_rows && t < there; t++) to[t * k->tap_column] += entries[t];
  }
}

/* All taps of an input of a part; functions of their own for the reason given in correlate.h. The last taps, and small
 * kernels, are done by two. */
#define TAPS(n, many)                                                                                                \
  static void NAMED(add_taps_##n)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part,         \
                                  const NAMED(bands) *restrict bands, const REAL *restrict patches, size_t c) {      \
    const size_t count = NAMED(tap_rows)(part) * NAMED(tap_columns)(part);                                           \
    size_t tap = 0;                                                                                                  \
    for (; tap + 2 < count; tap += many) NAMED(add_taps)(n, many, k, part, bands, patches, c, tap);                  \
    if (tap < count) NAMED(add_taps)(n, 2, k, part, bands, patches, c, tap);                                         \
  }
#define COLUMNS(n, many)                                                                                             \
  static void NAMED(add_columns_##n)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part,      \
                                     const NAMED(bands) *restrict bands, const REAL *restrict patches, size_t c) {   \
    const size_t count = NAMED(tap_columns)(part);                                                                   \
    for (size_t tap = 0; tap < count; tap += many) NAMED(add_columns)(n, many, k, part, bands, patches, c, tap);     \
  }
#if MOST_SUMS > 13
TAPS(2, 10)
TAPS(3, 7)
TAPS(4, 5)
COLUMNS(5, 5)
COLUMNS(13, 2)
#if !FEW_TILES
TAPS(5, 5)
TAPS(6, 4)
COLUMNS(1, 8)
COLUMNS(3, 8)
COLUMNS(7, 3)
#endif
#else
TAPS(2, 4)
TAPS(3, 3)
TAPS(4, 2)
COLUMNS(5, 2)
COLUMNS(13, 1)
#if !FEW_TILES
TAPS(5, 2)
TAPS(6, 2)
COLUMNS(1, 8)
COLUMNS(3, 4)
COLUMNS(7, 1)
#endif
#endif
#undef TAPS
#undef COLUMNS

#define ROWS(n)                                                                                                      \
  static void NAMED(add_rows_##n)(const NAMED(kernel_adjoint) *restrict k, const NAMED(part) *restrict part,         \
                                  const NAMED(bands) *restrict bands, const REAL *restrict patches, size_t c) {      \
    const size_t count = NAMED(tap_columns)(part);                                                                   \
    for (size_t tap = 0; tap < count; tap += LANE_COUNT) NAMED(add_rows)(n, k, part, bands, patches, c, tap);        \
  }
FOR_ROWS(ROWS)
#undef ROWS

static void NAMED(add_input)(size_t outputs, const NAMED(kernel_adjoint) *k, const NAMED(part) *part,
                             const NAMED(bands) *bands, const REAL *patches, size_t c) {
  typedef void add(const NAMED(kernel_adjoint) *restrict, const NAMED(part) *restrict, const NAMED(bands) *restrict,
                   const REAL *restrict, size_t);
  static add *const taps[MOST_BANDS + 1] = {
      NULL, NULL, NAMED(add_taps_2), NAMED(add_taps_3), NAMED(add_taps_4),
#if !FEW_TILES
      NAMED(add_taps_5), NAMED(add_taps_6)
#endif
  };
  static add *const columns[] = ROWS_TABLE(add_columns), *const rows[] = ROWS_TABLE(add_rows);
  const size_t tap_rows = NAMED(tap_rows)(part), tap_columns = NAMED(tap_columns)(part);
  const size_t lanes = (tap_columns + LANE_COUNT - 1) / LANE_COUNT * LANE_COUNT;
  /* Three quarters of the lanes (measured): of the other way's vectors, over the columns of a band, some lanes are
   * empty as well, and their sums have to be summed up. */
  add *const *const one_output = 4 * tap_columns >= 3 * lanes ? rows : columns;
  (k->sight.outputs > 1 ? taps[outputs] : one_output[PLACE_OF_ROWS(tap_rows)])(k, part, bands, patches, c);
}

/* A part against the same band of all outputs. */
static void NAMED(add_bands)(const void *of, const NAMED(part) *part, const REAL *patches) {
  const NAMED(kernel_adjoint) *k = of;
  REAL *entries = k->bands;
  const size_t oh = k->sight.oh, ow = k->sight.ow, all = k->sight.outputs, around = all == 1 ? MOST_ROWS - 1 : 0;
  const size_t columns = all == 1 ? BAND_COLUMNS : (part->width + LANE_COUNT - 1) / LANE_COUNT * LANE_COUNT;
  NAMED(bands) bands = {0, columns, (part->height + 2 * around) * columns, entries};
  /* Four outputs fill the registers better than five or six, where all blocks can have four. */
  const size_t most = all % 4 == 0 ? 4 : MOST_BANDS, blocks = (all + most - 1) / most;
  for (size_t block = 0; block < blocks; block++) {
    const size_t outputs = NAMED(block_size)(all, blocks, block);
    for (size_t v = 0; v < outputs; v++) {
      const REAL *from = k->out_bar + ((bands.output + v) * oh + part->y) * ow + part->x;
      REAL *to = entries + v * bands.size;
      memset(to, 0, around * columns * sizeof(REAL));
      memset(to + (around + part->height) * columns, 0, around * columns * sizeof(REAL));
      for (size_t y = 0; y < part->height; y++) {
        NAMED(copy_row)(from + y * ow, 0, part->width, columns, to + (around + y) * columns);
      }
    }
    for (size_t c = 0; c < part->inputs; c++) NAMED(add_input)(outputs, k, part, &bands, patches, c);
    bands.output += outputs;
  }
}

static void NAMED(add_kernel_adjoint)(const NAMED(kernel_adjoint) *k, const REAL *restrict image,
                                      REAL *restrict patches) {
  const size_t rows = BAND_REALS / BAND_COLUMNS, outputs = k->sight.outputs;
  const size_t height = outputs == 1 ? rows - 2 * (MOST_ROWS - 1) : rows / MOST_BANDS;
  const NAMED(limits) limits = {outputs == 1 ? MOST_ROWS : PIECE, SIZE_MAX, height, height, 1};
  NAMED(for_each_part)(&k->sight, limits, image, NAMED(add_bands), k, patches);
}

#undef MOST_BANDS
#undef BAND_REALS
