/* c = op(a) op(b), or c += it, by tiles of c that stay in registers. A panel of op(b), some of its rows and the columns
 * of a tile, is copied to the scratch, so that all tiles below it read it contiguously, whichever way b lies. Where b is
 * transposed and a is the smaller matrix, the transposed product is computed instead: then b is read as it lies, entry
 * by entry, and the panels are cut from a. */
#include "matrix_vector.h"

#define PANEL_REALS (CAJAL_MOST_PRODUCT_SCRATCH / sizeof(REAL))
#define DEPTH 128
#define INLINE static inline __attribute__((always_inline))

/* How many rows a tile of so many vectors has at most: beside its sums, a row of the panel has to fit the registers. */
#if FEW_TILES
#define MOST_VECTORS 2
#define MOST_ROWS(vectors) ((vectors) == 2 ? 6 : 4)
#elif defined __AVX512F__ || defined __aarch64__
#define MOST_VECTORS 4
#define MOST_ROWS(vectors) ((vectors) == 4 ? 6 : 10)
#else
#define MOST_VECTORS 2
#define MOST_ROWS(vectors) ((vectors) == 2 ? 6 : 8)
#endif
#define MOST_SUMS 24

/* Where entry (i,j) of a matrix is: i * row + j * column. */
typedef struct NAMED(view) {
  const REAL *entries;
  size_t row, column;
} NAMED(view);

static NAMED(view) NAMED(view_of)(const REAL *matrix, size_t row, int transposed) {
  return transposed ? (NAMED(view)){matrix, 1, row} : (NAMED(view)){matrix, row, 1};
}

static NAMED(view) NAMED(transposed)(NAMED(view) a) {
  return (NAMED(view)){a.entries, a.column, a.row};
}

/* What a tile is added to, or overwrites. */
typedef struct NAMED(target) {
  REAL *entries;
  size_t row, column;
  int accumulate;
} NAMED(target);

/* Cache lines that later tiles need: `groups` of `lines` neighbours, and as many again after every CHUNK steps of a
 * sum, `chunks` times. They are asked for while a tile is computed: of a large matrix it takes pieces that are too short for the
 * processor to foresee the next one. What is `far` off goes to the second cache, to leave the panel in the first. */
#define CHUNK 16
#define LINE 64
typedef struct NAMED(ahead) {
  const REAL *first;
  size_t group, chunk; /* from one to the next, in reals */
  size_t groups, lines, chunks;
  int far;
} NAMED(ahead);

static inline void NAMED(fetch)(const NAMED(ahead) *ahead, size_t chunk) {
  /* Numbers, since what is asked for may lie beyond the matrix, where a pointer must not point. */
  if (chunk >= ahead->chunks) return;
  uintptr_t group = (uintptr_t)ahead->first + chunk * ahead->chunk * sizeof(REAL);
  for (size_t i = 0; i < ahead->groups; i++, group += ahead->group * sizeof(REAL)) {
    for (size_t line = 0; line < ahead->lines; line++) {
      const void *address = (const void *)(group + line * LINE);
      if (ahead->far) __builtin_prefetch(address, 0, 2);
      else __builtin_prefetch(address);
    }
  }
}

/* `depth` rows of `width` entries, whole vectors; zeros from `columns` on. */
static void NAMED(copy_panel)(size_t depth, size_t columns, size_t width, const REAL *restrict entries, size_t b_row,
                              size_t b_column, REAL *restrict panel) {
  for (size_t p = 0; p < depth; p++, panel += width) {
    const REAL *row = entries + p * b_row;
    if (b_column == 1 && columns == width) {
      for (size_t j = 0; j < columns; j += LANE_COUNT) {
        LANES lanes;
        LOAD_LANES(lanes, row + j);
        STORE_LANES(panel + j, lanes);
      }
      continue;
    }
    for (size_t j = 0; j < columns; j++) panel[j] = row[j * b_column];
    for (size_t j = columns; j < width; j++) panel[j] = 0;
  }
}

