/* Part of a template: the product of a matrix and a vector, which reads every entry once. */
#include "lane_sum.h"

/* How many sums a vector of 16 bytes has, and so how many rows are summed up at once. */
#define ROWS (16 / sizeof(REAL))

/* The sums of the lanes of each. */
static inline NAMED(few_lanes) NAMED(lane_sums)(const NAMED(few_lanes) *of) {
#if !__has_builtin(__builtin_shufflevector)
  NAMED(few_lanes) sums;
  for (size_t i = 0; i < ROWS; i++) {
    sums[i] = 0;
    for (size_t lane = 0; lane < ROWS; lane++) sums[i] += of[i][lane];
  }
  return sums;
#elif REAL_BYTES == 4
  const NAMED(few_lanes) first = __builtin_shufflevector(of[0], of[1], 0, 4, 1, 5) +
                                 __builtin_shufflevector(of[0], of[1], 2, 6, 3, 7);
  const NAMED(few_lanes) second = __builtin_shufflevector(of[2], of[3], 0, 4, 1, 5) +
                                  __builtin_shufflevector(of[2], of[3], 2, 6, 3, 7);
  return __builtin_shufflevector(first, second, 0, 1, 4, 5) + __builtin_shufflevector(first, second, 2, 3, 6, 7);
#else
  return __builtin_shufflevector(of[0], of[1], 0, 2) + __builtin_shufflevector(of[0], of[1], 1, 3);
#endif
}

/* y[ROWS] += the dot products of ROWS rows, `step` apart, with x. */
static inline void NAMED(add_dots)(size_t columns, const REAL *restrict matrix, size_t step, const REAL *restrict x,
                                   REAL *restrict y) {
  LANES sum[ROWS], entries, factor;
  UNROLL for (size_t i = 0; i < ROWS; i++) sum[i] = (LANES){0};
  const size_t in_lanes = whole(columns, LANE_COUNT), in_few = in_lanes + whole(columns - in_lanes, ROWS);
  for (size_t j = 0; j < in_lanes; j += LANE_COUNT) {
    LOAD_LANES(factor, x + j);
    UNROLL for (size_t i = 0; i < ROWS; i++) {
      LOAD_LANES(entries, matrix + i * step + j);
      sum[i] += entries * factor;
    }
  }
  NAMED(few_lanes) few[ROWS], few_entries, few_factor, sums;
  UNROLL for (size_t i = 0; i < ROWS; i++) few[i] = NAMED(folded)(sum[i]);
  for (size_t j = in_lanes; j < in_few; j += ROWS) {
    memcpy(&few_factor, x + j, sizeof few_factor);
    UNROLL for (size_t i = 0; i < ROWS; i++) {
      memcpy(&few_entries, matrix + i * step + j, sizeof few_entries);
      few[i] += few_entries * few_factor;
    }
  }
  memcpy(&sums, y, sizeof sums);
  sums += NAMED(lane_sums)(few);
  memcpy(y, &sums, sizeof sums);
  for (size_t j = in_few; j < columns; j++) {
    for (size_t i = 0; i < ROWS; i++) y[i] += matrix[i * step + j] * x[j];
  }
}

/* How many columns a narrow matrix has, at most: its rows are too short for vectors along them. */
#define NARROW 4

/* y[rows] += matrix x, for a number of columns that is known where this is inlined. */
static inline void NAMED(add_short_rows)(size_t rows, size_t columns, const REAL *restrict matrix,
                                         const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < rows; i++) {
    REAL sum = 0;
    for (size_t j = 0; j < columns; j++) sum += matrix[i * columns + j] * x[j];
    y[i] += sum;
  }
}

/* Four entries, which are one row of four columns, or two rows of two. */
typedef REAL NAMED(quad) __attribute__((vector_size(4 * sizeof(REAL))));

/* y[columns] += x matrix, of 2 or 4 columns: two sums of four entries, side by side. */
static inline void NAMED(add_short_columns)(size_t rows, size_t columns, const REAL *restrict matrix,
                                            const REAL *restrict x, REAL *restrict y) {
  const size_t each = 4 / columns;
  NAMED(quad) sum[2] = {{0}, {0}}, entries;
  const size_t pairs = whole(rows, 2 * each);
  for (size_t i = 0; i < pairs; i += 2 * each) {
    for (size_t t = 0; t < 2; t++) {
      const REAL *const first = x + i + t * each, *const second = first + each - 1;
      memcpy(&entries, matrix + (i + t * each) * columns, sizeof entries);
      sum[t] += entries * (NAMED(quad)){*first, *first, *second, *second};
    }
  }
  sum[0] += sum[1];
  for (size_t t = 0; t < each; t++) {
    for (size_t j = 0; j < columns; j++) y[j] += sum[0][t * columns + j];
  }
  for (size_t i = pairs; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) y[j] += matrix[i * columns + j] * x[i];
  }
}

/* The two, for a matrix of at most NARROW columns, rows behind each other. Transposed, it has 2 or 4. */
static void NAMED(add_narrow)(size_t rows, size_t columns, const REAL *restrict matrix, int transposed,
                              const REAL *restrict x, REAL *restrict y) {
#define CASE(n)                                                                  \
  case n:                                                                        \
    if (transposed) NAMED(add_short_columns)(rows, n, matrix, x, y);             \
    else NAMED(add_short_rows)(rows, n, matrix, x, y);                           \
    break;
  switch (columns) {
    CASE(2)
    CASE(4)
  default:
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < columns; j++) y[i] += matrix[i * columns + j] * x[j];
    }
  }
#undef CASE
}

/* y[rows] += op(matrix) x: dot products of rows, or, where columns are contiguous, four of them at a time. Stored rows
 * of the matrix are `step` apart. */
static void NAMED(add_matrix_vector)(size_t rows, size_t columns, const REAL *restrict matrix, size_t step,
                                     int transposed, const REAL *restrict x, REAL *restrict y) {
  const size_t stored = transposed ? rows : columns;
  if (step == stored && (transposed ? stored == 2 || stored == 4 : stored <= NARROW)) {
    NAMED(add_narrow)(transposed ? columns : rows, stored, matrix, transposed, x, y);
    return;
  }
  if (!transposed) {
    const size_t groups = whole(rows, ROWS);
    for (size_t i = 0; i < groups; i += ROWS) NAMED(add_dots)(columns, matrix + i * step, step, x, y + i);
    for (size_t i = groups; i < rows; i++) y[i] += NAMED(cajal_dot)(columns, matrix + i * step, x);
    return;
  }
  const size_t fours = whole(columns, 4);
  for (size_t j = 0; j < fours; j += 4) {
    const REAL *c0 = matrix + j * step, *c1 = c0 + step, *c2 = c1 + step, *c3 = c2 + step;
    const REAL x0 = x[j], x1 = x[j + 1], x2 = x[j + 2], x3 = x[j + 3];
    for (size_t i = 0; i < rows; i++) y[i] += (c0[i] * x0 + c1[i] * x1) + (c2[i] * x2 + c3[i] * x3);
  }
  for (size_t j = fours; j < columns; j++) {
    for (size_t i = 0; i < rows; i++) y[i] += matrix[j * step + i] * x[j];
  }
}

#undef NARROW
#undef ROWS
