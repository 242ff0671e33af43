#include "lane_tanh.h"

/* A NaN stays a NaN. */
void NAMED(cajal_relu)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

void NAMED(cajal_relu_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar, REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] > 0 ? y_bar[i] : 0;
}

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

#define ELEMENTWISE(name, value, slope)                                                                   \
  void NAMED(cajal_##name)(size_t n, const REAL *restrict from, REAL *restrict y) {                       \
    for (size_t i = 0; i < n; i++) {                                                                      \
      const REAL x = from[i];                                                                             \
      y[i] = value;                                                                                       \
    }                                                                                                     \
  }                                                                                                       \
  void NAMED(cajal_##name##_adjoint)(size_t n, const REAL *restrict from, const REAL *restrict y_bar,     \
                                     REAL *restrict x_bar) {                                              \
    for (size_t i = 0; i < n; i++) {                                                                      \
      const REAL known = from[i];                                                                         \
      x_bar[i] = (slope)*y_bar[i];                                                                        \
    }                                                                                                     \
  }

/* Slopes in the value: y, 1/(2y), -y*y. */
ELEMENTWISE(exp, exp(x), known)
ELEMENTWISE(sqrt, sqrt(x), (REAL)0.5 / known)
ELEMENTWISE(recip, 1 / x, -known * known)
/* Slopes in the operand. */
ELEMENTWISE(log, log(x), 1 / known)
ELEMENTWISE(sin, sin(x), cos(known))
ELEMENTWISE(cos, cos(x), -sin(known))
ELEMENTWISE(abs, fabs(x), (REAL)((known > 0) - (known < 0)))

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

/* x and y_bar of n entries, and of as many after them: the first of equal ones, and a NaN where there is one. */
#define CHOICE(name, takes)                                                                               \
  void NAMED(cajal_##name)(size_t n, const REAL *restrict x, REAL *restrict y) {                          \
    for (size_t i = 0; i < n; i++) y[i] = x[i] takes x[n + i] || x[i] != x[i] ? x[i] : x[n + i];          \
  }                                                                                                       \
  void NAMED(cajal_##name##_adjoint)(size_t n, const REAL *restrict x, const REAL *restrict y_bar,        \
                                     REAL *restrict x_bar) {                                              \
    for (size_t i = 0; i < n; i++) {                                                                      \
      const int first = x[i] takes x[n + i] || x[i] != x[i];                                              \
      x_bar[i] = first ? y_bar[i] : 0;                                                                    \
      x_bar[n + i] = first ? 0 : y_bar[i];                                                                \
    }                                                                                                     \
  }

CHOICE(min, <=)
CHOICE(max, >=)

#undef CHOICE

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
