#include "reals.h"

typedef struct NAMED(pooling) {
  size_t channels, h, w, size;
} NAMED(pooling);

/* Section 6 of LANGUAGE.md: the entry number `e` of window (i,j) of channel c. */
static size_t NAMED(entry_of)(NAMED(pooling) p, size_t c, size_t i, size_t j, size_t e) {
  return (c * p.h + i * p.size + e / p.size) * p.w + j * p.size + e % p.size;
}

static void NAMED(compare_average)(NAMED(pooling) p) {
  const size_t entries = p.channels * p.h * p.w, oh = p.h / p.size, ow = p.w / p.size, outs = p.channels * oh * ow;
  REAL *image = NAMED(random_vector)(entries), *out_bar = NAMED(random_vector)(outs);
  REAL *out = NAMED(new_vector)(outs), *image_bar = NAMED(new_vector)(entries);
  NAMED(cajal_average_pool)(p.channels, p.h, p.w, p.size, image, out);
  NAMED(cajal_average_pool_adjoint)(p.channels, p.h, p.w, p.size, out_bar, image_bar);
  double worst = 0, forward = 0, backward = 0;
  const double count = (double)(p.size * p.size);
  for (size_t o = 0; o < outs; o++) {
    double sum = 0;
    for (size_t e = 0; e < p.size * p.size; e++) {
      sum += (double)image[NAMED(entry_of)(p, o / ow / oh, o / ow % oh, o % ow, e)];
    }
    const double error = fabs((double)out[o] - sum / count);
    if (!(error <= worst)) worst = error;
    forward += (double)out[o] * (double)out_bar[o];
  }
  for (size_t i = 0; i < entries; i++) backward += (double)image[i] * (double)image_bar[i];
  CHECK(worst <= 4 * REAL_EPSILON, "average pool %zu of %zu x %zu x %zu: off by %g", p.size, p.channels, p.h, p.w,
        worst);
  CHECK(fabs(forward - backward) <= 4 * REAL_EPSILON * (double)(outs + 1), "<y, A x> = <A' y, x>, A = average pool %zu",
        p.size);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(out);
  NAMED(delete_vector)(image_bar);
}

/* The image has few different values, so that most windows have several maxima. */
static void NAMED(compare_maximum)(NAMED(pooling) p, size_t values, int with_nan) {
  const size_t entries = p.channels * p.h * p.w, oh = p.h / p.size, ow = p.w / p.size, outs = p.channels * oh * ow;
  REAL *image = NAMED(new_vector)(entries), *out_bar = NAMED(random_vector)(outs);
  REAL *out = NAMED(new_vector)(outs), *image_bar = NAMED(new_vector)(entries);
  for (size_t i = 0; i < entries; i++) {
    image[i] = with_nan && random_below(7) == 0 ? (REAL)NAN : (REAL)random_below(values) - (REAL)(values / 2);
  }
  NAMED(cajal_maximum_pool)(p.channels, p.h, p.w, p.size, image, out);
  NAMED(cajal_maximum_pool_adjoint)(p.channels, p.h, p.w, p.size, image, out_bar, image_bar);
  REAL *want_bar = calloc(entries + 1, sizeof(REAL));
  size_t wrong = 0;
  for (size_t o = 0; o < outs; o++) {
    size_t best = NAMED(entry_of)(p, o / ow / oh, o / ow % oh, o % ow, 0);
    for (size_t e = 1; e < p.size * p.size; e++) {
      const size_t at = NAMED(entry_of)(p, o / ow / oh, o / ow % oh, o % ow, e);
      if (!isnan(image[best]) && (isnan(image[at]) || image[at] > image[best])) best = at;
    }
    want_bar[best] = out_bar[o];
    wrong += isnan(image[best]) ? !isnan(out[o]) : out[o] != image[best];
  }
  for (size_t i = 0; i < entries; i++) wrong += image_bar[i] != want_bar[i];
  /* Of an image that relu made. */
  NAMED(cajal_maximum_pool_relu_adjoint)(p.channels, p.h, p.w, p.size, image, out_bar, image_bar);
  for (size_t i = 0; i < entries; i++) wrong += image_bar[i] != (image[i] > 0 ? want_bar[i] : 0);
  CHECK(wrong == 0, "maximum pool %zu of %zu x %zu x %zu, with NaN %d: %zu wrong", p.size, p.channels, p.h, p.w,
        with_nan, wrong);
  free(want_bar);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(out);
  NAMED(delete_vector)(image_bar);
}

/* While every maximum stays where it is, the pooled image changes by what the adjoint says. */
static void NAMED(difference_maximum)(NAMED(pooling) p) {
  const size_t entries = p.channels * p.h * p.w, outs = p.channels * (p.h / p.size) * (p.w / p.size);
  REAL *image = NAMED(new_vector)(entries), *other = NAMED(new_vector)(entries);
  REAL *change = NAMED(random_vector)(entries), *out_bar = NAMED(random_vector)(outs);
  REAL *out = NAMED(new_vector)(outs), *changed = NAMED(new_vector)(outs), *image_bar = NAMED(new_vector)(entries);
  for (size_t i = 0; i < entries; i++) {
    image[i] = (REAL)((i * 7919) % 10007); /* different integers, and |change| < 1/2 */
    change[i] /= 4;
    other[i] = image[i] + change[i];
    change[i] = other[i] - image[i];
  }
  NAMED(cajal_maximum_pool)(p.channels, p.h, p.w, p.size, image, out);
  NAMED(cajal_maximum_pool)(p.channels, p.h, p.w, p.size, other, changed);
  NAMED(cajal_maximum_pool_adjoint)(p.channels, p.h, p.w, p.size, image, out_bar, image_bar);
  double difference = 0, derivative = 0;
  for (size_t o = 0; o < outs; o++) difference += ((double)changed[o] - (double)out[o]) * (double)out_bar[o];
  for (size_t i = 0; i < entries; i++) derivative += (double)change[i] * (double)image_bar[i];
  CHECK(fabs(difference - derivative) <= 1e-12 * (double)(outs + 1), "maximum pool %zu: %g instead of %g", p.size,
        derivative, difference);
  NAMED(delete_vector)(image);
  NAMED(delete_vector)(other);
  NAMED(delete_vector)(change);
  NAMED(delete_vector)(out_bar);
  NAMED(delete_vector)(out);
  NAMED(delete_vector)(changed);
  NAMED(delete_vector)(image_bar);
}

static void NAMED(test_pool)(void) {
  for (size_t i = 0; i < 200; i++) {
    const NAMED(pooling) p = {random_size(5), random_size(30), random_size(40), random_size(6)};
    NAMED(compare_average)(p);
    NAMED(compare_maximum)(p, 1 + random_below(40), i % 2);
    NAMED(difference_maximum)(p);
  }
  const NAMED(pooling) some[] = {{16, 28, 28, 3}, {1, 2, 300, 2}, {1, 130, 131, 130}, {2, 5, 259, 5},
                                 {3, 2, 2, 3},    {0, 4, 4, 2},   {1, 1, 1, 1},       {2, 128, 128, 128}};
  for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
    NAMED(compare_average)(some[i]);
    NAMED(compare_maximum)(some[i], 3, 0);
    NAMED(compare_maximum)(some[i], 3, 1);
  }
}