/* gcc for aarch64 does not see that `columns` is at most the width of a tile, and warns of what is behind it. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/* The sums of a tile, the first `there` rows and `columns` columns, to where they belong. */
INLINE void NAMED(put_tile)(const size_t rows, const size_t vectors, size_t there, size_t columns, const LANES *sum,
                            const NAMED(target) *restrict c) {
  const size_t width = vectors * LANE_COUNT;
  if (c->column == 1 && columns == width) {
    UNROLL for (size_t i = 0; i < rows; i++) {
      /* No `break`: clang would not unroll. */
      if (i >= there) continue;
      UNROLL for (size_t v = 0; v < vectors; v++) {
        REAL *to = c->entries + i * c->row + v * LANE_COUNT;
        LANES entries = {0};
        if (c->accumulate) LOAD_LANES(entries, to);
        entries += sum[i * vectors + v];
        STORE_LANES(to, entries);
      }
    }
    return;
  }
  REAL tile[MOST_SUMS * LANE_COUNT];
  memcpy(tile, sum, rows * width * sizeof(REAL));
  if (c->column == 1) {
    for (size_t i = 0; i < there; i++) {
      REAL *to = c->entries + i * c->row;
      for (size_t j = 0; j < columns; j++) to[j] = (c->accumulate ? to[j] : 0) + tile[i * width + j];
    }
  } else if (there == rows && c->row == 1 && c->accumulate) {
    REAL *to = c->entries;
    for (size_t j = 0; j < columns; j++, to += c->column) {
      UNROLL for (size_t i = 0; i < rows; i++) to[i] += tile[i * width + j];
    }
  } else if (there == rows && c->row == 1) {
    REAL *to = c->entries;
    for (size_t j = 0; j < columns; j++, to += c->column) {
      UNROLL for (size_t i = 0; i < rows; i++) to[i] = tile[i * width + j];
    }
  } else {
    for (size_t j = 0; j < columns; j++) {
      REAL *to = c->entries + j * c->column;
      for (size_t i = 0; i < there; i++) {
        to[i * c->row] = (c->accumulate ? to[i * c->row] : 0) + tile[i * width + j];
      }
    }
  }
}

#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic pop
#endif

/* `there` rows of op(a), at most `rows`; beyond them the last one once more, computed and not stored. Where all rows
 * are there, and neighbours, one register says where they are. */
INLINE void NAMED(multiply_tile)(const size_t rows, const size_t vectors, const int are_neighbours, size_t there,
                                 size_t depth, size_t columns, const NAMED(view) *restrict a,
                                 const REAL *restrict panel, const NAMED(ahead) *restrict ahead,
                                 const NAMED(target) *restrict c) {
  const REAL *row[MOST_SUMS];
  UNROLL for (size_t i = 0; i < rows; i++) row[i] = a->entries + (i < there ? i : there - 1) * a->row;
  LANES sum[MOST_SUMS];
  UNROLL for (size_t s = 0; s < rows * vectors; s++) sum[s] = (LANES){0};
  const size_t column = a->column;
  for (size_t chunk = 0; chunk < depth; chunk += CHUNK) {
    NAMED(fetch)(ahead, chunk / CHUNK);
    const size_t end = depth - chunk < CHUNK ? depth : chunk + CHUNK;
    for (size_t p = chunk; p < end; p++, panel += vectors * LANE_COUNT) {
      LANES b[MOST_VECTORS];
      UNROLL for (size_t v = 0; v < vectors; v++) LOAD_LANES_ONCE(b[v], panel + v * LANE_COUNT);
      UNROLL for (size_t i = 0; i < rows; i++) {
        const REAL factor = are_neighbours ? row[0][p * column + i] : row[i][p * column];
        UNROLL for (size_t v = 0; v < vectors; v++) sum[i * vectors + v] += factor * b[v];
      }
    }
  }
  NAMED(put_tile)(rows, vectors, are_neighbours ? rows : there, columns, sum, c);
}

typedef void NAMED(tile)(size_t, size_t, size_t, const NAMED(view) *restrict, const REAL *restrict,
                         const NAMED(ahead) *restrict, const NAMED(target) *restrict);

/* Functions of their own, called through pointers: of what is inlined into one large function the compiler keeps too
 * little in registers. */
