/* A NaN stays a NaN. */
void NAMED(cajal_relu)(size_t n, const REAL *restrict x, REAL *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = x[i] <= 0 ? 0 : x[i];
}

void NAMED(cajal_relu_adjoint)(size_t n, const REAL *restrict y, const REAL *restrict y_bar, REAL *restrict x_bar) {
  for (size_t i = 0; i < n; i++) x_bar[i] = y[i] > 0 ? y_bar[i] : 0;
}

/* x and y_bar of n entries, and of as many after them: the first of equal ones, and a NaN where there is one. */
#define CHOICE(name, adjoint, takes)                                                                       \
  void NAMED(name)(size_t n, const REAL *restrict x, REAL *restrict y) {                                   \
    for (size_t i = 0; i < n; i++) y[i] = x[i] takes x[n + i] || x[i] != x[i] ? x[i] : x[n + i];           \
  }                                                                                                        \
  void NAMED(adjoint)(size_t n, const REAL *restrict x, const REAL *restrict y_bar, REAL *restrict x_bar) { \
    for (size_t i = 0; i < n; i++) {                                                                       \
      const int first = x[i] takes x[n + i] || x[i] != x[i];                                               \
      x_bar[i] = first ? y_bar[i] : 0;                                                                     \
      x_bar[n + i] = first ? 0 : y_bar[i];                                                                 \
    }                                                                                                      \
  }

CHOICE(cajal_min, cajal_min_adjoint, <=)
CHOICE(cajal_max, cajal_max_adjoint, >=)

#undef CHOICE
