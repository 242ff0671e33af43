/* arguments MODULE.so: every function of every program and model, each kind of bad argument one at a time: the status
 * is CAJAL_BAD_ARGUMENT, and no byte of results, gradients and workspace has changed. With good ones everything that is
 * written is finite, though the workspace and what is overwritten were full of NaN. */
#include <dlfcn.h>

#include "guest.h"

static int cases, failures;

static void expect(const subject *s, which function, const char *kind, const buffers *b, const arguments *a,
                   int status) {
  static const char *const names[] = {"forward", "forward_keep", "backward", "backward_each"};
  const uint64_t before = hash_of(b, 1);
  const int got = call(s, function, a);
  cases++;
  if (got == status && hash_of(b, 1) == before) return;
  failures++;
  printf("%s, %s, %s: status %d instead of %d, %s\n", FIELD(s, name), names[function], kind, got, status,
         hash_of(b, 1) == before ? "nothing written" : "something written");
}

/* `field` of a copy of the arguments. */
#define BAD(kind, field, value)                            \
  do {                                                     \
    arguments bad = b->a;                                  \
    bad.field = (value);                                   \
    expect(s, f, kind, b, &bad, CAJAL_BAD_ARGUMENT);       \
  } while (0)

/* An array's entry, put back afterwards. */
#define BAD_ENTRY(kind, array, value)                      \
  do {                                                     \
    __typeof__(array) good = (array);                      \
    (array) = (value);                                     \
    expect(s, f, kind, b, &b->a, CAJAL_BAD_ARGUMENT);      \
    (array) = good;                                        \
  } while (0)

static void *moved(const void *pointer, size_t bytes) { return (char *)pointer + bytes; }

static void check(const subject *s, which f, buffers *b) {
  const size_t real = FIELD(s, real_bytes), count = FIELD(s, input_count), out = FIELD(s, output)->size;
  BAD("no batch", batch, 0);
  BAD("a batch whose results no memory holds", batch, SIZE_MAX / real / out);
  BAD("a batch beyond size_t", batch, SIZE_MAX);
  for (size_t batch = SIZE_MAX; batch > 1; batch /= 2) {
    if (FIELD(s, workspace_bytes)(batch, kept_by[f]) == SIZE_MAX) BAD("a workspace beyond size_t", batch, batch);
  }
  if (f >= BACKWARD) {
    BAD("no out_bar", out_bar, NULL);
    BAD("misaligned out_bar", out_bar, moved(b->a.out_bar, real / 2));
    if (count > 0) BAD("no in_bar", in_bar, NULL);
    if (b->params_bytes > 0) BAD("misaligned params_bar", params_bar, moved(b->a.params_bar, 1));
    if (f == BACKWARD_EACH) {
      if (count > 0) BAD("no bar_stride", bar_stride, NULL);
      if (b->a.params_bar_stride > 1) BAD("parameters' stride 1", params_bar_stride, 1);
      if (b->params_bytes > 0 && b->a.batch > 1) BAD("the largest stride of parameters", params_bar_stride, SIZE_MAX);
    }
  } else {
    BAD("no result", out, NULL);
    BAD("misaligned result", out, moved(b->a.out, real / 2));
  }
  if (b->params_bytes > 0) {
    BAD("no params", params, NULL);
    BAD("misaligned params", params, moved(b->a.params, real / 2));
  }
  if (FIELD(s, workspace_bytes)(b->a.batch, kept_by[f]) > 0) {
    BAD("no workspace", work, NULL);
    for (size_t off = 1; off < _Alignof(double); off *= 2) BAD("misaligned workspace", work, moved(b->a.work, off));
  }
  if (count > 0) {
    BAD("no inputs", in, NULL);
    BAD("no strides", stride, NULL);
  }
  for (size_t i = 0; i < count; i++) {
    const size_t size = FIELD(s, inputs)[i]->size;
    BAD_ENTRY("no input", b->in[i], NULL);
    BAD_ENTRY("misaligned input", b->in[i], moved(b->in[i], real / 2));
    if (size > 1) {
      BAD_ENTRY("stride 1", b->stride[i], 1);
      BAD_ENTRY("stride below the size", b->stride[i], size - 1);
    }
    if (b->a.batch > 1) {
      BAD_ENTRY("a stride beyond memory", b->stride[i], SIZE_MAX / real / (b->a.batch - 1));
      BAD_ENTRY("a stride whose extent overflows", b->stride[i], SIZE_MAX / (b->a.batch - 1) + 1);
      BAD_ENTRY("the largest stride", b->stride[i], SIZE_MAX);
    }
    if (f == BACKWARD_EACH && size > 1) {
      BAD_ENTRY("a gradient's stride 1", b->bar_stride[i], 1);
      BAD_ENTRY("a gradient's stride below the size", b->bar_stride[i], size - 1);
    }
    if (f == BACKWARD_EACH && b->a.batch > 1) {
      BAD_ENTRY("a gradient's stride beyond memory", b->bar_stride[i], SIZE_MAX / real / (b->a.batch - 1));
      BAD_ENTRY("the largest stride of a gradient", b->bar_stride[i], SIZE_MAX);
    }
    if (f >= BACKWARD) BAD_ENTRY("misaligned gradient", b->in_bar[i], moved(b->in_bar[i], real / 2));
  }
}