#define TILE(rows, vectors)                                                                                        \
  static void NAMED(neighbours_##rows##_by_##vectors)(                                                             \
      size_t depth, size_t columns, const NAMED(view) *restrict a, const REAL *restrict panel,                     \
      const NAMED(ahead) *restrict ahead, const NAMED(target) *restrict c) {                                       \
    NAMED(multiply_tile)(rows, vectors, 1, rows, depth, columns, a, panel, ahead, c);                              \
  }                                                                                                                \
  static void NAMED(tile_##rows##_by_##vectors)(                                                                   \
      size_t there, size_t depth, size_t columns, const NAMED(view) *restrict a, const REAL *restrict panel,       \
      const NAMED(ahead) *restrict ahead, const NAMED(target) *restrict c) {                                       \
    if (there == rows && a->row == 1) NAMED(neighbours_##rows##_by_##vectors)(depth, columns, a, panel, ahead, c); \
    else NAMED(multiply_tile)(rows, vectors, 0, there, depth, columns, a, panel, ahead, c);                        \
  }
TILE(4, 1)
TILE(4, 2)
TILE(6, 2)
#if !FEW_TILES
TILE(8, 1)
TILE(5, 2)
#endif
#if MOST_VECTORS > 2
TILE(8, 2)
TILE(10, 2)
TILE(10, 1)
TILE(4, 4)
TILE(5, 4)
TILE(6, 4)
#endif
#undef TILE

static NAMED(tile) *NAMED(tile_of)(size_t rows, size_t vectors) {
#if MOST_VECTORS > 2
  if (vectors == 1 && rows > 8) return NAMED(tile_10_by_1);
#endif
#if FEW_TILES
  if (vectors == 1) return NAMED(tile_4_by_1);
  return rows > 4 ? NAMED(tile_6_by_2) : NAMED(tile_4_by_2);
#else
  if (vectors == 1) return rows > 4 ? NAMED(tile_8_by_1) : NAMED(tile_4_by_1);
#if MOST_VECTORS > 2
  if (vectors == 4) return rows > 5 ? NAMED(tile_6_by_4) : rows > 4 ? NAMED(tile_5_by_4) : NAMED(tile_4_by_4);
  if (rows > 8) return NAMED(tile_10_by_2);
  if (rows > 6) return NAMED(tile_8_by_2);
#endif
  return rows > 5 ? NAMED(tile_6_by_2) : rows > 4 ? NAMED(tile_5_by_2) : NAMED(tile_4_by_2);
#endif
}

/* A panel: rows `p` and columns `j` of op(b), so many of each. */
typedef struct NAMED(panel) {
  size_t p, depth, j, columns, vectors;
} NAMED(panel);

/* What to ask for while tile number `block` of `blocks` of a panel is computed, which reads the rows `a` and writes to
 * `c`: of the matrix that is too large to be in a cache. */
static NAMED(ahead) NAMED(ahead_of)(size_t m, const NAMED(panel) *panel, size_t rows, size_t block, size_t blocks,
                                    const NAMED(view) *a, const REAL *next_panel, const NAMED(view) *b,
                                    const NAMED(target) *c) {
  const size_t chunks = (panel->depth + CHUNK - 1) / CHUNK;
  const size_t width = panel->vectors * LANE_BYTES / LINE + 1; /* the rows are seldom aligned to lines */
  /* Transposed: the rows of the next tile. */
  if (c->column != 1) return (NAMED(ahead)){a->entries + rows * a->row, a->row, CHUNK, rows, 1, chunks, 0};
  /* More rows than the sums are long: what the next tile writes. */
  if (m > panel->depth || b->column != 1) {
    const size_t lines = (width + chunks - 1) / chunks;
    return (NAMED(ahead)){c->entries + rows * c->row, c->row, lines * LINE / sizeof(REAL), rows, lines,
                          (width + lines - 1) / lines, 0};
  }
  /* The next panel, each tile some columns of it. */
  const size_t lines = (width + blocks - 1) / blocks, first = block * lines;
  return (NAMED(ahead)){next_panel + first * LINE / sizeof(REAL), b->row, CHUNK * b->row, CHUNK, lines,
                        first < width ? chunks : 0, 1};
}

static void NAMED(multiply_panel)(size_t m, const NAMED(panel) *panel, const NAMED(view) *a, const NAMED(view) *b,
                                  const REAL *next_panel, const NAMED(target) *c, REAL *restrict entries) {
  NAMED(copy_panel)(panel->depth, panel->columns, panel->vectors * LANE_COUNT,
                    b->entries + panel->p * b->row + panel->j * b->column, b->row, b->column, entries);
  const size_t most = MOST_ROWS(panel->vectors), blocks = (m + most - 1) / most;
  size_t rows;
  for (size_t i = 0, block = 0; block < blocks; i += rows, block++) {
    rows = m / blocks + (block < m % blocks);
    const NAMED(view) tile = {a->entries + i * a->row + panel->p * a->column, a->row, a->column};
    const NAMED(target) to = {c->entries + i * c->row + panel->j * c->column, c->row, c->column,
                              c->accumulate || panel->p > 0};
    const NAMED(ahead) ahead = NAMED(ahead_of)(m, panel, rows, block, blocks, &tile, next_panel, b, &to);
    NAMED(tile_of)(rows, panel->vectors)(rows, panel->depth, panel->columns, &tile, entries, &ahead, &to);
  }
}

/* None of the sizes is 0. */
static void NAMED(multiply_by_tiles)(size_t m, size_t k, size_t n, NAMED(view) a, NAMED(view) b, NAMED(target) c,
                                     void *scratch) {
  NAMED(panel) panel;
  for (panel.j = 0; panel.j < n; panel.j += panel.columns) {
    const size_t left = n - panel.j;
    panel.vectors = left <= LANE_COUNT ? 1 : left <= 2 * LANE_COUNT ? 2 : MOST_VECTORS;
    const size_t width = panel.vectors * LANE_COUNT;
    panel.columns = left < width ? left : width;
    /* The panel fits into the first cache; but what is written with strides is better written less often. */
    const size_t most = c.column == 1 ? DEPTH : PANEL_REALS / width;
    for (panel.p = 0; panel.p < k; panel.p += panel.depth) {
      panel.depth = k - panel.p < most ? k - panel.p : most;
      const size_t after = panel.p + panel.depth;
      const REAL *next = b.entries + (after < k ? after * b.row + panel.j * b.column : (panel.j + width) * b.column);
      NAMED(multiply_panel)(m, &panel, &a, &b, next, &c, scratch);
    }
  }
}

/* c[m x n] += x yᵀ, for a number of columns that is known where this is inlined. */
static inline void NAMED(add_narrow_outer)(size_t m, size_t n, const REAL *restrict x, size_t x_step,
                                           const REAL *restrict y, REAL *restrict c) {
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) c[i * n + j] += x[i * x_step] * y[j];
  }
}

