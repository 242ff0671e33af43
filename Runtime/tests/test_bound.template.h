#include "reals.h"

/* The formulas of LANGUAGE.md, section 5. */
static double NAMED(norm_of)(int norm, size_t n, const REAL *v) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double size = fabs((double)v[i]);
    if (norm == CAJAL_NORM_LINF) sum = size > sum ? size : sum;
    else sum += norm == CAJAL_NORM_L1 ? size : size * size;
  }
  return norm == CAJAL_NORM_L2 ? sqrt(sum) : sum;
}

static void NAMED(compare_bound)(int norm, REAL radius, size_t n) {
  REAL *v = NAMED(random_vector)(n), *out = NAMED(new_vector)(n);
  const double size = NAMED(norm_of)(norm, n, v);
  NAMED(cajal_bound)(norm, radius, n, v, out);
  int good = 1;
  for (size_t i = 0; i < n; i++) {
    const double want = size <= (double)radius ? (double)v[i] : (double)radius * (double)v[i] / size;
    good = good && near(out[i], want, 1, 8 * REAL_EPSILON);
  }
  CHECK(good, "bound, norm %d, radius %g, %zu entries", norm, (double)radius, n);
  CHECK(NAMED(norm_of)(norm, n, out) <= (double)radius * (1 + 8 * REAL_EPSILON), "norm %d after bound", norm);
  NAMED(delete_vector)(v);
  NAMED(delete_vector)(out);
}

/* Against differences of <out_bar, bound(v)> along every axis, in double whatever REAL is. */
static void NAMED(compare_bound_adjoint)(int norm, REAL radius, size_t n) {
  REAL *v = NAMED(random_vector)(n), *out_bar = NAMED(random_vector)(n), *v_bar = NAMED(new_vector)(n);
  NAMED(cajal_bound_adjoint)(norm, radius, n, v, out_bar, v_bar);
  double *moved = calloc(n, sizeof(double)), *out = calloc(n, sizeof(double));
  int good = 1;
  for (size_t i = 0; i < n; i++) {
    const double step = 1e-6;
    double value[2] = {0, 0};
    for (int side = 0; side < 2; side++) {
      for (size_t j = 0; j < n; j++) moved[j] = (double)v[j] + (j == i ? (side ? step : -step) : 0);
      cajal_bound_f64(norm, (double)radius, n, moved, out);
      for (size_t j = 0; j < n; j++) value[side] += out[j] * (double)out_bar[j];
    }
    good = good && near(v_bar[i], (value[1] - value[0]) / (2 * step), 1, 1e-5);
  }
  CHECK(good, "adjoint of bound, norm %d, radius %g, %zu entries", norm, (double)radius, n);
  free(moved);
  free(out);
  NAMED(delete_vector)(v);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(v_bar);
}

static void NAMED(test_bound_zero)(int norm) {
  REAL zero[3] = {0, 0, 0}, out[3] = {7, 7, 7}, bar[3] = {1, 2, 3}, v_bar[3] = {7, 7, 7};
  NAMED(cajal_bound)(norm, 1, 3, zero, out);
  CHECK(out[0] == 0 && out[1] == 0 && out[2] == 0, "bound of zero, norm %d", norm);
  NAMED(cajal_bound_adjoint)(norm, 1, 3, zero, bar, v_bar);
  CHECK(v_bar[0] == 1 && v_bar[1] == 2 && v_bar[2] == 3, "adjoint of bound at zero, norm %d", norm);
}

