/* known MODULE.so ...: compares the compiled known.cajal with answers.h. Linked with modules instead of loading them
 * where MODULES lists them, as X(prefix) X(prefix). Prints what differs and `N passed, N failed`.
 *
 * Each program, at batches 1, 3 and 17: every input per sample, every input shared, and every other input shared, with
 * NaN between the samples of the rest. Gradients begin as NaN. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cajal.h"

#ifndef MODULES
#include <dlfcn.h>
#endif

enum { INPUTS = 4, SAMPLES = 3, PARAMETERS = 62, RESULT = 63, PADDING = 3 };
enum { OWN, SHARED, MIXED, SETTINGS };
static const char *const setting_names[SETTINGS] = {"per sample", "shared", "every other input shared"};

typedef struct {
  const char *name;
  int is_model;
  size_t inputs, size[INPUTS], parameters, result;
  const double *answers; /* OWN and MIXED, each sample: result, gradients in inputs and parameters */
} known;

#include "answers.h"

/* Programs and models, called in one way. */
typedef struct {
  const cajal_program *program;
  const cajal_model *model;
  size_t bytes; /* of a real */
} callee;

static size_t workspace_bytes(callee f, size_t batch) {
  return f.model ? f.model->workspace_bytes(batch, 1) : f.program->workspace_bytes(batch, 1);
}
static int forward(callee f, int keep, size_t batch, const void *params, const void *const in[], const size_t stride[],
                   void *out, void *work) {
  if (f.model) return (keep ? f.model->forward_keep : f.model->forward)(batch, params, in, stride, out, work);
  return (keep ? f.program->forward_keep : f.program->forward)(batch, in, stride, out, work);
}
static int backward(callee f, size_t batch, const void *params, const void *const in[], const size_t stride[],
                    const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
  if (f.model) return f.model->backward(batch, params, in, stride, out_bar, params_bar, in_bar, work);
  return f.program->backward(batch, in, stride, out_bar, in_bar, work);
}

static void *allocated(size_t bytes) {
  void *memory = aligned_alloc(CAJAL_WORKSPACE_ALIGNMENT, (bytes / CAJAL_WORKSPACE_ALIGNMENT + 1) * 64);
  if (!memory) abort();
  memset(memory, 0xff, (bytes / CAJAL_WORKSPACE_ALIGNMENT + 1) * 64); /* NaN */
  return memory;
}
static double get(callee f, const void *reals, size_t i) {
  return f.bytes == 4 ? (double)((const float *)reals)[i] : ((const double *)reals)[i];
}
static void put(callee f, void *reals, size_t i, double x) {
  if (f.bytes == 4)
    ((float *)reals)[i] = (float)x;
  else
    ((double *)reals)[i] = x;
}

/* What oracle.py computes with. */
static void fill(callee f, void *reals, size_t program, size_t port, size_t sample, size_t size) {
  uint32_t state = (uint32_t)((program * 64 + port) * 1024 + sample + 1);
  for (size_t i = 0; i < 2 * size; i++) {
    state = (state * UINT32_C(1103515245) + 12345) & UINT32_C(0x7fffffff);
    if (i >= size) put(f, reals, i - size, ((int)(state / 65536 % 65) - 32) / 32.0);
  }
}

static int is_shared(int setting, size_t input) { return setting == SHARED || (setting == MIXED && input % 2 == 1); }

/* `count` reals of `got` against answer + place, summed over the samples that are given by `batch`, or of one. */
static int agrees(callee f, const void *got, size_t count, const double *answers, size_t row, size_t place,
                  int setting, size_t first, size_t batch) {
  const double tolerance = f.bytes == 4 ? 2e-5 : 1e-11;
  double scale = 1;
  double *want = allocated(count * sizeof *want);
  for (size_t i = 0; i < count; i++) {
    want[i] = 0;
    double size = 0;
    for (size_t b = first; b < first + batch; b++) {
      const size_t sample = setting == SHARED ? 0 : b % SAMPLES + (setting == MIXED ? SAMPLES : 0);
      want[i] += answers[sample * row + place + i];
      size += fabs(answers[sample * row + place + i]);
    }
    if (size > scale) scale = size;
  }
  int same = 1;
  for (size_t i = 0; i < count; i++) same &= fabs(get(f, got, i) - want[i]) <= tolerance * scale;
  free(want);
  return same;
}

