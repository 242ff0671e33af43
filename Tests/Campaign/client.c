/* Calls the programs and models of a shared object as the ABI allows, and compares what they answer with what it should
 * be. Every buffer ends at a page that traps, and holds NaN where nothing was put into it: inputs' padding, outputs,
 * gradients and workspaces, which have exactly the bytes that were asked for.
 *
 * usage: client MODULE.so REQUESTS
 *
 * A process of its own makes the calls; where it ends by a signal, another goes on behind the call that it died of.
 * Prints a line for each request:
 *   r REQUEST COMPARISONS WORST OTHER_BITS LOOSE
 *                                               worst: the largest error as a part of its bound; other_bits: gradients
 *                                               that are not what they are when all are asked for; loose: comparisons
 *                                               with a bound above a hundredth of the entry, and above a hundredth
 *   f REQUEST PHASE PLACE ENTRY GOT WANT BOUND  a comparison that failed, the first of the request
 *   c REQUEST PHASE SIGNAL                      a call that ended the process; SIGALRM: it took too long */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cajal.h"

enum { SECONDS = 20, SLOTS = 256, BEFORE = 64, MAX_INPUTS = 32 };

/* ---- Requests ---- */

static const char *next_byte, *end_of_requests;

static const void *take(size_t bytes) {
  if ((size_t)(end_of_requests - next_byte) < bytes) {
    fprintf(stderr, "client: the requests end too early\n");
    exit(2);
  }
  const void *result = next_byte;
  next_byte += bytes;
  return result;
}

static uint64_t take_number(void) { return *(const uint64_t *)take(8); }
static const double *take_reals(size_t count) { return take(8 * count); }

typedef struct input {
  size_t size, stride, extent; /* in reals; the extent: as many as lie in memory */
  size_t count;                /* of the gradient, without padding */
  const double *data, *gradient, *bound;
} input;

typedef struct request {
  uint64_t is_model, index, batch, input_count, output_size, parameter_count;
  uint64_t wanted; /* bit i: input i's gradient is asked for in the call for some; bit 63: the parameters' */
  input inputs[MAX_INPUTS];
  const double *parameters, *out_bar, *out, *out_bound, *parameter_gradient, *parameter_bound;
} request;

static void read_request(request *r) {
  const uint64_t *head = take(7 * 8);
  memcpy(&r->is_model, head, 7 * 8);
  if (r->input_count > MAX_INPUTS) exit(2);
  for (size_t i = 0; i < r->input_count; i++) {
    input *in = &r->inputs[i];
    in->size = take_number();
    in->stride = take_number();
    in->extent = in->stride == 0 || r->batch == 1 ? in->size : (r->batch - 1) * in->stride + in->size;
    in->count = in->stride == 0 ? in->size : r->batch * in->size;
    in->data = take_reals(in->extent);
    in->gradient = take_reals(in->count);
    in->bound = take_reals(in->count);
  }
  r->parameters = take_reals(r->parameter_count);
  r->parameter_gradient = take_reals(r->parameter_count);
  r->parameter_bound = take_reals(r->parameter_count);
  r->out_bar = take_reals(r->batch * r->output_size);
  r->out = take_reals(r->batch * r->output_size);
  r->out_bound = take_reals(r->batch * r->output_size);
}

/* ---- Memory ---- */

typedef struct slot {
  char *memory;
  size_t capacity;    /* to the page that traps */
  char *start;        /* of what is in use */
  size_t bytes, slack; /* slack: between its end and the page, where the alignment asks for it */
} slot;

static slot slots[SLOTS];
static size_t used, page;

/* A buffer of NaN. */
static void *buffer(size_t bytes, size_t alignment) {
  if (used == SLOTS) exit(2);
  slot *s = &slots[used++];
  size_t slack = (alignment - bytes % alignment) % alignment;
  size_t whole = BEFORE + bytes + slack;
  if (whole > s->capacity) {
    if (s->memory) munmap(s->memory, s->capacity + page);
    s->capacity = (2 * whole + page - 1) / page * page;
    s->memory = mmap(NULL, s->capacity + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->memory == MAP_FAILED || mprotect(s->memory + s->capacity, page, PROT_NONE) != 0) exit(2);
  }
  s->bytes = bytes;
  s->slack = slack;
  s->start = s->memory + s->capacity - slack - bytes;
  memset(s->start - BEFORE, 0xFF, whole);
  return s->start;
}

