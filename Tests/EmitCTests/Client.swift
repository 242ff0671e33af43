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
    if (fread(&s.batch, sizeof s.batch, 1, in) != 1) exit(2);
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
      free(other);
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
      run((subject){.program = program, .name = program->name, .input_count = program->input_count,
                    .inputs = program->inputs, .output = program->output}, 0, in, out);
    }
    for (size_t m = 0; m < module->model_count; m++) {
      const cajal_model *model = module->models[m];
      check(model);
      run((subject){.model = model, .name = model->name, .input_count = model->input_count,
                    .inputs = model->inputs, .output = model->output}, model->parameter_count, in, out);
    }
    fclose(in);
    fclose(out);
    return 0;
  }

  """
}
