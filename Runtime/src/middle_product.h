/* Part of product.template.h: y[s,o,j] = sum of tensor[o,i,j] x[s,i], with each matrix of the tensor read as it lies,
 * and once. Lanes are samples, as in a product whose right factor is the transposed x: its panels are packed once and
 * serve every o. */

/* So many samples at a time: their panels, of a few hundred rows, fit the second cache beside what they multiply. */
#define MIDDLE_SAMPLES 32
/* Below it, tiles have rows of several o, and one j. */
#define FEW_COLUMNS 4

/* Rows `i` to `i + depth` of each matrix of the tensor, times the panels of all samples, one panel after another. */
static void NAMED(multiply_middle)(size_t count, size_t outer, size_t inner, size_t columns, size_t i, size_t depth,
                                   const REAL *restrict tensor, const REAL *restrict panels, size_t vectors,
                                   const NAMED(target) *restrict y) {
  const int is_along_outer = columns < FEW_COLUMNS;
  const size_t width = vectors * LANE_COUNT, matrix = inner * columns, most = MOST_ROWS(vectors);
  const size_t rows = is_along_outer ? outer : columns, steps = is_along_outer ? columns : outer;
  const size_t row_step = is_along_outer ? matrix : 1, target_step = is_along_outer ? columns : 1;
  const size_t blocks = (rows + most - 1) / most, chunks = (depth + CHUNK - 1) / CHUNK;
  /* The next matrix is asked for while this one is used, a part of every chunk by each tile. */
  const size_t lines = ((CHUNK * columns * sizeof(REAL) + LINE - 1) / LINE + blocks - 1) / blocks;
  for (size_t step = 0; step < steps; step++) {
    const REAL *from = tensor + i * columns + step * (is_along_outer ? 1 : matrix);
    REAL *to = y->entries + step * (is_along_outer ? 1 : columns);
    size_t there;
    for (size_t row = 0, block = 0; block < blocks; row += there, block++) {
      there = rows / blocks + (block < rows % blocks);
      const NAMED(view) view = {from + row * row_step, row_step, columns};
      NAMED(ahead) ahead = {from + matrix + block * lines * (LINE / sizeof(REAL)), 0, CHUNK * columns, 1, lines,
                            is_along_outer ? 0 : chunks, 1};
      const REAL *panel = panels;
      for (size_t s = 0; s < count; s += width, panel += depth * width) {
        const NAMED(target) target = {to + row * target_step + s * y->column, target_step, y->column, y->accumulate};
        NAMED(tile_of)(there, vectors)(there, depth, count - s < width ? count - s : width, &view, panel, &ahead,
                                       &target);
        ahead.chunks = 0;
      }
    }
  }
}

static void NAMED(multiply_middle_by_tiles)(size_t count, size_t outer, size_t inner, size_t columns,
                                            const REAL *restrict tensor, const REAL *restrict x, size_t x_row,
                                            REAL *restrict y, size_t y_row, REAL *restrict panels) {
  const size_t vectors = count <= LANE_COUNT ? 1 : count <= 2 * LANE_COUNT ? 2 : MOST_VECTORS;
  const size_t width = vectors * LANE_COUNT, padded = (count + width - 1) / width * width;
  const size_t most = PANEL_REALS / padded, pieces = (inner + most - 1) / most;
  size_t depth;
  for (size_t i = 0, piece = 0; piece < pieces; i += depth, piece++) {
    depth = inner / pieces + (piece < inner % pieces);
    for (size_t s = 0; s < count; s += width) {
      NAMED(copy_panel)(depth, count - s < width ? count - s : width, width, x + s * x_row + i, 1, x_row,
                        panels + s * depth);
    }
    const NAMED(target) to = {y, 1, y_row, i > 0};
    NAMED(multiply_middle)(count, outer, inner, columns, i, depth, tensor, panels, vectors, &to);
  }
}

/* For so few samples most of a tile would be idle. Lanes are then neighbours in the tensor, some rows of its columns
 * at a time, times x's entries, each repeated for every column. */
#define FEW_SAMPLES 2
#define GROUP 4
#define MOST_COLUMNS (GROUP * LANE_COUNT)

/* Matrices read side by side: memory gives more from several places at a time. And so many bytes ahead of what is used
 * they are asked for. */
#define SIDE_BY_SIDE 4
#define AHEAD 2048

