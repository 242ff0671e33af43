/// A caller of modules that knows only the ABI: it runs every program and model on a batch and holds it to the rules.
func clientSource(realBytes: Int) -> String {
  """
  #include <math.h>
  #include <stdio.h>
  #include <stdlib.h>
  #include <string.h>
  #include "t.h"
  typedef \(realBytes == 4 ? "float" : "double") real;

  static void require(int condition, const char *name, const char *what) {
    if (condition) return;
    printf("%s: %s\\n", name, what);
    exit(1);
  }

  static void *aligned(size_t bytes) {
    if (bytes == 0) return NULL;
    void *work = aligned_alloc(64, (bytes + 63) / 64 * 64);
    memset(work, 0xFF, bytes);
    return work;
  }

  /* A workspace that is aligned for a double, and for no more. */
  typedef struct room {
    char *block, *start;
    size_t bytes;
  } room;

  static room room_at(size_t past, size_t bytes) {
    char *block = aligned_alloc(64, (bytes + past + 63) / 64 * 64 + 64);
    memset(block, 0xFF, bytes + past);
    return (room){block, block + past, bytes};
  }

  /* To another place, where the workspace is to be as good; what was here is spoilt. */
  static room moved_to(size_t past, room from) {
    room to = room_at(past, from.bytes);
    memcpy(to.start, from.start, from.bytes);
    memset(from.start, 0x55, from.bytes);
    free(from.block);
    return to;
  }

  static void put(FILE *out, const real *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
      double value = values[i];
      fwrite(&value, sizeof value, 1, out);
    }
  }

  static real *get(FILE *in, size_t count) {
    real *values = malloc((count + 1) * sizeof(real));
    for (size_t i = 0; i < count; i++) {
      double value = 0;
      if (fread(&value, sizeof value, 1, in) != 1) exit(2);
      values[i] = (real)value;
    }
    return values;
  }

  static size_t get_size(FILE *in) {
    size_t size = 0;
    if (fread(&size, sizeof size, 1, in) != 1) exit(2);
    return size;
  }

  /* A program, or a model with its parameters. */
  typedef struct subject {
    const cajal_program *program;
    const cajal_model *model;
    const void *params;
    const char *name;
    size_t batch, input_count;
    const cajal_port *const *inputs;
    const cajal_port *output;
    const void *const *in;
    const size_t *stride;
  } subject;

  static size_t workspace_bytes(const subject *s, int keep) {
    return s->model ? s->model->workspace_bytes(s->batch, keep) : s->program->workspace_bytes(s->batch, keep);
  }

  static int forward(const subject *s, size_t batch, void *out, void *work) {
    return s->model ? s->model->forward(batch, s->params, s->in, s->stride, out, work)
                    : s->program->forward(batch, s->in, s->stride, out, work);
  }

  static int forward_keep(const subject *s, void *out, void *work) {
    return s->model ? s->model->forward_keep(s->batch, s->params, s->in, s->stride, out, work)
                    : s->program->forward_keep(s->batch, s->in, s->stride, out, work);
  }

  static int backward(const subject *s, const void *out_bar, void *params_bar, void *const in_bar[], void *work) {
    return s->model ? s->model->backward(s->batch, s->params, s->in, s->stride, out_bar, params_bar, in_bar, work)
                    : s->program->backward(s->batch, s->in, s->stride, out_bar, in_bar, work);
  }

  static int backward_each(const subject *s, const void *out_bar, void *params_bar, size_t params_bar_stride,
                           void *const in_bar[], const size_t bar_stride[], void *work) {
    return s->model ? s->model->backward_each(s->batch, s->params, s->in, s->stride, out_bar, params_bar,
                                              params_bar_stride, in_bar, bar_stride, work)
                    : s->program->backward_each(s->batch, s->in, s->stride, out_bar, in_bar, bar_stride, work);
  }

  /* A gradient of each sample, or their sum, as backward_each is asked for it. */
  typedef struct gradient {
    size_t size, stride, extent;
    real *values;
  } gradient;

  static gradient no_gradient(void) { return (gradient){0, 12345, 0, NULL}; }

  static gradient new_gradient(size_t batch, size_t size, size_t stride) {
    gradient g = {size, stride, (batch - 1) * stride + size, NULL};
    g.values = malloc(g.extent * sizeof(real));
    for (size_t i = 0; i < g.extent; i++) g.values[i] = 12345;
    return g;
  }

  static size_t rows_of(const gradient *g, size_t batch) { return g->stride == 0 ? 1 : batch; }

  static void put_gradient(FILE *out, const gradient *g, size_t batch, const char *name) {
    for (size_t b = 0; b < rows_of(g, batch); b++) {
      put(out, g->values + b * g->stride, g->size);
      for (size_t i = b * g->stride + g->size; b + 1 < batch && i < (b + 1) * g->stride; i++)
        require(g->values[i] == 12345, name, "padding of a gradient of each sample");
    }
  }

  /* Whatever lies between the samples. */
  static int are_same(const gradient *a, const gradient *b, size_t batch) {
    for (size_t r = 0; r < rows_of(a, batch); r++)
      for (size_t i = 0; i < a->size; i++)
        if (memcmp(a->values + r * a->stride + i, b->values + r * b->stride + i, sizeof(real)) != 0) {
          printf("row %zu, entry %zu: %a, not %a\\n", r, i, (double)a->values[r * a->stride + i],
                 (double)b->values[r * b->stride + i]);
          return 0;
        }
    return 1;
  }

  /* Of one sample. A sum begins as 0, so that its zeros may have another sign. */
  static int are_equal(const gradient *a, const gradient *b) {
    for (size_t i = 0; i < a->size; i++)
      if (a->values[i] != b->values[i] && !(isnan(a->values[i]) && isnan(b->values[i]))) return 0;
    return 1;
  }

  /* The gradients of the parameters and of each input: of each sample with some padding, their sums, and mixtures of
   * these with those that nobody wants, which have the same bits; and those that backward has, `like`, too. */
  static void run_each(const subject *s, size_t parameter_count, const void *bar, const gradient *like, room *keep,
                       FILE *out) {
    enum { EACH, SUM, MIXED, ROUNDS = MIXED + 6 };
    size_t count = s->input_count, batch = s->batch;
    gradient *made[ROUNDS];
    void **bars = calloc(count + 1, sizeof *bars);
    size_t *strides = calloc(count + 1, sizeof *strides);
    for (int round = 0; round < ROUNDS; round++) {
      gradient *g = made[round] = calloc(count + 1, sizeof *g);
      for (size_t i = 0; i <= count; i++) {
        size_t size = i < count ? s->inputs[i]->size : parameter_count;
        size_t kind = round < MIXED ? (size_t)round : (i * 7 + (size_t)round * (i / 3 + 1)) % 3;
        g[i] = kind == 2 ? no_gradient() : new_gradient(batch, size, kind == EACH ? size + (i + (size_t)round) % 3 : 0);
        bars[i] = g[i].values;
        strides[i] = g[i].stride;
      }
      if (round % 2 == 1) *keep = moved_to(8 * (size_t)round, *keep);
      int status = backward_each(s, bar, bars[count], strides[count], count == 0 ? NULL : bars,
                                 count == 0 ? NULL : strides, keep->start);
      require(status == CAJAL_OK, s->name, "backward_each");
      for (size_t i = 0; i <= count; i++) {
        if (round < MIXED) put_gradient(out, &g[i], batch, s->name);
        if (!g[i].values) continue;
        gradient first = made[g[i].stride == 0 && g[i].size > 0 ? SUM : EACH][i];
        require(g[i].size == 0 || are_same(&g[i], &first, batch), s->name, "other bits beside other gradients");
        int is_like = (like[i].stride == 0) == (g[i].stride == 0);
        require(!is_like || are_same(&g[i], &like[i], batch), s->name, "other bits than backward's");
        require(batch > 1 || are_equal(&g[i], &like[i]), s->name, "another gradient of one sample than backward's");
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (size_t i = 0; i <= count; i++) free(made[round][i].values);
      free(made[round]);
    }
    free(bars), free(strides);
  }

  /* A sample alone has the same bits as in its batch, unless the batch is multiplied with a matrix as a whole. */
  static void run_alone(const subject *s, const real *result, void *work) {
    const void **in = calloc(s->input_count + 1, sizeof *in);
    real *alone = malloc(s->output->size * sizeof(real));
    for (size_t b = 0; b < s->batch; b++) {
      for (size_t i = 0; i < s->input_count; i++) in[i] = (const real *)s->in[i] + b * s->stride[i];
      int status = s->program->forward(1, in, s->stride, alone, work);
      require(status == CAJAL_OK, s->name, "a sample alone");
      require(memcmp(alone, result + b * s->output->size, s->output->size * sizeof(real)) == 0, s->name,
              "other bits than alone");
    }
    free(in), free(alone);
  }

  static void run(subject s, size_t parameter_count, FILE *in, FILE *out) {
    size_t count = s.input_count;
    s.batch = get_size(in);
    real *params = get(in, parameter_count);
    s.params = parameter_count == 0 ? NULL : params;
    size_t *stride = calloc(count + 1, sizeof *stride);
    size_t *extent = calloc(count + 1, sizeof *extent);
    const void **inputs = calloc(count + 1, sizeof *inputs);
    void **bars = calloc(count + 1, sizeof *bars);
    void **other_bars = calloc(count + 1, sizeof *other_bars);
    void **some = calloc(count + 1, sizeof *some);
    real *params_bar = malloc((parameter_count + 1) * sizeof(real));
    real *other_params_bar = malloc((parameter_count + 1) * sizeof(real));
    if (count > 0 && fread(stride, sizeof *stride, count, in) != count) exit(2);
    for (size_t i = 0; i < count; i++) {
      extent[i] = stride[i] * (s.batch - 1) + s.inputs[i]->size;
      inputs[i] = get(in, extent[i]);
      bars[i] = malloc(extent[i] * sizeof(real));
      other_bars[i] = malloc(extent[i] * sizeof(real));
      for (size_t j = 0; j < extent[i]; j++) {
        ((real *)bars[i])[j] = ((real *)other_bars[i])[j] = 12345;
      }
    }
    for (size_t i = 0; i <= parameter_count; i++) params_bar[i] = other_params_bar[i] = 12345;
    size_t size = s.output->size;
    size_t bytes = s.batch * size * sizeof(real);
    real *bar = get(in, s.batch * size);
    real *result = malloc(bytes);
    real *kept = malloc(bytes);
    void *work = aligned(workspace_bytes(&s, 0));
    void *keep = aligned(workspace_bytes(&s, 1));
    require(workspace_bytes(&s, 2) >= workspace_bytes(&s, 1), s.name, "less room for more");
    s.in = count == 0 ? NULL : inputs;
    s.stride = count == 0 ? NULL : stride;
    require(forward(&s, 0, result, work) == CAJAL_BAD_ARGUMENT, s.name, "batch 0");
    require(forward(&s, s.batch, NULL, work) == CAJAL_BAD_ARGUMENT, s.name, "no result");
    require(forward(&s, s.batch, result, work) == CAJAL_OK, s.name, "forward");
    put(out, result, s.batch * size);
    if (s.program && !SHARES_MATRICES) run_alone(&s, result, work);
    int status = forward_keep(&s, kept, keep);
    if (status != CAJAL_NO_GRADIENT) {
      void *const *given = count == 0 ? NULL : bars;
      require(status == CAJAL_OK, s.name, "forward_keep");
      require(memcmp(result, kept, bytes) == 0, s.name, "other bits when kept");
      real *other = malloc(bytes);
      for (size_t i = 0; i < s.batch * size; i++) other[i] = (real)i;
      status = backward(&s, other, params_bar, given, keep);
      require(status == CAJAL_OK, s.name, "backward");
      status = backward(&s, bar, params_bar, given, keep);
      require(status == CAJAL_OK, s.name, "backward again");
      put(out, params_bar, parameter_count);
      require(params_bar[parameter_count] == 12345, s.name, "behind the parameters' gradient");
      for (size_t i = 0; i < count; i++) put(out, bars[i], extent[i]);
      /* Every choice of some of them, the parameters' among them. */
      for (size_t choice = 0; choice < (size_t)2 << (count < 5 ? count : 5); choice++) {
        for (size_t i = 0; i < count; i++) some[i] = choice >> (i % 5 + 1) & 1 ? other_bars[i] : NULL;
        status = backward(&s, bar, choice & 1 ? other_params_bar : NULL, some, keep);
        require(status == CAJAL_OK, s.name, "backward for some");
        if (choice & 1)
          require(memcmp(params_bar, other_params_bar, parameter_count * sizeof(real)) == 0, s.name, "parameters alone");
        for (size_t i = 0; i < count; i++) {
          require(!some[i] || memcmp(some[i], bars[i], extent[i] * sizeof(real)) == 0, s.name, "some bars");
          memset(other_bars[i], 0xFF, extent[i] * sizeof(real));
          for (size_t j = 0; j < extent[i]; j++) {
            if (((real *)bars[i])[j] == 12345) ((real *)other_bars[i])[j] = 12345;
          }
        }
      }
      /* The same in a workspace that is moved, and has room for the gradients of each sample. */
      gradient *like = calloc(count + 1, sizeof *like);
      for (size_t i = 0; i < count; i++) like[i] = (gradient){s.inputs[i]->size, stride[i], extent[i], bars[i]};
      like[count] = (gradient){parameter_count, 0, parameter_count, params_bar};
      room each = room_at(8, workspace_bytes(&s, 2));
      require(forward(&s, s.batch, kept, each.start) == CAJAL_OK, s.name, "forward with more room");
      require(memcmp(result, kept, bytes) == 0, s.name, "other bits at another address");
      require(forward_keep(&s, kept, each.start) == CAJAL_OK, s.name, "forward_keep with more room");
      require(memcmp(result, kept, bytes) == 0, s.name, "other bits at another address, kept");
      for (int i = 0; i < 2; i++) {
        each = moved_to(i == 0 ? 24 : 0, each);
        for (size_t j = 0; j < count; j++) some[j] = other_bars[j];
        require(backward(&s, bar, other_params_bar, some, each.start) == CAJAL_OK, s.name, "backward after a move");
        require(memcmp(params_bar, other_params_bar, parameter_count * sizeof(real)) == 0, s.name, "parameters moved");
        for (size_t j = 0; j < count; j++)
          require(memcmp(bars[j], other_bars[j], extent[j] * sizeof(real)) == 0, s.name, "bars moved");
        if (i == 0) run_each(&s, parameter_count, bar, like, &each, out);
      }
      free(each.block), free(like);
      free(other);
    } else {
      require(backward_each(&s, NULL, NULL, 0, NULL, NULL, NULL) == CAJAL_NO_GRADIENT, s.name, "no gradient of samples");
      require(workspace_bytes(&s, 2) == workspace_bytes(&s, 1), s.name, "room for nothing");
    }
    for (size_t i = 0; i < count; i++) {
      free((void *)inputs[i]);
      free(bars[i]);
      free(other_bars[i]);
    }
    free(stride), free(extent), free(inputs), free(bars), free(some), free(other_bars), free(bar), free(result), free(kept);
    free(params), free(params_bar), free(other_params_bar), free(work), free(keep);
  }

  static void check(const cajal_model *model) {
    require(model->struct_size == sizeof(cajal_model), model->name, "size of the structure");
    size_t end = 0;
    for (size_t i = 0; i < model->tensor_count; i++) {
      const cajal_tensor *tensor = model->tensors[i];
      require(tensor->struct_size == sizeof(cajal_tensor), tensor->name, "size of the structure");
      require(tensor->offset == end && tensor->fan_in == 7, tensor->name, "offset");
      size_t extent = 1;
      for (size_t d = 0; d < tensor->rank; d++) extent *= tensor->dims[d];
      require(extent == tensor->count, tensor->name, "shape");
      end += tensor->count;
    }
    require(end == model->parameter_count, model->name, "number of parameters");
    for (size_t i = 0; i < model->input_count; i++)
      require(model->inputs[i]->degree == 0 && model->inputs[i]->linear == 0, model->name, "degree of data");
  }

  int main(int argc, char **argv) {
    if (argc < 3) return 2;
    FILE *in = fopen(argv[1], "rb");
    FILE *out = fopen(argv[2], "wb");
    const cajal_module *module = t_module_info();
    for (size_t p = 0; p < module->program_count; p++) {
      const cajal_program *program = module->programs[p];
      require(program->struct_size == sizeof(cajal_program), program->name, "size of the structure");
      for (size_t left = get_size(in); left > 0; left--)
        run((subject){.program = program, .name = program->name, .input_count = program->input_count,
                      .inputs = program->inputs, .output = program->output}, 0, in, out);
    }
    for (size_t m = 0; m < module->model_count; m++) {
      const cajal_model *model = module->models[m];
      check(model);
      for (size_t left = get_size(in); left > 0; left--)
        run((subject){.model = model, .name = model->name, .input_count = model->input_count,
                      .inputs = model->inputs, .output = model->output}, model->parameter_count, in, out);
    }
    fclose(in);
    fclose(out);
    return 0;
  }

  """
}
