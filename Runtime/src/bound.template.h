/* A norm without overflow: |v| = 2^exponent size, where size is the norm of w = v 2^-exponent and 2^exponent is about
 * v's largest entry. Scaling by a power of two is exact, so |v| is what the plain formula gives wherever that works.
 * All zeros have size 0. The power is kept where neither it nor its inverse overflows. */
typedef struct NAMED(scaled_norm) {
  REAL size;     /* of w */
  int exponent;
  REAL unit;     /* 2^-exponent */
  size_t first;  /* the first entry of largest magnitude */
} NAMED(scaled_norm);

static NAMED(scaled_norm) NAMED(measure)(int norm, size_t n, const REAL *v) {
  REAL largest = 0;
  size_t first = 0;
  for (size_t i = 0; i < n; i++) {
    if (fabs(v[i]) > largest) {
      largest = fabs(v[i]);
      first = i;
    }
  }
  int exponent = 0;
  if (largest <= REAL_LARGEST) (void)frexp(largest, &exponent);
  if (exponent < REAL_MIN_EXPONENT) exponent = REAL_MIN_EXPONENT;
  if (exponent > REAL_MAX_EXPONENT - 2) exponent = REAL_MAX_EXPONENT - 2;
  const REAL unit = ldexp((REAL)1, -exponent);

  double size = 0;
  switch (norm) {
  case CAJAL_NORM_L1:
    for (size_t i = 0; i < n; i++) size += fabs(v[i] * unit);
    break;
  case CAJAL_NORM_L2:
    for (size_t i = 0; i < n; i++) size += v[i] * unit * (v[i] * unit);
    size = sqrt(size);
    break;
  default:
    size = largest * unit;
  }
  return (NAMED(scaled_norm)){(REAL)size, exponent, unit, first};
}

static int NAMED(inside)(NAMED(scaled_norm) norm, REAL radius) {
  return ldexp(norm.size, norm.exponent) <= radius;
}

void NAMED(cajal_bound)(int norm, REAL radius, size_t n, const REAL *restrict v, REAL *restrict out) {
  const NAMED(scaled_norm) measured = NAMED(measure)(norm, n, v);
  if (NAMED(inside)(measured, radius)) {
    if (n > 0) memcpy(out, v, n * sizeof(REAL));
    return;
  }
  const REAL factor = radius / measured.size;
  for (size_t i = 0; i < n; i++) out[i] = v[i] * measured.unit * factor;
}

/* Outside: v_bar = (radius / |v|) (out_bar - s <v, out_bar> / |v|), s = v/|v|, sign(v), or the sign of the first
 * largest entry in its place. */
void NAMED(cajal_bound_adjoint)(int norm, REAL radius, size_t n, const REAL *restrict v,
                                const REAL *restrict out_bar, REAL *restrict v_bar) {
  const NAMED(scaled_norm) measured = NAMED(measure)(norm, n, v);
  if (NAMED(inside)(measured, radius)) {
    if (n > 0) memcpy(v_bar, out_bar, n * sizeof(REAL));
    return;
  }
  const REAL factor = ldexp(radius / measured.size, -measured.exponent);
  REAL along = 0;
  for (size_t i = 0; i < n; i++) along += v[i] * measured.unit * out_bar[i];
  along /= measured.size;

  switch (norm) {
  case CAJAL_NORM_L1:
    for (size_t i = 0; i < n; i++) {
      const REAL sign = (REAL)((v[i] > 0) - (v[i] < 0));
      v_bar[i] = factor * (out_bar[i] - sign * along);
    }
    break;
  case CAJAL_NORM_L2:
    for (size_t i = 0; i < n; i++) {
      v_bar[i] = factor * (out_bar[i] - v[i] * measured.unit / measured.size * along);
    }
    break;
  default:
    for (size_t i = 0; i < n; i++) v_bar[i] = factor * out_bar[i];
    v_bar[measured.first] -= factor * (v[measured.first] > 0 ? along : -along);
  }
}
