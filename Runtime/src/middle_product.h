/* Part of product.template.h: y[s,o,j] = sum of tensor[o,i,j] x[s,i]. Lanes are samples: a panel of the transposed x is
 * packed once, and then serves every o, while the tensor is read once, as it lies. */

/* Sums of a tile: of one o and neighbouring j, or, where there are few j, of neighbouring o and one j. */
#define FEW_COLUMNS 4
#define MIDDLE_SAMPLES (PANEL_REALS / 256)

/* The tensor, from row `i` of each of its matrices on, times the panels of all samples, which follow one another. */
static void NAMED(multiply_middle)(size_t count, size_t outer, size_t inner, size_t columns, size_t i, size_t depth,
                                   const REAL *restrict tensor, const REAL *restrict panels, size_t vectors,
                                   const NAMED(target) *restrict y) {
  const int is_along_outer = columns < FEW_COLUMNS;
  const size_t width = vectors * LANE_COUNT, matrix = inner * columns, most = MOST_ROWS(vectors);
  /* In one step: the rows of all tiles, and how many steps there are. */
  const size_t rows = is_along_outer ? outer : columns, steps = is_along_outer ? columns : outer;
  const size_t blocks = (rows + most - 1) / most;
  const NAMED(ahead) nothing = {0};
  for (size_t step = 0; step < steps; step++) {
    const size_t start = is_along_outer ? step : step * matrix, to = is_along_outer ? step : step * columns;
    /* The next matrix, while the first tile of this one is computed. */
    const size_t lines = (CHUNK * columns * sizeof(REAL) + LINE - 1) / LINE;
    const NAMED(ahead) next = {tensor + start + matrix + i * columns, 0, CHUNK * columns, 1, lines,
                               is_along_outer ? 0 : (depth + CHUNK - 1) / CHUNK, 0};
    for (size_t s = 0; s < count; s++) __builtin_prefetch(y->entries + to + s * y->column, 1);
    size_t there;
    for (size_t row = 0, block = 0; block < blocks; row += there, block++) {
      there = rows / blocks + (block < rows % blocks);
      const NAMED(view) view = {tensor + start + i * columns + row * (is_along_outer ? matrix : 1),
                                is_along_outer ? matrix : 1, columns};
      NAMED(tile) *const tile = NAMED(tile_of)(there, vectors);
      const REAL *panel = panels;
      for (size_t s = 0; s < count; s += width, panel += depth * width) {
        const NAMED(target) target = {y->entries + to + row * (is_along_outer ? columns : 1) + s * y->column,
                                      is_along_outer ? columns : 1, y->column, i > 0};
        tile(there, depth, count - s < width ? count - s : width, &view, panel,
             block == 0 && s == 0 ? &next : &nothing, &target);
      }
    }
  }
}

void NAMED(cajal_middle_product)(size_t count, size_t outer, size_t inner, size_t columns,
                                 const REAL *restrict tensor, const REAL *restrict x, size_t x_row, REAL *restrict y,
                                 size_t y_row) {
  _Alignas(LANE_BYTES) REAL panels[PANEL_REALS];
  size_t some;
  for (size_t s = 0; s < count; s += some) {
    const size_t left = count - s;
    some = left < MIDDLE_SAMPLES ? left : MIDDLE_SAMPLES;
    const size_t vectors = some <= LANE_COUNT ? 1 : some <= 2 * LANE_COUNT ? 2 : MOST_VECTORS;
    const size_t width = vectors * LANE_COUNT, padded = (some + width - 1) / width * width;
    const size_t most = PANEL_REALS / padded, pieces = (inner + most - 1) / most;
    const NAMED(target) to = {y + s * y_row, 1, y_row, 0};
    size_t depth;
    for (size_t i = 0, piece = 0; piece < pieces; i += depth, piece++) {
      depth = inner / pieces + (piece < inner % pieces);
      for (size_t first = 0; first < some; first += width) {
        NAMED(copy_panel)(depth, some - first < width ? some - first : width, width,
                          x + (s + first) * x_row + i, 1, x_row, panels + first * depth);
      }
      NAMED(multiply_middle)(some, outer, inner, columns, i, depth, tensor, panels, vectors, &to);
    }
  }
}

#undef FEW_COLUMNS
#undef MIDDLE_SAMPLES
