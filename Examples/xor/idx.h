/* The IDX format of MNIST: arrays of bytes, plain or compressed with gzip. */
#ifndef IDX_H
#define IDX_H

#include <stddef.h>

enum { IDX_LARGEST_RANK = 3 };

typedef struct idx {
  size_t rank, dims[IDX_LARGEST_RANK];
  size_t count; /* bytes: the product of the dimensions */
  unsigned char *bytes;
} idx;

/* Reads an array of bytes of the given rank. Answers 1; or 0, with a sentence in `message`, which has room for
 * `message_size` characters, and nothing to free. Every field is checked, and memory grows with what is read, not
 * with what the header claims. */
int idx_read(const char *path, size_t rank, idx *array, char *message, size_t message_size);

void idx_free(idx *array);

#endif
