// compare MODEL.so INDEX SNAPSHOT.npy ROW <IMAGES.idx: whether a trained model gives, for one image, what the trainer's
// last evaluation gave, which is a row of the snapshot. Includes only cajal.h of this project.
#include <dlfcn.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "cajal.h"

int main(int count, char **arguments) {
  if (count != 5) return 2;
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) return fprintf(stderr, "compare: %s\n", dlerror()), 2;
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(library, "cajal_module_info");
  const cajal_model *model = info()->models[0];
  size_t size = model->inputs[0]->size, result_size = model->output->size;

  unsigned char *pixels = malloc(size);
  float *image = malloc(size * sizeof *image);
  float *result = malloc(result_size * sizeof *result), *expected = malloc(result_size * sizeof *expected);
  void *work = aligned_alloc(CAJAL_WORKSPACE_ALIGNMENT, (model->workspace_bytes(1, 0) / 64 + 1) * 64);
  FILE *snapshot = fopen(arguments[3], "rb");
  if (!pixels || !image || !result || !expected || !work || !snapshot) return 2;
  for (long skip = 16 + atol(arguments[2]) * (long)size; skip > 0; skip--)
    if (getchar() == EOF) return 2;
  if (fread(pixels, size, 1, stdin) != 1) return 2;
  for (size_t i = 0; i < size; i++) image[i] = (float)pixels[i] / 255;
  // The trainer's arrays begin at byte 128.
  if (fseek(snapshot, 128 + atol(arguments[4]) * (long)(result_size * sizeof *expected), SEEK_SET)) return 2;
  if (fread(expected, sizeof *expected, result_size, snapshot) != result_size) return 2;

  if (model->forward(1, model->weights, (const void *[]){image}, (size_t[]){size}, result, work)) return 2;
  float largest = 1, difference = 0;
  for (size_t i = 0; i < result_size; i++) {
    largest = fmaxf(largest, fabsf(expected[i]));
    // Not fmaxf: it would pass over a NaN.
    if (!(fabsf(result[i] - expected[i]) <= difference)) difference = fabsf(result[i] - expected[i]);
  }
  // Sums of a few hundred products, in another order for one image than for many.
  if (difference <= 64 * FLT_EPSILON * largest) return 0;
  fprintf(stderr, "compare: outputs differ by %g, of %g\n", (double)difference, (double)largest);
  return 1;
}
