/* Lanes of one width: TEST names the test, `real`, CAJAL_REAL_BYTES and perhaps CAJAL_LANE_BYTES are given. */
#include "cajal_lanes.h"

#include <math.h>
#include <string.h>

#include "test.h"

enum { MOST = 33 };

/* Samples without slack, all entries different, their padding NaN. */
static real *new_samples(size_t batch, size_t size, size_t stride) {
  real *samples = new_reals((batch - 1) * stride + size, sizeof(real));
  for (size_t b = 0; b < (stride == 0 ? 1 : batch); b++)
    for (size_t i = 0; i < size; i++) samples[b * stride + i] = (real)(1 + b * size + i);
  return samples;
}

static real lane(const lanes *v, size_t l) {
  real values[CAJAL_LANES];
  memcpy(values, v, sizeof values);
  return values[l];
}

static size_t count_of(size_t batch, size_t b) {
  return batch - b < CAJAL_LANES ? batch - b : CAJAL_LANES;
}

/* Every lane holds its sample; those that have none hold the last. */
static void test_read(size_t batch, size_t size, size_t stride) {
  real *samples = new_samples(batch, size, stride);
  lanes v[MOST], aside[MOST];
  size_t wrong = 0;
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    const size_t count = count_of(batch, b);
    cajal_read_lanes(size, samples, stride, b, count, aside, v);
    for (size_t i = 0; i < size; i++)
      for (size_t l = 0; l < CAJAL_LANES; l++)
        wrong += lane(&v[i], l) != samples[(b + (l < count ? l : count - 1)) * stride + i];
  }
  CHECK(wrong == 0, "%zu lanes of %zu samples of %zu, %zu apart", wrong, batch, size, stride);
  delete_reals(samples, sizeof(real));
}

/* What is read and written is the same; padding is left alone. */
static void test_write(size_t batch, size_t size, size_t stride) {
  real *samples = new_samples(batch, size, stride), *out = new_reals((batch - 1) * stride + size, sizeof(real));
  lanes v[MOST], aside[MOST];
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    cajal_read_lanes(size, samples, stride, b, count_of(batch, b), aside, v);
    cajal_write_lanes(size, v, out, stride, b, count_of(batch, b), aside);
  }
  CHECK(memcmp(samples, out, ((batch - 1) * stride + size) * sizeof(real)) == 0,
        "written: %zu samples of %zu, %zu apart", batch, size, stride);
  delete_reals(samples, sizeof(real));
  delete_reals(out, sizeof(real));
}

/* The sum over the batch, whatever lanes without a sample hold; nothing where nothing is wanted. */
static void test_shared_gradient(size_t batch, size_t size) {
  real *samples = new_samples(batch, size, size), *bar = new_reals(size, sizeof(real));
  lanes v[MOST], aside[MOST], sum[MOST], unwanted[MOST];
  cajal_clear_lanes(size, sum);
  cajal_clear_lanes(size, unwanted);
  for (size_t b = 0; b < batch; b += CAJAL_LANES) {
    const size_t count = count_of(batch, b);
    cajal_read_lanes(size, samples, size, b, count, aside, v);
    for (size_t i = 0; i < size; i++) {
      real values[CAJAL_LANES];
      memcpy(values, &v[i], sizeof values);
      for (size_t l = count; l < CAJAL_LANES; l++) values[l] = (real)INFINITY;
      memcpy(&v[i], values, sizeof values);
    }
    cajal_write_gradient(size, v, bar, 0, b, count, aside, sum);
    cajal_write_gradient(size, v, NULL, 0, b, count, aside, unwanted);
    cajal_write_gradient(size, v, NULL, size, b, count, aside, unwanted);
  }
  cajal_write_shared_gradient(size, sum, bar, 0);
  cajal_write_shared_gradient(size, unwanted, NULL, 0);
  cajal_write_shared_gradient(size, unwanted, bar, size);
  size_t wrong = 0;
  for (size_t i = 0; i < size; i++) {
    real want = 0;
    for (size_t b = 0; b < batch; b++) want += samples[b * size + i];
    wrong += bar[i] != want;
    for (size_t l = 0; l < CAJAL_LANES; l++) wrong += lane(&unwanted[i], l) != 0;
  }
  CHECK(wrong == 0, "%zu sums over %zu samples of %zu", wrong, batch, size);
  delete_reals(samples, sizeof(real));
  delete_reals(bar, sizeof(real));
}

/* As in emitted code, sizes are numbers there. */
#define TEST_SIZE(size)                    \
  do {                                     \
    test_read(batch, size, 0);             \
    test_read(batch, size, size);          \
    test_read(batch, size, (size) + 1);    \
    test_read(batch, size, (size) + 3);    \
    test_write(batch, size, size);         \
    test_write(batch, size, (size) + 1);   \
    test_write(batch, size, (size) + 3);   \
    test_shared_gradient(batch, size);     \
  } while (0)

void TEST(void) {
  CHECK(sizeof(lanes) == CAJAL_LANES * sizeof(real), "%zu lanes", CAJAL_LANES);
  const lanes zero = CAJAL_LANES_OF((real)-0.0);
  for (size_t l = 0; l < CAJAL_LANES; l++) CHECK(signbit(lane(&zero, l)), "the zero in lane %zu is negative", l);
  for (size_t batch = 1; batch <= 3 * CAJAL_LANES + 1; batch++) {
    for (size_t size = 1; size <= MOST; size++) TEST_SIZE(size);
    TEST_SIZE(1);
    TEST_SIZE(2);
    TEST_SIZE(3);
    TEST_SIZE(4);
    TEST_SIZE(5);
    TEST_SIZE(10);
  }
}
