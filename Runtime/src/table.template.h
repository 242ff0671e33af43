/* Whether a term of the row counts: the row does, and so do the children at its first `places` places. */
static int NAMED(counts)(size_t i, size_t arity, size_t places, const REAL *nodes) {
  if (arity == 0) return (REAL)(i + places) < nodes[0];
  for (size_t r = 0; r < places; r++) {
    if (nodes[i * arity + r] < 0) return 0;
  }
  return 1;
}

/* In a tree, `reached` of a row is set in its first weight before the row's turn comes: children stand behind. */
static int NAMED(begin_row)(size_t i, size_t row, size_t arity, const REAL *nodes, REAL *counted) {
  if (arity == 0) return (REAL)i < nodes[0];
  if (i > 0 && counted[i * row] == 0) return 0;
  for (size_t r = 0; r < arity; r++) {
    if (nodes[i * arity + r] >= 0) counted[(size_t)nodes[i * arity + r] * row] = 1;
  }
  return 1;
}

void NAMED(cajal_counted)(size_t rows, size_t row, size_t arity, size_t parts, const size_t part[], int is_cotangent,
                          const REAL *restrict table, const REAL *restrict nodes, REAL *restrict counted) {
  if (arity > 0) {
    for (size_t i = 0; i < rows; i++) counted[i * row] = 0;
  }
  for (size_t i = 0; i < rows; i++) {
    const REAL *const from = table + i * row;
    REAL *const to = counted + i * row;
    if (!NAMED(begin_row)(i, row, arity, nodes, counted)) {
      memset(to, 0, row * sizeof(REAL));
      continue;
    }
    for (size_t c = 0; c < parts; c++) {
      const size_t places = part[3 * c], offset = part[3 * c + 1], size = part[3 * c + 2];
      const REAL weight = from[c];
      to[c] = NAMED(counts)(i, arity, places, nodes) ? weight : 0;
      if (is_cotangent || weight != 0) {
        memcpy(to + offset, from + offset, size * sizeof(REAL));
      } else {
        /* The term is left out, and need not be finite; its weight's gradient reads it. */
        for (size_t k = offset; k < offset + size; k++) to[k] = from[k] - from[k] == 0 ? from[k] : 0;
      }
    }
  }
}

void NAMED(cajal_gather_row)(size_t size, const REAL *restrict table, const REAL *restrict index,
                             REAL *restrict row) {
  if (*index < 0) memset(row, 0, size * sizeof(REAL));
  else memcpy(row, table + (size_t)*index * size, size * sizeof(REAL));
}

void NAMED(cajal_scatter_row)(size_t rows, size_t size, const REAL *restrict row, const REAL *restrict index,
                              REAL *restrict table, int accumulate) {
  if (!accumulate) memset(table, 0, rows * size * sizeof(REAL));
  if (*index < 0) return;
  REAL *const target = table + (size_t)*index * size;
  for (size_t k = 0; k < size; k++) target[k] += row[k];
}
