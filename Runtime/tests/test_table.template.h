#include "reals.h"

/* Lists: End (no field) and Letter (two reals, a rest). Trees: Leaf (one real), Node (one real, two children). */
static const size_t NAMED(list_parts)[] = {0, 2, 0, 1, 2, 2};
static const size_t NAMED(tree_parts)[] = {0, 2, 1, 2, 3, 1};
enum { NAMED(ROW) = 4 };

/* The rule, one entry after another. */
static REAL NAMED(wanted)(size_t arity, const size_t part[], const int *counts, const REAL *table, const REAL *nodes,
                          size_t i, size_t k, int is_cotangent) {
  const size_t c = k < 2 ? k : k < part[4] ? 0 : 1;
  const REAL weight = table[i * NAMED(ROW) + c], entry = table[i * NAMED(ROW) + k];
  if (!counts[i]) return 0;
  if (k >= 2) return !is_cotangent && weight == 0 && !isfinite(entry) ? 0 : entry;
  if (arity == 0) return i + part[3 * c] < (size_t)nodes[0] ? entry : 0;
  for (size_t r = 0; r < part[3 * c]; r++) {
    if (nodes[i * arity + r] < 0) return 0;
  }
  return entry;
}

static void NAMED(test_counted)(size_t rows, size_t arity, int is_cotangent) {
  const size_t *const part = arity == 0 ? NAMED(list_parts) : NAMED(tree_parts);
  const size_t size = rows * NAMED(ROW), count = arity == 0 ? 1 : rows * arity;
  REAL *table = NAMED(random_vector)(size), *nodes = NAMED(new_vector)(count), *out = NAMED(new_vector)(size);
  int *counts = calloc(rows, sizeof(int));
  if (arity == 0) {
    nodes[0] = (REAL)random_below(rows + 1);
    for (size_t i = 0; i < rows; i++) counts[i] = i < (size_t)nodes[0];
  } else {
    counts[0] = 1;
    for (size_t i = 0; i < rows; i++) {
      for (size_t r = 0; r < arity; r++) {
        const size_t behind = rows - 1 - i;
        nodes[i * arity + r] = behind == 0 || random_below(3) == 0 ? -1 : (REAL)(i + 1 + random_below(behind));
        if (counts[i] && nodes[i * arity + r] >= 0) counts[(size_t)nodes[i * arity + r]] = 1;
      }
    }
  }
  for (size_t i = 0; i < rows; i++) {
    if (random_below(3) == 0) table[i * NAMED(ROW) + random_below(2)] = 0;
    if (random_below(3) == 0) table[i * NAMED(ROW) + 2 + random_below(2)] = (REAL)INFINITY;
    if (!counts[i]) table[i * NAMED(ROW) + random_below(4)] = (REAL)NAN;
  }
  NAMED(cajal_counted)(rows, NAMED(ROW), arity, 2, part, is_cotangent, table, nodes, out);
  size_t wrong = 0;
  for (size_t j = 0; j < size; j++) {
    const REAL want =
        NAMED(wanted)(arity, part, counts, table, nodes, j / NAMED(ROW), j % NAMED(ROW), is_cotangent);
    wrong += !(out[j] == want);
  }
  CHECK(wrong == 0, "%zu of %zu entries of a table of %zu rows with %zu children", wrong, size, rows, arity);
  free(counts);
  NAMED(delete_vector)(table);
  NAMED(delete_vector)(nodes);
  NAMED(delete_vector)(out);
}

static void NAMED(test_rows)(size_t rows, size_t size) {
  REAL *table = NAMED(random_vector)(rows * size), *row = NAMED(new_vector)(size), *index = NAMED(new_vector)(1);
  const size_t at = random_below(rows);
  index[0] = (REAL)at;
  NAMED(cajal_gather_row)(size, table, index, row);
  CHECK(memcmp(row, table + at * size, size * sizeof(REAL)) == 0, "row %zu of %zu", at, rows);
  REAL *sum = NAMED(random_vector)(rows * size), *before = NAMED(new_vector)(rows * size);
  memcpy(before, sum, rows * size * sizeof(REAL));
  NAMED(cajal_scatter_row)(rows, size, row, index, sum, 1);
  size_t wrong = 0;
  for (size_t j = 0; j < rows * size; j++) wrong += sum[j] != before[j] + (j / size == at ? row[j % size] : 0);
  NAMED(cajal_scatter_row)(rows, size, row, index, sum, 0);
  for (size_t j = 0; j < rows * size; j++) wrong += sum[j] != (j / size == at ? row[j % size] : 0);
  CHECK(wrong == 0, "row %zu of %zu rows of %zu, put back", at, rows, size);
  index[0] = -1;
  NAMED(cajal_gather_row)(size, table, index, row);
  memcpy(before, sum, rows * size * sizeof(REAL));
  NAMED(cajal_scatter_row)(rows, size, table, index, sum, 1);
  wrong = memcmp(before, sum, rows * size * sizeof(REAL)) != 0;
  for (size_t j = 0; j < size; j++) wrong += row[j] != 0;
  CHECK(wrong == 0, "no row of %zu", rows);
  NAMED(delete_vector)(table);
  NAMED(delete_vector)(row);
  NAMED(delete_vector)(index);
  NAMED(delete_vector)(sum);
  NAMED(delete_vector)(before);
}

static void NAMED(test_table)(void) {
  for (size_t i = 0; i < 200; i++) {
    NAMED(test_counted)(random_size(40), i % 2 == 0 ? 0 : 2, i % 4 > 1);
    NAMED(test_rows)(random_size(20), random_size(20));
  }
}
