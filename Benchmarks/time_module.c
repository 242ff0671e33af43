/* Times every program and model of a compiled module: microseconds for forward, and for forward and backward, as medians;
 * of a model with the gradient of its parameters alone, as in training.
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

/* A program, or a model; the other is NULL. */
typedef struct subject {
  const cajal_program *program;
  const cajal_model *model;
  const void **in, *params, *out_bar;
  void **in_bar, *params_bar, *out, *work;
  size_t *stride, batch;
} subject;

static void check(int status) {
  if (status == CAJAL_OK) return;
  fprintf(stderr, "time_module: %s\n", cajal_status_text(status));
  exit(1);
}

static void forward(const subject *s) {
  check(s->model ? s->model->forward(s->batch, s->params, s->in, s->stride, s->out, s->work)
                 : s->program->forward(s->batch, s->in, s->stride, s->out, s->work));
}

static void both(const subject *s) {
  if (s->model) {
    check(s->model->forward_keep(s->batch, s->params, s->in, s->stride, s->out, s->work));
    check(s->model->backward(s->batch, s->params, s->in, s->stride, s->out_bar, s->params_bar, s->in_bar, s->work));
  } else {
    check(s->program->forward_keep(s->batch, s->in, s->stride, s->out, s->work));
    check(s->program->backward(s->batch, s->in, s->stride, s->out_bar, s->in_bar, s->work));
  }
}

/* Microseconds of one call, among calls of them. */
static double time_of(void (*call)(const subject *), const subject *s, size_t calls) {
  const double start = now();
  for (size_t i = 0; i < calls; i++) call(s);
  return (now() - start) / (double)calls;
}

static void time_subject(const cajal_program *program, const cajal_model *model, size_t batch, size_t runs) {
  const size_t count = model ? model->input_count : program->input_count;
  const size_t parameters = model ? model->parameter_count : 0;
  const size_t real_bytes = model ? model->real_bytes : program->real_bytes;
  const cajal_port *const *inputs = model ? model->inputs : program->inputs;
  const size_t out_count = batch * (model ? model->output : program->output)->size;
  subject s = {.program = program, .model = model, .batch = batch};
  s.in = allocate(count * sizeof *s.in);
  s.in_bar = allocate(count * sizeof *s.in_bar);
  s.stride = allocate(count * sizeof *s.stride);
  for (size_t i = 0; i < count; i++) {
    const size_t size = inputs[i]->size;
    void *data = allocate(batch * size * real_bytes);
    fill(data, batch * size, real_bytes);
    s.in[i] = data;
    s.in_bar[i] = model ? NULL : allocate(batch * size * real_bytes);
    s.stride[i] = size;
  }
  void *params = allocate(parameters * real_bytes), *out_bar = allocate(out_count * real_bytes);
  fill(params, parameters, real_bytes);
  fill(out_bar, out_count, real_bytes);
  s.params = params;
  s.params_bar = allocate(parameters * real_bytes);
  s.out = allocate(out_count * real_bytes);
  s.out_bar = out_bar;
  s.work = allocate(model ? model->workspace_bytes(batch, 1) : program->workspace_bytes(batch, 1));
  double *forwards = allocate(runs * sizeof *forwards), *boths = allocate(runs * sizeof *boths);
  /* As many calls as take some twenty microseconds, since the clock alone takes a few hundredths of one. */
  size_t calls = 1;
  while (time_of(forward, &s, calls) * (double)calls < 20 && calls < 1000000) calls *= 2;
  for (size_t run = 0; run < runs; run++) {
    forwards[run] = time_of(forward, &s, calls);
    boths[run] = time_of(both, &s, calls);
  }
  qsort(forwards, runs, sizeof *forwards, ascending);
  qsort(boths, runs, sizeof *boths, ascending);
  printf("%s %u %zu %.4f %.4f\n", model ? model->name : program->name, model ? model->horizon : program->horizon, batch,
         forwards[runs / 2], boths[runs / 2]);
  for (size_t i = 0; i < count; i++) {
    free((void *)s.in[i]);
    free(s.in_bar[i]);
  }
  free(s.in), free(s.in_bar), free(s.stride), free(s.out), free(out_bar), free(params), free(s.params_bar), free(s.work);
  free(forwards), free(boths);
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
  for (size_t i = 0; i < module->program_count; i++) time_subject(module->programs[i], NULL, (size_t)batch, (size_t)runs);
  for (size_t i = 0; i < module->model_count; i++) time_subject(NULL, module->models[i], (size_t)batch, (size_t)runs);
  return 0;
}
