#include "reals.h"

typedef void NAMED(product)(size_t, size_t, size_t, const REAL *restrict, int, const REAL *restrict, int,
                            REAL *restrict, int);

static void NAMED(compare_product)(const char *which, NAMED(product) *product, size_t m, size_t k, size_t n,
                                   int a_transposed, int b_transposed, int accumulate) {
  REAL *a = NAMED(random_vector)(m * k), *b = NAMED(random_vector)(k * n);
  REAL *c = accumulate ? NAMED(random_vector)(m * n) : NAMED(new_vector)(m * n);
  double worst = 0;
  double *want = calloc(m * n, sizeof(double));
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      double sum = accumulate ? (double)c[i * n + j] : 0;
      for (size_t p = 0; p < k; p++) {
        sum += (double)a[a_transposed ? p * m + i : i * k + p] * (double)b[b_transposed ? j * k + p : p * n + j];
      }
      want[i * n + j] = sum;
    }
  }
  product(m, k, n, a, a_transposed, b, b_transposed, c, accumulate);
  for (size_t i = 0; i < m * n; i++) {
    const double error = fabs((double)c[i] - want[i]);
    if (!(error <= worst)) worst = error;
  }
  CHECK(worst <= 4 * REAL_EPSILON * (double)(k + 1), "%s %zu x %zu x %zu, transposed %d %d, accumulate %d: off by %g",
        which, m, k, n, a_transposed, b_transposed, accumulate, worst);
  free(want);
  NAMED(delete_vector)(a);
  NAMED(delete_vector)(b);
  NAMED(delete_vector)(c);
}

static void NAMED(compare_products)(size_t m, size_t k, size_t n) {
  for (int flags = 0; flags < 8; flags++) {
    NAMED(compare_product)("product", NAMED(cajal_product), m, k, n, flags & 1, flags & 2, flags & 4);
    NAMED(compare_product)("blas product", NAMED(cajal_blas_product), m, k, n, flags & 1, flags & 2, flags & 4);
  }
}

/* Where there is nothing to sum, the sum is zero. */
static void NAMED(test_empty_product)(NAMED(product) *product) {
  REAL c[4] = {1, 2, 3, 4};
  const REAL none = 0;
  product(2, 0, 2, &none, 0, &none, 0, c, 1);
  CHECK(c[0] == 1 && c[1] == 2 && c[2] == 3 && c[3] == 4, "accumulating an empty product");
  product(2, 0, 2, &none, 0, &none, 0, c, 0);
  CHECK(c[0] == 0 && c[1] == 0 && c[2] == 0 && c[3] == 0, "an empty product");
  product(0, 2, 2, &none, 0, c, 0, (REAL[1]){0}, 0);
}

static void NAMED(test_product)(void) {
  NAMED(test_empty_product)(NAMED(cajal_product));
  NAMED(test_empty_product)(NAMED(cajal_blas_product));
  const size_t sizes[] = {1, 2, 3, 5, 8, 13, 17, 32, 33};
  const size_t count = sizeof sizes / sizeof sizes[0];
  for (size_t i = 0; i < count * count * count; i++) {
    NAMED(compare_products)(sizes[i % count], sizes[i / count % count], sizes[i / count / count]);
  }
  for (size_t i = 0; i < 40; i++) {
    const size_t m = random_size(70), k = random_size(300), n = random_size(70);
    NAMED(compare_products)(m, k, n);
  }
  NAMED(compare_products)(7, 129, 1);
  NAMED(compare_products)(1, 1000, 37);
  NAMED(compare_products)(211, 1, 97);
  NAMED(compare_products)(64, 257, 100);
  /* Sums longer than a panel is deep, and panels of every width. */
  NAMED(compare_products)(33, 1100, 70);
  NAMED(compare_products)(8, 2100, 9);
  NAMED(compare_products)(70, 1100, 17);
  /* Few rows of a large matrix, and few terms of a large result. */
  NAMED(compare_products)(5, 513, 521);
  NAMED(compare_products)(523, 7, 509);
}