/* y[j] (+)= sum of entries[i,j] repeated[i,j], of `size` entries each of `many` matrices. */
INLINE void NAMED(sum_columns)(const size_t many, size_t size, size_t matrix, size_t columns,
                               const REAL *restrict entries, const REAL *restrict repeated, REAL *restrict y,
                               int accumulate) {
  /* Of the lanes, those of whole rows are used. */
  const size_t lanes = GROUP * LANE_COUNT, used = lanes / columns * columns;
  LANES sum[SIDE_BY_SIDE * GROUP];
  UNROLL for (size_t v = 0; v < many * GROUP; v++) sum[v] = (LANES){0};
  size_t done = 0;
  for (; done + lanes <= size; done += used) {
    LANES factor[GROUP];
    UNROLL for (size_t v = 0; v < GROUP; v++) LOAD_LANES_ONCE(factor[v], repeated + done + v * LANE_COUNT);
    UNROLL for (size_t o = 0; o < many; o++) {
      /* Numbers, for the reason given at `fetch`. */
      const uintptr_t ahead = (uintptr_t)(entries + o * matrix + done) + AHEAD;
      UNROLL for (size_t v = 0; v < GROUP; v++) __builtin_prefetch((const void *)(ahead + v * LANE_BYTES));
      UNROLL for (size_t v = 0; v < GROUP; v++) {
        LANES entry;
        LOAD_LANES(entry, entries + o * matrix + done + v * LANE_COUNT);
        sum[o * GROUP + v] += entry * factor[v];
      }
    }
  }
  UNROLL for (size_t o = 0; o < many; o++, y += columns) {
    REAL sums[GROUP * LANE_COUNT];
    memcpy(sums, sum + o * GROUP, used * sizeof(REAL));
    memset(sums + used, 0, (lanes - used) * sizeof(REAL));
    for (size_t e = done; e < size; e++) sums[e - done] += entries[o * matrix + e] * repeated[e];
    for (size_t j = 0; j < columns; j++) {
      REAL total = accumulate ? y[j] : 0;
      for (size_t e = j; e < lanes; e += columns) total += sums[e];
      y[j] = total;
    }
  }
}

static void NAMED(multiply_middle_of_few)(size_t count, size_t outer, size_t inner, size_t columns,
                                          const REAL *restrict tensor, const REAL *restrict x, size_t x_row,
                                          REAL *restrict y, size_t y_row, REAL *restrict repeated) {
  const size_t most = PANEL_REALS / 2 / columns;
  for (size_t s = 0; s < count; s++) {
    size_t depth;
    for (size_t i = 0; i < inner; i += depth) {
      depth = inner - i < most ? inner - i : most;
      for (size_t p = 0; p < depth; p++) {
        for (size_t j = 0; j < columns; j++) repeated[p * columns + j] = x[s * x_row + i + p];
      }
      const REAL *entries = tensor + i * columns;
      REAL *to = y + s * y_row;
      const size_t groups = whole(outer, SIDE_BY_SIDE);
      for (size_t o = 0; o < groups; o += SIDE_BY_SIDE) {
        NAMED(sum_columns)(SIDE_BY_SIDE, depth * columns, inner * columns, columns, entries + o * inner * columns,
                           repeated, to + o * columns, i > 0);
      }
      for (size_t o = groups; o < outer; o++) {
        NAMED(sum_columns)(1, depth * columns, inner * columns, columns, entries + o * inner * columns, repeated,
                           to + o * columns, i > 0);
      }
    }
  }
}

void NAMED(cajal_middle_product)(size_t count, size_t outer, size_t inner, size_t columns,
                                 const REAL *restrict tensor, const REAL *restrict x, size_t x_row, REAL *restrict y,
                                 size_t y_row, void *scratch) {
  if (inner == 0) {
    for (size_t s = 0; s < count; s++) memset(y + s * y_row, 0, outer * columns * sizeof(REAL));
    return;
  }
  if (outer == 0 || columns == 0) return;
  for (size_t s = 0; s < count; s += MIDDLE_SAMPLES) {
    const size_t some = count - s < MIDDLE_SAMPLES ? count - s : MIDDLE_SAMPLES;
    const REAL *from = x + s * x_row;
    REAL *to = y + s * y_row;
    if (some <= FEW_SAMPLES && columns <= MOST_COLUMNS) {
      NAMED(multiply_middle_of_few)(some, outer, inner, columns, tensor, from, x_row, to, y_row, scratch);
    } else {
      NAMED(multiply_middle_by_tiles)(some, outer, inner, columns, tensor, from, x_row, to, y_row, scratch);
    }
  }
}

#undef MIDDLE_SAMPLES
#undef FEW_COLUMNS
#undef FEW_SAMPLES
#undef MOST_COLUMNS
#undef GROUP
#undef SIDE_BY_SIDE
#undef AHEAD
