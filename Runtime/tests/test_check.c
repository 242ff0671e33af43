#include "cajal_kernels.h"
#include "test.h"

static void test_inputs(void) {
  _Alignas(64) double buffer[8] = {0};
  const char *bytes = (const char *)buffer;
  const void *good[2] = {buffer, buffer + 1};
  const size_t size[2] = {3, 2}, equal[2] = {3, 2}, shared[2] = {0, 0}, wide[2] = {7, 100}, narrow[2] = {3, 1};
  const size_t most = PTRDIFF_MAX / sizeof(double);

  CHECK(cajal_check_inputs(1, 2, good, equal, size, 8) == CAJAL_OK, "a batch of one");
  CHECK(cajal_check_inputs(9, 2, good, shared, size, 8) == CAJAL_OK, "shared inputs");
  CHECK(cajal_check_inputs(SIZE_MAX, 2, good, shared, size, 8) == CAJAL_OK, "shared inputs reach no further");
  CHECK(cajal_check_inputs(9, 2, good, wide, size, 8) == CAJAL_OK, "padding between samples");
  CHECK(cajal_check_inputs(1, 0, NULL, NULL, NULL, 8) == CAJAL_OK, "no inputs");
  CHECK(cajal_check_inputs(0, 0, NULL, NULL, NULL, 8) == CAJAL_BAD_ARGUMENT, "a zero batch of nothing");
  CHECK(cajal_check_inputs(0, 2, good, equal, size, 8) == CAJAL_BAD_ARGUMENT, "a zero batch");
  CHECK(cajal_check_inputs(1, 2, NULL, equal, size, 8) == CAJAL_BAD_ARGUMENT, "no array of inputs");
  CHECK(cajal_check_inputs(1, 2, good, NULL, size, 8) == CAJAL_BAD_ARGUMENT, "no array of strides");
  CHECK(cajal_check_inputs(1, 2, good, narrow, size, 8) == CAJAL_BAD_ARGUMENT, "a stride below the size");
  CHECK(cajal_check_inputs(1, 2, (const void *const[]){buffer, NULL}, equal, size, 8) == CAJAL_BAD_ARGUMENT,
        "a null input");
  CHECK(cajal_check_inputs(1, 2, (const void *const[]){buffer, bytes + 4}, equal, size, 8) == CAJAL_BAD_ARGUMENT,
        "a misaligned double");
  CHECK(cajal_check_inputs(1, 2, (const void *const[]){buffer, bytes + 4}, equal, size, 4) == CAJAL_OK,
        "an aligned float");
  CHECK(cajal_check_inputs(most / 3, 2, good, equal, size, 8) == CAJAL_OK, "the largest batch");
  CHECK(cajal_check_inputs(most / 3 + 1, 2, good, equal, size, 8) == CAJAL_BAD_ARGUMENT, "a batch beyond memory");
  CHECK(cajal_check_inputs(SIZE_MAX, 2, good, wide, size, 8) == CAJAL_BAD_ARGUMENT, "a batch that wraps around");
  CHECK(cajal_check_inputs(3, 1, good, (const size_t[]){SIZE_MAX}, size, 8) == CAJAL_BAD_ARGUMENT,
        "a stride that wraps around");
  CHECK(cajal_check_inputs(1, 1, good, (const size_t[]){SIZE_MAX}, size, 8) == CAJAL_OK,
        "the stride of a single sample is not walked");
}

