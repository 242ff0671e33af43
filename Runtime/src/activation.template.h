void NAMED(cajal_sigmoid)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = 1 / (1 + exp(-x[i]));
}

void NAMED(cajal_sigmoid_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                  REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] * (1 - y[i]) * y_bar[i];
}

/* log(1 + exp x), without overflow. */
void NAMED(cajal_softplus)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = (x[i] <= 0 ? 0 : x[i]) + log1p(exp(-fabs(x[i])));
}

/* softplus' = 1 - exp(-softplus). */
void NAMED(cajal_softplus_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                   REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = -expm1(-y[i]) * y_bar[i];
}

#define ELEMENTWISE(name, adjoint, value, slope)                                                              \
  void NAMED(name)(size_t n, const REAL *restrict from, REAL *restrict y) {                                   \
    for (size_t i = 0; i < n; i++) {                                                                          \
      const REAL x = from[i];                                                                                 \
      y[i] = value;                                                                                           \
    }                                                                                                         \
  }                                                                                                           \
  void NAMED(adjoint)(size_t n, const REAL *restrict from, const REAL *restrict y_bar, REAL *restrict x_bar) { \
    for (size_t i = 0; i < n; i++) {                                                                          \
      const REAL known = from[i];                                                                             \
      x_bar[i] = (slope)*y_bar[i];                                                                            \
    }                                                                                                         \
  }

/* Slopes in the value: y, 1/(2y), -y*y. */
ELEMENTWISE(cajal_exp, cajal_exp_adjoint, exp(x), known)
ELEMENTWISE(cajal_sqrt, cajal_sqrt_adjoint, sqrt(x), (REAL)0.5 / known)
ELEMENTWISE(cajal_recip, cajal_recip_adjoint, 1 / x, -known * known)
/* Slopes in the operand. */
ELEMENTWISE(cajal_log, cajal_log_adjoint, log(x), 1 / known)
ELEMENTWISE(cajal_sin, cajal_sin_adjoint, sin(x), cos(known))
ELEMENTWISE(cajal_cos, cajal_cos_adjoint, cos(x), -sin(known))
ELEMENTWISE(cajal_abs, cajal_abs_adjoint, fabs(x), (REAL)((known > 0) - (known < 0)))

#undef ELEMENTWISE

/* In double precision: the exponent is no float. */
void NAMED(cajal_power)(double exponent, size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = (REAL)pow((double)x[i], exponent);
}

/* The derivative of a constant is 0, at 0 too. */
void NAMED(cajal_power_adjoint)(double exponent, size_t n, const REAL *restrict x, const REAL *restrict y_bar,
                                REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++)
    x_bar[i] = exponent == 0 ? 0 : (REAL)(exponent * pow((double)x[i], exponent - 1)) * y_bar[i];
}

void NAMED(cajal_softmax)(size_t n, const REAL *restrict x, REAL *restrict y) {
  if (n == 0) return;
  REAL largest = x[0];
  for (size_t i = 1; i < n; i++) {
    if (x[i] > largest) largest = x[i];
  }
  REAL total = 0;
  for (size_t i = 0; i < n; i++) {
    y[i] = exp(x[i] - largest);
    total += y[i];
  }
  for (size_t i = 0; i < n; i++) y[i] /= total;
}

void NAMED(cajal_softmax_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar,
                                  REAL *restrict x_bar) {
  REAL inner = 0;
  for (size_t i = 0; i < n; i++) inner += y[i] * y_bar[i];
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] * (y_bar[i] - inner);
}
