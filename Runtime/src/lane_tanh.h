/* Part of a template: the hyperbolic tangent of lanes, within 3 units in the last place, a NaN staying one.
 *
 * libm has it for single numbers, at ten times the cost. With t = exp(-2|x|) - 1, which keeps its digits near 0,
 * tanh |x| = -t / (2 + t), and 1 - 2 (1 + t) / (2 + t) where that is more exact. Of t the exponent's whole turns of ln 2
 * are taken out first (W. J. Cody, W. Waite, "Software manual for the elementary functions"); the rest is at most ln 2 / 2,
 * for which Taylor's series ends with the digits. */

/* By 1.5 / epsilon a number is rounded to a whole one, which its last bits hold then. */
#define ROUNDING ((REAL)1.5 / REAL_EPSILON)
#define FRACTION_BITS (REAL_BYTES == 8 ? 52 : 23)
/* ln 2 in two parts, of which the first times a whole number of turns is exact. */
#define LN2_HIGH (REAL_BYTES == 8 ? (REAL)0x1.62e42feep-1 : (REAL)0x1.63p-1)
#define LN2_LOW (REAL_BYTES == 8 ? (REAL)0x1.a39ef35793c76p-33 : (REAL)-0x1.bd0106p-13)
/* Beyond it is 1. */
#define TANH_END (REAL)(REAL_BYTES == 8 ? 20 : 10)

/* What is shifted has no sign, lest it overflows. */
#if REAL_BYTES == 4
typedef uint32_t NAMED(lane_words) __attribute__((vector_size(LANE_BYTES)));
#else
typedef uint64_t NAMED(lane_words) __attribute__((vector_size(LANE_BYTES)));
#endif

static inline LANES NAMED(chosen)(LANE_BITS which, LANES yes, LANES no) {
  return (LANES)((which & (LANE_BITS)yes) | (~which & (LANE_BITS)no));
}

static inline LANES NAMED(lane_tanh)(LANES x) {
  /* 1/13!, 1/12! and so on to 1/3!, 1/2!: sums of odd and of even powers wait for each other less. */
  static const double inverse_factorials[][2] = {
      {1. / 6227020800, 1. / 479001600}, {1. / 39916800, 1. / 3628800}, {1. / 362880, 1. / 40320},
      {1. / 5040, 1. / 720},             {1. / 120, 1. / 24},           {1. / 6, 1. / 2}};
  enum { pairs = 6, from = REAL_BYTES == 8 ? 0 : 2 };
  const LANES zero = {0}, one = zero + 1;
  const LANE_BITS minus = (LANE_BITS)-zero, sign = (LANE_BITS)x & minus;
  LANES size = (LANES)((LANE_BITS)x ^ sign);
  size = NAMED(chosen)(size > zero + TANH_END, zero + TANH_END, size);
  const LANES z = size * -2, rounded = z * (REAL)1.44269504088896338700 + ROUNDING, turns = rounded - ROUNDING;
  const LANES r = (z - turns * LN2_HIGH) - turns * LN2_LOW;
  const LANES square = r * r;
  LANES odd = zero, even = zero;
  UNROLL for (size_t i = from; i < pairs; i++) {
    odd = odd * square + (REAL)inverse_factorials[i][0];
    even = even * square + (REAL)inverse_factorials[i][1];
  }
  const LANES p = r + square * (odd * r + even);
  const LANES power = (LANES)(((NAMED(lane_words))rounded << FRACTION_BITS) + (NAMED(lane_words))one);
  const LANES t = power * p + (power - 1), far = power + power * p;
  const LANE_BITS is_far = size > zero + (REAL)0.55;
  const LANES quotient = NAMED(chosen)(is_far, far + far, -t) / (t + 2);
  return (LANES)(((LANE_BITS)NAMED(chosen)(is_far, 1 - quotient, quotient) & ~minus) | sign);
}

#undef ROUNDING
#undef FRACTION_BITS
#undef LN2_HIGH
#undef LN2_LOW
#undef TANH_END
