/* The rules of cajal.h for arguments, in one place. */
#include "cajal_kernels.h"

int cajal_check_buffer(const void *buffer, size_t alignment) {
  return buffer != NULL && (uintptr_t)buffer % alignment == 0 ? CAJAL_OK : CAJAL_BAD_ARGUMENT;
}

/* Whether `batch` samples of `size` reals, `stride` apart, have an extent that memory can hold. */
static int fits(size_t batch, size_t stride, size_t size, size_t real_bytes) {
  const size_t most = PTRDIFF_MAX / real_bytes;
  return size <= most && (stride == 0 || batch - 1 <= (most - size) / stride);
}

int cajal_check_inputs(size_t batch, size_t count, const void *const in[], const size_t stride[],
                       const size_t size[], size_t real_bytes) {
  if (batch == 0) return CAJAL_BAD_ARGUMENT;
  if (count > 0 && (in == NULL || stride == NULL)) return CAJAL_BAD_ARGUMENT;
  for (size_t i = 0; i < count; i++) {
    if (stride[i] != 0 && stride[i] < size[i]) return CAJAL_BAD_ARGUMENT;
    if (!fits(batch, stride[i], size[i], real_bytes)) return CAJAL_BAD_ARGUMENT;
    if (cajal_check_buffer(in[i], real_bytes) != CAJAL_OK) return CAJAL_BAD_ARGUMENT;
  }
  return CAJAL_OK;
}

int cajal_check_output(size_t batch, const void *out, size_t size, size_t real_bytes) {
  if (batch == 0 || !fits(batch, size, size, real_bytes)) return CAJAL_BAD_ARGUMENT;
  return cajal_check_buffer(out, real_bytes);
}

int cajal_check_gradients(size_t count, void *const in_bar[], size_t real_bytes) {
  if (count > 0 && in_bar == NULL) return CAJAL_BAD_ARGUMENT;
  for (size_t i = 0; i < count; i++) {
    if (in_bar[i] != NULL && cajal_check_buffer(in_bar[i], real_bytes) != CAJAL_OK) return CAJAL_BAD_ARGUMENT;
  }
  return CAJAL_OK;
}

int cajal_check_workspace(const void *work, size_t bytes) {
  if (bytes == 0) return CAJAL_OK;
  if (bytes == SIZE_MAX) return CAJAL_BAD_ARGUMENT;
  return cajal_check_buffer(work, CAJAL_WORKSPACE_ALIGNMENT);
}
