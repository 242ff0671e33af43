/* Columns of an image, of which the rows of a row of windows are combined first: that is done for many at once. */
#define COLUMNS 128

void NAMED(cajal_average_pool)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                               REAL *restrict out) {
  const size_t rows = h / size, columns = w / size;
  const REAL count = (REAL)size * (REAL)size;
  REAL sums[COLUMNS];
  for (size_t c = 0; c < channels; c++, image += h * w) {
    for (size_t i = 0; i < rows; i++, out += columns) {
      const REAL *band = image + i * size * w;
      for (size_t j = 0; j < columns; j++) out[j] = 0;
      for (size_t x0 = 0; x0 < columns * size; x0 += COLUMNS) {
        const size_t n = columns * size - x0 < COLUMNS ? columns * size - x0 : COLUMNS;
        for (size_t x = 0; x < n; x++) sums[x] = band[x0 + x];
        for (size_t a = 1; a < size; a++) {
          for (size_t x = 0; x < n; x++) sums[x] += band[a * w + x0 + x];
        }
        for (size_t x = 0, j = x0 / size, b = x0 % size; x < n; x++) {
          out[j] += sums[x];
          if (++b == size) b = 0, j++;
        }
      }
      for (size_t j = 0; j < columns; j++) out[j] /= count;
    }
  }
}

void NAMED(cajal_average_pool_adjoint)(size_t channels, size_t h, size_t w, size_t size,
                                       const REAL *restrict out_bar, REAL *restrict image_bar) {
  const size_t rows = h / size, columns = w / size;
  const REAL count = (REAL)size * (REAL)size;
  for (size_t c = 0; c < channels; c++, image_bar += h * w) {
    for (size_t i = 0; i < rows; i++, out_bar += columns) {
      REAL *band = image_bar + i * size * w;
      for (size_t j = 0; j < columns; j++) {
        const REAL value = out_bar[j] / count;
        for (size_t b = 0; b < size; b++) band[j * size + b] = value;
      }
      for (size_t x = columns * size; x < w; x++) band[x] = 0;
      for (size_t a = 1; a < size; a++) memcpy(band + a * w, band, w * sizeof(REAL));
    }
    memset(image_bar + rows * size * w, 0, (h - rows * size) * w * sizeof(REAL));
  }
}

/* The greatest entry of a window without NaN; its size is known where this is called. */
static inline __attribute__((always_inline)) REAL NAMED(maximum)(const size_t size, size_t w, const REAL *corner) {
  REAL greatest = corner[0];
  for (size_t a = 0; a < size; a++) {
    for (size_t b = 0; b < size; b++) greatest = corner[a * w + b] > greatest ? corner[a * w + b] : greatest;
  }
  return greatest;
}

/* The place of the first of them. Without branches, which the processor would have to guess. */
static inline __attribute__((always_inline)) size_t NAMED(first_maximum)(const size_t size, size_t w,
                                                                         const REAL *corner) {
  REAL greatest = corner[0];
  size_t place = 0;
  for (size_t a = 0; a < size; a++) {
    for (size_t b = 0; b < size; b++) {
      const REAL entry = corner[a * w + b];
      const size_t all_or_none = -(size_t)(entry > greatest);
      greatest = entry > greatest ? entry : greatest;
      place = (place & ~all_or_none) | ((a * w + b) & all_or_none);
    }
  }
  return place;
}

/* The same where there may be a NaN, which is the greatest. */
static size_t NAMED(first_maximum_or_nan)(size_t size, size_t w, const REAL *corner) {
  size_t best = 0;
  for (size_t a = 0; a < size; a++) {
    for (size_t b = 0; b < size; b++) {
      const REAL entry = corner[a * w + b];
      if (entry > corner[best] || (entry != entry && corner[best] == corner[best])) best = a * w + b;
    }
  }
  return best;
}

static int NAMED(has_nan)(size_t n, const REAL *entries) {
  int found = 0;
  for (size_t i = 0; i < n; i++) found |= entries[i] != entries[i];
  return found;
}

/* The statements for each window of one channel: `corner` is its first entry in the image, `out` counts the windows. */
#define FOR_EACH_WINDOW(size, ...)                                              \
  for (size_t i = 0, out = 0; i < h / size; i++) {                              \
    for (size_t j = 0; j < w / size; j++, out++) {                              \
      const size_t corner = i * size * w + j * size;                            \
      __VA_ARGS__                                                               \
    }                                                                           \
  }