static int is_untouched(const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (bytes[i] != (char)0xFF) return 0;
  return 1;
}

/* ---- One request ---- */

static struct shared {
  volatile uint64_t request;
  volatile int phase;
} *progress;

enum { FORWARD = 1, KEEP, BACKWARD, SOME, EACH };
static const char *const phases[] = {"load",     "forward",           "forward_keep",
                                     "backward", "backward_for_some", "backward_each"};

static const request *current;
static size_t number, comparisons, other_bits, loose, real_bytes;
static double worst;
static int failed;

static void fail(const char *place, size_t entry, double got, double want, double bound) {
  if (!failed)
    printf("f %zu %s %s %zu %.17g %.17g %.3g\n", number, phases[progress->phase], place, entry, got, want, bound);
  failed = 1;
}

static double get(const void *data, size_t i) {
  return real_bytes == 4 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

/* A NaN of the request stays the one that was there. */
static void put(void *data, const double *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (isnan(values[i])) continue;
    if (real_bytes == 4)
      ((float *)data)[i] = (float)values[i];
    else
      ((double *)data)[i] = values[i];
  }
}

static void compare(const char *place, size_t entry, double got, double want, double bound) {
  comparisons++;
  loose += bound > 0.01 * fmax(1, fabs(want));
  double error = fabs(got - want);
  if (!(error <= bound)) {
    fail(place, entry, got, want, bound);
  } else if (bound > 0 && bound < HUGE_VAL && error / bound > worst) {
    worst = error / bound;
  }
}

static void compare_all(const char *place, const void *got, const double *want, const double *bound, size_t count) {
  for (size_t i = 0; i < count; i++) compare(place, i, get(got, i), want[i], bound[i]);
}

/* A gradient with its stride; the padding is as it was. */
static void compare_strided(const char *place, const input *in, const void *got) {
  size_t rows = in->stride == 0 ? 1 : current->batch;
  for (size_t b = 0; b < rows; b++) {
    for (size_t j = 0; j < in->size; j++) {
      size_t k = b * in->size + j;
      compare(place, k, get(got, b * in->stride + j), in->gradient[k], in->bound[k]);
    }
    if (b + 1 < rows && !is_untouched((const char *)got + (b * in->stride + in->size) * real_bytes,
                                      (in->stride - in->size) * real_bytes))
      fail("padding", b, 0, 0, 0);
  }
}

/* Gradients of each sample where their sum is known. */
static void compare_sum(const char *place, const void *got, size_t stride, size_t size, const double *want,
                        const double *bound) {
  for (size_t j = 0; j < size; j++) {
    double sum = 0;
    for (size_t b = 0; b < current->batch; b++) sum += get(got, b * stride + j);
    compare(place, j, sum, want[j], bound[j]);
  }
  for (size_t b = 0; b + 1 < current->batch; b++)
    if (!is_untouched((const char *)got + (b * stride + size) * real_bytes, (stride - size) * real_bytes))
      fail("padding", b, 0, 0, 0);
}

static void check_edges(void) {
  for (size_t i = 0; i < used; i++) {
    if (!is_untouched(slots[i].start - BEFORE, BEFORE)) fail("before_a_buffer", i, 0, 0, 0);
    if (!is_untouched(slots[i].start + slots[i].bytes, slots[i].slack)) fail("behind_a_workspace", i, 0, 0, 0);
  }
}

static void expect_ok(int status) {
  if (status != CAJAL_OK) fail("status", 0, status, CAJAL_OK, 0);
}

typedef struct subject {
  const cajal_program *program;
  const cajal_model *model;
} subject;

