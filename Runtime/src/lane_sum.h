/* Part of a template: the sum of the lanes, in halves, so that rounding errors do not pile up in one place. */
typedef REAL NAMED(few_lanes) __attribute__((vector_size(16)));

static inline NAMED(few_lanes) NAMED(folded)(LANES lanes) {
  NAMED(few_lanes) part[LANE_BYTES / 16];
  memcpy(part, &lanes, sizeof lanes);
#if LANE_BYTES > 32
  part[0] += part[2];
  part[1] += part[3];
#endif
#if LANE_BYTES > 16
  part[0] += part[1];
#endif
  return part[0];
}

static inline REAL NAMED(lane_sum)(LANES lanes) {
  const NAMED(few_lanes) part = NAMED(folded)(lanes);
  REAL entry[16 / sizeof(REAL)];
  memcpy(entry, &part, sizeof entry);
  for (size_t half = 8 / sizeof(REAL); half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) entry[i] += entry[i + half];
  }
  return entry[0];
}
