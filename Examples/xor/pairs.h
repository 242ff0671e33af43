/* Pairs of images, and whether each image of a pair is even. */
#ifndef PAIRS_H
#define PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "idx.h"
#include "rng.h"

enum { IMAGE_SIDE = 28, IMAGE_SIZE = IMAGE_SIDE * IMAGE_SIDE };

typedef struct pairs {
  idx images, labels;
  size_t count;
  uint32_t *order; /* pair i is the images order[2 i] and order[2 i + 1] */
} pairs;

/* Reads PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte from the folder, with or without .gz, and pairs the
 * images at random, each used once. Ends the program with a message if a file is not as it should be. */
pairs pairs_read(const char *folder, const char *prefix, rng *random);
void pairs_free(pairs *data);

/* Pair i as reals in 0 ... 1. */
void pairs_images(const pairs *data, size_t i, float *first, float *second);
int pairs_first_is_even(const pairs *data, size_t i);
int pairs_second_is_even(const pairs *data, size_t i);

#endif