static int are_finite(const void *from, size_t bytes, size_t real) {
  for (size_t i = 0; i < bytes / real; i++) {
    const double value = real == 4 ? (double)((const float *)from)[i] : ((const double *)from)[i];
    if (!(value - value == 0)) return 0;
  }
  return 1;
}

/* Gradients of each sample where `is_each`. */
static int all_finite(const subject *s, const buffers *b, int has_gradients, int is_each) {
  const size_t real = FIELD(s, real_bytes);
  int finite = are_finite(b->a.out, b->out_bytes, real);
  if (!has_gradients) return finite;
  finite &= are_finite(b->a.params_bar, is_each ? b->params_bar_bytes : b->params_bytes, real);
  for (size_t i = 0; i < FIELD(s, input_count); i++)
    finite &= are_finite(b->in_bar[i], is_each ? b->in_bar_bytes[i] : b->in_bytes[i], real);
  return finite;
}

int main(int count, char **names) {
  if (count != 2) return 2;
  void *library = dlopen(names[1], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return fprintf(stderr, "arguments: %s\n", dlerror()), 2;
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(library, "cajal_module_info");
  for (size_t i = 0; i < subject_count(info()); i++) {
    const subject s = subject_of(info(), i);
    for (size_t batch = 1; batch < 10; batch += 4) {
      for (int shares = 0; shares < 2; shares++) {
        buffers *b = new_buffers(&s, batch, shares);
        int has_gradients = 0;
        check(&s, FORWARD, b);
        int kept = call(&s, FORWARD_KEEP, &b->a);
        if (kept == CAJAL_NO_GRADIENT) {
          const arguments nothing = {0};
          expect(&s, FORWARD_KEEP, "no gradient", b, &nothing, CAJAL_NO_GRADIENT);
          expect(&s, BACKWARD, "no gradient", b, &nothing, CAJAL_NO_GRADIENT);
          expect(&s, BACKWARD_EACH, "no gradient", b, &nothing, CAJAL_NO_GRADIENT);
          kept = call(&s, FORWARD, &b->a);
        } else {
          check(&s, FORWARD_KEEP, b);
          check(&s, BACKWARD, b);
          check(&s, BACKWARD_EACH, b);
          has_gradients = 1;
          if (kept == CAJAL_OK) kept = call(&s, BACKWARD, &b->a);
        }
        int finite = all_finite(&s, b, has_gradients, 0);
        if (kept == CAJAL_OK && has_gradients) {
          kept = call(&s, BACKWARD_EACH, &b->a);
          finite &= all_finite(&s, b, 1, 1);
        }
        if (kept != CAJAL_OK || !finite) {
          failures++;
          printf("%s, batch %zu: status %d of good arguments, or a NaN got out\n", FIELD(&s, name), batch, kept);
        }
        delete_buffers(b);
      }
    }
  }
  printf("%d bad arguments, %d failures\n", cases, failures);
  return failures > 0 || cases == 0;
}