/* NULL, or what differs. */
static const char *compare(callee f, size_t number, int setting, size_t batch) {
  const known *k = &programs[number];
  void *in[INPUTS], *bar[INPUTS];
  const void *arguments[INPUTS];
  size_t stride[INPUTS], row = k->result + k->parameters;
  for (size_t i = 0; i < k->inputs; i++) {
    row += k->size[i];
    stride[i] = is_shared(setting, i) ? 0 : k->size[i] + (setting == MIXED ? PADDING : 0);
    const size_t reals = (batch - 1) * stride[i] + k->size[i];
    in[i] = allocated(reals * f.bytes);
    bar[i] = allocated(reals * f.bytes);
    arguments[i] = in[i];
    for (size_t b = 0; b < (stride[i] ? batch : 1); b++)
      fill(f, (char *)in[i] + b * stride[i] * f.bytes, number, i, stride[i] ? b % SAMPLES : 0, k->size[i]);
  }
  void *params = allocated(k->parameters * f.bytes), *params_bar = allocated(k->parameters * f.bytes);
  fill(f, params, number, PARAMETERS, 0, k->parameters);
  void *plain = allocated(batch * k->result * f.bytes), *out = allocated(batch * k->result * f.bytes);
  void *out_bar = allocated(batch * k->result * f.bytes);
  for (size_t b = 0; b < batch; b++)
    fill(f, (char *)out_bar + b * k->result * f.bytes, number, RESULT, setting == SHARED ? 0 : b % SAMPLES, k->result);
  void *work = allocated(workspace_bytes(f, batch));

  const char *problem = NULL;
  if (forward(f, 0, batch, params, arguments, stride, plain, work) != CAJAL_OK ||
      forward(f, 1, batch, params, arguments, stride, out, work) != CAJAL_OK ||
      backward(f, batch, params, arguments, stride, out_bar, params_bar, bar, work) != CAJAL_OK)
    problem = "status";
  else if (memcmp(plain, out, batch * k->result * f.bytes) != 0)
    problem = "forward and forward_keep differ";
  for (size_t b = 0; b < batch && !problem; b++) {
    if (!agrees(f, (char *)out + b * k->result * f.bytes, k->result, k->answers, row, 0, setting, b, 1))
      problem = "result";
  }
  size_t place = k->result;
  static char text[64];
  for (size_t i = 0; i < k->inputs && !problem; i++) {
    snprintf(text, sizeof text, "gradient in input %zu", i);
    if (stride[i] == 0) {
      if (!agrees(f, bar[i], k->size[i], k->answers, row, place, setting, 0, batch)) problem = text;
    } else {
      for (size_t b = 0; b < batch; b++) {
        const void *at = (char *)bar[i] + b * stride[i] * f.bytes;
        if (!agrees(f, at, k->size[i], k->answers, row, place, setting, b, 1)) problem = text;
        for (size_t j = k->size[i]; b + 1 < batch && j < stride[i]; j++)
          if (!isnan(get(f, at, j))) problem = "padding was written";
      }
    }
    place += k->size[i];
  }
  if (!problem && !agrees(f, params_bar, k->parameters, k->answers, row, place, setting, 0, batch))
    problem = "gradient in the parameters";
  for (size_t i = 0; i < k->inputs; i++) {
    free(in[i]);
    free(bar[i]);
  }
  free(params);
  free(params_bar);
  free(plain);
  free(out);
  free(out_bar);
  free(work);
  return problem;
}

static int passed, failed;

static callee found(const cajal_module *module, const known *k) {
  callee f = {NULL, NULL, 0};
  for (size_t i = 0; !k->is_model && i < module->program_count; i++) {
    const cajal_program *p = module->programs[i];
    if (strcmp(p->name, k->name) == 0) f.program = p, f.bytes = p->real_bytes;
  }
  for (size_t i = 0; k->is_model && i < module->model_count; i++) {
    const cajal_model *m = module->models[i];
    if (strcmp(m->name, k->name) == 0 && m->parameter_count == k->parameters) f.model = m, f.bytes = m->real_bytes;
  }
  return f;
}

static void check(const char *name, const cajal_module *module) {
  static const size_t batches[] = {1, 3, 17};
  for (size_t number = 0; number < sizeof programs / sizeof *programs; number++) {
    const callee f = found(module, &programs[number]);
    for (int setting = OWN; setting < SETTINGS; setting++) {
      for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
        const char *problem = f.bytes ? compare(f, number, setting, batches[i]) : "missing";
        problem ? failed++ : passed++;
        if (problem)
          printf("%s, %s, batch %zu, %s: %s\n", name, programs[number].name, batches[i], setting_names[setting],
                 problem);
      }
    }
  }
}

int main(int count, char **names) {
#ifdef MODULES
  (void)count;
  (void)names;
#define X(prefix)                                    \
  extern const cajal_module *prefix##_module_info(void); \
  check(#prefix, prefix##_module_info());
  MODULES
#else
  for (int i = 1; i < count; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    const cajal_module *(*info)(void);
    void *symbol = library ? dlsym(library, "cajal_module_info") : NULL;
    memcpy(&info, &symbol, sizeof info);
    if (!symbol) {
      printf("%s: %s\n", names[i], dlerror());
      return 1;
    }
    check(names[i], info());
  }
#endif
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0 || passed == 0;
}
