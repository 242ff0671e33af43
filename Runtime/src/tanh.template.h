#include "lane_tanh.h"

void NAMED(cajal_tanh)(size_t n, const REAL *restrict x, REAL *restrict y) {
  LANES lanes;
  if (n < LANE_COUNT) {
    REAL all[LANE_COUNT] = {0};
    for (size_t i = 0; i < n; i++) all[i] = x[i];
    LOAD_LANES(lanes, all);
    lanes = NAMED(lane_tanh)(lanes);
    STORE_LANES(all, lanes);
    for (size_t i = 0; i < n; i++) y[i] = all[i];
    return;
  }
  for (size_t i = 0; i < n; i += LANE_COUNT) {
    /* The last lanes are computed again where n is no multiple. */
    if (i + LANE_COUNT > n) i = n - LANE_COUNT;
    LOAD_LANES(lanes, x + i);
    lanes = NAMED(lane_tanh)(lanes);
    STORE_LANES(y + i, lanes);
  }
}

void NAMED(cajal_tanh_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar, REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = (1 - y[i] * y[i]) * y_bar[i];
}
