/* Holds every program of a module to the rules of the ABI: arguments are checked and nothing is written when they are
 * bad; forward and forward_keep give the same bits; strides, shared inputs and NULL gradients do what they promise.
 * Linked with generated files in double or single precision, usually under ASan and UBSan. They are named by MODULES, as
 * in -DMODULES='X(flip) X(not)'.
 *
 * Prints `N passed, N failed`. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cajal.h"

#define X(name) const cajal_module *name##_module_info(void);
MODULES
#undef X

enum { BATCH = 3, PADDING = 2 };
static unsigned passed, failed;

#define EXPECT(condition) expect((condition), program->name, #condition, __LINE__)
static void expect(int holds, const char *program, const char *what, int line) {
  if (holds) {
    passed++;
  } else {
    failed++;
    printf("%s, line %d: %s\n", program, line, what);
  }
}

/* Heap blocks of exactly the size that is promised, so that a byte too far is seen by ASan. */
static void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64 + (bytes == 0 ? 64 : 0));
  if (!memory) exit(2);
  return memory;
}

static double get(const cajal_program *p, const void *data, size_t i) {
  return p->real_bytes == 4 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

static void set(const cajal_program *p, void *data, size_t i, double value) {
  if (p->real_bytes == 4)
    ((float *)data)[i] = (float)value;
  else
    ((double *)data)[i] = value;
}

static void *reals(const cajal_program *p, size_t count, unsigned seed) {
  void *data = malloc((count + 1) * p->real_bytes);
  if (!data) exit(2);
  for (size_t i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    set(p, data, i, (double)(seed >> 8) / (double)(1u << 24) - 0.5);
  }
  return data;
}

static int near(double a, double b, double scale, const cajal_program *p) {
  return fabs(a - b) <= (p->real_bytes == 4 ? 1e-3 : 1e-9) * (1 + fabs(scale));
}

static void exercise(const cajal_program *program) {
  size_t n = program->input_count, size = program->output->size, real = program->real_bytes;
  const void **in = calloc(n + 1, sizeof *in);
  void **bar = calloc(n + 1, sizeof *bar), **shared_bar = calloc(n + 1, sizeof *shared_bar);
  size_t *stride = calloc(n + 1, sizeof *stride), *zero = calloc(n + 1, sizeof *zero);
  for (size_t i = 0; i < n; i++) {
    stride[i] = program->inputs[i]->size + PADDING;
    in[i] = reals(program, BATCH * stride[i], (unsigned)i + 7);
    bar[i] = reals(program, BATCH * stride[i], 99);
    shared_bar[i] = reals(program, program->inputs[i]->size, 99);
  }
  void *out = reals(program, BATCH * size, 1), *kept = reals(program, BATCH * size, 2);
  void *before = reals(program, BATCH * size, 1), *out_bar = reals(program, BATCH * size, 5);
  size_t plain_bytes = program->workspace_bytes(BATCH, 0), keep_bytes = program->workspace_bytes(BATCH, 1);
  EXPECT(plain_bytes != SIZE_MAX && keep_bytes != SIZE_MAX);
  if (program->workspace_bytes(1000 * BATCH, 1) > keep_bytes) EXPECT(program->workspace_bytes(SIZE_MAX, 1) == SIZE_MAX);
  void *work = allocate(plain_bytes), *keep = allocate(keep_bytes);

  /* Bad arguments: answered, and nothing written. */
  EXPECT(program->forward(0, in, stride, out, work) == CAJAL_BAD_ARGUMENT);
  EXPECT(program->forward(BATCH, in, stride, NULL, work) == CAJAL_BAD_ARGUMENT);
  EXPECT(program->forward(BATCH, in, stride, (char *)out + 1, work) == CAJAL_BAD_ARGUMENT);
  if (plain_bytes > 0) {
    EXPECT(program->forward(BATCH, in, stride, out, NULL) == CAJAL_BAD_ARGUMENT);
    EXPECT(program->forward(BATCH, in, stride, out, (char *)work + 1) == CAJAL_BAD_ARGUMENT);
  }
  for (size_t i = 0; i < n; i++) {
    const void *right = in[i];
    in[i] = NULL;
    EXPECT(program->forward(BATCH, in, stride, out, work) == CAJAL_BAD_ARGUMENT);
    in[i] = (const char *)right + 1;
    EXPECT(program->forward(BATCH, in, stride, out, work) == CAJAL_BAD_ARGUMENT);
    in[i] = right;
    size_t good = stride[i];
    if (program->inputs[i]->size > 1) {
      stride[i] = program->inputs[i]->size - 1;
      EXPECT(program->forward(BATCH, in, stride, out, work) == CAJAL_BAD_ARGUMENT);
      EXPECT(program->backward(BATCH, in, stride, out_bar, bar, keep) == CAJAL_BAD_ARGUMENT);
    }
    stride[i] = good;
  }
  EXPECT(program->backward(BATCH, in, stride, NULL, bar, keep) == CAJAL_BAD_ARGUMENT);
  EXPECT(memcmp(out, before, BATCH * size * real) == 0);

  /* forward and forward_keep. */
  EXPECT(program->forward(BATCH, in, stride, out, plain_bytes ? work : NULL) == CAJAL_OK);
  EXPECT(program->forward_keep(BATCH, in, stride, kept, keep_bytes ? keep : NULL) == CAJAL_OK);
  EXPECT(memcmp(out, kept, BATCH * size * real) == 0);

  /* backward, twice; the padding between samples is left alone. */
  EXPECT(program->backward(BATCH, in, stride, out_bar, bar, keep) == CAJAL_OK);
  void **first = calloc(n + 1, sizeof *first);
  for (size_t i = 0; i < n; i++) {
    first[i] = malloc(BATCH * stride[i] * real);
    memcpy(first[i], bar[i], BATCH * stride[i] * real);
    void *fresh = reals(program, BATCH * stride[i], 99);
    for (size_t s = 0; s < BATCH; s++)
      for (size_t j = program->inputs[i]->size; j < stride[i]; j++)
        EXPECT(get(program, bar[i], s * stride[i] + j) == get(program, fresh, s * stride[i] + j));
    free(fresh);
  }
  EXPECT(program->backward(BATCH, in, stride, out_bar, bar, keep) == CAJAL_OK);
  for (size_t i = 0; i < n; i++) EXPECT(memcmp(first[i], bar[i], BATCH * stride[i] * real) == 0);

  /* Gradients that nobody wants. */
  for (size_t i = 0; i < n; i++) {
    void *wanted = bar[i];
    bar[i] = NULL;
    EXPECT(program->backward(BATCH, in, stride, out_bar, bar, keep) == CAJAL_OK);
    bar[i] = wanted;
    for (size_t j = 0; j < n; j++)
      if (j != i) EXPECT(memcmp(first[j], bar[j], BATCH * stride[j] * real) == 0);
  }

  /* Shared inputs: every sample is the first one, and the gradients are sums. */
  EXPECT(program->forward_keep(BATCH, in, zero, kept, keep) == CAJAL_OK);
  EXPECT(program->backward(BATCH, in, zero, out_bar, shared_bar, keep) == CAJAL_OK);
  double largest = 0;
  for (size_t j = 0; j < size; j++) largest = fmax(largest, fabs(get(program, out, j)));
  for (size_t s = 0; s < BATCH; s++)
    for (size_t j = 0; j < size; j++)
      EXPECT(near(get(program, kept, s * size + j), get(program, out, j), largest, program));
  for (size_t i = 0; i < n; i++) {
    /* The same by repeating the first sample of every input. */
    size_t count = program->inputs[i]->size;
    const void **repeated = calloc(n + 1, sizeof *repeated);
    size_t *packed = calloc(n + 1, sizeof *packed);
    for (size_t k = 0; k < n; k++) {
      packed[k] = program->inputs[k]->size;
      char *copies = malloc(BATCH * packed[k] * real);
      for (size_t s = 0; s < BATCH; s++) memcpy(copies + s * packed[k] * real, in[k], packed[k] * real);
      repeated[k] = copies;
    }
    void **one = calloc(n + 1, sizeof *one);
    one[i] = malloc(BATCH * count * real);
    EXPECT(program->forward_keep(BATCH, repeated, packed, kept, keep) == CAJAL_OK);
    EXPECT(program->backward(BATCH, repeated, packed, out_bar, one, keep) == CAJAL_OK);
    for (size_t j = 0; j < count; j++) {
      double sum = 0, scale = 0;
      for (size_t s = 0; s < BATCH; s++) {
        sum += get(program, one[i], s * count + j);
        scale = fmax(scale, fabs(get(program, one[i], s * count + j)));
      }
      EXPECT(near(get(program, shared_bar[i], j), sum, scale * BATCH, program));
    }
    for (size_t k = 0; k < n; k++) free((void *)repeated[k]);
    free(one[i]), free(one), free(repeated), free(packed);
  }

  for (size_t i = 0; i < n; i++) free((void *)in[i]), free(bar[i]), free(shared_bar[i]), free(first[i]);
  free(in), free(bar), free(shared_bar), free(first), free(stride), free(zero);
  free(out), free(kept), free(before), free(out_bar), free(work), free(keep);
}

int main(void) {
#define X(name) name##_module_info(),
  const cajal_module *const modules[] = {MODULES};
#undef X
  for (size_t m = 0; m < sizeof modules / sizeof *modules; m++)
    for (size_t i = 0; i < modules[m]->program_count; i++) exercise(modules[m]->programs[i]);
  printf("%u passed, %u failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
