#include "pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "memory.h"

/* FOLDER/PREFIX-NAME.gz, or FOLDER/PREFIX-NAME if only that is there. */
static idx read_array(const char *folder, const char *prefix, const char *name, size_t rank) {
  char path[4096], message[4096 + 256];
  const int length = snprintf(path, sizeof path, "%s/%s-%s.gz", folder, prefix, name);
  if (length < 0 || (size_t)length >= sizeof path) {
    fprintf(stderr, "train-xor: the name of the data folder is too long\n");
    exit(EXIT_FAILURE);
  }
  if (access(path, F_OK) != 0) {
    path[length - 3] = '\0';
    if (access(path, F_OK) != 0) {
      fprintf(stderr, "train-xor: there is no %s.gz and no %s\n", path, path);
      fprintf(stderr, "  Install the package dataset-fashion-mnist (make deps), or name a folder with --data.\n");
      exit(EXIT_FAILURE);
    }
  }
  idx array;
  if (!idx_read(path, rank, &array, message, sizeof message)) {
    fprintf(stderr, "train-xor: %s\n", message);
    exit(EXIT_FAILURE);
  }
  return array;
}

pairs pairs_read(const char *folder, const char *prefix, rng *random) {
  pairs data = {.images = read_array(folder, prefix, "images-idx3-ubyte", 3),
                .labels = read_array(folder, prefix, "labels-idx1-ubyte", 1)};
  if (data.images.dims[1] != IMAGE_SIDE || data.images.dims[2] != IMAGE_SIDE) {
    fprintf(stderr, "train-xor: %s-images holds images of %zu x %zu instead of %d x %d\n", prefix,
            data.images.dims[1], data.images.dims[2], IMAGE_SIDE, IMAGE_SIDE);
    exit(EXIT_FAILURE);
  }
  if (data.images.dims[0] != data.labels.dims[0]) {
    fprintf(stderr, "train-xor: %s has %zu images and %zu labels\n", prefix, data.images.dims[0],
            data.labels.dims[0]);
    exit(EXIT_FAILURE);
  }
  for (size_t i = 0; i < data.labels.count; i++) {
    if (data.labels.bytes[i] > 9) {
      fprintf(stderr, "train-xor: label %zu of %s is %d; there are classes 0 to 9\n", i + 1, prefix,
              data.labels.bytes[i]);
      exit(EXIT_FAILURE);
    }
  }
  data.count = data.images.dims[0] / 2;
  if (data.count == 0) {
    fprintf(stderr, "train-xor: %s has a single image, which makes no pair\n", prefix);
    exit(EXIT_FAILURE);
  }
  data.order = must_allocate(data.images.dims[0], sizeof *data.order);
  rng_permutation(random, data.order, data.images.dims[0]);
  return data;
}

void pairs_free(pairs *data) {
  idx_free(&data->images);
  idx_free(&data->labels);
  free(data->order);
}

static void to_reals(const pairs *data, size_t image, float *to) {
  const unsigned char *from = data->images.bytes + image * IMAGE_SIZE;
  for (size_t i = 0; i < IMAGE_SIZE; i++) to[i] = (float)from[i] / 255;
}

void pairs_images(const pairs *data, size_t i, float *first, float *second) {
  to_reals(data, data->order[2 * i], first);
  to_reals(data, data->order[2 * i + 1], second);
}

int pairs_first_is_even(const pairs *data, size_t i) {
  return data->labels.bytes[data->order[2 * i]] % 2 == 0;
}

int pairs_second_is_even(const pairs *data, size_t i) {
  return data->labels.bytes[data->order[2 * i + 1]] % 2 == 0;
}