static void test_buffers(void) {
  _Alignas(64) char buffer[128] = {0};
  const size_t most = PTRDIFF_MAX / 4;
  CHECK(cajal_check_output(2, buffer + 4, 3, 4) == CAJAL_OK, "an output");
  CHECK(cajal_check_output(2, buffer + 2, 3, 4) == CAJAL_BAD_ARGUMENT, "a misaligned output");
  CHECK(cajal_check_output(2, NULL, 3, 4) == CAJAL_BAD_ARGUMENT, "no output");
  CHECK(cajal_check_output(0, buffer, 3, 4) == CAJAL_BAD_ARGUMENT, "an output of a zero batch");
  CHECK(cajal_check_output(most / 5, buffer, 5, 4) == CAJAL_OK, "the largest output");
  CHECK(cajal_check_output(most / 5 + 1, buffer, 5, 4) == CAJAL_BAD_ARGUMENT, "an output beyond memory");

  CHECK(cajal_check_workspace(NULL, 0) == CAJAL_OK, "no workspace where none is needed");
  CHECK(cajal_check_workspace(buffer + 1, 0) == CAJAL_OK, "any workspace where none is needed");
  CHECK(cajal_check_workspace(buffer, 64) == CAJAL_OK, "a workspace");
  CHECK(cajal_check_workspace(buffer + _Alignof(double), 64) == CAJAL_OK, "a workspace where a double may stand");
  CHECK(cajal_check_workspace(buffer + _Alignof(double) / 2, 64) == CAJAL_BAD_ARGUMENT, "a misaligned workspace");
  CHECK(cajal_check_workspace(NULL, 64) == CAJAL_BAD_ARGUMENT, "no workspace");
  CHECK(cajal_check_workspace(buffer, SIZE_MAX) == CAJAL_BAD_ARGUMENT, "an impossible workspace");

  CHECK(cajal_check_buffer(buffer, 64) == CAJAL_OK, "a buffer");
  CHECK(cajal_check_buffer(buffer + 8, 16) == CAJAL_BAD_ARGUMENT, "a misaligned buffer");
  CHECK(cajal_check_buffer(NULL, 1) == CAJAL_BAD_ARGUMENT, "no buffer");
}

static void test_gradients(void) {
  _Alignas(64) char buffer[128] = {0};
  const size_t size[2] = {3, 2}, sums[2] = {0, 0}, strides[2] = {3, 5}, narrow[2] = {2, 1}, most = PTRDIFF_MAX / 4;
  void *const first[2] = {buffer, NULL}, *const second[2] = {NULL, buffer}, *const odd[2] = {NULL, buffer + 1};
  CHECK(cajal_check_gradients(2, 0, NULL, NULL, NULL, 4) == CAJAL_OK, "no gradients");
  CHECK(cajal_check_gradients(2, 2, NULL, strides, size, 4) == CAJAL_BAD_ARGUMENT, "no array of gradients");
  CHECK(cajal_check_gradients(2, 2, second, NULL, size, 4) == CAJAL_BAD_ARGUMENT, "no array of strides");
  CHECK(cajal_check_gradients(2, 2, second, strides, size, 4) == CAJAL_OK, "an omitted gradient");
  CHECK(cajal_check_gradients(2, 2, second, sums, size, 4) == CAJAL_OK, "a sum");
  CHECK(cajal_check_gradients(2, 2, odd, strides, size, 4) == CAJAL_BAD_ARGUMENT, "a misaligned gradient");
  CHECK(cajal_check_gradients(2, 2, second, narrow, size, 4) == CAJAL_BAD_ARGUMENT, "a stride below the size");
  CHECK(cajal_check_gradients(2, 2, first, (const size_t[]){3, 1}, size, 4) == CAJAL_OK,
        "the stride of an omitted gradient");
  CHECK(cajal_check_gradients(2, 2, first, (const size_t[]){3, SIZE_MAX}, size, 4) == CAJAL_OK,
        "any stride of an omitted gradient");
  CHECK(cajal_check_gradients(most / 3, 2, first, strides, size, 4) == CAJAL_OK, "the largest batch");
  CHECK(cajal_check_gradients(most / 3 + 1, 2, first, strides, size, 4) == CAJAL_BAD_ARGUMENT, "a batch beyond memory");
  CHECK(cajal_check_gradient(SIZE_MAX, buffer, 0, 3, 4) == CAJAL_OK, "a sum reaches no further");
  CHECK(cajal_check_gradient(3, buffer, SIZE_MAX, 3, 4) == CAJAL_BAD_ARGUMENT, "a stride that wraps around");
}

void test_check(void) {
  test_inputs();
  test_gradients();
  test_buffers();
}
