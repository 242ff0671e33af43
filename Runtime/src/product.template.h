/* c += op(a) op(b), by tiles of c that stay in registers. A panel of op(b), DEPTH rows of TILE_COLUMNS entries, is
 * copied to the stack, so that the tiles below it all read it contiguously, whichever way b lies. */
#define TILE_ROWS 6
#define TILE_COLUMNS (2 * LANE_COUNT)
#define DEPTH 128

/* Where op(matrix)[i,j] is: i * row + j * column. */
typedef struct NAMED(view) {
  const REAL *entries;
  size_t row, column;
} NAMED(view);

static NAMED(view) NAMED(view_of)(const REAL *matrix, size_t row, int transposed) {
  return transposed ? (NAMED(view)){matrix, 1, row} : (NAMED(view)){matrix, row, 1};
}

/* The columns beyond the matrix are zero. */
static void NAMED(copy_panel)(size_t depth, size_t columns, NAMED(view) b, REAL *restrict panel) {
  for (size_t p = 0; p < depth; p++) {
    const REAL *row = b.entries + p * b.row;
    REAL *to = panel + p * TILE_COLUMNS;
    if (b.column == 1 && columns == TILE_COLUMNS) {
      memcpy(to, row, TILE_COLUMNS * sizeof(REAL));
      continue;
    }
    for (size_t j = 0; j < columns; j++) to[j] = row[j * b.column];
    for (size_t j = columns; j < TILE_COLUMNS; j++) to[j] = 0;
  }
}

static void NAMED(add_tile)(size_t rows, size_t depth, size_t columns, NAMED(view) a, const REAL *restrict panel,
                            REAL *restrict c, size_t c_row) {
  const REAL *row[TILE_ROWS]; /* beyond the matrix its last row once more, computed and not stored */
  for (size_t i = 0; i < TILE_ROWS; i++) row[i] = a.entries + (i < rows ? i : rows - 1) * a.row;

  LANES sum[TILE_ROWS][2];
  memset(sum, 0, sizeof sum);
  for (size_t p = 0; p < depth; p++) {
    LANES left, right;
    LOAD_LANES(left, panel + p * TILE_COLUMNS);
    LOAD_LANES(right, panel + p * TILE_COLUMNS + LANE_COUNT);
    for (size_t i = 0; i < TILE_ROWS; i++) {
      sum[i][0] += row[i][p * a.column] * left;
      sum[i][1] += row[i][p * a.column] * right;
    }
  }
  REAL tile[TILE_ROWS][TILE_COLUMNS];
  memcpy(tile, sum, sizeof tile);
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) c[i * c_row + j] += tile[i][j];
  }
}

static void NAMED(add_by_tiles)(size_t m, size_t k, size_t n, NAMED(view) a, NAMED(view) b, REAL *restrict c,
                                size_t c_row) {
  REAL panel[DEPTH * TILE_COLUMNS];
  for (size_t p = 0; p < k; p += DEPTH) {
    const size_t depth = k - p < DEPTH ? k - p : DEPTH;
    for (size_t j = 0; j < n; j += TILE_COLUMNS) {
      const size_t columns = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS;
      NAMED(copy_panel)(depth, columns, (NAMED(view)){b.entries + p * b.row + j * b.column, b.row, b.column}, panel);
      for (size_t i = 0; i < m; i += TILE_ROWS) {
        const size_t rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
        const NAMED(view) block = {a.entries + i * a.row + p * a.column, a.row, a.column};
        NAMED(add_tile)(rows, depth, columns, block, panel, c + i * c_row + j, c_row);
      }
    }
  }
}

/* For few entries, and for outer products, where a tile has nothing to reuse. */
static void NAMED(add_directly)(size_t m, size_t k, size_t n, NAMED(view) a, NAMED(view) b, REAL *restrict c,
                                size_t c_row) {
  for (size_t i = 0; i < m; i++) {
    for (size_t p = 0; p < k; p++) {
      const REAL x = a.entries[i * a.row + p * a.column];
      const REAL *row = b.entries + p * b.row;
      REAL *to = c + i * c_row;
      if (b.column == 1) {
        for (size_t j = 0; j < n; j++) to[j] += x * row[j];
      } else {
        for (size_t j = 0; j < n; j++) to[j] += x * row[j * b.column];
      }
    }
  }
}

/* y[rows] += op(matrix) x: a dot product a row, or, where columns are contiguous, four of them at a time. Stored rows
 * of the matrix are `step` apart. */
static void NAMED(add_matrix_vector)(size_t rows, size_t columns, const REAL *restrict matrix, size_t step,
                                     int transposed, const REAL *restrict x, REAL *restrict y) {
  if (!transposed) {
    for (size_t i = 0; i < rows; i++) y[i] += NAMED(cajal_dot)(columns, matrix + i * step, x);
    return;
  }
  size_t j = 0;
  for (; j + 4 <= columns; j += 4) {
    const REAL *c0 = matrix + j * step, *c1 = c0 + step, *c2 = c1 + step, *c3 = c2 + step;
    const REAL x0 = x[j], x1 = x[j + 1], x2 = x[j + 2], x3 = x[j + 3];
    for (size_t i = 0; i < rows; i++) y[i] += (c0[i] * x0 + c1[i] * x1) + (c2[i] * x2 + c3[i] * x3);
  }
  for (; j < columns; j++) {
    for (size_t i = 0; i < rows; i++) y[i] += matrix[j * step + i] * x[j];
  }
}

void NAMED(cajal_strided_product)(size_t m, size_t k, size_t n, const REAL *restrict a, size_t a_row,
                                  int a_transposed, const REAL *restrict b, size_t b_row, int b_transposed,
                                  REAL *restrict c, size_t c_row, int accumulate) {
  if (m == 0 || n == 0) return;
  if (!accumulate) {
    for (size_t i = 0; i < m; i++) memset(c + i * c_row, 0, n * sizeof(REAL));
  }
  if (k == 0) return;
  const NAMED(view) left = NAMED(view_of)(a, a_row, a_transposed), right = NAMED(view_of)(b, b_row, b_transposed);
  if (n == 1 && right.row == 1 && (c_row == 1 || m == 1)) {
    NAMED(add_matrix_vector)(m, k, a, a_row, a_transposed, b, c);
  } else if (m == 1 && left.column == 1) {
    NAMED(add_matrix_vector)(n, k, b, b_row, !b_transposed, a, c);
  } else if (k == 1 || (m <= 8 && k <= 8 && n <= 8)) {
    NAMED(add_directly)(m, k, n, left, right, c, c_row);
  } else {
    NAMED(add_by_tiles)(m, k, n, left, right, c, c_row);
  }
}

void NAMED(cajal_product)(size_t m, size_t k, size_t n, const REAL *restrict a, int a_transposed,
                          const REAL *restrict b, int b_transposed, REAL *restrict c, int accumulate) {
  NAMED(cajal_strided_product)(m, k, n, a, a_transposed ? m : k, a_transposed, b, b_transposed ? k : n, b_transposed, c,
                               n, accumulate);
}

#undef TILE_ROWS
#undef TILE_COLUMNS
#undef DEPTH
