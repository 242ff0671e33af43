// infer MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm: the output of a trained model for one image of an IDX file.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include "cajal.h"

static void require(int condition, const char *message) {
  if (condition) return;
  fprintf(stderr, "infer: %s\n", message);
  exit(1);
}

int main(int count, char **arguments) {
  require(count == 3, "usage: infer MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm");
  char *end;
  long index = strtol(arguments[2], &end, 10);
  require(index >= 0 && end != arguments[2] && *end == 0, "INDEX is a number from 0");
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  require(library != NULL, library ? "" : dlerror());
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(library, "cajal_module_info");
  require(info && info()->abi == CAJAL_ABI && info()->model_count > 0, "this is no module with a model");
  const cajal_model *model = info()->models[0];
  require(model->weights != NULL, "the model holds no trained weights");
  require(model->input_count == 1 && model->output->rank == 2 && model->real_bytes == 4, "no map of images of floats");

  size_t size = model->inputs[0]->size, height = model->output->dims[0], width = model->output->dims[1];
  unsigned char *pixels = malloc(16 + size);
  float *image = calloc(size, sizeof *image), *result = calloc(height * width, sizeof *result);
  size_t bytes = model->workspace_bytes(1, 0);
  void *work = aligned_alloc(CAJAL_WORKSPACE_ALIGNMENT, (bytes / 64 + 1) * 64);
  require(pixels && image && result && work, "out of memory");
  require(fread(pixels, 16, 1, stdin) == 1, "no IDX file on standard input");
  for (long skip = index; skip >= 0; skip--)
    require(fread(pixels, size, 1, stdin) == 1, "the file has fewer images");
  for (size_t i = 0; i < size; i++) image[i] = (float)pixels[i] / 255;

  require(model->forward(1, model->weights, (const void *[]){image}, (size_t[]){size}, result, work) == 0, "refused");
  printf("P5\n%zu %zu\n255\n", width, height);
  for (size_t i = 0; i < height * width; i++)
    putchar((int)((result[i] > 0 ? result[i] > 1 ? 1 : result[i] : 0) * 255.0 + 0.5)); // a NaN is black
  require(fflush(stdout) == 0 && !ferror(stdout), "cannot write the output");
}
