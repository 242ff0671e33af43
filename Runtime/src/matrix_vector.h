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
  size_t j = 0;
  for (; j + LANE_COUNT <= columns; j += LANE_COUNT) {
    LOAD_LANES(factor, x + j);
    UNROLL for (size_t i = 0; i < ROWS; i++) {
      LOAD_LANES(entries, matrix + i * step + j);
      sum[i] += entries * factor;
    }
  }
  NAMED(few_lanes) few[ROWS], few_entries, few_factor, sums;
  UNROLL for (size_t i = 0; i < ROWS; i++) few[i] = NAMED(folded)(sum[i]);
  for (; j + ROWS <= columns; j += ROWS) {
    memcpy(&few_factor, x + j, sizeof few_factor);
    UNROLL for (size_t i = 0; i < ROWS; i++) {
      memcpy(&few_entries, matrix + i * step + j, sizeof few_entries);
      few[i] += few_entries * few_factor;
    }
  }
  memcpy(&sums, y, sizeof sums);
  sums += NAMED(lane_sums)(few);
  memcpy(y, &sums, sizeof sums);
  for (; j < columns; j++) {
    for (size_t i = 0; i < ROWS; i++) y[i] += matrix[i * step + j] * x[j];
  }
}

/* y[rows] += op(matrix) x: dot products of rows, or, where columns are contiguous, four of them at a time. Stored rows
 * of the matrix are `step` apart. */
static void NAMED(add_matrix_vector)(size_t rows, size_t columns, const REAL *restrict matrix, size_t step,
                                     int transposed, const REAL *restrict x, REAL *restrict y) {
  if (!transposed) {
    size_t i = 0;
    for (; i + ROWS <= rows; i += ROWS) NAMED(add_dots)(columns, matrix + i * step, step, x, y + i);
    for (; i < rows; i++) y[i] += NAMED(cajal_dot)(columns, matrix + i * step, x);
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

#undef ROWS
