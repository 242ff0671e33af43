#include "lane_sum.h"

REAL NAMED(cajal_dot)(size_t n, const REAL *a, const REAL *b) {
  LANES even = {0}, odd = {0}, x, y; /* two sums, so that one addition need not wait for the other */
  const size_t pairs = whole(n, 2 * LANE_COUNT);
  for (size_t i = 0; i < pairs; i += 2 * LANE_COUNT) {
    LOAD_LANES(x, a + i);
    LOAD_LANES(y, b + i);
    even += x * y;
    LOAD_LANES(x, a + i + LANE_COUNT);
    LOAD_LANES(y, b + i + LANE_COUNT);
    odd += x * y;
  }
  REAL rest = 0;
  for (size_t i = pairs; i < n; i++) rest += a[i] * b[i];
  return NAMED(lane_sum)(even + odd) + rest;
}
