#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must_allocate(size_t count, size_t size) {
  void *memory = NULL;
  if (size == 0 || count <= (SIZE_MAX - 128) / size) {
    const size_t bytes = (count * size / 64 + 1) * 64;
    memory = aligned_alloc(64, bytes);
    if (memory != NULL) return memset(memory, 0, bytes);
  }
  fprintf(stderr, "train-xor: not enough memory for %zu entries of %zu bytes\n", count, size);
  exit(EXIT_FAILURE);
}
