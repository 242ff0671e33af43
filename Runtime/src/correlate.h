/* Part of a template: correlation over channels, which is convolution and also its transpose in the image.
 *
 * Sums stay in registers while all taps pass, and a tap is multiplied with two vectors of a row of the image at once.
 * Where there are several outputs, the sums are those of a tile: some outputs, some rows, TILE_COLUMNS columns. Where
 * there is one, they are those of all rows of the output that one row of the image meets; see `add_by_rows`. */
#define MOST_OUTPUTS (FEW_TILES ? 4 : 6)
#define MOST_INPUTS_BY_ROWS 8

/* What is done with a sum beside adding it to `out`, when its first and its last part are stored. */
typedef struct NAMED(ends) {
  int overwrites;    /* the sum begins with the output's entry of `start`, or with 0 where that is NULL */
  const REAL *start;
  int rectifies;     /* relu comes after it */
  const REAL *gate;  /* like `out`, or NULL: the result is 0 where this is not above 0 */
} NAMED(ends);

/* out[o,y,x] += sum over c, a, b of tap[o,c,a,b] image[c,v,u], where v and u are what `sight` says. */
typedef struct NAMED(correlation) {
  NAMED(sight) sight;
  const REAL *kernel; /* tap (0,0,0,0), and from it the others */
  size_t tap_output, tap_input;
  ptrdiff_t tap_row, tap_column;
  REAL *restrict out;
  NAMED(images) to;
  NAMED(ends) ends;
  size_t blocks; /* of at most MOST_OUTPUTS outputs */
  void *scratch; /* the patches */
  void *taps;    /* behind them: room for MOST_INPUTS_BY_ROWS x PIECE x MOST_ROWS reals */
} NAMED(correlation);

/* A NaN stays one. */
static inline LANES NAMED(rectified)(LANES x) {
  const LANES zero = {0};
  return (LANES)(~(LANE_BITS)(x <= zero) & (LANE_BITS)x);
}

static inline LANES NAMED(gated)(LANES x, const REAL *gate) {
  const LANES zero = {0};
  LANES y;
  LOAD_LANES(y, gate);
  return (LANES)((LANE_BITS)(y > zero) & (LANE_BITS)x);
}

/* What is left of `ends` for a part. */
static inline NAMED(ends) NAMED(ends_of_part)(const NAMED(correlation) *k, const NAMED(part) *part) {
  return (NAMED(ends)){part->is_first && k->ends.overwrites, k->ends.start, part->is_last && k->ends.rectifies,
                       part->is_last ? k->ends.gate : NULL};
}

/* The first `columns` entries of a pair of vectors, added to those of output o from entry `at` of `out`. */
INLINE void NAMED(put_pair)(const NAMED(correlation) *restrict k, const NAMED(ends) *ends, size_t o, size_t columns,
                            const LANES *pair, size_t at) {
  const REAL start = ends->overwrites && ends->start ? ends->start[o] : 0;
  REAL *restrict to = k->out + at;
  if (k->to.column == 1 && columns >= LANE_COUNT) {
    /* The second vector ends with the columns, and repeats what it shares with the first. */
    LANES first = (LANES){0} + start, second = first, sums;
    const size_t end = columns - LANE_COUNT;
    LOAD_LANES(sums, (const char *)pair + end * sizeof(REAL));
    if (!ends->overwrites) {
      LOAD_LANES(first, to);
      LOAD_LANES(second, to + end);
    }
    first += pair[0];
    second += sums;
    if (ends->rectifies) {
      first = NAMED(rectified)(first);
      second = NAMED(rectified)(second);
    }
    if (ends->gate) {
      first = NAMED(gated)(first, ends->gate + at);
      second = NAMED(gated)(second, ends->gate + at + end);
    }
    STORE_LANES(to, first);
    STORE_LANES(to + end, second);
    return;
  }
  REAL entries[TILE_COLUMNS];
  memcpy(entries, pair, sizeof entries);
  const size_t step = k->to.column;
  if (!ends->overwrites && !ends->rectifies && !ends->gate) {
    for (size_t x = 0; x < columns; x++) to[x * step] += entries[x];
    return;
  }
  for (size_t x = 0; x < columns; x++) entries[x] += ends->overwrites ? start : to[x * step];
  for (size_t x = 0; ends->rectifies && x < columns; x++) entries[x] = entries[x] <= 0 ? 0 : entries[x];
  for (size_t x = 0; ends->gate && x < columns; x++) entries[x] = ends->gate[at + x * step] > 0 ? entries[x] : 0;
  for (size_t x = 0; x < columns; x++) to[x * step] = entries[x];
}

