#include "reals.h"

typedef void NAMED(product)(size_t, size_t, size_t, const REAL *restrict, int, const REAL *restrict, int,
                            REAL *restrict, int, void *);
typedef void NAMED(strided_product)(size_t, size_t, size_t, const REAL *restrict, size_t, int, const REAL *restrict,
                                    size_t, int, REAL *restrict, size_t, int, void *);

/* The numbers of reals from the first of a matrix to its last, its rows lying `step` apart. */
static size_t NAMED(extent)(size_t rows, size_t columns, size_t step) { return (rows - 1) * step + columns; }

/* With gaps of `gap` reals and more between stored rows, unless it is 0. */
static void NAMED(compare_product)(const char *which, NAMED(product) *product, NAMED(strided_product) *strided,
                                   size_t m, size_t k, size_t n, int a_transposed, int b_transposed, int accumulate,
                                   size_t gap) {
  const size_t a_columns = a_transposed ? m : k, b_columns = b_transposed ? k : n;
  const size_t a_row = a_columns + gap, b_row = b_columns + 2 * gap, c_row = n + 3 * gap;
  const size_t extent = NAMED(extent)(m, n, c_row);
  REAL *a = NAMED(random_vector)(NAMED(extent)(a_transposed ? k : m, a_columns, a_row));
  REAL *b = NAMED(random_vector)(NAMED(extent)(b_transposed ? n : k, b_columns, b_row));
  REAL *c = accumulate || gap > 0 ? NAMED(random_vector)(extent) : NAMED(new_vector)(extent);
  double worst = 0;
  double *want = calloc(extent, sizeof(double));
  for (size_t i = 0; i < extent; i++) want[i] = (double)c[i];
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      double sum = accumulate ? (double)c[i * c_row + j] : 0;
      for (size_t p = 0; p < k; p++) {
        sum += (double)a[a_transposed ? p * a_row + i : i * a_row + p]
               * (double)b[b_transposed ? j * b_row + p : p * b_row + j];
      }
      want[i * c_row + j] = sum;
    }
  }
  void *scratch = new_scratch(CAJAL_PRODUCT_SCRATCH(k));
  if (gap > 0) {
    strided(m, k, n, a, a_row, a_transposed, b, b_row, b_transposed, c, c_row, accumulate, scratch);
  } else {
    product(m, k, n, a, a_transposed, b, b_transposed, c, accumulate, scratch);
  }
  for (size_t i = 0; i < extent; i++) {
    const double error = fabs((double)c[i] - want[i]);
    if (!(error <= worst)) worst = error;
    CHECK(i % c_row < n || error == 0, "%s wrote between the rows", which);
  }
  CHECK(worst <= 4 * REAL_EPSILON * (double)(k + 1),
        "%s %zu x %zu x %zu, transposed %d %d, accumulate %d, gap %zu: off by %g", which, m, k, n, a_transposed,
        b_transposed, accumulate, gap, worst);
  free(want);
  NAMED(delete_vector)(a);
  NAMED(delete_vector)(b);
  NAMED(delete_vector)(c);
}

static void NAMED(compare_products)(size_t m, size_t k, size_t n) {
  for (int flags = 0; flags < 16; flags++) {
    const size_t gap = flags & 8 ? 3 : 0;
    NAMED(compare_product)
    ("product", NAMED(cajal_product), NAMED(cajal_strided_product), m, k, n, flags & 1, flags & 2, flags & 4, gap);
#ifdef CAJAL_BLAS
    NAMED(compare_product)
    ("blas product", NAMED(cajal_blas_product), NAMED(cajal_blas_strided_product), m, k, n, flags & 1, flags & 2,
     flags & 4, gap);
#endif
  }
}

/* Where there is nothing to sum, the sum is zero. */
static void NAMED(test_empty_product)(NAMED(product) *product) {
  REAL c[4] = {1, 2, 3, 4};
  const REAL none = 0;
  product(2, 0, 2, &none, 0, &none, 0, c, 1, NULL);
  CHECK(c[0] == 1 && c[1] == 2 && c[2] == 3 && c[3] == 4, "accumulating an empty product");
  product(2, 0, 2, &none, 0, &none, 0, c, 0, NULL);
  CHECK(c[0] == 0 && c[1] == 0 && c[2] == 0 && c[3] == 0, "an empty product");
  product(0, 2, 2, &none, 0, c, 0, (REAL[1]){0}, 0, NULL);
}

static void NAMED(test_product)(void) {
  NAMED(test_empty_product)(NAMED(cajal_product));
#ifdef CAJAL_BLAS
  NAMED(test_empty_product)(NAMED(cajal_blas_product));
#endif
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
