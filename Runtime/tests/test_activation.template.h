#include "reals.h"

/* An activation of single entries, and the formula it is compared with. */
typedef struct NAMED(activation) {
  const char *name;
  void (*apply)(size_t, const REAL *restrict, REAL *restrict);
  void (*adjoint)(size_t, const REAL *restrict, const REAL *restrict, REAL *restrict);
  double (*formula)(double);
} NAMED(activation);

static double NAMED(relu_of)(double x) { return x > 0 ? x : 0; }
static double NAMED(tanh_of)(double x) { return tanh(x); }
static double NAMED(sigmoid_of)(double x) { return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)); }
static double NAMED(softplus_of)(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

static void NAMED(compare_activation)(NAMED(activation) f, size_t n) {
  REAL *x = NAMED(random_vector)(n), *y = NAMED(new_vector)(n);
  REAL *y_bar = NAMED(random_vector)(n), *x_bar = NAMED(new_vector)(n);
  for (size_t i = 0; i < n; i++) x[i] *= 8;
  f.apply(n, x, y);
  f.adjoint(n, y, y_bar, x_bar);
  double worst = 0, worst_slope = 0;
  for (size_t i = 0; i < n; i++) {
    const double at = (double)x[i], step = 1e-5;
    const double error = fabs((double)y[i] - f.formula(at)) / (1 + fabs(at));
    if (!(error <= worst)) worst = error;
    const double slope = (f.formula(at + step) - f.formula(at - step)) / (2 * step);
    const double slope_error = fabs((double)x_bar[i] - slope * (double)y_bar[i]);
    if (!(slope_error <= worst_slope) && fabs(at) > step) worst_slope = slope_error;
  }
  CHECK(worst <= 4 * REAL_EPSILON, "%s of %zu: off by %g", f.name, n, worst);
  CHECK(worst_slope <= 8 * REAL_EPSILON + 1e-9, "the adjoint of %s of %zu: off by %g", f.name, n, worst_slope);
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
  NAMED(delete_vector)(y_bar);
  NAMED(delete_vector)(x_bar);
}

/* Far from zero an activation is at its limit, and a NaN stays one. */
static void NAMED(test_activation_limits)(NAMED(activation) f) {
  const REAL x[] = {-1000, 1000, (REAL)NAN, 0};
  REAL y[4], x_bar[4];
  f.apply(4, x, y);
  for (size_t i = 0; i < 4; i++) {
    const double want = f.formula((double)x[i]);
    CHECK(isnan(x[i]) ? isnan(y[i]) : fabs((double)y[i] - want) <= REAL_EPSILON * fabs(want), "%s(%g) = %g", f.name,
          (double)x[i], (double)y[i]);
  }
  f.adjoint(4, y, (const REAL[]){1, 1, (REAL)NAN, 1}, x_bar);
  CHECK(fabs((double)x_bar[0]) <= REAL_EPSILON, "the slope of %s(-1000) = %g", f.name, (double)x_bar[0]);
  CHECK(isfinite(x_bar[1]) && isfinite(x_bar[3]), "the slope of %s at 1000 and 0", f.name);
}

/* A function that has a domain, and an adjoint that is given the operand or the result. */
typedef struct NAMED(function) {
  const char *name;
  void (*apply)(size_t, const REAL *restrict, REAL *restrict);
  void (*adjoint)(size_t, const REAL *restrict, const REAL *restrict, REAL *restrict);
  double (*formula)(double), (*slope)(double);
  int reads_operand;
  double lower, upper;
} NAMED(function);

static double NAMED(exp_of)(double x) { return exp(x); }
static double NAMED(log_of)(double x) { return log(x); }
static double NAMED(log_slope)(double x) { return 1 / x; }
static double NAMED(sqrt_of)(double x) { return sqrt(x); }
static double NAMED(sqrt_slope)(double x) { return 1 / (2 * sqrt(x)); }
static double NAMED(sin_of)(double x) { return sin(x); }
static double NAMED(cos_of)(double x) { return cos(x); }
static double NAMED(cos_slope)(double x) { return -sin(x); }
static double NAMED(abs_of)(double x) { return fabs(x); }
static double NAMED(abs_slope)(double x) { return (x > 0) - (x < 0); }
static double NAMED(recip_of)(double x) { return 1 / x; }
static double NAMED(recip_slope)(double x) { return -1 / (x * x); }

static void NAMED(compare_function)(NAMED(function) f, size_t n) {
  REAL *x = NAMED(random_vector)(n), *y = NAMED(new_vector)(n);
  REAL *y_bar = NAMED(random_vector)(n), *x_bar = NAMED(new_vector)(n);
  for (size_t i = 0; i < n; i++) x[i] = (REAL)(f.lower + (f.upper - f.lower) * (1 + (double)x[i]) / 2);
  f.apply(n, x, y);
  f.adjoint(n, f.reads_operand ? x : y, y_bar, x_bar);
  double worst = 0, worst_slope = 0;
  for (size_t i = 0; i < n; i++) {
    const double at = (double)x[i], value = f.formula(at), slope = f.slope(at);
    const double error = fabs((double)y[i] - value) / (fabs(value) + 1e-3);
    if (!(error <= worst)) worst = error;
    const double slope_error = fabs((double)x_bar[i] - slope * (double)y_bar[i]) / (fabs(slope) + 1e-3);
    if (!(slope_error <= worst_slope)) worst_slope = slope_error;
  }
  CHECK(worst <= 4 * REAL_EPSILON, "%s of %zu: off by %g", f.name, n, worst);
  CHECK(worst_slope <= 8 * REAL_EPSILON, "the adjoint of %s of %zu: off by %g", f.name, n, worst_slope);
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
  NAMED(delete_vector)(y_bar);
  NAMED(delete_vector)(x_bar);
}

static void NAMED(compare_power)(double exponent, size_t n) {
  REAL *x = NAMED(random_vector)(n), *y = NAMED(new_vector)(n);
  REAL *y_bar = NAMED(random_vector)(n), *x_bar = NAMED(new_vector)(n);
  double worst = 0, worst_slope = 0;
  for (size_t i = 0; i < n; i++) x[i] = (REAL)1.1 + x[i];
  NAMED(cajal_power)(exponent, n, x, y);
  NAMED(cajal_power_adjoint)(exponent, n, x, y_bar, x_bar);
  for (size_t i = 0; i < n; i++) {
    const double at = (double)x[i], value = exp(exponent * log(at)), slope = exponent * value / at;
    const double error = fabs((double)y[i] - value) / value;
    if (!(error <= worst)) worst = error;
    const double slope_error = fabs((double)x_bar[i] - slope * (double)y_bar[i]) / (fabs(slope) + 1e-300);
    if (!(slope_error <= worst_slope)) worst_slope = slope_error;
  }
  CHECK(worst <= 16 * REAL_EPSILON, "power %g of %zu: off by %g", exponent, n, worst);
  CHECK(worst_slope <= 16 * REAL_EPSILON, "the adjoint of power %g of %zu: off by %g", exponent, n, worst_slope);
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
  NAMED(delete_vector)(y_bar);
  NAMED(delete_vector)(x_bar);
}

/* At kinks and at the ends of domains, as LANGUAGE.md, section 6, has them; the first of equal ones; a NaN wherever there
 * is one. */
static void NAMED(test_kinks)(void) {
  const REAL zero = 0, one = 1, root = 0, minus = -1;
  REAL y, x_bar, y2[2], x_bar4[4];
  NAMED(cajal_abs_adjoint)(1, &zero, &one, &x_bar);
  CHECK(x_bar == 0, "abs'(0) = %g", (double)x_bar);
  NAMED(cajal_sqrt_adjoint)(1, &root, &one, &x_bar);
  CHECK(isinf(x_bar) && x_bar > 0, "sqrt'(0) = %g", (double)x_bar);
  NAMED(cajal_power_adjoint)(0, 1, &zero, &one, &x_bar);
  CHECK(x_bar == 0, "(x^0)'(0) = %g", (double)x_bar);
  NAMED(cajal_power)(0, 1, &zero, &y);
  CHECK(y == 1, "0^0 = %g", (double)y);
  NAMED(cajal_log)(1, &minus, &y);
  CHECK(isnan(y), "log(-1) = %g", (double)y);
  NAMED(cajal_recip)(1, &zero, &y);
  CHECK(isinf(y), "1/0 = %g", (double)y);
  const REAL pairs[] = {1, 2, 1, -3}, bars[] = {5, 7}, odd[] = {(REAL)NAN, 1, 2, (REAL)NAN};
  NAMED(cajal_min)(2, pairs, y2);
  CHECK(y2[0] == 1 && y2[1] == -3, "min = %g, %g", (double)y2[0], (double)y2[1]);
  NAMED(cajal_min_adjoint)(2, pairs, bars, x_bar4);
  CHECK(x_bar4[0] == 5 && x_bar4[1] == 0 && x_bar4[2] == 0 && x_bar4[3] == 7, "min' at a tie");
  NAMED(cajal_max)(2, pairs, y2);
  CHECK(y2[0] == 1 && y2[1] == 2, "max = %g, %g", (double)y2[0], (double)y2[1]);
  NAMED(cajal_max_adjoint)(2, pairs, bars, x_bar4);
  CHECK(x_bar4[0] == 5 && x_bar4[1] == 7 && x_bar4[2] == 0 && x_bar4[3] == 0, "max' at a tie");
  NAMED(cajal_min)(2, odd, y2);
  CHECK(isnan(y2[0]) && isnan(y2[1]), "min of a NaN");
  NAMED(cajal_max)(2, odd, y2);
  CHECK(isnan(y2[0]) && isnan(y2[1]), "max of a NaN");
}

static double NAMED(softmax_of)(size_t n, const double *x, size_t at) {
  double largest = x[0], total = 0;
  for (size_t i = 1; i < n; i++) largest = x[i] > largest ? x[i] : largest;
  for (size_t i = 0; i < n; i++) total += exp(x[i] - largest);
  return exp(x[at] - largest) / total;
}

static void NAMED(compare_softmax)(size_t n, double spread) {
  REAL *x = NAMED(random_vector)(n), *y = NAMED(new_vector)(n);
  REAL *y_bar = NAMED(random_vector)(n), *x_bar = NAMED(new_vector)(n);
  double *exact = calloc(n, sizeof(double)), worst = 0, worst_slope = 0;
  for (size_t i = 0; i < n; i++) exact[i] = (double)(x[i] *= (REAL)spread);
  NAMED(cajal_softmax)(n, x, y);
  NAMED(cajal_softmax_adjoint)(n, y, y_bar, x_bar);
  for (size_t i = 0; i < n; i++) {
    const double error = fabs((double)y[i] - NAMED(softmax_of)(n, exact, i)), at = exact[i], step = 1e-5;
    if (!(error <= worst)) worst = error;
    double slope = 0;
    exact[i] = at + step;
    for (size_t j = 0; j < n; j++) slope += NAMED(softmax_of)(n, exact, j) * (double)y_bar[j];
    exact[i] = at - step;
    for (size_t j = 0; j < n; j++) slope -= NAMED(softmax_of)(n, exact, j) * (double)y_bar[j];
    exact[i] = at;
    const double slope_error = fabs((double)x_bar[i] - slope / (2 * step));
    if (!(slope_error <= worst_slope)) worst_slope = slope_error;
  }
  const double scale = 4 + spread;
  CHECK(worst <= scale * REAL_EPSILON, "softmax of %zu: off by %g", n, worst);
  CHECK(worst_slope <= 2 * scale * REAL_EPSILON + 1e-9, "the adjoint of softmax of %zu: off by %g", n, worst_slope);
  free(exact);
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
  NAMED(delete_vector)(y_bar);
  NAMED(delete_vector)(x_bar);
}

/* Exactly 1 in exact arithmetic. Rounded, the sum and the quotients leave n + 1 halves of REAL_EPSILON: that bounds of
 * norms may be exceeded is a fact, not a fault, and about half of all rows do so. */
static void NAMED(sum_softmax)(size_t n) {
  size_t above = 0, off = 0;
  for (size_t row = 0; row < 1000; row++) {
    REAL *x = NAMED(random_vector)(n), *y = NAMED(new_vector)(n);
    for (size_t i = 0; i < n; i++) x[i] *= 4;
    NAMED(cajal_softmax)(n, x, y);
    long double sum = 0;
    for (size_t i = 0; i < n; i++) sum += y[i];
    above += sum > 1;
    off += !(fabsl(sum - 1) <= (long double)(n + 1) * REAL_EPSILON / 2);
    NAMED(delete_vector)(x);
    NAMED(delete_vector)(y);
  }
  CHECK(off == 0, "%zu of 1000 softmaxes of %zu entries do not sum to 1 up to rounding", off, n);
  CHECK(above > 0 && above < 1000, "%zu of 1000 softmaxes of %zu entries sum to more than 1", above, n);
}

/* Within 3 units in the last place, at all sizes of numbers, wherever in a vector; odd, with the sign of zero. */
static void NAMED(test_tanh)(void) {
  enum { count = 4001 };
  REAL *x = NAMED(new_vector)(count), *y = NAMED(new_vector)(count);
  double worst = 0, at = 0;
  for (int exponent = -40; exponent <= 6; exponent++) {
    const double size = pow(2, exponent);
    for (size_t i = 0; i < count; i++) x[i] = (REAL)(size * (1 + (double)i / count) * (i % 2 ? -1 : 1));
    NAMED(cajal_tanh)(count, x, y);
    for (size_t i = 0; i < count; i++) {
      const long double want = tanhl((long double)x[i]);
      const double unit = pow(2, floor(log2((double)fabsl(want))) + 1) * REAL_EPSILON / 2;
      const double error = (double)fabsl((long double)y[i] - want) / unit;
      if (!(error <= worst)) worst = error, at = (double)x[i];
    }
  }
  CHECK(worst <= 3, "tanh(%.17g) is off by %g units in the last place", at, worst);
  const REAL special[] = {0, -(REAL)0, REAL_SMALLEST, -REAL_SMALLEST / 8, (REAL)INFINITY, -(REAL)INFINITY, REAL_LARGEST};
  const size_t specials = sizeof special / sizeof *special;
  NAMED(cajal_tanh)(specials, special, y);
  for (size_t i = 0; i < specials; i++) {
    const REAL want = i < 4 ? special[i] : special[i] < 0 ? -1 : 1;
    CHECK(y[i] == want && signbit(y[i]) == signbit(want), "tanh(%g) = %g", (double)special[i], (double)y[i]);
  }
  /* A number has the same bits wherever it stands. */
  for (size_t n = 1; n < 40; n++) {
    for (size_t i = 0; i < n; i++) x[i] = (REAL)0.37;
    NAMED(cajal_tanh)(n, x, y);
    for (size_t i = 1; i < n; i++) CHECK(y[i] == y[0], "entry %zu of %zu", i, n);
    REAL alone;
    NAMED(cajal_tanh)(1, x, &alone);
    CHECK(alone == y[0], "alone and among %zu", n);
  }
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
}

static void NAMED(test_activation)(void) {
  NAMED(test_tanh)();
  const NAMED(activation) all[] = {
      {"relu", NAMED(cajal_relu), NAMED(cajal_relu_adjoint), NAMED(relu_of)},
      {"tanh", NAMED(cajal_tanh), NAMED(cajal_tanh_adjoint), NAMED(tanh_of)},
      {"sigmoid", NAMED(cajal_sigmoid), NAMED(cajal_sigmoid_adjoint), NAMED(sigmoid_of)},
      {"softplus", NAMED(cajal_softplus), NAMED(cajal_softplus_adjoint), NAMED(softplus_of)}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    NAMED(test_activation_limits)(all[i]);
    for (size_t n = 0; n < 40; n++) NAMED(compare_activation)(all[i], n);
    NAMED(compare_activation)(all[i], 169);
  }
  const NAMED(function) functions[] = {
      {"exp", NAMED(cajal_exp), NAMED(cajal_exp_adjoint), NAMED(exp_of), NAMED(exp_of), 0, -5, 5},
      {"sqrt", NAMED(cajal_sqrt), NAMED(cajal_sqrt_adjoint), NAMED(sqrt_of), NAMED(sqrt_slope), 0, 0.01, 9},
      {"recip", NAMED(cajal_recip), NAMED(cajal_recip_adjoint), NAMED(recip_of), NAMED(recip_slope), 0, -5, -0.1},
      {"log", NAMED(cajal_log), NAMED(cajal_log_adjoint), NAMED(log_of), NAMED(log_slope), 1, 1.5, 9},
      {"sin", NAMED(cajal_sin), NAMED(cajal_sin_adjoint), NAMED(sin_of), NAMED(cos_of), 1, 0.1, 1.4},
      {"cos", NAMED(cajal_cos), NAMED(cajal_cos_adjoint), NAMED(cos_of), NAMED(cos_slope), 1, 0.1, 1.4},
      {"abs", NAMED(cajal_abs), NAMED(cajal_abs_adjoint), NAMED(abs_of), NAMED(abs_slope), 1, -1, 1}};
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    for (size_t n = 0; n < 20; n++) NAMED(compare_function)(functions[i], n);
    NAMED(compare_function)(functions[i], 169);
  }
  NAMED(compare_power)(2, 7);
  NAMED(compare_power)(-1.5, 13);
  NAMED(compare_power)(0.1, 33);
  NAMED(test_kinks)();
  for (size_t n = 1; n < 20; n++) {
    NAMED(compare_softmax)(n, 1);
    NAMED(compare_softmax)(n, 100);
  }
  NAMED(sum_softmax)(10);
  NAMED(sum_softmax)(169);
  NAMED(cajal_softmax)(0, NULL, NULL);
}
