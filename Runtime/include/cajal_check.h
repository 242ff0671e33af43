/* The rules of cajal.h for arguments of exported functions, in one place; each answers CAJAL_OK or CAJAL_BAD_ARGUMENT.
 * They are inlined where sizes are constants: beside a sample of a small program calls would be most of the time. */
#ifndef CAJAL_CHECK_H
#define CAJAL_CHECK_H

#include "cajal.h"

#include <stddef.h>
#include <stdint.h>

/* One buffer: not null, and aligned. */
static inline int cajal_check_buffer(const void *buffer, size_t alignment) {
  return buffer != NULL && (uintptr_t)buffer % alignment == 0 ? CAJAL_OK : CAJAL_BAD_ARGUMENT;
}

/* Whether `batch` samples of `size` reals, `stride` apart, have an extent that memory can hold. */
static inline int cajal_fits(size_t batch, size_t stride, size_t size, size_t real_bytes) {
  const size_t most = PTRDIFF_MAX / real_bytes;
  /* A batch of one asks for no division, which would take longer than a small program. */
  return size <= most && (stride == 0 || batch == 1 || batch - 1 <= (most - size) / stride);
}

/* A stride and an extent that samples of this size can have. */
static inline int cajal_is_layout(size_t batch, size_t stride, size_t size, size_t real_bytes) {
  return (stride == 0 || stride >= size) && cajal_fits(batch, stride, size, real_bytes);
}

/* Every input of a batch: the batch is not zero, no pointer is null or misaligned, and each stride is 0 or at least
 * the input's size and takes the batch no further than memory reaches. */
static inline int cajal_check_inputs(size_t batch, size_t count, const void *const in[], const size_t stride[],
                                     const size_t size[], size_t real_bytes) {
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  if (count > 0 && (in == NULL || stride == NULL)) return CAJAL_BAD_ARGUMENT;
  for (size_t i = 0; i < count; i++) {
    if (!cajal_is_layout(batch, stride[i], size[i], real_bytes)) return CAJAL_BAD_ARGUMENT;
    if (cajal_check_buffer(in[i], real_bytes) != CAJAL_OK) return CAJAL_BAD_ARGUMENT;
  }
  return CAJAL_OK;
}

/* A contiguous batch of results, or of their gradients. */
static inline int cajal_check_output(size_t batch, const void *out, size_t size, size_t real_bytes) {
  if (batch == 0 || !cajal_fits(batch, size, size, real_bytes)) return CAJAL_BAD_ARGUMENT;
  return cajal_check_buffer(out, real_bytes);
}

/* The place of a gradient: NULL, or aligned, with a stride that is 0 or at least the size and takes the batch no
 * further than memory reaches. */
static inline int cajal_check_gradient(size_t batch, const void *bar, size_t stride, size_t size, size_t real_bytes) {
  if (bar == NULL) return CAJAL_OK;
  return cajal_is_layout(batch, stride, size, real_bytes) ? cajal_check_buffer(bar, real_bytes) : CAJAL_BAD_ARGUMENT;
}

/* The places of the inputs' gradients. */
static inline int cajal_check_gradients(size_t batch, size_t count, void *const in_bar[], const size_t bar_stride[],
                                        const size_t size[], size_t real_bytes) {
  if (count > 0 && (in_bar == NULL || bar_stride == NULL)) return CAJAL_BAD_ARGUMENT;
  for (size_t i = 0; i < count; i++) {
    if (cajal_check_gradient(batch, in_bar[i], bar_stride[i], size[i], real_bytes) != CAJAL_OK) {
      return CAJAL_BAD_ARGUMENT;
    }
  }
  return CAJAL_OK;
}

/* A workspace of `bytes` bytes, which is SIZE_MAX where there can be none: where a double may stand. */
static inline int cajal_check_workspace(const void *work, size_t bytes) {
  if (bytes == 0) return CAJAL_OK;
  if (bytes == SIZE_MAX) return CAJAL_BAD_ARGUMENT;
  return cajal_check_buffer(work, _Alignof(double));
}

#endif
