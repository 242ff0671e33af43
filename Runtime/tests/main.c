#include "test.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static size_t passed, failed;

void check_that(int holds, const char *file, int line, const char *format, ...) {
  if (holds) {
    passed++;
    return;
  }
  failed++;
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s:%d: ", file, line);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

/* splitmix64 */
uint64_t random_bits(void) {
  static uint64_t state = 1;
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

size_t random_below(size_t bound) {
  return (size_t)(random_bits() % bound);
}

double random_real(void) {
  return (double)(random_bits() >> 11) * 0x1p-52 - 1;
}

size_t random_size(size_t most) {
  switch (random_below(4)) {
  case 0:
    return 1 + random_below(3 < most ? 3 : most);
  case 1:
    return 1 + random_below(17 < most ? 17 : most);
  default:
    return 1 + random_below(most);
  }
}

void *new_reals(size_t n, size_t real_bytes) {
  char *whole = malloc((n + 1) * real_bytes);
  if (whole == NULL) abort();
  memset(whole, 0xff, (n + 1) * real_bytes);
  return whole + real_bytes;
}

void delete_reals(void *reals, size_t real_bytes) {
  free((char *)reals - real_bytes);
}

void *new_scratch(size_t bytes) {
  static void *last;
  free(last);
  last = bytes == 0 ? NULL : aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (bytes > 0 && last == NULL) abort();
  if (bytes > 0) memset(last, 0xff, bytes);
  return last;
}

int near(double got, double want, double scale, double tolerance) {
  return fabs(got - want) <= tolerance * (scale > 1 ? scale : 1);
}

int main(void) {
  test_abi();
  test_status();
  test_check();
  test_vectors();
  test_lanes_f32();
  test_lanes_f64();
  test_lanes_f32_narrow();
  test_lanes_f64_narrow();
  test_lanes_f32_single();
  test_lanes_f64_single();
  test_product();
  test_middle_product();
  test_conv2d();
  test_convolution();
  test_activation();
  test_pool();
  test_bound();
  test_table();
  test_linked();
  printf("runtime: %zu passed, %zu failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
