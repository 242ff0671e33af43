/* Compares what the device printed with what the host computes: host <device.txt. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "work.h"

static int failed;

void report(const char *name, const float *values, size_t count) {
  char line[128];
  double most = 0, largest = 0;
  if (fgets(line, sizeof line, stdin) == NULL || strncmp(line, name, strlen(name)) != 0) {
    printf("%s: the device says %s\n", name, line);
    failed = 1;
    return;
  }
  for (size_t i = 0; i < count; i++) {
    unsigned bits;
    float device;
    if (fgets(line, sizeof line, stdin) == NULL || sscanf(line, "%8x", &bits) != 1) {
      printf("%s: the device ends at number %zu\n", name, i);
      failed = 1;
      return;
    }
    memcpy(&device, &bits, sizeof device);
    most = fmax(most, fabs((double)device - (double)values[i]));
    largest = fmax(largest, fabs((double)values[i]));
  }
  /* Sums of some thousand terms, each rounded at 2^-24 of the largest. */
  const int agrees = most <= 1e-5 * largest && largest > 0;
  printf("%-36s %6zu numbers, largest %9.3g, difference %8.2g: %s\n", name, count, largest, most,
         agrees ? "agrees" : "DIFFERS");
  failed |= !agrees;
}

int main(void) {
  work();
  return failed;
}