/* For few entries, and for outer products, where a tile has nothing to reuse. */
static void NAMED(add_directly)(size_t m, size_t k, size_t n, NAMED(view) a, NAMED(view) b, REAL *restrict c,
                                size_t c_row) {
  if (k == 1 && c_row == n && b.column == 1 && (n == 2 || n == 4)) {
    if (n == 2) NAMED(add_narrow_outer)(m, 2, a.entries, a.row, b.entries, c);
    else NAMED(add_narrow_outer)(m, 4, a.entries, a.row, b.entries, c);
    return;
  }
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

void NAMED(cajal_strided_product)(size_t m, size_t k, size_t n, const REAL *restrict a, size_t a_row,
                                  int a_transposed, const REAL *restrict b, size_t b_row, int b_transposed,
                                  REAL *restrict c, size_t c_row, int accumulate, void *scratch) {
  if (m == 0 || n == 0) return;
  const NAMED(view) left = NAMED(view_of)(a, a_row, a_transposed), right = NAMED(view_of)(b, b_row, b_transposed);
  /* A matrix and a vector that lies in a row. */
  const int is_column = n == 1 && right.row == 1 && (c_row == 1 || m == 1);
  const int is_row = m == 1 && left.column == 1;
  if (k > 1 && !is_column && !is_row && (m > 8 || k > 8 || n > 8)) {
    if (b_transposed && (a_transposed || m < n)) {
      const NAMED(target) transposed = {c, 1, c_row, accumulate};
      NAMED(multiply_by_tiles)(n, k, m, NAMED(transposed)(right), NAMED(transposed)(left), transposed, scratch);
    } else {
      NAMED(multiply_by_tiles)(m, k, n, left, right, (NAMED(target)){c, c_row, 1, accumulate}, scratch);
    }
    return;
  }
  if (!accumulate && c_row == n) {
    memset(c, 0, m * n * sizeof(REAL));
  } else if (!accumulate) {
    for (size_t i = 0; i < m; i++) memset(c + i * c_row, 0, n * sizeof(REAL));
  }
  if (k == 0) return;
  if (is_column) {
    NAMED(add_matrix_vector)(m, k, a, a_row, a_transposed, b, c);
  } else if (is_row) {
    NAMED(add_matrix_vector)(n, k, b, b_row, !b_transposed, a, c);
  } else {
    NAMED(add_directly)(m, k, n, left, right, c, c_row);
  }
}

void NAMED(cajal_product)(size_t m, size_t k, size_t n, const REAL *restrict a, int a_transposed,
                          const REAL *restrict b, int b_transposed, REAL *restrict c, int accumulate,
                          void *scratch) {
  NAMED(cajal_strided_product)(m, k, n, a, a_transposed ? m : k, a_transposed, b, b_transposed ? k : n, b_transposed, c,
                               n, accumulate, scratch);
}

#include "middle_product.h"

#undef PANEL_REALS
#undef DEPTH
#undef INLINE
#undef MOST_VECTORS
#undef MOST_ROWS
#undef MOST_SUMS
#undef CHUNK
#undef LINE