/* `outputs` outputs from `o`, `rows` rows of the band from `y`, and TILE_COLUMNS columns from `x`. What is beyond the
 * band is computed and not stored. */
INLINE void NAMED(add_tile)(const size_t outputs, const size_t rows, const NAMED(correlation) *restrict k,
                            const NAMED(part) *restrict part, const REAL *restrict patches, size_t o, size_t y,
                            size_t x) {
  LANES sum[MOST_OUTPUTS][MOST_TILE_ROWS][2];
  const REAL *taps[MOST_OUTPUTS];
  UNROLL for (size_t v = 0; v < outputs; v++) {
    taps[v] = k->kernel + (o + v) * k->tap_output + part->input * k->tap_input;
    UNROLL for (size_t r = 0; r < rows; r++) sum[v][r][0] = sum[v][r][1] = (LANES){0};
  }
  const NAMED(range) as =
      NAMED(meeting)(part->kernel_rows, k->sight.in.h, k->sight.top + (ptrdiff_t)(part->y + y), rows);
  for (size_t c = 0; c < part->inputs; c++) {
    for (size_t a = as.first; a < as.last; a++) {
      const REAL *from = patches + c * part->patch_size + (y + a - part->kernel_rows.first) * part->pitch + x;
      ptrdiff_t tap = (ptrdiff_t)(c * k->tap_input) + (ptrdiff_t)a * k->tap_row +
                      (ptrdiff_t)part->kernel_columns.first * k->tap_column;
      for (size_t b = part->kernel_columns.first; b < part->kernel_columns.last; b++, from++, tap += k->tap_column) {
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
  /* From memory: written out for every row, storing would be most of the code. */
  LANES done[MOST_OUTPUTS * MOST_TILE_ROWS][2];
  UNROLL for (size_t v = 0; v < outputs; v++) {
    UNROLL for (size_t r = 0; r < rows; r++) {
      done[v * rows + r][0] = sum[v][r][0];
      done[v * rows + r][1] = sum[v][r][1];
    }
  }
  const NAMED(ends) ends = NAMED(ends_of_part)(k, part);
  const size_t there = NAMED(least)(rows, part->height - y), width = NAMED(least)(TILE_COLUMNS, part->width - x);
  for (size_t v = 0; v < outputs; v++) {
    const size_t to = (o + v) * k->to.channel + (part->y + y) * k->to.row + (part->x + x) * k->to.column;
    for (size_t r = 0; r < there; r++) {
      NAMED(put_pair)(k, &ends, o + v, width, done[v * rows + r], to + r * k->to.row);
    }
  }
}

/* The one output, TILE_COLUMNS columns from `x`: as the rows of the image pass, `rows` rows of the output are in the
 * making, each a row of taps behind the one before it, and move up by one with every row of the image. */
INLINE void NAMED(add_by_rows)(const size_t rows, const NAMED(correlation) *restrict k,
                               const NAMED(part) *restrict part, const REAL *restrict patches, size_t x) {
  REAL(*restrict taps)[PIECE][MOST_ROWS] = k->taps; /* zero beyond the rows there are */
  const size_t tap_rows = NAMED(tap_rows)(part), tap_columns = NAMED(tap_columns)(part);
  memset(taps, 0, part->inputs * sizeof taps[0]);
  for (size_t c = 0; c < part->inputs; c++) {
    for (size_t a = 0; a < tap_rows; a++) {
      for (size_t b = 0; b < tap_columns; b++) {
        taps[c][b][a] = k->kernel[(ptrdiff_t)((part->input + c) * k->tap_input) +
                                  (ptrdiff_t)(part->kernel_rows.first + a) * k->tap_row +
                                  (ptrdiff_t)(part->kernel_columns.first + b) * k->tap_column];
      }
    }
  }
  const size_t width = NAMED(least)(TILE_COLUMNS, part->width - x);
  const ptrdiff_t top = k->sight.top + (ptrdiff_t)(part->y + part->kernel_rows.first);
  const NAMED(range) there = NAMED(meeting)((NAMED(range)){0, part->height + tap_rows - 1}, k->sight.in.h, top, 1);
  const NAMED(ends) ends = NAMED(ends_of_part)(k, part);
  LANES sum[MOST_ROWS][2];
  UNROLL for (size_t a = 0; a < rows; a++) sum[a][0] = sum[a][1] = (LANES){0};
  for (size_t i = 0; i < part->height + rows - 1; i++) {
    for (size_t c = 0; c < part->inputs && i >= there.first && i < there.last; c++) {
      const REAL *from = patches + c * part->patch_size + i * part->pitch + x;
      for (size_t b = 0; b < tap_columns; b++) {
        LANES left, right;
        LOAD_LANES_ONCE(left, from + b);
        LOAD_LANES_ONCE(right, from + b + LANE_COUNT);
        UNROLL for (size_t a = 0; a < rows; a++) {
          sum[a][0] += taps[c][b][a] * left;
          sum[a][1] += taps[c][b][a] * right;
        }
      }
    }
    if (i + 1 >= rows) {
      const size_t to = (part->y + i + 1 - rows) * k->to.row + (part->x + x) * k->to.column;
      const LANES done[2] = {sum[rows - 1][0], sum[rows - 1][1]}; /* so that only this is put into memory */
      NAMED(put_pair)(k, &ends, 0, width, done, to);
    }
    UNROLL for (size_t a = rows - 1; a > 0; a--) {
      sum[a][0] = sum[a - 1][0];
      sum[a][1] = sum[a - 1][1];
    }
    sum[0][0] = sum[0][1] = (LANES){0};
  }
}

/* Functions of their own, called through a table: of what is inlined into one large function the compiler keeps too
 * little in registers. */
#define TILE(n)                                                                                                 \
  static void NAMED(add_tile_##n)(const NAMED(correlation) *restrict k, const NAMED(part) *restrict part,       \
                                  const REAL *restrict patches, size_t o, size_t y, size_t x) {                 \
    NAMED(add_tile)(n, TILE_ROWS(n), k, part, patches, o, y, x);                                                \
  }
TILE(2)
TILE(3)
TILE(4)
#if !FEW_TILES
TILE(5)
TILE(6)
#endif
#undef TILE

#define ROWS(n)                                                                                              \
  static void NAMED(add_by_rows_##n)(const NAMED(correlation) *restrict k, const NAMED(part) *restrict part, \
                                     const REAL *restrict patches, size_t x) {                               \
    NAMED(add_by_rows)(n, k, part, patches, x);                                                              \
  }
FOR_ROWS(ROWS)
#undef ROWS

static void NAMED(add_tiles)(const void *of, const NAMED(part) *part, const REAL *patches) {
  static void (*const add[MOST_OUTPUTS + 1])(const NAMED(correlation) *restrict, const NAMED(part) *restrict,
                                             const REAL *restrict, size_t, size_t, size_t) = {
      NULL, NULL, NAMED(add_tile_2), NAMED(add_tile_3), NAMED(add_tile_4),
#if !FEW_TILES
      NAMED(add_tile_5), NAMED(add_tile_6)
#endif
  };
  const NAMED(correlation) *k = of;
  for (size_t o = 0, block = 0; block < k->blocks; block++) {
    const size_t outputs = NAMED(block_size)(k->sight.outputs, k->blocks, block);
    for (size_t x = 0; x < part->width; x += TILE_COLUMNS) {
      for (size_t y = 0; y < part->height; y += TILE_ROWS(outputs)) add[outputs](k, part, patches, o, y, x);
    }
    o += outputs;
  }
}

static void NAMED(add_one_output)(const void *of, const NAMED(part) *part, const REAL *patches) {
  static void (*const add[])(const NAMED(correlation) *restrict, const NAMED(part) *restrict, const REAL *restrict,
                             size_t) = ROWS_TABLE(add_by_rows);
  const size_t rows = NAMED(tap_rows)(part), enough = PLACE_OF_ROWS(rows);
  for (size_t x = 0; x < part->width; x += TILE_COLUMNS) add[enough](of, part, patches, x);
}

static void NAMED(correlate)(NAMED(correlation) k, const REAL *restrict image) {
  if (k.sight.outputs == 0) return;
  if (k.sight.outputs == 1) {
    const NAMED(limits) limits = {MOST_ROWS, MOST_INPUTS_BY_ROWS, SIZE_MAX, SIZE_MAX, 1};
    NAMED(for_each_part)(&k.sight, limits, image, NAMED(add_one_output), &k, k.scratch);
    return;
  }
  k.blocks = (k.sight.outputs + MOST_OUTPUTS - 1) / MOST_OUTPUTS;
  const NAMED(limits) limits = {PIECE, SIZE_MAX, 4 * MOST_TILE_ROWS, SIZE_MAX, TILE_ROWS(k.sight.outputs / k.blocks)};
  NAMED(for_each_part)(&k.sight, limits, image, NAMED(add_tiles), &k, k.scratch);
}