/* 3, 4 and 12 have l2 norm 13; scaled to the ends of the range, neither the norm nor the result is lost. */
static void NAMED(test_bound_extremes)(int norm) {
  const double norms[3] = {12, 19, 13}, entries[3] = {3, -4, 12};
  const REAL scales[4] = {REAL_LARGEST / 16, REAL_SMALLEST * 16, (REAL)1, REAL_LARGEST / 1024};
  for (size_t s = 0; s < 4; s++) {
    REAL v[3], out[3];
    const REAL bar[3] = {1, -1, 0};
    REAL v_bar[3];
    for (size_t i = 0; i < 3; i++) v[i] = (REAL)entries[i] * scales[s];
    const REAL radius = scales[s];
    NAMED(cajal_bound)(norm, radius, 3, v, out);
    NAMED(cajal_bound_adjoint)(norm, radius, 3, v, bar, v_bar);
    const double along = (3 + 4) / norms[norm];
    for (size_t i = 0; i < 3; i++) {
      const double sign = entries[i] > 0 ? 1 : -1;
      const double s_i = norm == CAJAL_NORM_L1 ? sign : norm == CAJAL_NORM_L2 ? entries[i] / 13 : i == 2 ? 1 : 0;
      CHECK(near(out[i] / scales[s], entries[i] / norms[norm], 1, 8 * REAL_EPSILON),
            "bound at scale %g, norm %d, entry %zu", (double)scales[s], norm, i);
      CHECK(near(v_bar[i], ((double)bar[i] - s_i * along) / norms[norm], 1, 8 * REAL_EPSILON),
            "adjoint of bound at scale %g, norm %d, entry %zu", (double)scales[s], norm, i);
    }
  }
  REAL out[2] = {0, 0};
  NAMED(cajal_bound)(norm, 1, 2, (const REAL[2]){REAL_LARGEST, -REAL_LARGEST}, out);
  CHECK(out[0] > (REAL)0.49 && out[0] <= 1 && out[0] == -out[1], "bound of the largest numbers, norm %d", norm);
}

/* A vector whose norm is half a percent above the radius is outside. */
static void NAMED(test_bound_just_outside)(int norm) {
  const double norms[3] = {12, 19, 13};
  const REAL v[3] = {3, -4, 12}, bar[3] = {1, -1, 0};
  REAL out[3], v_bar[3];
  const REAL radius = (REAL)(norms[norm] * 0.995);
  NAMED(cajal_bound)(norm, radius, 3, v, out);
  NAMED(cajal_bound_adjoint)(norm, radius, 3, v, bar, v_bar);
  const double along = (3 + 4) / norms[norm];
  for (size_t i = 0; i < 3; i++) {
    const double sign = v[i] > 0 ? 1 : -1;
    const double s_i = norm == CAJAL_NORM_L1 ? sign : norm == CAJAL_NORM_L2 ? (double)v[i] / 13 : i == 2 ? 1 : 0;
    CHECK(near(out[i], (double)v[i] * 0.995, 1, 8 * REAL_EPSILON), "bound just outside, norm %d, entry %zu", norm, i);
    CHECK(near(v_bar[i], ((double)bar[i] - s_i * along) * 0.995, 1, 8 * REAL_EPSILON),
          "adjoint of bound just outside, norm %d, entry %zu", norm, i);
  }
}

/* The first largest entry of several, and the boundary, which is inside. */
static void NAMED(test_bound_ties)(void) {
  const REAL v[4] = {1, -2, 2, -2}, bar[4] = {1, 1, 1, 1};
  REAL v_bar[4], out[4];
  NAMED(cajal_bound_adjoint)(CAJAL_NORM_LINF, 1, 4, v, bar, v_bar);
  /* <v, bar> / |v| = -1/2, s = -1 at entry 1. */
  CHECK(v_bar[0] == (REAL)0.5 && v_bar[1] == (REAL)0.25 && v_bar[2] == (REAL)0.5 && v_bar[3] == (REAL)0.5,
        "the first largest entry");
  NAMED(cajal_bound)(CAJAL_NORM_L1, 7, 4, v, out);
  NAMED(cajal_bound_adjoint)(CAJAL_NORM_L1, 7, 4, v, bar, v_bar);
  for (size_t i = 0; i < 4; i++) CHECK(out[i] == v[i] && v_bar[i] == bar[i], "on the boundary, entry %zu", i);
}

static void NAMED(test_bound)(void) {
  const int norms[3] = {CAJAL_NORM_LINF, CAJAL_NORM_L1, CAJAL_NORM_L2};
  const REAL radii[4] = {(REAL)0.01, (REAL)0.5, (REAL)2, (REAL)100};
  for (size_t i = 0; i < 3; i++) {
    NAMED(test_bound_zero)(norms[i]);
    NAMED(test_bound_extremes)(norms[i]);
    NAMED(test_bound_just_outside)(norms[i]);
    for (size_t r = 0; r < 4; r++) {
      for (size_t repeat = 0; repeat < 15; repeat++) {
        NAMED(compare_bound)(norms[i], radii[r], random_size(200));
        NAMED(compare_bound_adjoint)(norms[i], radii[r], random_size(30));
      }
    }
  }
  NAMED(test_bound_ties)();
}
