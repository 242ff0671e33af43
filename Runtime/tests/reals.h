/* Part of a test's template: vectors without slack. */
static REAL *NAMED(new_vector)(size_t n) {
  return new_reals(n, sizeof(REAL));
}

static REAL *NAMED(random_vector)(size_t n) {
  REAL *v = NAMED(new_vector)(n);
  for (size_t i = 0; i < n; i++) v[i] = (REAL)random_real();
  return v;
}

static void NAMED(delete_vector)(REAL *v) {
  delete_reals(v, sizeof(REAL));
}
