/* Part of a template: the sum of the lanes, in halves, so that rounding errors do not pile up in one place. */
static inline REAL NAMED(lane_sum)(LANES lanes) {
  REAL entry[LANE_COUNT];
  STORE_LANES(entry, lanes);
  for (size_t half = LANE_COUNT / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) entry[i] += entry[i + half];
  }
  return entry[0];
}