static void NAMED(maximum_pool_of_2)(size_t h, size_t w, const REAL *restrict image, REAL *restrict to) {
  FOR_EACH_WINDOW(2, to[out] = NAMED(maximum)(2, w, image + corner);)
}
static void NAMED(maximum_pool_of_3)(size_t h, size_t w, const REAL *restrict image, REAL *restrict to) {
  FOR_EACH_WINDOW(3, to[out] = NAMED(maximum)(3, w, image + corner);)
}

void NAMED(cajal_maximum_pool)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                               REAL *restrict out_image) {
  for (size_t c = 0; c < channels; c++, image += h * w, out_image += (h / size) * (w / size)) {
    if (NAMED(has_nan)(h * w, image)) {
      FOR_EACH_WINDOW(size, out_image[out] = image[corner + NAMED(first_maximum_or_nan)(size, w, image + corner)];)
    } else if (size == 2) {
      NAMED(maximum_pool_of_2)(h, w, image, out_image);
    } else if (size == 3) {
      NAMED(maximum_pool_of_3)(h, w, image, out_image);
    } else {
      FOR_EACH_WINDOW(size, out_image[out] = NAMED(maximum)(size, w, image + corner);)
    }
  }
}

/* What comes back to an entry: all, or, where that is what relu made of another, nothing unless it is above 0. */
static inline REAL NAMED(passed_on)(int rectified, REAL entry, REAL bar) {
  return rectified && !(entry > 0) ? 0 : bar;
}

/* Its size and whether it is rectified are known where this is called. */
static inline __attribute__((always_inline)) void NAMED(maximum_pool_adjoint)(
    const size_t size, const int rectified, size_t h, size_t w, const REAL *restrict image,
    const REAL *restrict out_bar, REAL *restrict image_bar) {
  FOR_EACH_WINDOW(size, {
    const size_t place = corner + NAMED(first_maximum)(size, w, image + corner);
    image_bar[place] = NAMED(passed_on)(rectified, image[place], out_bar[out]);
  })
}

#define ADJOINT(size, rectified)                                                                                   \
  static void NAMED(maximum_pool_adjoint_of_##size##_##rectified)(size_t h, size_t w, const REAL *restrict image,  \
                                                                  const REAL *restrict out_bar,                    \
                                                                  REAL *restrict image_bar) {                      \
    NAMED(maximum_pool_adjoint)(size, rectified, h, w, image, out_bar, image_bar);                                 \
  }
ADJOINT(2, 0)
ADJOINT(2, 1)
ADJOINT(3, 0)
ADJOINT(3, 1)
#undef ADJOINT

static void NAMED(maximum_pool_adjoints)(int rectified, size_t channels, size_t h, size_t w, size_t size,
                                         const REAL *restrict image, const REAL *restrict out_bar,
                                         REAL *restrict image_bar) {
  memset(image_bar, 0, channels * h * w * sizeof(REAL));
  for (size_t c = 0; c < channels; c++) {
    if (NAMED(has_nan)(h * w, image)) {
      FOR_EACH_WINDOW(size, {
        const size_t place = corner + NAMED(first_maximum_or_nan)(size, w, image + corner);
        image_bar[place] = NAMED(passed_on)(rectified, image[place], out_bar[out]);
      })
    } else if (size == 2) {
      (rectified ? NAMED(maximum_pool_adjoint_of_2_1) : NAMED(maximum_pool_adjoint_of_2_0))(h, w, image, out_bar,
                                                                                           image_bar);
    } else if (size == 3) {
      (rectified ? NAMED(maximum_pool_adjoint_of_3_1) : NAMED(maximum_pool_adjoint_of_3_0))(h, w, image, out_bar,
                                                                                           image_bar);
    } else {
      NAMED(maximum_pool_adjoint)(size, rectified, h, w, image, out_bar, image_bar);
    }
    image += h * w, image_bar += h * w, out_bar += (h / size) * (w / size);
  }
}

void NAMED(cajal_maximum_pool_adjoint)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                                       const REAL *restrict out_bar, REAL *restrict image_bar) {
  NAMED(maximum_pool_adjoints)(0, channels, h, w, size, image, out_bar, image_bar);
}

void NAMED(cajal_maximum_pool_relu_adjoint)(size_t channels, size_t h, size_t w, size_t size,
                                            const REAL *restrict image, const REAL *restrict out_bar,
                                            REAL *restrict image_bar) {
  NAMED(maximum_pool_adjoints)(1, channels, h, w, size, image, out_bar, image_bar);
}

#undef FOR_EACH_WINDOW
#undef COLUMNS
