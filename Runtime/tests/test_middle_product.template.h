#include "reals.h"

/* Vectors and results lie one behind another, or `gap` and more reals apart. */
static void NAMED(compare_middle_product)(size_t count, size_t outer, size_t inner, size_t columns, size_t gap) {
  const size_t results = outer * columns, x_row = inner + gap, y_row = results + 2 * gap;
  const size_t extent = (count - 1) * y_row + results;
  REAL *tensor = NAMED(random_vector)(outer * inner * columns);
  REAL *x = NAMED(random_vector)((count - 1) * x_row + inner);
  REAL *y = NAMED(random_vector)(extent), *before = NAMED(new_vector)(extent);
  memcpy(before, y, extent * sizeof(REAL));
  NAMED(cajal_middle_product)(count, outer, inner, columns, tensor, x, x_row, y, y_row,
                              new_scratch(CAJAL_MOST_PRODUCT_SCRATCH));
  double worst = 0;
  for (size_t place = 0; place < extent; place++) {
    const size_t s = place / y_row, o = place % y_row / columns, j = place % y_row % columns;
    if (o >= outer) {
      CHECK(y[place] == before[place], "middle product wrote between the rows");
      continue;
    }
    double want = 0;
    for (size_t i = 0; i < inner; i++) {
      want += (double)tensor[(o * inner + i) * columns + j] * (double)x[s * x_row + i];
    }
    const double error = fabs((double)y[place] - want);
    if (!(error <= worst)) worst = error;
  }
  CHECK(worst <= 4 * REAL_EPSILON * (double)(inner + 1), "middle product of %zu, %zu x %zu x %zu, gap %zu: off by %g",
        count, outer, inner, columns, gap, worst);
  NAMED(delete_vector)(tensor);
  NAMED(delete_vector)(x);
  NAMED(delete_vector)(y);
  NAMED(delete_vector)(before);
}

/* Where there is nothing to sum, the sum is zero. */
static void NAMED(test_empty_middle_product)(void) {
  const REAL none = 0;
  REAL y[7] = {1, 2, 3, 4, 5, 6, 7};
  NAMED(cajal_middle_product)(0, 1, 1, 1, &none, &none, 1, y, 1, NULL);
  NAMED(cajal_middle_product)(2, 0, 3, 2, &none, y, 3, y + 6, 0, NULL);
  NAMED(cajal_middle_product)(2, 3, 3, 0, &none, y, 3, y + 6, 0, NULL);
  CHECK(y[0] == 1 && y[6] == 7, "a middle product of no entries");
  NAMED(cajal_middle_product)(2, 1, 0, 3, &none, &none, 0, y, 4, NULL);
  CHECK(y[0] == 0 && y[1] == 0 && y[2] == 0 && y[3] == 4 && y[4] == 0 && y[6] == 0, "a middle product of empty sums");
}

static void NAMED(test_middle_product)(void) {
  NAMED(test_empty_middle_product)();
  const size_t counts[] = {1, 2, 3, 4, 9, 16, 17, 31, 32, 33, 65}, columns[] = {1, 2, 3, 4, 5, 7, 10, 13, 33, 70};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    for (size_t j = 0; j < sizeof columns / sizeof columns[0]; j++) {
      NAMED(compare_middle_product)(counts[i], random_size(13), random_size(50), columns[j], 0);
      NAMED(compare_middle_product)(counts[i], random_size(13), random_size(50), columns[j], 3);
    }
  }
  /* Sums longer than a panel is deep, and so many columns that a sum of one sample is cut. */
  NAMED(compare_middle_product)(32, 3, 1100, 10, 0);
  NAMED(compare_middle_product)(37, 5, 1100, 2, 1);
  NAMED(compare_middle_product)(1, 5, 1100, 10, 0);
  NAMED(compare_middle_product)(2, 6, 1100, 15, 1);
  NAMED(compare_middle_product)(1, 3, 40, 700, 0);
}
