#include "reals.h"

static void NAMED(test_dot)(size_t n) {
  REAL *a = NAMED(random_vector)(n), *b = NAMED(random_vector)(n);
  double want = 0;
  for (size_t i = 0; i < n; i++) want += (double)a[i] * (double)b[i];
  CHECK(near(NAMED(cajal_dot)(n, a, b), want, (double)n, 4 * REAL_EPSILON), "dot of %zu", n);
  NAMED(delete_vector)(a);
  NAMED(delete_vector)(b);
}

static void NAMED(test_finite)(size_t n) {
  REAL *v = NAMED(random_vector)(n);
  CHECK(NAMED(cajal_all_finite)(n, v) == 1, "%zu finite entries", n);
  if (n > 0) {
    const REAL bad[3] = {(REAL)NAN, (REAL)INFINITY, -(REAL)INFINITY};
    const size_t at = random_below(n);
    v[at] = REAL_LARGEST;
    v[n - 1 - at] = -REAL_LARGEST;
    CHECK(NAMED(cajal_all_finite)(n, v) == 1, "%zu large entries", n);
    v[at] = bad[random_below(3)];
    CHECK(NAMED(cajal_all_finite)(n, v) == 0, "one bad of %zu entries, at %zu", n, at);
  }
  NAMED(delete_vector)(v);
}

/* Every place of a vector of several blocks. */
static void NAMED(test_finite_places)(void) {
  REAL *v = NAMED(random_vector)(2500);
  size_t found = 0;
  for (size_t at = 0; at < 2500; at++) {
    v[at] = (REAL)NAN;
    found += !NAMED(cajal_all_finite)(2500, v);
    v[at] = 0;
  }
  CHECK(found == 2500, "a NaN was found at %zu of 2500 places", found);
  NAMED(delete_vector)(v);
}

static void NAMED(test_vectors)(void) {
  NAMED(test_finite_places)();
  for (size_t n = 0; n < 100; n++) {
    NAMED(test_dot)(n);
    NAMED(test_finite)(n);
  }
  for (size_t i = 0; i < 50; i++) {
    NAMED(test_dot)(random_size(5000));
    NAMED(test_finite)(random_size(5000));
  }
}
