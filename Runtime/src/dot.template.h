#include "lane_sum.h"

REAL NAMED(cajal_dot)(size_t n, const REAL *a, const REAL *b) {
  LANES even = {0}, odd = {0}, x, y; /* two sums, so that one addition need not wait for the other */
  size_t i = 0;
  for (; i + 2 * LANE_COUNT <= n; i += 2 * LANE_COUNT) {
    LOAD_LANES(x, a + i);
    LOAD_LANES(y, b + i);
    even += x * y;
    LOAD_LANES(x, a + i + LANE_COUNT);
    LOAD_LANES(y, b + i + LANE_COUNT);
    odd += x * y;
  }
  REAL rest = 0;
  for (; i < n; i++) rest += a[i] * b[i];
  return NAMED(lane_sum)(even + odd) + rest;
}
