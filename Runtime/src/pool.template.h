void NAMED(cajal_average_pool)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                               REAL *restrict out) {
  for (size_t c = 0; c < channels; c++) {
    for (size_t i = 0; i < h / size; i++) {
      for (size_t j = 0; j < w / size; j++) {
        REAL sum = 0;
        for (size_t a = 0; a < size; a++) {
          for (size_t b = 0; b < size; b++) sum += image[(c * h + i * size + a) * w + j * size + b];
        }
        *out++ = sum / (REAL)(size * size);
      }
    }
  }
}

void NAMED(cajal_average_pool_adjoint)(size_t channels, size_t h, size_t w, size_t size,
                                       const REAL *restrict out_bar, REAL *restrict image_bar) {
  memset(image_bar, 0, channels * h * w * sizeof(REAL));
  for (size_t c = 0; c < channels; c++) {
    for (size_t i = 0; i < h / size; i++) {
      for (size_t j = 0; j < w / size; j++) {
        const REAL value = *out_bar++ / (REAL)(size * size);
        for (size_t a = 0; a < size; a++) {
          for (size_t b = 0; b < size; b++) image_bar[(c * h + i * size + a) * w + j * size + b] = value;
        }
      }
    }
  }
}

/* The first of equal maxima; a NaN counts as one. */
static size_t NAMED(first_maximum)(const REAL *image, size_t corner, size_t w, size_t size) {
  size_t best = corner;
  for (size_t a = 0; a < size; a++) {
    for (size_t b = 0; b < size; b++) {
      const size_t at = corner + a * w + b;
      if (image[at] > image[best] || (isnan(image[at]) && !isnan(image[best]))) best = at;
    }
  }
  return best;
}

void NAMED(cajal_maximum_pool)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                               REAL *restrict out) {
  for (size_t c = 0; c < channels; c++) {
    for (size_t i = 0; i < h / size; i++) {
      for (size_t j = 0; j < w / size; j++) {
        *out++ = image[NAMED(first_maximum)(image, (c * h + i * size) * w + j * size, w, size)];
      }
    }
  }
}

void NAMED(cajal_maximum_pool_adjoint)(size_t channels, size_t h, size_t w, size_t size, const REAL *restrict image,
                                       const REAL *restrict out_bar, REAL *restrict image_bar) {
  memset(image_bar, 0, channels * h * w * sizeof(REAL));
  for (size_t c = 0; c < channels; c++) {
    for (size_t i = 0; i < h / size; i++) {
      for (size_t j = 0; j < w / size; j++) {
        image_bar[NAMED(first_maximum)(image, (c * h + i * size) * w + j * size, w, size)] = *out_bar++;
      }
    }
  }
}