static size_t workspace_bytes(subject s, size_t batch, int keep) {
  return s.model ? s.model->workspace_bytes(batch, keep) : s.program->workspace_bytes(batch, keep);
}

static void *workspace(subject s, size_t batch, int keep) {
  size_t bytes = workspace_bytes(s, batch, keep);
  return bytes == 0 ? NULL : buffer(bytes, CAJAL_WORKSPACE_ALIGNMENT);
}

/* The gradients of each sample, from what is kept; it moves to another place for this, where a double may stand and no
 * vector. */
static void answer_each(subject s, const request *r, const void *params, const void *const in[], const size_t stride[],
                        const void *out_bar, const void *keep) {
  size_t n = r->input_count, bytes = workspace_bytes(s, r->batch, 2), bar_stride[MAX_INPUTS];
  void *bar[MAX_INPUTS];
  for (size_t i = 0; i < n; i++) {
    bar_stride[i] = stride[i] != 0 ? stride[i] : r->inputs[i].size + i % 3;
    bar[i] = buffer(((r->batch - 1) * bar_stride[i] + r->inputs[i].size) * real_bytes, 1);
  }
  size_t params_stride = r->parameter_count + 1;
  void *params_bar = buffer(((r->batch - 1) * params_stride + r->parameter_count) * real_bytes, 1);
  char *work = buffer(bytes + 8, CAJAL_WORKSPACE_ALIGNMENT);
  work += 8;
  if (keep) memcpy(work, keep, workspace_bytes(s, r->batch, 1));
  expect_ok(s.model ? s.model->backward_each(r->batch, params, in, stride, out_bar, params_bar, params_stride, bar,
                                             bar_stride, work)
                    : s.program->backward_each(r->batch, in, stride, out_bar, bar, bar_stride, work));
  for (size_t i = 0; i < n; i++) {
    char place[32];
    snprintf(place, sizeof place, "input_%zu", i);
    if (stride[i] != 0)
      compare_strided(place, &r->inputs[i], bar[i]);
    else
      compare_sum(place, bar[i], bar_stride[i], r->inputs[i].size, r->inputs[i].gradient, r->inputs[i].bound);
  }
  if (s.model)
    compare_sum("parameters", params_bar, params_stride, r->parameter_count, r->parameter_gradient, r->parameter_bound);
}

