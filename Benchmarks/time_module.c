/* Times every program of a compiled module: microseconds for forward, and for forward and backward, as medians.
 *
 *   time_module MODULE.so [BATCH [RUNS]]
 *
 * Prints one line a program: name, horizon, batch, forward, forward and backward. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cajal.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void *allocate(size_t bytes) {
  void *memory = NULL;
  if (posix_memalign(&memory, CAJAL_WORKSPACE_ALIGNMENT, bytes ? bytes : 1) != 0) {
    fprintf(stderr, "time_module: out of memory\n");
    exit(1);
  }
  memset(memory, 0, bytes);
  return memory;
}

/* Small values of both signs, so that long iterations neither explode nor become denormal at once. */
static void fill(void *data, size_t count, size_t real_bytes) {
  for (size_t i = 0; i < count; i++) {
    double value = (double)((i * 2654435761u) % 2001u) / 1000.0 - 1.0;
    value /= 32.0;
    if (real_bytes == 4)
      ((float *)data)[i] = (float)value;
    else
      ((double *)data)[i] = value;
  }
}

static void time_program(const cajal_program *program, size_t batch, size_t runs) {
  size_t count = program->input_count;
  const void **in = allocate(count * sizeof *in);
  void **in_bar = allocate(count * sizeof *in_bar);
  size_t *stride = allocate(count * sizeof *stride);
  for (size_t i = 0; i < count; i++) {
    size_t size = program->inputs[i]->size;
    void *data = allocate(batch * size * program->real_bytes);
    fill(data, batch * size, program->real_bytes);
    in[i] = data;
    in_bar[i] = allocate(batch * size * program->real_bytes);
    stride[i] = size;
  }
  size_t out_count = batch * program->output->size;
  void *out = allocate(out_count * program->real_bytes);
  void *out_bar = allocate(out_count * program->real_bytes);
  fill(out_bar, out_count, program->real_bytes);
  void *work = allocate(program->workspace_bytes(batch, 1));
  double *forward = allocate(runs * sizeof *forward), *both = allocate(runs * sizeof *both);
  /* As many calls as take some twenty microseconds, since the clock alone takes a few hundredths of one. */
  size_t calls = 1;
  for (double took = 0; took < 20 && calls < 1000000; calls *= 2) {
    double start = now();
    for (size_t i = 0; i < calls; i++) program->forward(batch, in, stride, out, work);
    took = now() - start;
  }
  for (size_t run = 0; run < runs; run++) {
    double start = now();
    for (size_t i = 0; i < calls; i++) program->forward(batch, in, stride, out, work);
    forward[run] = (now() - start) / (double)calls;
    start = now();
    for (size_t i = 0; i < calls; i++) {
      program->forward_keep(batch, in, stride, out, work);
      program->backward(batch, in, stride, out_bar, in_bar, work);
    }
    both[run] = (now() - start) / (double)calls;
  }
  qsort(forward, runs, sizeof *forward, ascending);
  qsort(both, runs, sizeof *both, ascending);
  printf("%s %u %zu %.4f %.4f\n", program->name, program->horizon, batch, forward[runs / 2], both[runs / 2]);
  for (size_t i = 0; i < count; i++) {
    free((void *)in[i]);
    free(in_bar[i]);
  }
  free(in), free(in_bar), free(stride), free(out), free(out_bar), free(work), free(forward), free(both);
}

int main(int argc, char **argv) {
  long batch = argc > 2 ? atol(argv[2]) : 64, runs = argc > 3 ? atol(argv[3]) : 31;
  if (argc < 2 || argc > 4 || batch < 1 || runs < 1) {
    fprintf(stderr, "usage: time_module MODULE.so [BATCH [RUNS]]\n");
    return 2;
  }
  void *handle = dlopen(argv[1], RTLD_NOW);
  if (!handle) {
    fprintf(stderr, "time_module: %s\n", dlerror());
    return 1;
  }
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(handle, "cajal_module_info");
  if (!info || info()->abi != CAJAL_ABI) {
    fprintf(stderr, "time_module: %s is no module of ABI %u\n", argv[1], CAJAL_ABI);
    return 1;
  }
  const cajal_module *module = info();
  for (size_t i = 0; i < module->program_count; i++) time_program(module->programs[i], (size_t)batch, (size_t)runs);
  return 0;
}