static void answer(subject s, const request *r) {
  used = comparisons = other_bits = loose = 0;
  worst = 0;
  failed = 0;
  current = r;
  real_bytes = s.model ? s.model->real_bytes : s.program->real_bytes;
  size_t n = r->input_count, results = r->batch * r->output_size;

  const void *in[MAX_INPUTS];
  void *bar[MAX_INPUTS], *some[MAX_INPUTS];
  size_t stride[MAX_INPUTS];
  for (size_t i = 0; i < n; i++) {
    const input *given = &r->inputs[i];
    void *data = buffer(given->extent * real_bytes, 1);
    put(data, given->data, given->extent);
    in[i] = data;
    stride[i] = given->stride;
    bar[i] = buffer(given->extent * real_bytes, 1);
    some[i] = r->wanted >> i & 1 ? buffer(given->extent * real_bytes, 1) : NULL;
  }
  void *params = buffer(r->parameter_count * real_bytes, 1), *params_bar = buffer(r->parameter_count * real_bytes, 1);
  void *some_params = r->wanted >> 63 ? buffer(r->parameter_count * real_bytes, 1) : NULL;
  put(params, r->parameters, r->parameter_count);
  void *out_bar = buffer(results * real_bytes, 1);
  put(out_bar, r->out_bar, results);
  void *out = buffer(results * real_bytes, 1), *kept = buffer(results * real_bytes, 1);

  progress->phase = FORWARD;
  void *work = workspace(s, r->batch, 0);
  expect_ok(s.model ? s.model->forward(r->batch, params, in, stride, out, work)
                    : s.program->forward(r->batch, in, stride, out, work));
  compare_all("result", out, r->out, r->out_bound, results);

  progress->phase = KEEP;
  void *keep = workspace(s, r->batch, 1);
  expect_ok(s.model ? s.model->forward_keep(r->batch, params, in, stride, kept, keep)
                    : s.program->forward_keep(r->batch, in, stride, kept, keep));
  for (size_t i = 0; i < results; i++) {
    comparisons++;
    if (memcmp((char *)out + i * real_bytes, (char *)kept + i * real_bytes, real_bytes) != 0)
      fail("other_bits_than_forward", i, get(kept, i), get(out, i), 0);
  }

  for (progress->phase = BACKWARD; progress->phase <= SOME; progress->phase++) {
    int all = progress->phase == BACKWARD;
    void **bars = all ? bar : some;
    void *parameters = all ? params_bar : some_params;
    expect_ok(s.model ? s.model->backward(r->batch, params, in, stride, out_bar, parameters, bars, keep)
                      : s.program->backward(r->batch, in, stride, out_bar, bars, keep));
    if (parameters)
      compare_all("parameters", parameters, r->parameter_gradient, r->parameter_bound, r->parameter_count);
    for (size_t i = 0; i < n; i++) {
      char place[32];
      snprintf(place, sizeof place, "input_%zu", i);
      if (bars[i]) compare_strided(place, &r->inputs[i], bars[i]);
    }
    if (all) continue;
    for (size_t i = 0; i < n; i++)
      if (some[i]) other_bits += memcmp(some[i], bar[i], r->inputs[i].extent * real_bytes) != 0;
    if (some_params) other_bits += memcmp(some_params, params_bar, r->parameter_count * real_bytes) != 0;
  }
  progress->phase = EACH;
  answer_each(s, r, params, in, stride, out_bar, keep);
  check_edges();
  printf("r %zu %zu %.3g %zu %zu\n", number, comparisons, worst, other_bits, loose);
}

/* ---- All of them ---- */

static void answer_from(const cajal_module *module, size_t first, size_t count) {
  for (number = 0; number < count; number++) {
    request r;
    read_request(&r);
    if (number < first) continue;
    progress->request = number;
    progress->phase = 0;
    subject s = {0};
    if (r.index >= (r.is_model ? module->model_count : module->program_count)) exit(2);
    if (r.is_model)
      s.model = module->models[r.index];
    else
      s.program = module->programs[r.index];
    size_t inputs = s.model ? s.model->input_count : s.program->input_count;
    const cajal_port *output = s.model ? s.model->output : s.program->output;
    if (inputs != r.input_count || output->size != r.output_size ||
        (s.model && s.model->parameter_count != r.parameter_count)) {
      fprintf(stderr, "client: request %zu does not fit the module\n", number);
      exit(2);
    }
    alarm(SECONDS);
    answer(s, &r);
    fflush(stdout);
  }
  exit(0);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  page = (size_t)sysconf(_SC_PAGESIZE);
  FILE *file = fopen(argv[2], "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return 2;
  size_t bytes = (size_t)ftell(file);
  rewind(file);
  char *requests = malloc(bytes + 1);
  if (!requests || fread(requests, 1, bytes, file) != bytes) return 2;
  fclose(file);
  next_byte = requests;
  end_of_requests = requests + bytes;
  size_t count = take_number();

  progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (progress == MAP_FAILED) return 2;
  void *handle = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    fprintf(stderr, "client: %s\n", dlerror());
    return 2;
  }
  /* POSIX's way from an object to a function. */
  const cajal_module *(*info)(void);
  *(void **)&info = dlsym(handle, "cajal_module_info");
  if (!info) return 2;
  const cajal_module *module = info();

  for (size_t first = 0; first < count;) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) return 2;
    if (child == 0) answer_from(module, first, count);
    int status;
    if (waitpid(child, &status, 0) != child) return 2;
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    printf("c %llu %s %d\n", (unsigned long long)progress->request, phases[progress->phase], WTERMSIG(status));
    first = progress->request + 1;
  }
  return 0;
}
